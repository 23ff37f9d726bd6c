"""The process of a run: reads its job, trains, says what happens, ends or takes another. Forked or spawned, the same.

One thread reads, trains and writes. `ChildControl` is what `train` sees of the outside; everything on the socket that
is not a command for the training (credit, viewers, the engine's end) is dealt with here.
"""

from __future__ import annotations

import ctypes
import faulthandler
import gc
import json
import os
import signal
import socket
import sys
import threading
import time
import traceback
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from pydantic import ValidationError

from nnviz.data import mnist
from nnviz.engine.protocol import Channel, Kind, pack, pack_json
from nnviz.events import Array, Event, Failed, Frame, encode_frame
from nnviz.spec import RunSpec, explain

JOBS = 25
"""Runs that a process does before it makes room for a fresh one, whatever may have been lost in it."""


class Film:
    """When a run that nobody watches shows itself: at steps that grow by a tenth, and at least every `longest` seconds.

    Never twice within `shortest` seconds, so that the pictures of a fast run cost it no more than some per cent.
    """

    shortest = 0.2
    longest = 10.0

    def __init__(self) -> None:
        self._step = -1
        self._time = -float("inf")

    def due(self, step: int, now: float) -> bool:
        passed = now - self._time
        return passed >= self.longest or (passed >= self.shortest and step > self._step * 1.1)

    def taken(self, step: int, now: float) -> None:
        self._step, self._time = step, now


class ChildControl:
    """The Control that `train` asks for commands; `say` sends what it yields."""

    def __init__(self, channel: Channel, run: str, commands: list[dict[str, Any]], viewers: int) -> None:
        self._channel = channel
        self._run = run
        self._commands = commands
        self._viewers = viewers
        self._film = Film()
        self._step = 0
        self._flying: deque[str] = deque()
        self._newest: dict[str, bytes] = {}

    def poll(self) -> list[dict[str, Any]]:
        """Commands since last time; never blocks."""
        return self.wait(0.0)

    def wait(self, seconds: float | None) -> list[dict[str, Any]]:
        """Commands, as soon as there is one or after `seconds` (None: however long it takes)."""
        end = None if seconds is None else time.monotonic() + seconds
        while True:
            left = 0.0 if self._commands else None if end is None else max(0.0, end - time.monotonic())
            self._read(left)
            if self._commands or (end is not None and time.monotonic() >= end):
                commands, self._commands = self._commands, []
                return commands

    def wants_frames(self) -> bool:
        """Somebody watches, or the film is due."""
        return self._viewers > 0 or self._film.due(self._step, time.monotonic())

    def say(self, item: Event | Frame, and_then: bytes = b"") -> None:
        """Events at once and in order, `and_then` with them; frames newest-wins for each view, those that wait before
        the last word."""
        if isinstance(item, Frame):
            self._step = item.step
            self._film.taken(item.step, time.monotonic())
            data = encode_frame(item, self._run)
            if self._newest or item.view in self._flying:
                self._read(0.0)  # the credit may lie there already
            if item.view in self._flying:
                self._newest[item.view] = data
            else:
                self._fly(item.view, data)
            return
        if item.terminal:
            for data in self._newest.values():
                self._channel.send(pack(Kind.FRAME, data))
            self._newest = {}
        self._step = getattr(item, "step", self._step)
        self._channel.send(pack_json(Kind.EVENT, item.to_json()) + and_then)

    def _fly(self, view: str, data: bytes) -> None:
        self._flying.append(view)
        self._channel.send(pack(Kind.FRAME, data))

    def _read(self, seconds: float | None) -> None:
        for kind, payload in self._channel.receive(seconds):
            if kind is Kind.COMMAND:
                self._commands.append(json.loads(payload))
            elif kind is Kind.VIEWERS:
                self._viewers = json.loads(payload)
            elif kind is Kind.CREDIT and self._flying:
                view = self._flying.popleft()
                if view in self._newest:
                    self._fly(view, self._newest.pop(view))


def run_jobs(sock: socket.socket) -> None:
    """Read a job from `sock` and do it, then another one, while this process is as good as a fresh one.

    What goes wrong is said as `failed`; only a lost engine ends in silence.
    """
    channel = Channel(sock)
    with suppress(EOFError, ConnectionError):  # the engine is gone: nobody is left to tell
        for number in range(JOBS):
            if not _run_job(channel, last=number + 1 == JOBS):
                return
            gc.collect()


def _run_job(channel: Channel, last: bool) -> bool:
    """Do one job. True if the engine has been told that this process would take another."""
    job, flat, commands, viewers = _receive_job(channel)
    _write_log(job["log"])
    control = ChildControl(channel, job["run"], [*job["commands"], *commands], viewers)
    try:
        spec = RunSpec.model_validate(job["spec"])
        set_up(job["threads"])
        from nnviz.training import train

        start = None if flat is None else _weights(spec, flat)
        free = False
        for item in train(spec, control, home=Path(job["home"]), start=start):
            if isinstance(item, Event) and item.terminal:
                # In one breath: the engine may have somebody who waits for a process.
                free = not (last or isinstance(item, Failed)) and spec.is_network and threading.active_count() == 1
                control.say(item, _free(spec) if free else b"")
            else:
                control.say(item)
    except (EOFError, ConnectionError):
        raise
    except Exception as error:
        traceback.print_exc()
        control.say(Failed(message=in_words(error)))
        return False
    return free


