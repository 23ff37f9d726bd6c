"""`nnviz recipes` lists the lectures' experiments; `nnviz reproduce` does them and holds them against their figures."""

from __future__ import annotations

import contextlib
import queue
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nnviz.commands.common import BAD_INPUT, AsJson, Home, console, fail, home_of, open_store, print_json, say
from nnviz.commands.train import CANCELLED, NOBODY_READS

if TYPE_CHECKING:
    from nnviz.experiments.recipe import Recipe
    from nnviz.experiments.reproduce import Reproduced, Reproduction, Work

MISSED = 5
"""The exit code where a claim does not hold."""
Ids = Annotated[list[str] | None, typer.Argument(metavar="ID…", help="Recipes by the lectures' rows: B16 A2.")]
All = Annotated[bool, typer.Option("--all", help="All recipes.")]
Quick = Annotated[bool, typer.Option("--quick", help="Less data: some minutes for all. Says what is judged by it.")]
Seeds = Annotated[int | None, typer.Option(min=1, max=50, help="Of each run, where a recipe says no other number.")]
Again = Annotated[bool, typer.Option("--again", help="Do all runs anew, also those that are recorded.")]
Markdown = Annotated[bool, typer.Option("--markdown", help="Print the table as Markdown, as in the README.")]
Record = Annotated[Path | None, typer.Option(help="Keep claims and thinned curves in this JSON file, by recipe.")]


def recipes(as_json: AsJson = False) -> None:
    """List the lectures' experiments."""
    from rich.table import Table

    from nnviz.experiments.catalogue import RECIPES

    if as_json:
        for recipe in RECIPES.values():
            print_json({
                "recipe": recipe.id, "lecture": recipe.lecture, "title": recipe.title, "question": recipe.question,
                "figure": recipe.figure, "runs": len(recipe.members()), "seconds": recipe.seconds,
                "claims": [claim.what for claim in recipe.claims], "ours": list(recipe.ours),
            })  # fmt: skip
        return
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("", no_wrap=True)
    table.add_column("experiment")
    table.add_column("the lecture's figure")
    table.add_column("runs", justify="right")
    table.add_column("about", justify="right")
    lecture = ""
    for recipe in RECIPES.values():
        if recipe.lecture != lecture:
            lecture = recipe.lecture
            table.add_row("", f"[bold]{lecture}[/bold]")
        table.add_row(recipe.id, recipe.title, recipe.figure, str(len(recipe.members())), spoken(recipe.seconds))
    console().print(table)


def reproduce(
    context: typer.Context,
    ids: Ids = None,
    every: All = False,
    quick: Quick = False,
    seeds: Seeds = None,
    again: Again = False,
    as_json: AsJson = False,
    markdown: Markdown = False,
    record: Record = None,
    home: Home = None,
) -> None:
    """Do the lectures' experiments and hold what comes out against the figures that the lectures print.

    Ctrl-C keeps what is done; the same command goes on with the rest. Exit codes: 0 all claims hold, 5 one does not, 1
    a fault, 2 a bad setting, 4 the home cannot be used, 130 Ctrl-C.
    """
    from nnviz.experiments.reproduce import Reproduction

    wanted = _wanted(ids or [], every)
    named = ["--all"] if every else [recipe.id for recipe in wanted]
    more = ["--quick"] * quick + ([f"--seeds {seeds}"] if seeds else [])
    command = " ".join(["nnviz reproduce", *named, *more])
    place, stop = home_of(context, home), threading.Event()
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    code = 0
    with open_store(place) as store:
        work = Reproduction(store, wanted, seeds, quick, again)
        show = _Lines() if as_json else _Screen(work, markdown)
        told: list[Reproduced] = []
        try:
            with show:
                for found in _done(work, place, show, stop):
                    told.append(found)
                    if record is not None:
                        _record(record, found, command)
                    show.one(found)
            if not stop.is_set():
                show.all(sorted(told, key=lambda one: wanted.index(one.recipe)))
        except BrokenPipeError:
            code = NOBODY_READS
    if stop.is_set():
        say(f"stopped; {work.done} of {len(work.works)} runs are done and kept. The same command goes on with the rest")
        code = CANCELLED
    elif code == 0 and any(one.verdict == "not reproduced" for one in told):
        code = MISSED
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
    raise typer.Exit(code)


def _record(file: Path, found: Reproduced, command: str) -> None:
    """Into the file at once: whoever stops in the midst keeps what is done."""
    from nnviz.experiments.recorded import Recording, write

    try:
        write(file, [found], Recording.now(command))
    except (OSError, ValueError) as fault:
        fail(f"--record: {file} cannot be written: {fault}", BAD_INPUT)


def _wanted(ids: Sequence[str], every: bool) -> list[Recipe]:
    """The recipes of these names, in the catalogue's order; a name that is none ends the command."""
    from nnviz.experiments.catalogue import RECIPES

    if every == bool(ids):
        fail("ID: name the recipes, for example B16 A2, or say --all; `nnviz recipes` lists them", BAD_INPUT)
    unknown = [id for id in ids if id.upper() not in RECIPES]
    if unknown:
        fail(f"ID: there is no recipe {unknown[0][:40]!r}; `nnviz recipes` lists them", BAD_INPUT)
    named = {id.upper() for id in ids}
    return [recipe for id, recipe in RECIPES.items() if every or id in named]


