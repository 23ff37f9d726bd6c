"""LocalEngine: runs on this machine, a process for each. Imports neither tensorflow nor keras.

One thread does everything: it reads the children's sockets, keeps the queue and calls the listener. The public methods
only leave a task for it, so that there is nothing to lock and the events of a run have one order.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Literal

from nnviz.engine.launch import SIGKILL, ForkLauncher, Launcher, SpawnLauncher, how_it_ended
from nnviz.engine.limits import ATTEMPTS, ERRANDS, PATIENCE, REMEMBERED, Limits
from nnviz.engine.logs import Logs
from nnviz.engine.loop import Loop
from nnviz.engine.protocol import Kind, ProtocolError, pack, pack_json
from nnviz.engine.queue import FairQueue, Lane
from nnviz.engine.run import Run
from nnviz.engine.spares import Spare, Spares
from nnviz.events import Status
from nnviz.models.loop import useful_threads
from nnviz.runs import new_id
from nnviz.spec import RunSpec

logger = logging.getLogger("nnviz.engine")
Method = Literal["fork", "spawn"]
Listener = Callable[[str, dict[str, Any] | bytes], None]


class LocalEngine:
    """See design.md, Engine. `listener(run, message)` gets an event's dict (with run and seq) or a frame's bytes.

    It is called from the engine's thread, in order for each run, and should return soon: no run is heard meanwhile.
    What it raises is logged. `workers` is how many runs train at once: 4 for each core by default, as paced runs take a
    part of one (2 when spawned); sweeps never more than the cores.
    """

    def __init__(
        self,
        home: Path,
        listener: Listener,
        workers: int | None = None,
        method: Method | None = None,
        limits: Limits | None = None,
    ) -> None:
        if workers is not None and workers < 1:
            raise ValueError("workers: allowed is 1 or more")
        self._home, self._listener, self._workers, self._limits = home, listener, workers, limits or Limits()
        self._cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
        self._logs = Logs(home)
        self._runs: dict[str, Run] = {}
        self._live: dict[str, Run] = {}
        """Those that have not ended, or whose process has not."""
        self._ended: deque[str] = deque()
        self._queue, self._parked = FairQueue(), FairQueue()
        """For a slot to train in; for a process that starts paused and needs none."""
        self._launchers: list[Launcher] = []
        self._wires: dict[str, socket.socket] = {}
        self._changed = True
        self._closing = False
        self._ready = threading.Event()
        self._loop = Loop("nnviz-engine")
        self._spares = Spares(self._loop, self._cores, self._limits.spare)
        self._loop.ask(partial(self._begin, method))
        self._loop.at(0.0, self._tick)
        self._loop.start(self._between)

    # What anyone may call, from any thread.

    def submit(
        self,
        spec: RunSpec,
        *,
        visitor: str,
        play: bool = True,
        speed: dict[str, Any] | None = None,
        start: bytes | None = None,
        lane: Lane = "interactive",
    ) -> str:
        """Queue a run and return its id. `play=False` starts it paused at step 0; `start`: float32 of all weights.

        Raises RuntimeError after `close`.
        """
        if self._closing:
            raise RuntimeError("the engine is closed")
        run = Run(
            new_id(), spec.model_dump(mode="json"), spec.parameters, spec.architecture,
            useful_threads(spec, self._cores), visitor, lane, play, start,
            kept=[] if speed is None else [{"do": "set", "speed": speed}], left=time.monotonic(),
        )  # fmt: skip
        self._runs[run.id] = run
        self._loop.ask(lambda: self._enqueue(run))
        return run.id

    def send(self, run_id: str, command: dict[str, Any]) -> bool:
        """A command of nnviz.control for a run, waiting ones included; False if there is none such or it has ended."""
        run = self._runs.get(run_id)
        if run is None or run.ended or self._closing:
            return False
        self._loop.ask(lambda: self._command(run, command))
        return True

    def watch(self, run_id: str, viewers: int) -> None:
        """How many watch this run now: with none it makes frames for the film only."""
        run = self._runs.get(run_id)
        if run is not None:
            self._loop.ask(lambda: self._watched(run, viewers))

    def status(self, run_id: str) -> dict[str, Any] | None:
        """{"status", "place" (from 1; None unless it waits), "pid"}; None for a run not known here (any more)."""
        run = self._runs.get(run_id)
        return None if run is None else {"status": run.status, "place": run.place, "pid": run.pid}

    def wait_ready(self, seconds: float | None = None) -> bool:
        """Wait until runs start at once; False if `seconds` were not enough (the zygote needs about 4)."""
        return self._ready.wait(seconds)

    @property
    def unfinished(self) -> int:
        """Runs that wait or run, and those whose process has not quite left."""
        return len(self._live)

    @property
    def method(self) -> str | None:
        """How processes are started now: "fork" or "spawn"; None in the engine's first instant."""
        return self._launchers[-1].name if self._launchers else None

    def close(self) -> None:
        """Stop every run (each still says its last word), end every process and wait for it. Idempotent."""
        if not self._closing:
            self._closing = True
            self._loop.ask(self._shut)
        self._loop.join()

    # The engine's thread from here on. First: who runs.

    def _enqueue(self, run: Run) -> None:
        self._live[run.id] = run
        if self._closing:
            self._over(run, run.farewell())
        else:
            (self._queue if run.play else self._parked).push(run.id, run.visitor, run.lane)
        self._changed = True

    def _between(self) -> None:
        if self._changed and not self._closing:
            self._changed = False
            self._dispatch()
        if self._closing and not self._live:
            for launcher in self._launchers:
                launcher.close()
            self._loop.stop()

    def _dispatch(self) -> None:
        """Give the free slots away, start what starts paused, and tell the others their place."""
        launcher = self._launchers[-1]
        if launcher.broken:
            logger.warning("going over to spawning: %s", launcher.broken)
            self._use(launcher := SpawnLauncher(self._logs))
        if launcher.ready:
            self._ready.set()
            while run := self._next_to_train():
                if not self._give_slot(run, launcher):
                    break
            while self._make_room() and (name := self._parked.take({}, "interactive")):
                self._runs[name].place = None
                if not self._launch(self._runs[name], launcher):
                    break
        else:
            self._ready.clear()
        self._announce(launcher.ready)

    def _give_slot(self, run: Run, launcher: Launcher) -> bool:
        """Let it train; False if there is no process to be had for it now."""
        run.slot, run.place = True, None
        errand, run.errand = run.errand, []
        if run.socket is None:
            run.kept += errand
            return self._launch(run, launcher)
        if run.status == "waiting" and errand and errand[0]["do"] == "step":
            self._say_status(run, "paused")  # as it is while it steps; who plays says so itself
        for command in errand:
            self._tell(run, command)
        return True

    def _next_to_train(self) -> Run | None:
        at_work = [run for run in self._live.values() if run.slot]
        spawned = self._launchers[-1].name == "spawn"
        if len(at_work) >= (self._workers or self._cores * (2 if spawned else 4)):
            return None
        running = Counter(run.visitor for run in at_work)
        name = self._queue.take(running, "interactive")
        if name is None and sum(run.lane == "sweep" for run in at_work) < self._cores:
            name = self._queue.take(running, "sweep")
        return None if name is None else self._runs[name]

    def _make_room(self) -> bool:
        """Whether one more process may live without training; if not, stop one that nobody needs: ask again later."""
        limit = self._limits.paused or self._cores * (2 if self._launchers[-1].name == "spawn" else 8)
        idle = [run for run in self._live.values() if run.socket is not None and not run.slot and not run.ended]
        excess = len(idle) + len(self._parked) - limit - sum(run.stopping for run in idle)
        now = time.monotonic()
        for run in sorted(idle, key=lambda run: (run.viewers > 0, run.paused_at)):
            forgotten = not run.viewers and now - run.left >= self._limits.grace
            may_go = run.status == "paused" and not run.stopping
            if excess > 0 and may_go and (forgotten or now - run.paused_at >= self._limits.idle):
                self._stop(run, "stopped to make room for others: it was paused")
                excess -= 1
        return len(idle) < limit

    def _announce(self, ready: bool) -> None:
        running = Counter(run.visitor for run in self._live.values() if run.slot)
        for queue in (self._queue, self._parked):
            for place, name in enumerate(queue.order(running), 1):
                run = self._runs[name]
                if (run.status, run.place) != ("waiting", place):
                    run.status, run.place = "waiting", place
                    detail = {"place": place} if ready else {"place": place, "engine": "starting"}
                    self._emit(run, Status("waiting", detail).to_json())

    def _tick(self) -> None:
        self._loop.at(1.0, self._tick)
        now = time.monotonic()
        self._spares.tick()
        for launcher in self._launchers:
            launcher.tick()
        for run in [*self._live.values()]:
            self._logs.trim(run.id)
            unwatched = 0.0 if run.viewers else now - max(run.paused_at, run.left)
            if run.status == "paused" and unwatched >= self._limits.idle:
                self._stop(run, "stopped: it was paused and nobody watched it")
        self._changed = True  # time alone may have made room

    # Processes: their start, their end, what kills them.

    def _begin(self, method: Method | None) -> None:
        if method == "fork" or (method is None and sys.platform == "linux"):
            try:
                self._use(ForkLauncher(self._logs))
                return
            except OSError:
                logger.exception("no zygote: going over to spawning")
        self._use(SpawnLauncher(self._logs))

    def _use(self, launcher: Launcher) -> None:
        self._launchers.append(launcher)
        self._listen(launcher)
        self._changed = True

    def _listen(self, launcher: Launcher) -> None:
        """To the launcher's own wire, which is another one when the zygote is."""
        wire, known = launcher.wire(), self._wires.get(launcher.name)
        if wire is known:
            return
        if known is not None:
            self._loop.ignore(known)
            del self._wires[launcher.name]
        if wire is not None:
            self._wires[launcher.name] = wire
            self._loop.listen(wire, lambda: self._launcher_speaks(launcher))

    def _launcher_speaks(self, launcher: Launcher) -> None:
        launcher.read()
        self._listen(launcher)
        for run in self._live.values():
            if run.launcher is launcher and run.socket is not None:
                run.pid = launcher.pid(run.id)
        self._changed = True

    def _launch(self, run: Run, launcher: Launcher) -> bool:
        alone = not any(other.slot for other in self._live.values() if other is not run) and not len(self._queue)
        run.threads = run.most_threads if alone else 1
        spare = self._spares.take(launcher, run.architecture, run.threads)
        run.second_hand = spare is not None
        try:
            if spare is not None:
                launcher.hand_on(spare.run, run.id)
            run.socket = launcher.launch(run.id) if spare is None else spare.socket
        except OSError:
            logger.exception("no process for run %s yet", run.id)
            self._requeue(run)
            return False
        run.launcher, run.attempts, run.pid = launcher, run.attempts + 1, launcher.pid(run.id)
        run.socket.setblocking(False)
        self._loop.listen(run.socket, lambda: self._read(run))
        self._say_status(run, "starting")
        self._write(run, run.job(self._home, self._logs.path(run.id)))
        return True

    def _requeue(self, run: Run) -> None:
        """Back to where it waited, unless it waits already to go on: its process never came to life."""
        run.slot = False
        run.hang_up()
        if run.id not in self._queue:
            (self._queue if run.play else self._parked).push(run.id, run.visitor, run.lane)
        self._changed = True

    def _stop(self, run: Run, why: str | None = None) -> None:
        """Cooperative, then SIGTERM, then SIGKILL; a run without a process is simply over."""
        if run.ended or run.stopping:
            return
        run.stopping = True
        if why is not None:
            self._emit(run, Status(run.status, {"message": why}).to_json())
        if run.socket is None:
            if not run.leaving:
                self._over(run, run.farewell())
            return
        self._tell(run, {"do": "stop"})
        self._loop.at(self._limits.terminate, partial(self._signal, run, signal.SIGTERM))
        self._loop.at(self._limits.terminate + self._limits.kill, partial(self._signal, run, SIGKILL))

    def _signal(self, run: Run, number: int) -> None:
        if run.socket is not None and run.launcher is not None:
            run.launcher.kill(run.id, number)

    def _shut(self) -> None:
        self._spares.close()
        for run in [*self._live.values()]:
            self._stop(run)
            self._loop.at(self._limits.kill, partial(self._signal, run, SIGKILL))

    def _gone(self, run: Run) -> None:
        """The process has closed its socket: its life is over."""
        if run.socket is not None:
            self._loop.ignore(run.socket)
        run.hang_up()
        run.leaving = True
        self._bury(run, time.monotonic() + PATIENCE)

    def _bury(self, run: Run, until: float) -> None:
        """Say how it ended, when that is known or `until` has come and it will not be."""
        assert run.launcher is not None
        code = run.launcher.exit_code(run.id)
        if code is None and not run.ended and time.monotonic() < until:
            self._loop.at(0.005, lambda: self._bury(run, until))
            return
        born = run.heard or (run.launcher.pid(run.id) is not None and not run.second_hand)
        run.launcher.forget(run.id)
        run.leaving = False
        if run.ended:
            self._forget(run)
        elif run.stopping:
            self._over(run, run.farewell())
        elif not born and run.attempts < ATTEMPTS:
            self._requeue(run)
        else:
            number = -code if code is not None and code < 0 else None
            self._over(run, {"event": "crashed", "message": how_it_ended(code), "signal": number})

    def _free(self, run: Run, said: dict[str, Any]) -> None:
        """The process has ended the run in good order and would take another."""
        if self._closing or run.outbox or run.socket is None or run.launcher is None:
            self._gone(run)
            return
        self._loop.ignore(run.socket)
        self._spares.keep(Spare(run.id, run.socket, run.launcher, said["architecture"], run.threads))
        run.let_go()
        self._forget(run)

    def _forget(self, run: Run) -> None:
        self._live.pop(run.id, None)
        self._logs.end(run.id, keep=run.status in {"failed", "crashed"})
        self._ended.append(run.id)
        while len(self._ended) > REMEMBERED:
            self._runs.pop(self._ended.popleft(), None)
        self._changed = True

    # What is said: by visitors to a run, by a run to us, by us to the listener.

    def _command(self, run: Run, command: dict[str, Any]) -> None:
        if run.ended or run.stopping or (run.leaving and command.get("do") != "stop"):
            return
        do, waits = command.get("do"), run.id in self._queue
        if do == "stop":
            self._stop(run)
        elif do in {"play", "step"} and not run.slot:
            if do == "play":
                run.errand = [command]
            elif len(run.errand) < ERRANDS:
                run.errand.append(command)
            if not waits:
                # Steps, too, are for a process that starts unpaused: it takes them before it does anything.
                run.play = self._parked.remove(run.id) or run.play or not run.heard
                self._queue.push(run.id, run.visitor, run.lane)
        elif do == "pause" and waits:
            self._queue.remove(run.id)
            run.place, run.errand = None, []
            if run.socket is None:
                run.play = False
                self._parked.push(run.id, run.visitor, run.lane)
            else:
                self._say_status(run, "paused")
        else:
            self._tell(run, command)
        self._changed = True

    def _tell(self, run: Run, command: dict[str, Any]) -> None:
        run.tell(command)
        self._mind_outbox(run)

    def _watched(self, run: Run, viewers: int) -> None:
        if run.viewers and not viewers:
            run.left = time.monotonic()
        run.viewers = viewers
        self._write(run, pack_json(Kind.VIEWERS, viewers))

    def _write(self, run: Run, message: bytes = b"") -> None:
        run.write(message)
        self._mind_outbox(run)

    def _mind_outbox(self, run: Run) -> None:
        if run.socket is not None:
            self._loop.when_writable(run.socket, partial(self._write, run) if run.outbox else None)

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
                    self._tell_listener(run, payload)
                    self._write(run, pack(Kind.CREDIT))
                elif kind is Kind.EVENT and not run.ended:
                    self._hear(run, json.loads(payload))
                elif kind is Kind.FREE and run.ended:
                    self._free(run, json.loads(payload))
                    return
        except BlockingIOError:
            return
        except ConnectionError:
            self._gone(run)
        except (ProtocolError, ValueError):
            logger.exception("run %s writes what no run writes", run.id)
            self._signal(run, SIGKILL)

    def _hear(self, run: Run, event: dict[str, Any]) -> None:
        name = event["event"]
        if name in {"finished", "diverged", "failed"}:
            self._over(run, event)
            return
        if name == "metrics":
            run.metrics = event
        elif name == "status" and event["status"] in {"running", "paused"}:
            run.status = event["status"]
            run.paused_at = time.monotonic()
            if not event["detail"]:  # else it answers something else, perhaps in the midst of its steps
                run.slot = run.status == "running"
            self._changed = True  # a slot may be free; and a run that waits says so again
        self._emit(run, event)

    def _over(self, run: Run, event: dict[str, Any]) -> None:
        """The last word of a run. Its process, if it has one, has two seconds to leave."""
        run.ended, run.slot, run.place = True, False, None
        run.status = "stopped" if event.get("reason") == "stopped" else event["event"]
        run.weights, run.kept, run.errand = None, [], []
        self._queue.remove(run.id)
        self._parked.remove(run.id)
        self._emit(run, event)
        if run.socket is None:
            self._forget(run)
        else:
            self._loop.at(2.0, partial(self._signal, run, SIGKILL))
        self._changed = True

    def _say_status(self, run: Run, status: str) -> None:
        run.status, run.paused_at = status, time.monotonic()
        self._emit(run, Status(status).to_json())

    def _emit(self, run: Run, event: dict[str, Any]) -> None:
        run.seq += 1
        self._tell_listener(run, {**event, "run": run.id, "seq": run.seq})

    def _tell_listener(self, run: Run, message: dict[str, Any] | bytes) -> None:
        try:
            self._listener(run.id, message)
        except Exception:
            logger.exception("the engine's listener failed at run %s", run.id)
