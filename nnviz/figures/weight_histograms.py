"""Every column is a histogram of one layer's weights at one time of the training: dark where there are many."""

from __future__ import annotations

from typing import Literal

from nnviz.figures.binding import at, do
from nnviz.figures.learning_curves import time_axis
from nnviz.figures.theme import Node, Theme, css


def figure(theme: Theme, axis: Literal["epoch", "step"] = "epoch") -> Node:
    """Values: arrays.hist uint8 [layers, times, bins] and arrays.range [layers, 2], meta.step and meta.epoch (view
    "statistics"); layer: which one; revision."""
    hist, span = (do("part", of=at(f"arrays.{name}"), at=at("layer")) for name in ("hist", "range"))
    counts = {
        "type": "heatmap", "z": do("transposed", of=hist), "x": at(f"meta.{axis}"),
        "y": do("centres", range=span, n=do("size", of=at("arrays.hist"), axis=2)),
        "colorscale": [[0, css(theme.neutral)], [1, css(theme.accent)]], "zmin": 0, "zmax": 255, "showscale": False,
        "zsmooth": False, "hovertemplate": f"{axis} %{{x}}: weights near %{{y:.2~g}}<extra></extra>",
    }  # fmt: skip
    bare = {"showgrid": False, "zeroline": False}
    return {
        "data": [counts],
        "layout": theme.layout(
            margin={"l": 4.5, "r": 0.5, "t": 0.5, "b": 3.1}, hovermode="closest", uirevision=at("revision"),
            xaxis={**time_axis(theme, axis), **bare, "rangemode": "normal"},
            yaxis=theme.axis("weight", exponentformat="power", nticks=6, **bare),
        ),
    }  # fmt: skip
