"""The process of a run: reads what is to be done, does it, writes its events, ends or takes another run.

Forked or spawned, the same. One thread reads, works and writes (`nnviz.engine.child_control`).
"""

from __future__ import annotations

import faulthandler
import gc
import importlib
import json
import math
import os
import signal
import socket
import sys
import threading
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from nnviz.engine.child_control import ChildControl
from nnviz.engine.process import behave, die_with, preload, runtime_started, set_up
from nnviz.engine.protocol import Channel, Kind, pack_json
from nnviz.engine.share import BEHIND_ALL, BEHIND_SERVER, bound_memory, priority, stand_behind
from nnviz.events import Event, Failed
from nnviz.jobs import JOBS, SpecError, read_spec
from nnviz.sets import mnist
from nnviz.spec.job import JobSpec

RUNS = 25
"""Runs that a process does before it makes room for a fresh one, whatever may have been lost in it."""
OUT_OF_MEMORY = frozenset({"ResourceExhaustedError", "AbortedError"})
"""TensorFlow's own kinds of MemoryError, by name: its allocator's, and that of the kernels of oneDNN."""


def do_runs(sock: socket.socket) -> None:
    """Read a run from `sock` and do it, then another one, while this process is as good as a fresh one.

    What goes wrong is emitted as `failed`; only a lost engine ends in silence.
    """
    channel, first = Channel(sock), priority()
    with suppress(EOFError, ConnectionError):  # the engine is gone: nobody is left to tell
        for number in range(RUNS):
            if not _do_run(channel, first, last=number + 1 == RUNS):
                return
            gc.collect()


def _do_run(channel: Channel, first: int, last: bool) -> bool:
    """Do one run; `first` is the server's niceness. True if the engine has been told that this process would take
    another."""
    asked, payload, commands, viewers = _receive_run(channel)
    _write_log(asked["log"])
    control = ChildControl(channel, asked["run"], [*asked["commands"], *commands], viewers, first + BEHIND_SERVER)
    bound_memory(asked["memory"])
    if asked["lane"] == "group":
        stand_behind(first + BEHIND_ALL)
    try:
        importlib.import_module(asked["module"])  # a job that was added later than this process began
        spec = read_spec(asked["spec"])
        job = JOBS[spec.job]
        if job.tensorflow:
            set_up(asked["threads"])
        how: dict[str, Any] = {}
        if asked["endless"] or asked["epochs"] is not None:
            how["epochs"] = math.inf if asked["endless"] else asked["epochs"]
        if payload is not None:
            how["resume" if asked["resume"] else "start"] = payload
        free = False
        for item in job.run(spec, control, home=Path(asked["home"]), **how):
            if isinstance(item, Event) and item.terminal:
                # In one message: the engine may have somebody who waits for a process.
                free = not (last or isinstance(item, Failed)) and spec.reusable and threading.active_count() == 1
                control.send(item, _free(spec) if free else b"")
            else:
                control.send(item)
    except (EOFError, ConnectionError):
        raise
    except Exception as error:
        traceback.print_exc()
        control.send(Failed(message=in_words(error)))
        return False
    return free


def _free(spec: JobSpec) -> bytes:
    """What is compiled in this process is of use for its own architecture only; where nothing is, any will do."""
    try:
        bound = runtime_started()
    except (ImportError, AttributeError):
        bound = True
    return pack_json(Kind.FREE, {"architecture": spec.architecture if bound else None})


def _receive_run(channel: Channel) -> tuple[dict[str, Any], bytes | None, list[dict[str, Any]], int]:
    """The order, the weights or the state that it starts from, and the commands and viewers that came after it."""
    asked: dict[str, Any] | None = None
    flat: bytes | None = None
    commands: list[dict[str, Any]] = []
    viewers = 0
    while asked is None or (asked["weights"] and flat is None):
        for kind, payload in channel.receive(None):
            if kind is Kind.RUN:
                asked = json.loads(payload)
                viewers = asked["viewers"]
            elif asked is None:
                continue  # meant for the run before
            elif kind is Kind.WEIGHTS:
                flat = payload
            elif kind is Kind.COMMAND:
                commands.append(json.loads(payload))
            elif kind is Kind.VIEWERS:
                viewers = json.loads(payload)
    return asked, flat, commands, viewers


def in_words(error: BaseException) -> str:
    """What went wrong, in a line that a student can act on: the traceback's last line, unless we know better."""
    if isinstance(error, SpecError):
        return str(error)
    if isinstance(error, MemoryError) or type(error).__name__ in OUT_OF_MEMORY:
        return "There is not enough memory for this run. Take fewer units or layers, a smaller batch or fewer samples."
    if isinstance(error, ImportError):
        return f"A library that this run needs could not be loaded: {error}"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    line = str(error).strip().splitlines()[-1:] or ["no details given"]
    return f"{type(error).__name__}: {line[0]}"[:400]


def _write_log(path: str) -> None:
    """Standard output and error into the run's own log, a crash's own included; or nowhere if it cannot be."""
    try:
        log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError:
        log = os.open(os.devnull, os.O_WRONLY)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    faulthandler.enable()


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
        do_runs(socket.socket(fileno=descriptor))
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    finally:
        sys.stderr.flush()
        os._exit(0)


def main() -> None:
    """`python -m nnviz.engine.child DESCRIPTOR PARENT`: a spawned child imports everything and waits for its run."""
    descriptor, parent = int(sys.argv[1]), int(sys.argv[2])
    die_with(parent)
    behave()
    if sys.platform == "win32":
        sock = socket.fromshare(sys.stdin.buffer.read())
    else:
        sock = socket.socket(fileno=descriptor)
    with suppress(Exception):  # a library that is missing is reported by the job that needs it
        preload()
        mnist.keep()
    do_runs(sock)
    sys.stderr.flush()
    os._exit(0)  # TensorFlow's threads are not waited for


if __name__ == "__main__":
    main()
