"""A way to fresh processes with everything imported: what the engine needs of it, and how a process is begun and ended.

There are two for this machine, fork.py and spawn.py, and one for a cluster, cluster/launcher.py, all used from the
engine's one thread only. (`PR_SET_PDEATHSIG` goes by the thread that started a process: were that a passing one, its
end would kill the zygote.)
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import IO, Protocol

import nnviz

SIGKILL = getattr(signal, "SIGKILL", signal.SIGTERM)


class Launcher(Protocol):
    """What the engine needs of either."""

    name: str
    broken: str | None
    """Why this way will not do any more (the engine then takes the other), or None."""

    @property
    def ready(self) -> bool:
        """False: a launch would be in vain now; the engine asks again after `read` or `tick`."""

    def wire(self) -> socket.socket | None:
        """What to select on for `read`, if anything."""

    def read(self) -> None:
        """Take in what has come; afterwards `ready`, `broken`, `pid` and `exit_code` may have changed."""

    def tick(self) -> None:
        """Do what has become due; called every second."""

    def launch(self, run: str) -> socket.socket:
        """A new process that waits for its job on the other end of this socket. Raises OSError."""

    def pid(self, run: str) -> int | None: ...

    def exit_code(self, run: str) -> int | None:
        """Negative for a signal, None while unknown."""

    def kill(self, run: str, number: int) -> None:
        """Send a signal to the run's process; nothing if it has ended."""

    def lost(self, run: str) -> str | None:
        """Why the run has to begin again though nothing is wrong with it, in words: its machine is gone."""

    def where(self, run: str) -> str | None:
        """The name of the machine on which its process is; None: this one, or not known yet."""

    def forget(self, run: str) -> None:
        """The run's process has ended, or is about to, and nobody will ask for it again."""

    def shared(self) -> int:
        """Bytes that each of its processes may share with it."""

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


def start_process(module: str, end: socket.socket, log: Path) -> subprocess.Popen[bytes]:
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


def end_process(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
    process.wait()


def how_it_ended(code: int | None) -> str:
    """Why a process ended that emitted no terminal event, in words."""
    if code is not None and code < 0:
        name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
        why = ": by hand, by the system when memory ran out, or with the engine" if -code == SIGKILL else ""
        return f"The process of this run was ended by {name}{why}. What it had sent is kept; train again to go on."
    return f"The process of this run ended without a word (exit code {code}). Its log has what it wrote last."
