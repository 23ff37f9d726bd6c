"""`nnviz sweep`: the runs of a sweep on this machine's cores, recorded in the home; what is done is kept and not done
again."""

from __future__ import annotations

import contextlib
import queue
import signal
import sys
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nnviz.commands.cluster import Ca, Cert, Cluster, Key, cluster_settings
from nnviz.commands.common import (
    BAD_INPUT,
    FAULT,
    AsJson,
    Home,
    console,
    fail,
    home_of,
    number,
    open_store,
    percent,
    print_json,
    say,
)
from nnviz.commands.train import CANCELLED, NOBODY_READS, Sets, Source

if TYPE_CHECKING:
    from pathlib import Path

    from nnviz.engine.cluster.settings import ClusterSettings
    from nnviz.engine.emitter import Listener
    from nnviz.engine.local import LocalEngine
    from nnviz.experiments.outcome import Outcome
    from nnviz.experiments.steering import Steering
    from nnviz.experiments.sweep import SweepSpec
    from nnviz.store.store import Store

Over = Annotated[
    list[str] | None,
    typer.Option(
        metavar="PATH=VALUES",
        help="What is varied: learning_rate=0.01,0.1 or training.optimizer.learning_rate=0.001..1:5:log (5 values) or "
        "layers=8|8,8. One to three times.",
    ),
]
Random = Annotated[int | None, typer.Option("--random", min=1, max=200, help="So many runs at random, not all.")]
Tpe = Annotated[int | None, typer.Option("--tpe", min=1, max=200, help="So many runs where Optuna's TPE looks.")]
Minutes = Annotated[float | None, typer.Option(help="No run begins later than so many minutes after the first.")]
SearchSeed = Annotated[int, typer.Option("--search-seed", min=0, help="Of --random and --tpe.")]
Again = Annotated[bool, typer.Option("--again", help="Do all runs anew, also where this very sweep is recorded.")]


def sweep(
    context: typer.Context,
    spec: Source = None,
    over: Over = None,
    random: Random = None,
    tpe: Tpe = None,
    minutes: Minutes = None,
    search_seed: SearchSeed = 0,
    set_: Sets = None,
    again: Again = False,
    as_json: AsJson = False,
    home: Home = None,
    cluster: Cluster = None,
    tls_ca: Ca = None,
    tls_cert: Cert = None,
    tls_key: Key = None,
) -> None:
    """Train a network once for each value of one to three settings, and tell what came of each.

    Ctrl-C keeps what is done; the same command goes on with the rest. Exit codes: 0 done, 1 a fault, 2 a bad setting, 4
    the home cannot be used, 130 Ctrl-C.
    """
    wanted = _read(spec, set_ or [], over or [], random, tpe, minutes, search_seed)
    settings = cluster_settings(cluster, tls_ca, tls_cert, tls_key)
    place = home_of(context, home)
    stop = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    with open_store(place) as store:
        work = Work(place, store, wanted, again, settings)
        show = _Lines(work) if as_json else _Screen(work)
        code = 0
        try:
            with show:
                for finished in work.run(stop):
                    show.one(finished)
                if not stop.is_set():
                    show.all()
        except BrokenPipeError:
            code = NOBODY_READS
    if stop.is_set():
        say(f"stopped; {work.done} of {wanted.size} runs are done and kept. The same command goes on with the rest")
        code = CANCELLED
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
    raise typer.Exit(code)


def _read(
    source: str | None, sets: list[str], over: list[str], random: int | None, tpe: int | None,
    minutes: float | None, seed: int,
) -> SweepSpec:  # fmt: skip
    """What is to be swept; a bad setting ends the command."""
    from pydantic import ValidationError

    from nnviz.commands.spec_file import SpecError, read_spec
    from nnviz.experiments.sweep import SweepError, SweepSpec, check_size
    from nnviz.spec import RunSpec, explain

    if random is not None and tpe is not None:
        fail("--random and --tpe: choose one", BAD_INPUT)
    if not over:
        fail("--over: say what is varied, for example --over training.optimizer.learning_rate=0.01,0.1,1", BAD_INPUT)
    try:
        base = read_spec(source, sets)
        if not isinstance(base, RunSpec):
            fail(f"job: a sweep is of trainings (given: {base.job})", BAD_INPUT)
        method = "random" if random is not None else "tpe" if tpe is not None else "grid"
        given: dict[str, Any] = {"method": method, "runs": random or tpe, "minutes": minutes, "seed": seed}
        found = SweepSpec.model_validate({"base": base, "over": over, **given})
        check_size(found, _cores())
    except (SpecError, SweepError) as fault:
        fail(str(fault), BAD_INPUT)
    except ValidationError as fault:
        fail(explain(fault, SweepSpec)[0], BAD_INPUT)
    return found


