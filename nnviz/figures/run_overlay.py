"""Loss or accuracy of several runs over each other, each in its own colour, under one crosshair."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from nnviz.figures.binding import at, do, each
from nnviz.figures.learning_curves import AXES, time_axis
from nnviz.figures.theme import Node, Theme, css

WORK = {**AXES, "work": "multiply-adds (forward and backward)"}
Split = Literal["training", "validation", "test"]


def figure(
    theme: Theme,
    what: Literal["loss", "accuracy"] = "loss",
    splits: Annotated[tuple[Split, ...], Field(max_length=3)] = ("validation",),
    axis: Literal["epoch", "step", "seconds", "work"] = "epoch",
    log: bool = False,
    smooth: Annotated[float, Field(ge=0, lt=1)] = 0,
) -> Node:
    """Values: runs, a list of {run, name, color, history, tested, work} (`series.overlay_series` explains them), marks
    (places on the axis), hint (words for an empty figure). `log`: a logarithmic loss, or of an accuracy the error rate,
    logarithmic."""
    accuracy = what == "accuracy"
    line = {
        "type": "scatter", "x": at("item.x"), "y": at("item.y"), "name": at("item.name"), "mode": at("item.mode"),
        "legendgroup": at("item.run"), "showlegend": at("item.first"), "text": at("item.text"),
        "line": {"color": at("item.color"), "width": 2, "dash": at("item.dash")},
        "marker": {"color": at("item.color"), "size": 6}, "hovertemplate": at("item.hover"), "meta": at("item.run"),
    }  # fmt: skip
    if accuracy and log:
        y = theme.axis("error rate", type="log", tickformat=".1~%", nticks=8)
    elif accuracy:
        scale = do("accuracy_range", series=at("found.curves"))
        y = theme.axis("accuracy", tickformat=".0%", nticks=8, range=scale)
    else:
        kind = {"type": "log", "rangemode": "normal"} if log else {"type": "linear", "rangemode": "tozero"}
        y = theme.axis("loss", nticks=8, exponentformat="power", **kind)
    if axis == "work":
        x = theme.axis(WORK[axis], hoverformat=".3s", rangemode="tozero", exponentformat="SI")
    else:
        x = time_axis(theme, axis)
    cross = {"showspikes": True, "spikemode": "across", "spikesnap": "cursor", "spikethickness": 1, "spikedash": "dot"}
    how = {"what": what, "splits": list(splits), "axis": axis, "smoothing": smooth, "error": log}
    mark = {
        "type": "line", "x0": at("item"), "x1": at("item"), "y0": 0, "y1": 1, "yref": "paper",
        "line": {"color": css(theme.accent), "width": 1.5, "dash": "dot"},
    }  # fmt: skip
    return {
        "let": {"found": do("overlay_series", runs=at("runs"), **how)},
        "data": [each(at("found.curves"), line)],
        "layout": theme.layout(
            margin={"l": 4.6, "r": 0.8, "t": 0.8, "b": 3.3}, hovermode="x unified", showlegend=False,
            uirevision=f"{what},{axis},{log}", xaxis={**x, **cross, "spikecolor": theme.faint}, yaxis=y,
            annotations=[{**theme.note(at("hint")), "if": at("found.empty")}], shapes=[each(at("marks"), mark)],
        ),
    }  # fmt: skip
