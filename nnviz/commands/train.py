"""`nnviz train`: one run in this process, recorded in the home, told to a person or to a program."""

from __future__ import annotations

import contextlib
import faulthandler
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

from nnviz.commands.cluster import Ca, Cert, Cluster, Key, cluster_settings
from nnviz.commands.common import BAD_INPUT, FAULT, AsJson, Home, fail, home_of, say

if TYPE_CHECKING:
    from pathlib import Path

    from nnviz.commands.recording import Recording
    from nnviz.commands.showing import JsonLines, Screen, Show
    from nnviz.engine.cluster.settings import ClusterSettings
    from nnviz.events import Event, Frame
    from nnviz.spec.job import JobSpec

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
    context: typer.Context,
    spec: Source = None,
    set_: Sets = None,
    as_json: AsJson = False,
    home: Home = None,
    cluster: Cluster = None,
    tls_ca: Ca = None,
    tls_cert: Cert = None,
    tls_key: Key = None,
) -> None:
    """Train a network, or do the job that the specification names, and record the run.

    Exit codes: 0 done, 1 a fault, 2 a bad specification, 3 diverged, 130 Ctrl-C.
    """
    from nnviz.commands.spec_file import SpecError, read_spec

    try:
        wanted = read_spec(spec, set_ or [])
    except SpecError as error:
        fail(str(error), BAD_INPUT)
    settings = cluster_settings(cluster, tls_ca, tls_cert, tls_key)
    interrupts = _note_interrupts()
    if settings is None:
        _quieten()
        _import_early(wanted)
    code, message = _record(wanted, home_of(context, home), as_json, interrupts, settings)
    if message:
        say(message)
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
    os._exit(code)  # TensorFlow's threads, of which one may be in the middle of a step, are not waited for


def _import_early(spec: JobSpec) -> None:
    """TensorFlow, in a thread, where the first step needs it: the data are read meanwhile. What goes wrong is told by
    the run, which then imports it itself."""

    def work() -> None:
        from nnviz.models.tensorflow_import import import_tensorflow

        with contextlib.suppress(Exception):
            import_tensorflow()

    from nnviz.loops.choice import starts_in_tensorflow
    from nnviz.spec import RunSpec

    if isinstance(spec, RunSpec) and starts_in_tensorflow(spec):
        threading.Thread(target=work, name="import", daemon=True).start()


def _record(
    spec: JobSpec, home: Path, as_json: bool, interrupts: list[int], cluster: ClusterSettings | None
) -> tuple[int, str]:
    """Train, show and record: the exit code, and what is to be said about it on standard error."""
    from nnviz.commands.recording import Recording
    from nnviz.commands.showing import JsonLines, Screen

    with contextlib.ExitStack() as stack:
        show = JsonLines() if as_json else Screen(spec)
        stack.callback(show.close)
        if cluster is not None:
            return _on_cluster(spec, home, interrupts, show, cluster)
        recording = Recording(home, spec, show.warn)
        stack.callback(recording.close)
        show.run = recording.run
        return _run(spec, _events(spec, home, interrupts), show, recording)


def _on_cluster(
    spec: JobSpec, home: Path, interrupts: list[int], show: JsonLines | Screen, cluster: ClusterSettings
) -> tuple[int, str]:
    """The same on a node of a cluster."""
    from nnviz.commands.cluster_run import ClusterRun
    from nnviz.commands.recording import Recording

    with ClusterRun(spec, home, cluster, interrupts, show.warn) as run:
        recording = run.recording = Recording(home, spec, show.warn, run.id)
        show.run = recording.run
        try:
            return _run(spec, run.events(), show, recording)
        finally:
            run.close()
            recording.close()


def _run(spec: JobSpec, events: Iterator[Event | Frame], show: Show, recording: Recording) -> tuple[int, str]:
    """To the end of the run, whichever it is."""
    from nnviz.events import Diverged, Failed, Frame
    from nnviz.jobs import JOBS

    code, message = 0, ""
    try:
        for event in events:
            if isinstance(event, Frame):
                recording.add_frame(event)
                continue
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
        failed = Failed(f"{JOBS[spec.job].title} failed: {type(fault).__name__}: {fault}")
        recording.add(failed.to_json())
        return FAULT, failed.message
    return code, message


def _events(spec: JobSpec, home: Path, interrupts: list[int]) -> Iterator[Event | Frame]:
    """What the run emits, from a thread of its own: Ctrl-C is for the main thread, and within TensorFlow it can abort
    the process. Raises KeyboardInterrupt where one is noted, and what the run raises."""
    box: queue.SimpleQueue[Event | Frame | BaseException | None] = queue.SimpleQueue()

    def work() -> None:
        try:
            from nnviz.jobs import JOBS

            job = JOBS[spec.job]
            for event in job.run(spec, None, home=home, **({"keep": True} if job.keeps else {})):
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
    nowhere, and our own words keep the two streams; unless TF_CPP_MIN_LOG_LEVEL says that somebody wants to read it.
    A crash below Python still says where it was."""
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
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # Python's: of functions that are traced again, and so on
    logging.getLogger("absl").setLevel(logging.ERROR)
    faulthandler.enable(sys.stderr)
