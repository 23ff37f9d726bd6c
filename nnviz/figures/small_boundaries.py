"""The boundaries of all runs of a sweep side by side: one heat map of small maps, with a caption below each."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from nnviz.figures.binding import at
from nnviz.figures.decision_boundary import colors_of
from nnviz.figures.theme import Node, Theme, css


def figure(theme: Theme, classes: Annotated[int, Field(ge=1, le=10)] = 1) -> Node:
    """Values: what `nnviz.experiments.board.tiles` gives; revision."""
    field = {
        "type": "heatmap", "z": at("z"), "zmin": at("low"), "zmax": at("high"), "showscale": False,
        "colorscale": colors_of(theme, classes), "hoverinfo": "skip", "hoverongaps": False,
    }  # fmt: skip
    line = {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "showlegend": False}
    outline = {**line, "x": at("outline.x"), "y": at("outline.y"), "line": {"color": css(theme.text, 0.3), "width": 1}}
    chosen = {**line, "x": at("chosen.x"), "y": at("chosen.y"), "line": {"color": css(theme.accent), "width": 3}}
    letters = {"size": theme.size - 1, "color": css(theme.text)}
    words = {"type": "scatter", "mode": "text", "hoverinfo": "skip", "showlegend": False, "textfont": letters}
    captions = {
        **words, "x": at("x"), "y": at("below"), "text": at("captions"), "textposition": "bottom center",
        "customdata": at("numbers"),
    }  # fmt: skip
    heads = {**words, "x": at("heads.x"), "y": at("heads.y"), "text": at("heads.text"), "textposition": "top center"}
    sides = {**words, "x": at("sides.x"), "y": at("sides.y"), "text": at("sides.text"), "textposition": "middle left"}
    spots = {
        "type": "scatter", "mode": "markers", "x": at("x"), "y": at("y"), "customdata": at("numbers"),
        "text": at("said"), "hovertemplate": "%{text}<br><i>click: this run in its room</i><extra></extra>",
        "marker": {"symbol": "square", "size": at("side"), "opacity": 0}, "showlegend": False,
    }  # fmt: skip
    bare = {"visible": False}
    return {
        "data": [field, outline, chosen, captions, heads, sides, spots],
        "layout": theme.layout(
            margin={"l": 0.4, "r": 0.4, "t": 0.4, "b": 0.4}, hovermode="closest", showlegend=False,
            uirevision=at("revision"), xaxis={**bare, "range": at("range_x")}, yaxis={**bare, "range": at("range_y")},
        ),
    }  # fmt: skip
