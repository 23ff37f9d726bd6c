"""`nnviz bench`: how quick this installation is on this machine, beside what it is meant to be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from nnviz.commands.common import BAD_INPUT, FAULT, AsJson, console, fail, print_json, say


@dataclass(frozen=True)
class Figure:
    """One measured number. `goal` is the most that it may be, the least where `at_least`; None: there is none."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    at_least: bool = False

    @property
    def met(self) -> bool | None:
        if self.goal is None:
            return None
        return self.value >= self.goal if self.at_least else self.value <= self.goal


def engine(**how: Any) -> Iterator[Figure]:
    """What `bench_engine(**how)` measures: the waits of a visitor, and what runs leave behind in their parent."""
    from nnviz.bench.engine import bench_engine

    found = bench_engine(**how)
    for name, goal in found["goals"].items():
        yield Figure(WAITS.get(name, name), 1000 * found[name], "ms", 1000 * goal)
    yield Figure("engine ready", 1000 * found["start"], "ms")
    yield Figure("one short run", 1000 * found["run"], "ms")
    if found["memory_before"] is not None:
        growth = found["memory_after"] - found["memory_before"]
        yield Figure(f"memory grown over {found['runs']} runs", growth, "MB", 2)
    if found["descriptors_before"] is not None:
        growth = found["descriptors_after"] - found["descriptors_before"]
        yield Figure(f"descriptors grown over {found['runs']} runs", growth, "", 0)


def live(**how: Any) -> Iterator[Figure]:
    """What `bench_live(**how)` measures: frames that arrive, and what they cost the web process."""
    from nnviz.bench.live import bench_live

    found = bench_live(**how)
    for viewers, row in found["viewers"].items():
        who = f"{viewers} viewer" + ("s" if viewers != "1" else "")
        yield Figure(f"frames a second, {who}", row["frames_per_second"], "1/s", 8, at_least=True)
        yield Figure(f"frames a second, slowest of {who}", row["slowest"], "1/s")
        yield Figure(f"web process, {who}", 100 * row["cpu_share"], "% of a core", 15 if viewers == "20" else None)
        yield Figure(f"size of a frame, {who}", row["kilobytes"], "kB", 100)


def browser(**how: Any) -> Iterator[Figure]:
    """What `bench_browser(**how)` measures: a real browser's waits, and how often it draws. Needs Playwright."""
    from nnviz.bench.browser import bench_browser

    found = bench_browser(**how)
    yield Figure("start to the untrained network", 1000 * found["start"], "ms", 4000)
    yield Figure("address to the room with its charts, first page after the start", 1000 * found["first"], "ms", 2500)
    yield Figure("address to the room with its charts, later pages", 1000 * found["later"], "ms", 1200)
    yield Figure("click to the first trained network", 1000 * found["trained"], "ms", 1000)
    for network, row in {**found["networks"], **found["digits"]}.items():
        goal = 4 if network in found["digits"] else 8
        yield Figure(f"drawn frames a second, {network}", row["drawn"], "1/s", goal, at_least=True)
        yield Figure(f"page's main thread, {network}", 100 * row["busy"], "% busy")


def frames(**how: Any) -> Iterator[Figure]:
    """What `bench_frames(**how)` measures: what watching a network on images costs its training. Needs MNIST."""
    from nnviz.bench.frames import bench_frames

    for network, row in bench_frames(**how).items():
        yield Figure(f"{network}: speed with a viewer", 100 * row["ratio"], "% of alone", 95, at_least=True)
        yield Figure(f"{network}: spread of that", 100 * row["spread"], "%")
        yield Figure(f"{network}: alone", row["steps"], "steps/s")
        for view, rate in row["frames"].items():
            # Statistics are curves, not a film; weights are for the server, which answers clicks with them.
            goal = {"statistics": 2, "weights": None}.get(view, 4)
            yield Figure(f"{network}: {view}", rate, "1/s", goal, at_least=True)
        largest = max(size for view, size in row["kilobytes"].items() if view != "weights")
        yield Figure(f"{network}: largest frame", largest, "kB", 100)


