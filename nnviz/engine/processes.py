"""The processes of runs: their start, what they are told, what they send, and how they end."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from nnviz.engine.emitter import Emitter
from nnviz.engine.launch import SIGKILL, Launcher
from nnviz.engine.limits import PATIENCE
from nnviz.engine.logs import Logs
from nnviz.engine.loop import Loop
from nnviz.engine.protocol import Kind, ProtocolError, pack
from nnviz.engine.run import Run
from nnviz.engine.spares import Spare, Spares
from nnviz.events import frame_header

logger = logging.getLogger("nnviz.engine")


class Processes:
    """Used from the engine's thread only.

    `on_event(run, event)`: a run has emitted it. `on_exit(run, code, born)`: its process has ended, how (None: nobody
    knows), and whether it ever lived. `on_free(run)`: a run has ended in good order; its process is kept for another.
    """

    def __init__(
        self,
        home: Path,
        loop: Loop,
        logs: Logs,
        spares: Spares,
        emitter: Emitter,
        *,
        on_event: Callable[[Run, dict[str, Any]], None],
        on_exit: Callable[[Run, int | None, bool], None],
        on_free: Callable[[Run], None],
    ) -> None:
        self._home, self._loop, self._logs, self._spares, self._emitter = home, loop, logs, spares, emitter
        self._on_event, self._on_exit, self._on_free = on_event, on_exit, on_free

    def start(self, run: Run, launcher: Launcher) -> bool:
        """Give it a process, a spare one where one suits; False if there is none to be had now."""
        spare = self._spares.take(launcher, run.spec.architecture, run.threads, run.lane)
        run.reused_process = spare is not None
        try:
            if spare is not None:
                launcher.hand_on(spare.run, run.id)
            run.socket = launcher.launch(run.id) if spare is None else spare.socket
        except OSError:
            logger.exception("no process for run %s yet", run.id)
            return False
        run.launcher, run.attempts, run.pid = launcher, run.attempts + 1, launcher.pid(run.id)
        run.socket.setblocking(False)
        self._loop.listen(run.socket, lambda: self._read(run))
        self._emitter.status(run, "starting")
        self.write(run, run.order(self._home, self._logs.path(run.id)))
        return True

    def command(self, run: Run, command: dict[str, Any]) -> None:
        run.tell(command)
        self._mind_outbox(run)

    def write(self, run: Run, message: bytes = b"") -> None:
        run.write(message)
        self._mind_outbox(run)

    def signal(self, run: Run, number: int) -> None:
        if run.socket is not None and run.launcher is not None:
            run.launcher.kill(run.id, number)

    def _mind_outbox(self, run: Run) -> None:
        if run.socket is not None:
            self._loop.when_writable(run.socket, partial(self.write, run) if run.outbox else None)

    def _read(self, run: Run) -> None:
        if run.socket is None:
            return
        try:
            data = run.socket.recv(2**18)
            if not data:
                raise ConnectionResetError
            for kind, payload in run.decoder.feed(data):
                run.heard = True
                if kind is Kind.FRAME and not run.ended:
                    if run.repeats < 0 or not run.is_told(frame_header(payload)["step"] + 1):
                        self._emitter.frame(run, payload)
                    self.write(run, pack(Kind.CREDIT))
                elif kind is Kind.EVENT and not run.ended:
                    self._on_event(run, json.loads(payload))
                elif kind is Kind.WEIGHTS and not run.ended:
                    run.weights = payload
                elif kind is Kind.RUN and not run.ended:
                    run.take_start(json.loads(payload))
                elif kind is Kind.FREE and run.ended:
                    self._free(run, json.loads(payload))
                    return
        except BlockingIOError:
            return
        except ConnectionError:
            self._gone(run)
        except (ProtocolError, ValueError):
            logger.exception("run %s writes what no run writes", run.id)
            self.signal(run, SIGKILL)

    def _free(self, run: Run, told: dict[str, Any]) -> None:
        """The process has ended the run in good order and would take another."""
        if not self._spares.open or run.outbox or run.socket is None or run.launcher is None:
            self._gone(run)
            return
        self._loop.ignore(run.socket)
        self._spares.keep(Spare(run.id, run.socket, run.launcher, told["architecture"], run.threads, run.lane))
        run.let_go()
        self._on_free(run)

    def _gone(self, run: Run) -> None:
        """The process has closed its socket: its life is over."""
        if run.socket is not None:
            self._loop.ignore(run.socket)
        run.hang_up()
        run.leaving = True
        self._record_exit(run, time.monotonic() + PATIENCE)

    def _record_exit(self, run: Run, until: float) -> None:
        """How it ended, when that is known or `until` has come and it will not be."""
        assert run.launcher is not None
        code = run.launcher.exit_code(run.id)
        if code is None and not run.ended and time.monotonic() < until:
            self._loop.at(0.005, lambda: self._record_exit(run, until))
            return
        born = run.heard or (run.launcher.pid(run.id) is not None and not run.reused_process)
        run.lost = run.launcher.lost(run.id)
        run.launcher.forget(run.id)
        run.leaving = False
        self._on_exit(run, code, born)
