"""Every Plotly figure, written once: a function of theme and choices that gives Plotly's JSON with places for arrays.

Pure but for `stored`: no TensorFlow, no streamlit, no browser. The pages get a figure over a route and fill its places
with each frame (static/figures); in Python and in a notebook the same figure shows what the store has of a run:

    import nnviz.figures
    nnviz.figures.curves("run's id", what="accuracy").show()
    nnviz.figures.mistakes("run's id", theme="dark", step=2000).write_html("mistakes.html")

To add one: a file here with `figure(theme, …)`, and a line in registry.FIGURES; for Python a line in `stored.SOURCES`.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from nnviz.figures.registry import FIGURES

__all__ = ["FIGURES"]


def __getattr__(name: str) -> Any:
    """`nnviz.figures.curves(run, …)`: the figure of that name with the arrays of a stored run (`stored.figure_of`)."""
    if name not in FIGURES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from nnviz.figures.stored import figure_of

    return partial(figure_of, name)
