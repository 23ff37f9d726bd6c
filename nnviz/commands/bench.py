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
    words = {
        "first_frame": "click to the untrained network", "first_trained_frame": "click to the first trained frame",
        "stop": "stop", "pause": "pause", "kill_noticed": "kill -9 of a run noticed",
    }  # fmt: skip
    for name, goal in found["goals"].items():
        yield Figure(words.get(name, name), 1000 * found[name], "ms", 1000 * goal)
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
    from nnviz.data.mnist import find

    if find() is None:
        raise RuntimeError("needs MNIST; fetch it with `nnviz data get mnist`, or set NNVIZ_DATA to its folder")
    for name, row in bench_latency(**how).items():
        work, goal = WORKS[name], 1000 * SMALL if WORKS[name].small else None
        yield Figure(f"{work.title}: click to the untrained network", 1000 * row["drawn"], "ms", 150)
        yield Figure(f"{work.title}: to the first trained frame", 1000 * row["trained"], "ms", goal)
        yield Figure(f"{work.title}: the same, another seed", 1000 * row["again"], "ms", goal)


BENCHES: dict[str, Callable[..., Iterator[Figure]]] = {
    "engine": engine, "start": start, "live": live, "browser": browser, "frames": frames,
}  # fmt: skip
"""What there is to measure. Each takes up to a minute."""
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
    """Measure how quick the engine, the live path, a real browser and watched images are: some five minutes.

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
