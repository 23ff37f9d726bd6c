"""The zygote: a process that has imported everything and started nothing, and forks a child for each run in some 20 ms.

It must stay single-threaded and must never touch TensorFlow's runtime (no tensor, optimiser, `keras.Input`, `tf.data`):
a child forked after that hangs. Both are checked before every fork; a zygote that fails the check refuses, and the
engine goes over to spawning. It speaks JSON packets with the engine on a SOCK_SEQPACKET pair:

    in   {"run": id} with the child's end of its socketpair · {"kill": id, "signal": 15}
         {"run": id, "to": id}: a child does another run now
    out  {"ready": pid} · {"run": id, "pid": n} · {"run": id, "refused": why}
         {"pid": n, "code": exit code, negative for a signal}: which run it is by now, the engine knows
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from nnviz.engine.child import forked
from nnviz.engine.process import die_with, preload, runtime_started
from nnviz.sets import mnist

PACKET = 4096


def unfit() -> str | None:
    """Why a fork would not be safe now, or None."""
    threads = len(list(Path("/proc/self/task").iterdir()))
    if threads != 1:
        return f"it has {threads} threads"
    try:
        if runtime_started():
            return "TensorFlow's runtime has been started in it"
    except (ImportError, AttributeError) as error:
        return f"this TensorFlow does not tell whether its runtime has been started ({error})"
    return None


class Zygote:
    """Forks, reaps and kills at the engine's word; ends, and all children with it, when the engine does."""

    def __init__(self, engine: socket.socket) -> None:
        self._engine = engine
        self._runs: dict[int, str] = {}
        self._wake, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # only a Python handler writes to the wakeup descriptor

    def serve(self) -> None:
        self._send({"ready": os.getpid()})
        while True:
            ready, _, _ = select.select([self._engine.fileno(), self._wake], [], [], 0)
            if not ready and not mnist.keep():  # what is read while nobody asks for anything, every child has
                ready, _, _ = select.select([self._engine.fileno(), self._wake], [], [])
            if self._wake in ready:
                with suppress(BlockingIOError):
                    os.read(self._wake, 4096)
                self._reap()
            if self._engine.fileno() in ready:
                data, descriptors, _, _ = socket.recv_fds(self._engine, PACKET, 1)
                if not data:
                    break
                self._do(json.loads(data), descriptors)
        for pid in self._runs:
            os.kill(pid, signal.SIGKILL)
        for _ in self._runs:
            os.wait()  # who hears of our end knows that theirs is over

    def _do(self, message: dict[str, Any], descriptors: list[int]) -> None:
        if "kill" in message:
            for pid, run in self._runs.items():
                if run == message["kill"]:
                    os.kill(pid, message["signal"])
            return
        if "to" in message:
            self._runs = {pid: message["to"] if run == message["run"] else run for pid, run in self._runs.items()}
            return
        (descriptor,) = descriptors
        run = message["run"]
        why = unfit()
        if why is None:
            me = os.getpid()
            pid = os.fork()
            if pid == 0:
                forked(descriptor, me)
            self._runs[pid] = run
            self._send({"run": run, "pid": pid})
        else:
            self._send({"run": run, "refused": why})
        os.close(descriptor)

    def _reap(self) -> None:
        while self._runs:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            del self._runs[pid]
            self._send({"pid": pid, "code": os.waitstatus_to_exitcode(status)})

    def _send(self, message: dict[str, Any]) -> None:
        self._engine.send(json.dumps(message).encode())


def main() -> None:
    """`python -m nnviz.engine.zygote DESCRIPTOR PARENT`."""
    descriptor, parent = int(sys.argv[1]), int(sys.argv[2])
    die_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    engine = socket.socket(fileno=descriptor)
    engine.setblocking(True)
    preload()
    # What is there now stays: the collector need not walk it, and its marks would unshare it from the children.
    gc.collect()
    gc.freeze()
    gc.disable()
    with suppress(BrokenPipeError, ConnectionResetError):
        Zygote(engine).serve()


if __name__ == "__main__":
    main()