def _done(work: Reproduction, home: Path, show: _Lines | _Screen, stop: threading.Event) -> Iterator[Reproduced]:
    """Each recipe when its runs have ended; those that take longest begin first. It ends early where `stop` is set."""
    from nnviz.engine.local import LocalEngine
    from nnviz.experiments.recipe import EACH_EPOCH
    from nnviz.statuses import ENDS
    from nnviz.store.recorder import Recorder
    from nnviz.store.runs import new_id

    left = sorted(work.recipes, key=lambda recipe: -recipe.seconds)
    work.works = dict(sorted(work.works.items(), key=lambda one: -one[1].recipe.seconds))
    groups: dict[str, str] = {}
    box: queue.SimpleQueue[tuple[str, dict[str, Any]]] = queue.SimpleQueue()
    recorder = Recorder(work.store)
    by_run: dict[str, Work] = {}

    def listen(run: str, message: dict[str, Any] | bytes) -> None:
        recorder.keep(run, message)
        if isinstance(message, dict):
            box.put((run, message))

    engine: LocalEngine | None = None
    try:
        while left and not stop.is_set():
            ended = next((recipe for recipe in left if work.complete(recipe)), None)
            if ended is not None:
                left.remove(ended)
                yield work.tell(ended)
                continue
            engine = engine or LocalEngine(home, listen)
            for each in list(work.to_do()):
                if sum(not one.over for one in by_run.values()) > engine.cores:
                    break
                recipe = each.recipe
                if recipe.id not in groups:
                    groups[recipe.id] = new_id()
                    work.store.groups.create(groups[recipe.id], f"{recipe.id} {recipe.title}", recipe=recipe.id)
                number = sum(one.recipe is recipe for one in by_run.values())
                each.run = engine.submit(each.spec, visitor="", group=groups[recipe.id], speed=EACH_EPOCH)
                by_run[each.run] = each
                work.store.create_run(
                    each.run, each.spec, lane="group", room=recipe.place.room, group=groups[recipe.id], member=number
                )
            with contextlib.suppress(queue.Empty):
                run, event = box.get(timeout=0.2)
                show.event(by_run[run], event)
                if event["event"] in ENDS:
                    by_run[run].over = True
    finally:
        if engine is not None:
            engine.close()


def spoken(seconds: float) -> str:
    """A time that is about so long."""
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


class _Lines:
    """For a program: one JSON object a recipe."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass

    def event(self, work: Work, event: dict[str, Any]) -> None:
        pass

    def one(self, found: Reproduced) -> None:
        print_json(found.to_json())

    def all(self, told: Sequence[Reproduced]) -> None:
        pass


class _Screen:
    """For a person: a bar while it runs, then a table."""

    def __init__(self, work: Reproduction, markdown: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self._work, self._markdown = work, markdown
        screen = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            TextColumn("{task.fields[last]}"), console=screen, disable=not screen.is_terminal,
        )  # fmt: skip
        words = f"{work.done} of them are recorded already" if work.done else "the engine is starting"
        self._task = self._progress.add_task("runs", total=len(work.works), completed=work.done, last=words)

    def __enter__(self) -> None:
        self._progress.start()

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def event(self, work: Work, event: dict[str, Any]) -> None:
        if event["event"] == "metrics" and event.get("epoch") is not None:
            words = f"{work.recipe.id} {work.recipe.title}: epoch {event['epoch']:.0f}"
            self._progress.update(self._task, completed=self._work.done, last=words)

    def one(self, found: Reproduced) -> None:
        words = f"{found.recipe.id} {found.recipe.title}: {found.verdict}"
        self._progress.update(self._task, completed=self._work.done, last=words)

    def all(self, told: Sequence[Reproduced]) -> None:
        from rich.table import Table

        from nnviz.experiments.table import TITLES, markdown, rows

        self._progress.stop()
        lines = [row for one in told for row in rows(one.recipe.id, one.recipe.title, one.judged, one.seconds)]
        if self._markdown:
            for line in markdown(lines):
                typer.echo(line)
            return
        table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
        for i, title in enumerate(TITLES):
            table.add_column(title, no_wrap=i in (0, 5), justify="right" if i in (2, 3, 6) else "left")
        colours = {"not reproduced": "red", "not judged": "yellow"}
        for id, what, lecture, ours, rule, verdict, seconds in lines:
            shown = f"[{colours[verdict]}]{verdict}[/]" if verdict in colours else verdict
            table.add_row(id, what, lecture, ours, rule, shown, seconds)
        console().print(table)
        for found in told:
            for one in found.judged:
                if one.why:
                    console().print(f"{found.recipe.id}, {one.what}: {one.why}")
        if self._work.quick:
            console().print("With --quick: less data; what it cannot judge is not judged.")