def start(**how: Any) -> Iterator[Figure]:
    """What `bench_latency(**how)` measures: the wait for the first trained picture, for each work. Needs MNIST."""
    from nnviz.bench.latency import SMALL, bench_latency
    from nnviz.bench.works import WORKS
    from nnviz.sets.mnist import find

    if find() is None:
        raise RuntimeError("needs MNIST; fetch it with `nnviz data get mnist`, or set NNVIZ_DATA to its folder")
    for name, row in bench_latency(**how).items():
        work, goal = WORKS[name], 1000 * SMALL if WORKS[name].small else None
        yield Figure(f"{work.title}: click to the untrained network", 1000 * row["drawn"], "ms", 150)
        yield Figure(f"{work.title}: to the first trained frame", 1000 * row["trained"], "ms", goal)
        yield Figure(f"{work.title}: the same, another seed", 1000 * row["again"], "ms", goal)


def classroom(**how: Any) -> Iterator[Figure]:
    """What `bench_class(**how)` measures: how long each of a class waits, and how fair their shares are."""
    from nnviz.bench.classroom import bench_class

    for row in bench_class(**how):
        who = f"{row['visitors']} visitors, {row['speed']}"
        goal = 1000 * TRAINED[row["speed"]] if row["visitors"] <= CLASS else None
        yield Figure(f"{who}: click to the untrained network, median", 1000 * row["drawn"][0], "ms")
        yield Figure(f"{who}: the same, 95th percentile", 1000 * row["drawn"][1], "ms")
        yield Figure(f"{who}: to the first trained picture, median", 1000 * row["trained"][0], "ms")
        yield Figure(f"{who}: to the first trained picture, 95th percentile", 1000 * row["trained"][1], "ms", goal)
        for name in ("slowest", "median", "fastest"):
            yield Figure(f"{who}: {name} run", row[name], "steps/s")
        yield Figure(f"{who}: fairness (Jain's index)", row["fairness"], "", 0.9, at_least=True)
        yield Figure(f"{who}: web process", 100 * row["web"], "% of a core")


def table(**how: Any) -> Iterator[Figure]:
    """What `bench_table(**how)` measures: the Runs room in a home with 10,000 runs."""
    from nnviz.bench.table import bench_table

    words = {
        "opened": ("address to the first row on the screen", 2000),
        "frame": ("between two frames of a turning wheel, 99 of 100", 50),
        "blank": ("a blank middle of the table, at the longest", 200), "end": ("a leap to the last row", 2000),
        "first": ("the newest runs, with all counts", 2000),
        "further": ("a further page, over all orders", 100), "slowest": ("a further page, slowest order", 100),
        "last": ("the last page", 100), "search": ("a search", 500),
    }  # fmt: skip
    for name, seconds in bench_table(**how).items():
        yield Figure(words[name][0], 1000 * seconds, "ms", words[name][1])


def keras(**how: Any) -> Iterator[Figure]:
    """What `bench_own_model(**how)` measures: what the callback of nnviz.keras costs a script's training."""
    from nnviz.bench.own_model import bench_own_model

    for work, row in bench_own_model(**how).items():
        yield Figure(f"{work}: time of fit with the callback", 100 * row["ratio"], "% of without", 105)
        yield Figure(f"{work}: spread of that", 100 * row["spread"], "%")
        yield Figure(f"{work}: within the callback", 100 * row["within"], "% of fit", 5)
        yield Figure(f"{work}: a step without", 1000 * row["step"], "ms")
        yield Figure(f"{work}: frames a second", row["frames"], "1/s")


def cluster(**how: Any) -> Iterator[Figure]:
    """What `bench_cluster(**how)` measures: how a cluster divides a sweep, and what it costs beside one machine."""
    from nnviz.bench.cluster import WAITS as MEASURED
    from nnviz.bench.cluster import bench_cluster
    from nnviz.bench.engine import GOALS

    found = bench_cluster(**how)
    where = {"local": "on this machine", "fresh": "here in a fresh process", "cluster": "by the cluster"}
    for name in MEASURED:
        for one, words in where.items():
            goal = 1000 * GOALS[name] if name in GOALS and one == "cluster" else None
            yield Figure(f"{WAITS[name]}, {words}", 1000 * found[name][one], "ms", goal)
    for one, words in where.items():
        yield Figure(f"tiny runs in a group, {words}", found["rate"][one], "runs/s")
    for number, share in enumerate(found["shares"], 1):
        goal = 110 / found["nodes"]
        yield Figure(f"node {number} of {found['nodes']}: of all runs", 100 * share, "%", goal)


