"""One picture of a data set as the numbers that a model is given, ink light on dark."""

from __future__ import annotations

from nnviz.figures.binding import at
from nnviz.figures.filter_mosaic import bare_axes
from nnviz.figures.theme import Node, Theme

INK = [[0, "rgb(0,0,0)"], [1, "rgb(255,255,255)"]]


def pixels(**more: object) -> Node:
    """The trace: values pixels uint8 [h, w]; rows and columns counted from 1."""
    return {
        "type": "heatmap", "z": at("pixels"), "x0": 1, "y0": 1, "zmin": 0, "zmax": 255, "colorscale": INK,
        "showscale": False, "zsmooth": False, "hovertemplate": "row %{y}, column %{x}: %{z} of 255<extra></extra>",
        **more,
    }  # fmt: skip


def figure(theme: Theme) -> Node:
    """Values: pixels uint8 [h, w], x and y: ranges of the axes on which they lie, revision."""
    return {
        "data": [pixels()],
        "layout": theme.layout(
            margin={"l": 0, "r": 0, "t": 0, "b": 0}, hovermode="closest", showlegend=False, uirevision=at("revision"),
            **bare_axes(at("x"), at("y")),
        ),
    }  # fmt: skip