def _cores() -> int:
    import os

    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


class Work:
    """The runs of one sweep, those that are recorded as done left out. `group`: its id in the store."""

    def __init__(
        self, home: Path, store: Store, sweep: SweepSpec, again: bool, cluster: ClusterSettings | None
    ) -> None:
        from nnviz.experiments.steering import Steering
        from nnviz.experiments.sweep import SweepError
        from nnviz.store.runs import new_id

        self.sweep, self._home, self._store, self._cluster = sweep, home, store, cluster
        self.cores = _cores()
        text = sweep.model_dump_json()
        found = None if again else store.groups.of_sweep(text)
        if found is not None and found.unfinished:
            fail(f"this sweep is under way in another process (group {found.id})", FAULT)
        try:
            self.steering: Steering = Steering(sweep, _cores() + 1, found.points if found else ())
        except SweepError as fault:
            fail(str(fault), BAD_INPUT)
        self.group = new_id() if found is None else found.id
        self.outcomes: dict[int, Outcome] = {}
        self.runs: list[str] = [] if found is None else store.groups.members(self.group)
        if found is None:
            store.groups.create(self.group, sweep.title, None, text)
        for n, run in enumerate(self.runs):
            self._recall(n, run)
        self.recalled = len(self.outcomes)

    @property
    def done(self) -> int:
        return len(self.outcomes)

    def run(self, stop: threading.Event) -> Iterator[int]:
        """Do what is left; the number of each run when it has ended. It ends early where `stop` is set."""
        from nnviz.store.recorder import Recorder

        yield from sorted(self.outcomes)
        if self.done == self.sweep.size:
            return
        box: queue.SimpleQueue[tuple[str, dict[str, Any]]] = queue.SimpleQueue()
        recorder = Recorder(self._store)

        def listen(run: str, message: dict[str, Any] | bytes) -> None:
            recorder.keep(run, message)
            if isinstance(message, dict):
                box.put((run, message))

        engine = self._engine(listen)
        try:
            while self._cluster is not None and not (stop.is_set() or engine.wait_ready(0.2)):
                pass  # how many cores there are it knows when it has met the nodes
            self.cores = engine.cores
            yield from self._steer(engine, box, stop)
        finally:
            engine.close()
        self._store.flush()
        for n, run in enumerate(self.runs):  # one may have ended by itself while all were being stopped
            if n not in self.outcomes and self._recall(n, run):
                yield n

    def _engine(self, listen: Listener) -> LocalEngine:
        """On this machine, or on the cluster."""
        from nnviz.engine.local import LocalEngine

        if self._cluster is None:
            return LocalEngine(self._home, listen)
        from nnviz.engine.cluster.cluster_engine import recorded_engine

        return recorded_engine(self._home, listen, self._cluster, self._store)

    def _steer(self, engine: Any, box: queue.SimpleQueue[tuple[str, dict[str, Any]]], stop: threading.Event) -> Any:
        from nnviz.experiments.outcome import outcome
        from nnviz.statuses import ENDS

        numbers, newest = {run: n for n, run in enumerate(self.runs)}, dict[int, dict[str, Any]]()
        until = time.monotonic() + 60 * self.sweep.minutes if self.sweep.minutes else float("inf")
        for n, run in enumerate(self.runs):
            if n not in self.outcomes:
                self._begin(engine, n, run)
        while True:
            late = time.monotonic() >= until
            if late:
                self.steering.end()
            self.steering.more()
            self._store.groups.set_points(self.group, self.steering.points, self.steering.grows)
            waiting = len(self.runs) - self.done
            for n in range(len(self.runs), len(self.steering.specs)):
                if late or waiting > self.cores:  # what is not begun need not be taken back at Ctrl-C
                    break
                numbers[self._begin(engine, n, None)] = n
                waiting += 1
            if not waiting or stop.is_set():
                return
            try:
                run, event = box.get(timeout=0.2)
            except queue.Empty:
                continue
            n = numbers[run]
            if event["event"] == "metrics":
                newest[n] = event
            if self.steering.heard(n, event):
                engine.send(run, {"do": "stop"})
            if event["event"] in ENDS:
                status = "stopped" if event.get("reason") == "stopped" else event["event"]
                self.outcomes[n] = outcome(self.steering.specs[n], status, event, newest.get(n))
                yield n

    def _begin(self, engine: Any, number: int, run: str | None) -> str:
        """Queue a run: a new one, or one that was interrupted, from its start."""
        from nnviz.engine.found import reopen

        spec = self.steering.specs[number]
        speed = self.steering.speed(spec)
        if run is not None:
            resumed, _ = reopen(self._store, run, engine.found())
            engine.submit(spec, visitor="", group=self.group, resumed=resumed, speed=speed)
            return run
        run = engine.submit(spec, visitor="", group=self.group, speed=speed)
        room = "digits" if spec.data.is_image else "playground"
        self._store.create_run(run, spec, lane="group", room=room, group=self.group, member=number)
        self.runs.append(run)
        return run

    def _recall(self, number: int, run: str) -> bool:
        """What is recorded of a run that has ended by itself; whether it has."""
        from nnviz.experiments.outcome import outcome
        from nnviz.statuses import BROKEN
        from nnviz.web.services import last_row

        row = self._store.get_run(run)
        if row is None or not row.is_over or row.status in BROKEN or number >= len(self.steering.specs):
            return False
        newest = last_row(self._store.history(run), 2**62)
        found = outcome(self.steering.specs[number], row.status, row.result, newest)
        self.outcomes[number] = found
        self.steering.tell(number, found)
        return True

    def best(self) -> int | None:
        """The number of the run whose value is least."""
        from nnviz.experiments.outcome import order

        told = [n for n, found in self.outcomes.items() if found.value is not None]
        return min(told, key=lambda n: order(self.outcomes[n]), default=None)

    def importances(self) -> dict[str, float]:
        from nnviz.experiments.search import importances

        told = [
            (self.steering.points[n], found.value)
            for n, found in sorted(self.outcomes.items())
            if found.value is not None
        ]
        return importances(self.sweep, told)


