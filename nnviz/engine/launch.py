"""Two ways to a fresh process with everything imported: fork it from the zygote, or spawn it and keep one in reserve.

Both are used from the engine's one thread only. (`PR_SET_PDEATHSIG` goes by the thread that started a process: were
that a passing one, its end would kill the zygote.)
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Protocol

import nnviz
from nnviz.engine.logs import Logs

PACKET = 4096
BOOTS = 3
"""A zygote that ends so often before it was ever ready will not do better the next time."""
SIGKILL = getattr(signal, "SIGKILL", signal.SIGTERM)


class Launcher(Protocol):
    """What the engine needs of either."""

    name: str
    ready: bool
    """False: a launch would be in vain now; the engine asks again after `read` or `tick`."""
    broken: str | None
    """Why this way will not do any more (the engine then takes the other), or None."""

    def wire(self) -> socket.socket | None:
        """What to select on for `read`, if anything."""

    def read(self) -> None:
        """Take in what has come; afterwards `ready`, `broken`, `pid` and `exit_code` may say something new."""

    def tick(self) -> None:
        """Do what has become due; called every second."""

    def launch(self, run: str) -> socket.socket:
        """A new process that waits for its job on the other end of this socket. Raises OSError."""

    def pid(self, run: str) -> int | None: ...

    def exit_code(self, run: str) -> int | None:
        """Negative for a signal, None while unknown."""

    def kill(self, run: str, number: int) -> None:
        """Send a signal to the run's process; nothing if it has ended."""

    def forget(self, run: str) -> None:
        """The run's process has ended, or is about to, and nobody will ask for it again."""

    def hand_on(self, run: str, to: str) -> None:
        """The process of one run does another one now, and goes by its name."""

    def close(self) -> None:
        """End every process of this launcher, and wait for them."""


def _environment() -> dict[str, str]:
    """Of a process that must stay single-threaded while it imports, and finds the same nnviz as this one.

    No GPU unless CUDA_VISIBLE_DEVICES names one: TensorFlow takes all the memory of a GPU that it sees, and there
    are many runs.
    """
    here = str(Path(nnviz.__file__).parents[1])
    paths = [here, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "OPENBLAS_NUM_THREADS": "1",
        "JE_ARROW_MALLOC_CONF": "background_thread:false",
    }


def _start(module: str, end: socket.socket, log: Path) -> subprocess.Popen[bytes]:
    """`python -m module`, with one end of a socketpair and our process id as its arguments."""
    command = [sys.executable, "-m", module, str(end.fileno()), str(os.getpid())]
    with contextlib.ExitStack() as stack:
        try:
            output: int | IO[bytes] = stack.enter_context(log.open("ab"))
        except OSError:
            output = subprocess.DEVNULL
        if sys.platform != "win32":
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=_environment(),
                pass_fds=[end.fileno()],
            )
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output, stderr=output, env=_environment())
        assert process.stdin is not None
        process.stdin.write(end.share(process.pid))  # a descriptor cannot be inherited there
        process.stdin.close()
        return process


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
    process.wait()


def how_it_ended(code: int | None) -> str:
    """A process that ended without a last word, in words."""
    if code is not None and code < 0:
        name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
        why = ": by hand, by the system when memory ran out, or with the engine" if -code == SIGKILL else ""
        return f"The process of this run was ended by {name}{why}. What it had said is kept; train again to go on."
    return f"The process of this run ended without a word (exit code {code}). Its log has what it wrote last."


class ForkLauncher:
    """Through the zygote (Linux). When the zygote ends, so do its children; another one is started at once."""

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
            self._process = _start("nnviz.engine.zygote", end, self._logs.path("zygote"))

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
        elif "pid" in message:
            self._pids[message["run"]] = message["pid"]
        elif "code" in message and message["run"] in self._pids:  # else it has been forgotten
            self._codes[message["run"]] = message["code"]
        elif "refused" in message:
            self.ready = False
            self.broken = f"the zygote cannot fork safely: {message['refused']}"

    def _lost(self) -> None:
        self._socket.close()
        _end(self._process)
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

    def kill(self, run: str, number: int) -> None:
        # Through the zygote: as it reaps, it alone knows that the number still means this process.
        with contextlib.suppress(OSError):
            self._socket.send(json.dumps({"kill": run, "signal": number}).encode())

    def hand_on(self, run: str, to: str) -> None:
        if run in self._pids:
            self._pids[to] = self._pids.pop(run)
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
        _end(self._process)


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
                return _start("nnviz.engine.child", theirs, self._logs.path("spawn")), ours
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

    def kill(self, run: str, number: int) -> None:
        if run in self._processes:
            self._processes[run].send_signal(number)  # knows when it has ended

    def hand_on(self, run: str, to: str) -> None:
        self._processes[to] = self._processes.pop(run)

    def forget(self, run: str) -> None:
        process = self._processes.pop(run, None)
        if process:
            _end(process)

    def close(self) -> None:
        if self._reserve is not None:
            self._reserve[1].close()
            _end(self._reserve[0])
        for process in self._processes.values():
            _end(process)
