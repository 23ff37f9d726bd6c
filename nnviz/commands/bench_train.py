"""`nnviz bench train` and `nnviz bench growth`: tables, plots, and what the goals say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nnviz.commands.common import console, print_json, say

WORDS = {
    "faster_than_best_peer": ("faster than the best peer", "×"),
    "faster_than_fit": ("faster than Keras's fit", "×"),
    "times_floor": ("of the floor's time", "×"),
    "streaming": ("of the speed is left with a viewer", ""),
}


def train(works: list[str] | None, repeats: int, as_json: bool, plot: Path | None) -> None:
    """Measure, and print each work as soon as it is done."""
    from nnviz.bench.train import bench_train
    from nnviz.bench.works import WORKS

    found = []
    for work in works or WORKS:
        (row,) = bench_train([work], repeats, told=lambda what: None if as_json else say(what))
        found.append(row)
        if as_json:
            print_json({"bench": "train", **row})
        else:
            _print_work(row)
    if plot is not None:
        from nnviz.bench.plots import train_figure

        train_figure(found).write_html(plot)


def growth(as_json: bool, plot: Path | None) -> None:
    """Measure, and print all that grows."""
    from nnviz.bench.growth import bench_growth

    found = bench_growth()
    if as_json:
        print_json({"bench": "growth", **found})
    else:
        for name, rows in found.items():
            _print_rows(name, rows)
    if plot is not None:
        from nnviz.bench.plots import growth_figure

        growth_figure(found).write_html(plot)


def time_of(seconds: float) -> str:
    """With the unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"


def _print_work(row: dict[str, Any]) -> None:
    from rich.table import Table

    table = Table(title=row["title"], title_justify="left", box=None, header_style="bold", padding=(0, 2, 0, 0))
    titles = ("", "a step", "±", "an epoch", "times ours", "first step")
    for number, title in enumerate(titles):
        table.add_column(title, justify="right" if number else "left", no_wrap=True)
    own = next((c["step"] for c in row["contenders"] if c["name"] in ("loop", "together")), None)
    for c in sorted(row["contenders"], key=lambda c: c["step"]):
        epoch = "" if c["role"] == "evaluation" else time_of(c["step"] * row["steps_per_epoch"])
        times = "" if own is None else f"{c['step'] / own:.2f}"
        table.add_row(c["title"], time_of(c["step"]), time_of(c["spread"]), epoch, times, time_of(c["first"]))
    console().print(table)
    for name, why in row["missing"].items():
        say(f"left out: {name}: {why}")
    for goal in row["goals"]:
        words, unit = WORDS[goal["name"]]
        bound = (
            ""
            if goal["goal"] is None
            else f" (goal {'≤' if goal['name'] == 'times_floor' else '≥'} {goal['goal']:g}{unit})"
        )
        met = {None: "", True: ": met", False: ": NOT met"}[goal["met"]]
        say(f"{goal['value']:.2f}{unit} {words}{bound}{met}")


def _print_rows(name: str, rows: list[dict[str, Any]]) -> None:
    from rich.table import Table

    table = Table(title=name, title_justify="left", box=None, header_style="bold", padding=(0, 2, 0, 0))
    for key in rows[0]:
        table.add_column(key, justify="right")
    for row in rows:
        table.add_row(*(f"{value:,.4g}" if isinstance(value, float) else str(value) for value in row.values()))
    console().print(table)
