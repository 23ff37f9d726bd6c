"""`nnviz train`: one run in this process, recorded in the home, told to a person or to a program."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from nnviz.commands.common import BAD_INPUT, FAULT, AsJson, Home, fail, home_of, say
from nnviz.commands.spec_file import SpecError, read_spec

if TYPE_CHECKING:
    from pathlib import Path

    from nnviz.commands.recording import Recording
    from nnviz.commands.showing import Show
    from nnviz.events import Event
    from nnviz.spec import RunSpec

DIVERGED, CANCELLED, NOBODY_READS = 3, 128 + signal.SIGINT, 128 + 13

Source = Annotated[
    str | None,
    typer.Argument(metavar="SPEC.json", help="A specification, - for standard input; without it the default one."),
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Change a field: training.epochs=5, model.layers.0.units=8. As often as needed.",
    ),
]


def train(
    context: typer.Context, spec: Source = None, set_: Sets = None, as_json: AsJson = False, home: Home = None
) -> None:
    """Train a network and record the run.

    Exit codes: 0 done, 1 a fault, 2 a bad specification, 3 diverged, 130 Ctrl-C.
    """
    try:
        wanted = read_spec(spec, set_ or [])
    except SpecError as error:
        fail(str(error), BAD_INPUT)
    interrupts = _note_interrupts()
    _quieten()
    code, message = _record(wanted, home_of(context, home), as_json, interrupts)
    if message:
        say(message)
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
    os._exit(code)  # TensorFlow's threads, of which one may be in the middle of a step, need no farewell


def _record(spec: RunSpec, home: Path, as_json: bool, interrupts: list[int]) -> tuple[int, str]:
    """Train, show and record: the exit code, and what is to be said about it on standard error."""
    from nnviz.commands.recording import Recording
    from nnviz.commands.showing import JsonLines, Screen

    with contextlib.ExitStack() as stack:
        show = JsonLines() if as_json else Screen(spec)
        stack.callback(show.close)
        recording = Recording(home, spec, show.warn)
        stack.callback(recording.close)
        show.run = recording.run
        return _run(_events(spec, home, interrupts), show, recording)


def _run(events: Iterator[Event], show: Show, recording: Recording) -> tuple[int, str]:
    """To the end of the run, whichever it is."""
    from nnviz.events import Diverged, Failed

    code, message = 0, ""
    try:
        for event in events:
            if isinstance(event, Diverged):
                code, message = DIVERGED, event.message
            elif isinstance(event, Failed):
                code, message = FAULT, event.message
            recording.add(event.to_json())
            show.event(event)
    except BrokenPipeError:
        recording.add({"event": "cancelled"})
        return NOBODY_READS, ""
    except KeyboardInterrupt:
        recording.add({"event": "cancelled"})
        return CANCELLED, "cancelled" + (f"; recorded as run {recording.run}" if recording.run else "")
    except Exception as fault:
        failed = Failed(f"training failed: {type(fault).__name__}: {fault}")
        recording.add(failed.to_json())
        return FAULT, failed.message
    return code, message


def _events(spec: RunSpec, home: Path, interrupts: list[int]) -> Iterator[Event]:
    """What `train` says, from a thread of its own: Ctrl-C is for the main thread, and in the midst of TensorFlow it can
    abort the process. Raises KeyboardInterrupt where one is noted, and what `train` raises."""
    from nnviz.events import Event

    box: queue.SimpleQueue[Event | BaseException | None] = queue.SimpleQueue()

    def work() -> None:
        try:
            from nnviz.training import train

            for event in train(spec, home=home):
                assert isinstance(event, Event)  # without a control there are no frames
                box.put(event)
            box.put(None)
        except BaseException as fault:
            box.put(fault)

    threading.Thread(target=work, name="training", daemon=True).start()
    while not interrupts:
        try:
            item = box.get(timeout=0.1)
        except queue.Empty:
            continue
        if item is None:
            return
        if isinstance(item, BaseException):
            raise item
        yield item
    raise KeyboardInterrupt


def _note_interrupts() -> list[int]:
    """From here on Ctrl-C is noted in the list; a second one ends the process at once, recorded or not."""
    noted: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        if noted:
            os._exit(CANCELLED)
        noted.append(number)

    signal.signal(signal.SIGINT, note)
    return noted


def _quieten() -> None:
    """TensorFlow tells of this machine's processor before it reads any setting. So what is written below Python goes
    nowhere, and our own words keep the two streams; unless TF_CPP_MIN_LOG_LEVEL says that somebody wants to read it."""
    logging.getLogger("nnviz").addHandler(logging.NullHandler())  # its words come to us as warnings
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    if "TF_CPP_MIN_LOG_LEVEL" in os.environ:
        return
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        stream.flush()
        ours = os.fdopen(os.dup(stream.fileno()), "w", buffering=1, encoding=stream.encoding, errors=stream.errors)
        os.dup2(nowhere, stream.fileno())
        setattr(sys, name, ours)
