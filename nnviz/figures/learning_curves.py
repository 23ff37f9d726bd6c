"""Loss or accuracy while it trains: training, validation, and the samples kept apart for the test.

With a band in which the true accuracy lies in 95 of 100 cases (Wilson): 99 % of 500 images says less than of 10,000.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from nnviz.figures.binding import at, do, each
from nnviz.figures.theme import Node, Theme, css

AXES = {"epoch": "epoch", "step": "step (weight updates)", "seconds": "training time (s)"}
"""Of an axis of time: its title, with the unit."""


def time_axis(theme: Theme, axis: str, **more: str) -> Node:
    """The horizontal axis of a training; in hover texts epochs and seconds with two decimals."""
    form = ",d" if axis == "step" else ",.2~f"
    return theme.axis(AXES[axis], hoverformat=form, rangemode="tozero", **more)


def figure(
    theme: Theme,
    what: Literal["loss", "accuracy"] = "loss",
    axis: Literal["epoch", "step", "seconds"] = "epoch",
    log: bool = False,
    smooth: Annotated[float, Field(ge=0, lt=1)] = 0,
) -> Node:
    """Values: history (columns of metrics); tested (meta of predictions), validation (images of that set): each may be
    missing; loss_name; marks (places on the axis), hint (words for an empty figure). `log`: a logarithmic loss, or of
    an accuracy the error rate, logarithmic."""
    accuracy = what == "accuracy"
    colors = {"training": theme.text, "validation": theme.accent, "test": theme.classes[0]}
    solid, filled = ({role: css(c, alpha) for role, c in colors.items()} for alpha in (1, 0.16))
    role = at("item.role")
    points = {"type": "scatter", "x": at("item.x"), "y": at("item.y"), "name": at("item.name")}
    line = {
        **points, "mode": at("item.mode"), "legendgroup": at("item.name"), "text": at("item.text"),
        "line": {"color": do("pick", of=solid, at=role), "width": 2},
        "marker": {"color": do("pick", of=solid, at=role), "size": 6}, "hovertemplate": at("item.hover"),
    }  # fmt: skip
    band = {
        "type": "scatter", "mode": "lines", "with": at("item.band"),
        "legendgroup": at("item.name"), "showlegend": False, "fill": "toself", "line": {"width": 0},
        "fillcolor": do("pick", of=filled, at=role), "hoverinfo": "skip", "if": at("item.band"),
    }  # fmt: skip
    if accuracy and log:
        y = theme.axis("error rate", type="log", tickformat=".1~%", nticks=6)
    elif accuracy:
        y = theme.axis("accuracy", tickformat=".0%", nticks=6, range=do("accuracy_range", series=at("curves.own")))
    else:
        scale = {"type": "log", "rangemode": "normal"} if log else {"type": "linear", "rangemode": "tozero"}
        y = theme.axis(at("loss_name"), nticks=6, exponentformat="power", **scale)
    mark = {
        "type": "line", "x0": at("item"), "x1": at("item"), "y0": 0, "y1": 1, "yref": "paper",
        "line": {"color": css(theme.accent), "width": 1.5, "dash": "dot"},
    }  # fmt: skip
    known = {name: at(name) for name in ("history", "tested", "validation")}
    return {
        "let": {"curves": do("learning_series", what=what, axis=axis, smoothing=smooth, error=log, **known)},
        "data": [each(at("curves.own"), band), each(at("curves.own"), line)],
        "layout": theme.layout(
            margin={"l": 4.3, "r": 0.5, "t": 1.8, "b": 3.1}, hovermode="x unified", showlegend=True,
            legend=theme.legend(), uirevision=f"{what},{axis},{log}", xaxis=time_axis(theme, axis), yaxis=y,
            shapes=[each(at("marks"), mark)], annotations=[{**theme.note(at("hint")), "if": at("curves.empty")}],
        ),
    }  # fmt: skip
