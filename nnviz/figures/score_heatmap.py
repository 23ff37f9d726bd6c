"""Two settings against each other: a cell for each pair of values, with its accuracy in colour and in words."""

from __future__ import annotations

from nnviz.figures.binding import at
from nnviz.figures.scores_by_value import CLICK
from nnviz.figures.theme import Node, Theme, css, mix


def figure(theme: Theme) -> Node:
    """Values: what `nnviz.experiments.board.heat` gives; revision."""
    scale = [[i / 4, css(mix(theme.neutral, theme.accent, 0.55 * i / 4))] for i in range(5)]
    cells = {
        "type": "heatmap", "z": at("z"), "x": at("x"), "y": at("y"), "text": at("text"), "texttemplate": "%{text}",
        "textfont": {"color": css(theme.text)}, "customdata": at("numbers"), "hovertext": at("said"),
        "hovertemplate": "%{hovertext}" + CLICK, "hoverongaps": False, "colorscale": scale, "xgap": 2, "ygap": 2,
        "reversescale": at("reversed"),
        "colorbar": {
            "title": {"text": at("title"), "side": "right"}, "thickness": 12, "outlinewidth": 0,
            "tickformat": at("format"),
        },
    }  # fmt: skip
    return {
        "data": [cells, {
            # What came to nothing has no number, and a heat map writes no words there.
            "type": "scatter", "mode": "text", "x": at("lost.x"), "y": at("lost.y"), "text": at("lost.text"),
            "customdata": at("lost.numbers"), "hovertext": at("lost.said"), "hovertemplate": "%{hovertext}" + CLICK,
            "showlegend": False,
        }],
        "layout": theme.layout(
            margin={"l": 6, "r": 0.5, "t": 0.8, "b": 4.2}, hovermode="closest", uirevision=at("revision"),
            xaxis=theme.axis(at("x_label"), type="category", showgrid=False, categoryarray=at("x")),
            yaxis={**theme.axis(at("y_label"), type="category", showgrid=False, categoryarray=at("y")),
                   "automargin": True, "autorange": "reversed"},
        ),
    }  # fmt: skip