class _Lines:
    """For a program: one JSON object a run, then one for all."""

    def __init__(self, work: Work) -> None:
        self._work, self._began = work, time.monotonic()

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass

    def one(self, n: int) -> None:
        work, found = self._work, self._work.outcomes[n]
        print_json({
            "run": work.runs[n], "number": n, "settings": work.sweep.changes(work.steering.points[n]),
            "outcome": found.word, "epochs": found.epochs, "seconds": found.seconds, "train": {"accuracy": found.train},
            "validation": {"accuracy": found.validation},
            "test": {"accuracy": found.score, "loss": found.loss, "low": found.low, "high": found.high, "n": found.n},
            "message": found.message or None,
        })  # fmt: skip

    def all(self) -> None:
        work, best = self._work, self._work.best()
        print_json({
            "group": work.group, "runs": work.done, "best": None if best is None else work.runs[best],
            "settings": None if best is None else work.sweep.changes(work.steering.points[best]),
            "importances": work.importances(), "seconds": round(time.monotonic() - self._began, 3),
        })  # fmt: skip


class _Screen:
    """For a person: a bar while it runs, then a table, the best run first."""

    def __init__(self, work: Work) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._work = work
        screen = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
            TextColumn("{task.fields[last]}"), console=screen, disable=not screen.is_terminal,
        )  # fmt: skip
        words = f"{work.recalled} of them are done already" if work.recalled else "the engine is starting"
        self._task = self._progress.add_task("networks", total=work.sweep.size, last=words)

    def __enter__(self) -> None:
        self._progress.start()

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def one(self, n: int) -> None:
        work, found = self._work, self._work.outcomes[n]
        words = f"{found.mark} {work.sweep.words(work.steering.points[n])}: {found.word}"
        self._progress.update(self._task, advance=1, last=words)

    def all(self) -> None:
        from rich.table import Table

        from nnviz.experiments.outcome import order
        from nnviz.experiments.settings import label, value_words

        self._progress.stop()
        work = self._work
        table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
        table.add_column("", no_wrap=True)
        for swept in work.sweep.over:
            table.add_column(swept.label, justify="right", no_wrap=True)
        for title in ("test accuracy", "95 % interval", "validation", "loss", "epochs", "seconds"):
            table.add_column(title, justify="right", no_wrap=True)
        table.add_column("run", no_wrap=True)
        for n, found in sorted(work.outcomes.items(), key=lambda one: order(one[1])):
            between = "–" if found.low is None else f"{percent(found.low)} – {percent(found.high)}"
            table.add_row(
                f"{found.mark} {found.word}", *map(value_words, work.steering.points[n]), percent(found.score),
                between, percent(found.validation), number(found.loss), number(found.epochs), number(found.seconds),
                work.runs[n],
            )  # fmt: skip
        console().print(table)
        mattered = work.importances()
        if mattered:
            shares = sorted(mattered.items(), key=lambda one: -one[1])
            words = ", ".join(f"{label(name)} {100 * share:.0f} %" for name, share in shares)
            console().print(f"What mattered: {words}")