def _free(spec: RunSpec) -> bytes:
    """What is compiled in this process is of use for its own architecture only; where nothing is, any will do."""
    try:
        bound = runtime_started()
    except (ImportError, AttributeError):
        bound = True
    return pack_json(Kind.FREE, {"architecture": spec.architecture if bound else None})


def _receive_job(channel: Channel) -> tuple[dict[str, Any], bytes | None, list[dict[str, Any]], int]:
    """The job, its weights if it starts from some, and the commands and viewers that came on their heels."""
    job: dict[str, Any] | None = None
    flat: bytes | None = None
    commands: list[dict[str, Any]] = []
    viewers = 0
    while job is None or (job["weights"] and flat is None):
        for kind, payload in channel.receive(None):
            if kind is Kind.JOB:
                job = json.loads(payload)
                viewers = job["viewers"]
            elif job is None:
                continue  # meant for the run before
            elif kind is Kind.WEIGHTS:
                flat = payload
            elif kind is Kind.COMMAND:
                commands.append(json.loads(payload))
            elif kind is Kind.VIEWERS:
                viewers = json.loads(payload)
    return job, flat, commands, viewers


def _weights(spec: RunSpec, flat: bytes) -> list[Array]:
    """float32 bytes as the arrays of `get_weights()`. Raises ValueError when they are not of this network."""
    from nnviz.models import initial_weights

    shapes = [array.shape for array in initial_weights(spec)]
    sizes = [int(np.prod(shape)) for shape in shapes]
    numbers = np.frombuffer(flat, np.float32) if len(flat) % 4 == 0 else np.empty(0, np.float32)
    if numbers.size != sum(sizes):
        raise ValueError(f"the weights to start from are {len(flat):,} bytes; this network needs {4 * sum(sizes):,}")
    parts = np.split(numbers, np.cumsum(sizes)[:-1])
    return [part.reshape(shape).copy() for part, shape in zip(parts, shapes, strict=True)]


def runtime_started() -> bool:
    """Whether TensorFlow's runtime is at work in this process. Raises AttributeError where it does not tell."""
    from tensorflow.python.eager import context

    current = context.context_safe()
    return current is not None and bool(current._initialized)


def set_up(n: int) -> None:
    """Before the runtime starts, which then makes its pools of this size; touches nothing else of it. Where it has
    started, with pools of this size, nothing changes.

    TensorFlow's graph optimiser finds nothing to do in our graphs and takes 20–100 ms of the first step.
    """
    import tensorflow as tf

    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    tf.config.threading.set_intra_op_parallelism_threads(n)
    tf.config.threading.set_inter_op_parallelism_threads(n)


def in_words(error: BaseException) -> str:
    """What went wrong, in a line that a student can act on: the traceback's last line, unless we know better."""
    if isinstance(error, ValidationError):
        return "; ".join(explain(error))
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        return "There is not enough memory for this run. Take fewer units or layers, a smaller batch or fewer samples."
    if isinstance(error, ImportError):
        return f"A library that training needs could not be loaded: {error}"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    line = str(error).strip().splitlines()[-1:] or ["no details given"]
    return f"{type(error).__name__}: {line[0]}"[:400]


def _write_log(path: str) -> None:
    """Standard output and error into the run's own log, a crash's last words included; or nowhere if it cannot be."""
    try:
        log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError:
        log = os.open(os.devnull, os.O_WRONLY)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    faulthandler.enable()


def die_with(parent: int) -> None:
    """Be killed when the process `parent` ends, however it ends; end now if it has. Does nothing but on Linux."""
    if sys.platform != "linux":
        return
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def behave() -> None:
    """The terminal's Ctrl-C is the server's to handle; when memory runs short, a run has to go before the server."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")


def forked(descriptor: int, zygote: int) -> NoReturn:
    """Life of a forked child: `descriptor` is its end of the socketpair, `zygote` the parent's process id."""
    try:
        die_with(zygote)
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGTERM, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        os.closerange(3, descriptor)
        os.closerange(descriptor + 1, 4096)  # a zygote has a dozen
        behave()
        np.random.seed(int.from_bytes(os.urandom(4), "little"))  # the zygote's state is every child's otherwise
        gc.enable()
        run_jobs(socket.socket(fileno=descriptor))
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    finally:
        sys.stderr.flush()
        os._exit(0)


def main() -> None:
    """`python -m nnviz.engine.child DESCRIPTOR PARENT`: a spawned child imports everything and waits for its job."""
    descriptor, parent = int(sys.argv[1]), int(sys.argv[2])
    die_with(parent)
    behave()
    if sys.platform == "win32":
        sock = socket.fromshare(sys.stdin.buffer.read())
    else:
        sock = socket.socket(fileno=descriptor)
    from nnviz.engine.zygote import preload

    with suppress(Exception):  # a library that is missing is reported by the job that needs it
        preload()
        mnist.keep()
    run_jobs(sock)
    sys.stderr.flush()
    os._exit(0)  # TensorFlow's threads need no farewell


if __name__ == "__main__":
    main()
