"""A surface from above, as a height map, with the paths of those who race down it."""

from __future__ import annotations

from typing import Any

from nnviz.figures.binding import at, each
from nnviz.figures.racers import heads, lines
from nnviz.figures.theme import Node, Theme, css, mix


def relief_colors(theme: Theme) -> list[list[Any]]:
    """From low to high: pale, so that paths in the classes' colours stand out on all of it."""
    low = mix(theme.background, theme.accent, 0.5 if theme.dark else 0.34)
    high = mix(theme.background, theme.text, 0.1 if theme.dark else 0.07)
    return [[i / 6, css(mix(low, high, i / 6))] for i in range(7)]


def figure(theme: Theme) -> Node:
    """Values: x, y (of the grid), drawn and heights [y][x] (nnviz.surfaces.frames), axes (two titles), domain
    ({x: [from, to], y}), ticks, minima, start; racers (label, x, y: the path so far; head: {x, y} now, symbol, words);
    revision."""
    ground = {
        "type": "contour", "x": at("x"), "y": at("y"), "z": at("drawn"), "text": at("heights"), "zmin": 0, "zmax": 1,
        "zauto": False, "colorscale": relief_colors(theme), "contours": {"start": 0.03, "end": 1, "size": 0.06},
        "line": {"width": 0.6, "color": css(theme.text, 0.28)}, "name": "",
        "hovertemplate": "%{x:.3f}, %{y:.3f}<br>height %{text:.4~g}<extra>click: start here</extra>",
        "colorbar": {
            "tickmode": "array", "tickvals": at("ticks.places"), "ticktext": at("ticks.words"), "thickness": 10,
            "outlinewidth": 0, "title": {"text": "height", "side": "right"}, "len": 1, "ypad": 0, "xpad": 6,
            "tickfont": {"size": theme.size - 2},
        },
    }  # fmt: skip
    minimum = {
        "type": "scatter", "mode": "markers+text", "x": [at("item.x")], "y": [at("item.y")], "text": [at("item.name")],
        "textposition": "top center", "textfont": {"color": css(theme.text)}, "cliponaxis": False, "name": "minimum",
        "marker": {
            "symbol": "star", "size": 12, "color": css(theme.text), "line": {"color": css(theme.background)},
        },
        "hovertemplate": "minimum %{x:.4f}, %{y:.4f}<extra></extra>", "showlegend": False,
    }  # fmt: skip
    start = {
        "type": "scatter", "mode": "markers", "x": [at("start.x")], "y": [at("start.y")], "name": "start",
        "marker": {"symbol": "x-thin", "size": 11, "line": {"color": css(theme.text), "width": 2.5}},
        "hovertemplate": "start %{x:.3f}, %{y:.3f}<extra></extra>", "showlegend": False,
    }  # fmt: skip
    plain = {"showgrid": False, "zeroline": False}
    return {
        "data": [
            ground,
            each(at("minima"), minimum),
            start,
            lines(theme, "scatter", 2.2, x=at("item.x"), y=at("item.y"), hoverinfo="skip", cliponaxis=True),
            heads(theme, "scatter", 10, x=[at("item.head.x")], y=[at("item.head.y")], cliponaxis=False),
        ],
        "layout": theme.layout(
            margin={"l": 4.2, "r": 0.5, "t": 0.6, "b": 3.1}, hovermode="closest", showlegend=False,
            uirevision=at("revision"),
            xaxis=theme.axis(at("axes.0"), range=at("domain.x"), **plain),
            yaxis=theme.axis(at("axes.1"), range=at("domain.y"), **plain),
        ),
    }  # fmt: skip
