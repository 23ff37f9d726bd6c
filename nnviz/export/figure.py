"""A figure of a run as one HTML file. (As PNG or SVG a page gives it by the buttons above each chart.)"""

from __future__ import annotations

from typing import Any, Literal

from nnviz.data import DataError
from nnviz.export import page
from nnviz.export.format import CannotExport, Files, Format, Source, is_recorded, needs
from nnviz.figures.stored import SOURCES, drawn
from nnviz.figures.stored.recorded import Recorded, Wish

IN_SPACE = frozenset({"descent_relief"})
"""Figures that the script inside these files does not draw: it has no 3-D."""


def make(source: Source, figure: str | None = None, theme: Literal["light", "dark"] = "light") -> Files:
    """`figure`: a name of nnviz.figures.stored.SOURCES; unless said, the first that the run has."""
    allowed = names(source)
    if figure is not None and figure not in allowed:
        raise CannotExport(f"figure: allowed are {', '.join(allowed)} (given: {figure[:40]!r})")
    store, run = source.recorded()
    recorded = Recorded(store, run.id, source.home, None)
    name = figure or allowed[0]
    title = f"{source.spec.words} on {source.spec.subject}: {name.replace('_', ' ')}"
    shown = page.figure(draw(recorded, name, theme), name)
    return {f"{source.name}-{name}.html": page.page(title, f"<h1>{page.text(title)}</h1>{shown}", theme == "dark")}


def names(source: Source) -> list[str]:
    """The figures of the run's job. Raises CannotExport where there are none."""
    found = [name for name, (job, _) in SOURCES.items() if job == source.spec.job and name not in IN_SPACE]
    if not found:
        raise CannotExport("there are no figures of such a run")
    return found


def draw(recorded: Recorded, name: str, theme: Literal["light", "dark"] = "light", **choices: Any) -> dict[str, Any]:
    """{"data", "layout"} of a figure of the run. Raises CannotExport where nothing is recorded that it shows."""
    try:
        return drawn(name, recorded, Wish(), theme, **choices)
    except (LookupError, DataError) as why:
        raise CannotExport(str(why.args[0])) from None


FIGURE = Format(
    "Figure as HTML", "the curves, with hover and zoom, offline (PNG and SVG: the buttons above each chart)", "html",
    make, needs(is_recorded, names), options=("figure", "theme"),
)  # fmt: skip
