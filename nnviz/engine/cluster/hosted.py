"""One run on a node: its process, what it has said, and what it has been told."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from nnviz.engine.cluster.history import MAX_UNHEARD, History
from nnviz.engine.cluster.outbox import Outbox
from nnviz.engine.kept import keep
from nnviz.engine.launch import Launcher
from nnviz.engine.limits import PATIENCE
from nnviz.engine.logs import Logs
from nnviz.engine.protocol import Decoder, Kind, ProtocolError, pack, pack_json

logger = logging.getLogger("nnviz.cluster")
MAX_KEPT = 16 * 2**20
"""Bytes of one run that are kept though the app has recorded them: it could begin anew with all of them."""
Say = Callable[["Hosted", dict[str, Any]], None]


class Hosted:
    """Used from the node's event loop only. `say(self, item)` tells the app, if there is one; `ended(self)`: the
    process is gone, and `history` whole.

    attempt: the name of this process's life in the cluster: the run's id in the engine and which life it is. run: the
    name under which the run is recorded. home: whose it is. session: the app's process that it belongs to.
    """

    def __init__(self, attempt: str, run: str, home: str, session: str, history: History | None = None) -> None:
        self.attempt, self.run, self.home, self.session = attempt, run, home, session
        self.history = history or History()
        self.order: dict[str, Any] = {}
        """What it was told, and in it what it would have to be told to be begun again; empty: nobody knows any more."""
        self.weights: bytes | None = None
        self.changed = False
        """By hand: nobody can begin it again."""
        self.needs = 0
        """Bytes that it may come to have."""
        self.got = 0
        """How many of this session's items for it have come."""
        self.claimed = time.monotonic()
        """When its app was last here."""
        self._recorded = 0
        self._socket: socket.socket | None = None
        self._decoder = Decoder()
        self._launcher: Launcher | None = None
        self._reading = False

    @property
    def over(self) -> bool:
        return self.history.exit is not None

    @property
    def endless(self) -> bool:
        """It ends when it is stopped."""
        return bool(self.order.get("endless"))

    @property
    def start_told(self) -> dict[str, Any]:
        """For an app that takes it over: what it would have to say to begin it again."""
        order = {**self.order, "changed": self.changed}
        return {"order": json.dumps(order).encode(), "weights": self.weights}

    @property
    def about(self) -> dict[str, Any]:
        """For an app, and for the file."""
        return {"attempt": self.attempt, "run": self.run, "home": self.home}

    @property
    def pid(self) -> int | None:
        return self._launcher.pid(self.attempt) if self._launcher and not self.over else None

    def start(self, launcher: Launcher, item: dict[str, Any], folder: Path, logs: Logs, say: Say, ended: Any) -> None:
        """Give it a process and its order, with this node's folders in it."""
        self._say, self._ended, self._launcher, self._logs = say, ended, launcher, logs
        self.needs = item["needs"]
        self.order, self.weights = json.loads(item["order"]), item["weights"]
        order = {**self.order, "home": str(folder), "log": str(logs.path(self.attempt))}
        try:
            self._socket = launcher.launch(self.attempt)
        except OSError as error:
            self._tell(Kind.EVENT, json.dumps({"event": "failed", "message": f"no process: {error}"}).encode())
            self._finish(None)
            return
        self._socket.setblocking(False)
        self._outbox = Outbox(self._socket)
        self._read_on()
        self._write(pack_json(Kind.RUN, order))
        if self.weights is not None:
            self._write(pack(Kind.WEIGHTS, self.weights))

    def take(self, item: dict[str, Any]) -> None:
        """What the engine says to the process."""
        if item["do"] == "signal":
            self.kill(item["number"])
            return
        kind = Kind(item["kind"])
        if kind is Kind.CREDIT:
            self.history.credit()
        elif kind is Kind.COMMAND:
            self.order["commands"], changed = keep(
                self.order["commands"], json.loads(item["data"]), at_work=self.history.next > 0
            )
            self.changed = self.changed or changed
        self._write(pack(kind, item["data"]))
        self._read_on()

    def kill(self, number: int) -> None:
        if self._launcher is not None and not self.over:
            self._launcher.kill(self.attempt, number)

    def recorded(self, count: int) -> None:
        """The app has the first `count` items on its disk: where there are too many they are forgotten."""
        if self.history.size > MAX_KEPT:
            self.history.forget(self._recorded)
        self._recorded = count  # what it had a beat ago it has written by the next one
        self._read_on()

    def _tell(self, kind: Kind, payload: bytes) -> None:
        number = self.history.add(kind, payload)
        self._say(self, {"n": number, "kind": int(kind), "data": payload})

    def _read_on(self) -> None:
        """Listen to the process, unless nobody takes what it says and there is too much of it: then it waits."""
        wanted = self._socket is not None and self.history.size < MAX_UNHEARD
        if wanted != self._reading and self._socket is not None:
            self._reading = wanted
            loop = asyncio.get_running_loop()
            if wanted:
                loop.add_reader(self._socket, self._read)
            else:
                loop.remove_reader(self._socket)

    def _read(self) -> None:
        if self._socket is None:
            return
        try:
            data = self._socket.recv(2**18)
            for kind, payload in self._decoder.feed(data):
                if kind is Kind.FREE:  # each run here has a fresh process
                    self._hang_up()
                    return
                self._tell(kind, payload)
            if not data:
                self._hang_up()
            else:
                self._read_on()
        except BlockingIOError:
            return
        except (ConnectionError, ProtocolError):
            self._hang_up()

    def _write(self, message: bytes) -> None:
        if self._socket is not None:
            self._outbox.write(message)

    def _hang_up(self) -> None:
        """The process ends at the end of its socket, if it has not ended."""
        if self._socket is not None:
            loop = asyncio.get_running_loop()
            loop.remove_reader(self._socket)
            loop.remove_writer(self._socket)
            self._socket.close()
            self._socket = None
            self._wait_for_exit(time.monotonic() + PATIENCE)

    def _wait_for_exit(self, until: float) -> None:
        assert self._launcher is not None
        code = self._launcher.exit_code(self.attempt)
        if code is None and time.monotonic() < until:
            asyncio.get_running_loop().call_later(0.005, self._wait_for_exit, until)
            return
        if code is None:
            self._launcher.kill(self.attempt, 9)
        self._launcher.forget(self.attempt)
        self._finish(code)

    def _finish(self, code: int | None) -> None:
        self.history.end(code)
        self.weights = None  # what has ended is not begun again
        with suppress(OSError):
            self._logs.end(self.attempt, keep=bool(code))
        self._ended(self)
        self._say(self, {"n": self.history.exit, "exit": code})
