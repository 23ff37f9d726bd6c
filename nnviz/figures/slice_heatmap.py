"""A part of an array with up to two axes, or several of those side by side: each number as a shade, and in words."""

from __future__ import annotations

from nnviz.figures.binding import at, do
from nnviz.figures.theme import Node, Theme, css, mix


def figure(theme: Theme, numbers: bool = False) -> Node:
    """Values: rows float32 [h, w], row 0 at the top, nan between two tiles; low, high: of the shades; words: of each
    cell, [h][w]; axes: titles of both; x, y: their ranges; revision. numbers: each cell shows its own."""
    shades = [[i / 4, css(mix(theme.neutral, theme.accent, 0.62 * i / 4))] for i in range(5)]
    cells = {
        "type": "heatmap", "z": at("rows"), "zmin": at("low"), "zmax": at("high"), "colorscale": shades,
        "text": at("words"), "hovertemplate": "%{text}<extra></extra>", "hoverongaps": False, "xgap": 1, "ygap": 1,
        "colorbar": {"thickness": 10, "outlinewidth": 0, "xpad": 6, "tickfont": {"size": theme.size - 2}},
        **({"texttemplate": "%{z:.3~g}", "textfont": {"color": css(theme.text)}} if numbers else {}),
    }  # fmt: skip
    plain = {"showgrid": False, "zeroline": False, "tickformat": "d"}
    return {
        "data": [cells],
        "layout": theme.layout(
            margin={"l": 3.8, "r": 0.5, "t": 0.6, "b": 3.1}, hovermode="closest", showlegend=False,
            uirevision=at("revision"),
            xaxis=theme.axis(do("pick", of=at("axes"), at=0), range=at("x"), nticks=8, **plain),
            yaxis=theme.axis(do("pick", of=at("axes"), at=1), range=at("y"), nticks=8, **plain),
        ),
    }  # fmt: skip