WAITS = {
    "first_event": "click to the first event", "first_frame": "click to the untrained network",
    "first_trained_frame": "click to the first trained frame", "stop": "stop", "pause": "pause",
    "kill_noticed": "kill -9 of a run noticed",
}  # fmt: skip
CLASS = 30
"""Visitors that the goals are for, on two cores."""
TRAINED = {"paced": 1.0, "full speed": 3.0}
"""Seconds in which 95 of 100 see their first trained picture."""

BENCHES: dict[str, Callable[..., Iterator[Figure]]] = {
    "engine": engine, "start": start, "live": live, "browser": browser, "frames": frames,
    "class": classroom, "table": table, "keras": keras, "cluster": cluster,
}  # fmt: skip
"""What there is to measure. Each takes a minute, the class three."""
LONG = ("train", "growth")
"""Those that take ten minutes or more, and run only where they are asked for."""

Only = Annotated[str | None, typer.Option(metavar="ID", help=f"Only one of: {', '.join((*BENCHES, *LONG))}.")]
Of = Annotated[list[str] | None, typer.Option("--work", metavar="WORK", help="train: only this work; may be repeated.")]
Repeats = Annotated[int, typer.Option(min=1, max=100, help="train: how often each is measured.")]
Plot = Annotated[Path | None, typer.Option(metavar="FILE.html", help="train, growth: the plot, as a page.")]
Id = Annotated[str | None, typer.Argument(metavar="[ID]", help="The same as --only ID.")]


def bench(
    id: Id = None, only: Only = None, as_json: AsJson = False, work: Of = None, repeats: Repeats = 7, plot: Plot = None
) -> None:
    """Measure how quick the engine, the live path, a real browser and watched images are, and how
    a class of thirty gets on: some eight minutes.

    `nnviz bench train` sets the training beside its peers (PyTorch and JAX come with `pip install "nnviz[bench]"`),
    `nnviz bench growth` adds samples, neurons, viewers and runs: a quarter of an hour each.
    """
    only = only or id
    if only is not None and only not in (*BENCHES, *LONG):
        fail(f"--only {only}: allowed are {', '.join((*BENCHES, *LONG))}", BAD_INPUT)
    if only in LONG:
        _long(only, as_json, work, repeats, plot)
        return
    if work or plot:
        fail("--work and --plot: only with train or growth", BAD_INPUT)
    failed = False
    for name in [only] if only else BENCHES:
        try:
            figures = list(BENCHES[name]())
        except (OSError, RuntimeError, ImportError) as error:
            say(f"{name}: {error}")
            failed = True
            continue
        if as_json:
            for figure in figures:
                print_json({"bench": name, **asdict(figure), "met": figure.met})
        else:
            _print_table(name, figures)
    raise typer.Exit(FAULT if failed else 0)


def _long(only: str, as_json: bool, works: list[str] | None, repeats: int, plot: Path | None) -> None:
    from nnviz.bench.works import WORKS
    from nnviz.commands import bench_train

    if unknown := [name for name in works or () if name not in WORKS]:
        fail(f"--work {unknown[0]}: allowed are {', '.join(WORKS)}", BAD_INPUT)
    if plot is not None and not plot.absolute().parent.is_dir():
        fail(f"--plot {plot}: there is no folder {plot.absolute().parent}", BAD_INPUT)
    try:
        if only == "train":
            bench_train.train(works, repeats, as_json, plot)
        else:
            bench_train.growth(as_json, plot)
    except (OSError, RuntimeError, ImportError) as error:
        fail(f"{only}: {error}", FAULT)


def _print_table(name: str, figures: list[Figure]) -> None:
    from rich.table import Table

    table = Table(title=name, title_justify="left", box=None, header_style="bold", padding=(0, 2, 0, 0))
    for title, side in (("", "left"), ("measured", "right"), ("", "left"), ("goal", "right"), ("", "left")):
        table.add_column(title, justify="right" if side == "right" else "left", no_wrap=True)
    for figure in figures:
        goal = "" if figure.goal is None else f"{'≥' if figure.at_least else '≤'} {figure.goal:g}"
        met = {None: "", True: "[green]met[/]", False: "[bold red]not met[/]"}[figure.met]
        table.add_row(figure.name, f"{figure.value:.4g}", figure.unit, goal, met)
    console().print(table)
