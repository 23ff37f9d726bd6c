"""Fresh processes forked from the zygote (Linux), in some 20 ms."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess

from nnviz.engine.launch import SIGKILL, end_process, start_process
from nnviz.engine.logs import Logs
from nnviz.engine.memory import resident

PACKET = 4096
BOOTS = 3
"""A zygote that ends so often before it was ever ready will not do better the next time."""


class ForkLauncher:
    """When the zygote ends, so do its children; another one is started at once."""

    name = "fork"

    def __init__(self, logs: Logs) -> None:
        self._logs = logs
        self._pids: dict[str, int] = {}
        self._codes: dict[str, int] = {}
        self._boots = 0
        self._boot()

    def _boot(self) -> None:
        self.ready = False
        self.broken: str | None = None
        self._boots += 1
        self._socket, end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.settimeout(1.0)
        with end:
            self._process = start_process("nnviz.engine.zygote", end, self._logs.path("zygote"))

    def wire(self) -> socket.socket | None:
        return None if self.broken else self._socket

    def read(self) -> None:
        try:
            data = self._socket.recv(PACKET)
        except TimeoutError:
            return
        except ConnectionError:
            data = b""
        if not data:
            self._lost()
            return
        message = json.loads(data)
        if "ready" in message:
            self.ready, self._boots = True, 0
        elif "code" in message:
            gone = [run for run, pid in self._pids.items() if pid == message["pid"] and run not in self._codes]
            self._codes.update(dict.fromkeys(gone, message["code"]))  # of none where it has been forgotten
        elif "pid" in message:
            self._pids[message["run"]] = message["pid"]
        elif "refused" in message:
            self.ready = False
            self.broken = f"the zygote cannot fork safely: {message['refused']}"

    def _lost(self) -> None:
        self._socket.close()
        end_process(self._process)
        # Its children are killed with it, by PR_SET_PDEATHSIG.
        self._codes.update({run: -SIGKILL for run in self._pids if run not in self._codes})
        if self._boots >= BOOTS:
            self.ready, self.broken = False, f"the zygote ended {BOOTS} times before it was ready"
            return
        try:
            self._boot()
        except OSError as error:  # too many processes, no memory
            self._socket.close()
            self.broken = f"the zygote ended, and there cannot be another one ({error})"

    def tick(self) -> None:
        self._logs.trim("zygote")

    def launch(self, run: str) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                socket.send_fds(self._socket, [json.dumps({"run": run}).encode()], [theirs.fileno()])
            except OSError:
                ours.close()
                raise
        return ours

    def pid(self, run: str) -> int | None:
        return self._pids.get(run)

    def exit_code(self, run: str) -> int | None:
        return self._codes.get(run)

    def lost(self, run: str) -> str | None:  # noqa: ARG002
        return None  # this machine is here

    def where(self, run: str) -> str | None:  # noqa: ARG002
        return None

    def kill(self, run: str, number: int) -> None:
        # Through the zygote: as it reaps, it alone knows that the number still means this process.
        with contextlib.suppress(OSError):
            self._socket.send(json.dumps({"kill": run, "signal": number}).encode())

    def shared(self) -> int:
        return resident(self._process.pid) or 0

    def hand_on(self, run: str, to: str) -> None:
        for known in (self._pids, self._codes):
            if run in known:
                known[to] = known.pop(run)
        with contextlib.suppress(OSError):  # of a zygote that is gone we hear on the same socket
            self._socket.send(json.dumps({"run": run, "to": to}).encode())

    def forget(self, run: str) -> None:
        self._pids.pop(run, None)
        self._codes.pop(run, None)

    def close(self) -> None:
        self._socket.close()
        if self.ready:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(2.0)  # it ends its children first
        end_process(self._process)
