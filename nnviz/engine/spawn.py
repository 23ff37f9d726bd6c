"""Processes spawned from nothing, where there can be no zygote: one is kept in reserve."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time

from nnviz.engine.launch import end_process, start_process
from nnviz.engine.logs import Logs


class SpawnLauncher:
    """A process for each run from nothing, 4 s of imports; so the next one is started in advance and kept."""

    name = "spawn"
    ready = True
    broken: str | None = None
    delay = 1.0
    """Seconds from a launch until the next reserve starts: the run that has just begun comes first."""

    def __init__(self, logs: Logs) -> None:
        self._logs = logs
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._due = 0.0
        self._reserve: tuple[subprocess.Popen[bytes], socket.socket] | None = None  # the first tick starts it

    def _spawn(self) -> tuple[subprocess.Popen[bytes], socket.socket]:
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                return start_process("nnviz.engine.child", theirs, self._logs.path("spawn")), ours
            except OSError:
                ours.close()
                raise

    def wire(self) -> None:
        return None

    def read(self) -> None:
        pass

    def tick(self) -> None:
        if self._reserve is None and time.monotonic() >= self._due:
            with contextlib.suppress(OSError):  # the next tick may do better; a launch in need says why not
                self._reserve = self._spawn()
        self._logs.trim("spawn")

    def launch(self, run: str) -> socket.socket:
        reserve, self._reserve = self._reserve, None
        if reserve is not None and reserve[0].poll() is not None:
            reserve[1].close()
            reserve = None
        self._processes[run], ours = reserve or self._spawn()
        self._due = time.monotonic() + self.delay
        return ours

    def pid(self, run: str) -> int | None:
        process = self._processes.get(run)
        return process.pid if process else None

    def exit_code(self, run: str) -> int | None:
        process = self._processes.get(run)
        return process.poll() if process else None

    def lost(self, run: str) -> str | None:  # noqa: ARG002
        return None  # this machine is here

    def where(self, run: str) -> str | None:  # noqa: ARG002
        return None

    def kill(self, run: str, number: int) -> None:
        if run in self._processes:
            self._processes[run].send_signal(number)  # knows when it has ended

    def shared(self) -> int:
        return 0

    def hand_on(self, run: str, to: str) -> None:
        self._processes[to] = self._processes.pop(run)

    def forget(self, run: str) -> None:
        process = self._processes.pop(run, None)
        if process:
            end_process(process)

    def close(self) -> None:
        if self._reserve is not None:
            self._reserve[1].close()
            end_process(self._reserve[0])
        for process in self._processes.values():
            end_process(process)
