"""What each value of a setting came to: test accuracies with their 95 % intervals; by name what came to nothing."""

from __future__ import annotations

from nnviz.figures.binding import at
from nnviz.figures.theme import Node, Theme, css

CLICK = "<br><i>click: this run in its room</i><extra></extra>"


def figure(theme: Theme) -> Node:
    """Values: what `nnviz.experiments.board.scores` gives; revision."""
    dots = {
        "type": "scatter", "mode": "markers+lines+text", "x": at("x"), "y": at("y"), "text": at("text"),
        "textposition": "middle right", "customdata": at("numbers"), "hovertext": at("said"),
        "hovertemplate": "%{hovertext}" + CLICK,
        "marker": {"size": 10, "color": css(theme.accent)}, "line": {"color": css(theme.accent, 0.35), "width": 1.5},
        "error_y": {
            "type": "data", "symmetric": False, "array": at("above"), "arrayminus": at("below"),
            "color": css(theme.accent, 0.7), "thickness": 1.5, "width": 5,
        },
    }  # fmt: skip
    lost = {
        "type": "scatter", "mode": "text", "x": at("lost.x"), "y": at("lost.y"), "text": at("lost.text"),
        "customdata": at("lost.numbers"), "hovertext": at("lost.said"), "hovertemplate": "%{hovertext}" + CLICK,
        "textfont": {"color": css(theme.text), "size": theme.size + 1},
    }  # fmt: skip
    return {
        "data": [dots, lost],
        "layout": theme.layout(
            margin={"l": 4.6, "r": 1, "t": 1.2, "b": 4.2}, hovermode="closest", showlegend=False,
            uirevision=at("revision"),
            xaxis=theme.axis(
                at("label"), type="category", categoryorder="array", categoryarray=at("names"), range=at("across")
            ),
            yaxis=theme.axis(at("title"), tickformat=at("format"), range=at("range")),
        ),
    }  # fmt: skip
