"""What each loss tells the generator: its loss, and the size of its slope, over what the discriminator says."""

from __future__ import annotations

from nnviz.figures.binding import at, do, each
from nnviz.figures.theme import Node, Theme, css

DASHES = ["solid", "dash", "dashdot", "dot"]


def figure(theme: Theme) -> Node:
    """Values: score [n]: s; losses [{name, value [n], slope [n]}]: the slope as |∂L/∂s|; now: the score that is looked
    at; range, values, slopes: of the axes."""

    def lines(column: str, axis: str, legend: bool) -> Node:
        color = do("pick", of=[css(c) for c in theme.classes], at=at("index"))
        return each(at("losses"), {
            "type": "scatter", "mode": "lines", "x": at("score"), "y": at(f"item.{column}"), "name": at("item.name"),
            "yaxis": axis, "line": {"color": color, "width": 2, "dash": do("pick", of=DASHES, at=at("index"))},
            "legendgroup": at("item.name"), "showlegend": legend, "hovertemplate": "%{y:.3f}",
        })  # fmt: skip

    now = {
        "type": "line", "x0": at("now"), "x1": at("now"), "y0": 0, "y1": 1, "yref": "paper",
        "line": {"color": css(theme.text), "width": 1.5, "dash": "dot"},
    }  # fmt: skip
    return {
        "data": [lines("value", "y", True), lines("slope", "y2", False)],
        "layout": theme.layout(
            margin={"l": 4, "r": 0.8, "t": 3.4, "b": 3.1}, hovermode="x", showlegend=True, legend=theme.legend(),
            shapes=[now],
            xaxis=theme.axis("s, the discriminator’s score of a generated sample", range=at("range"), anchor="y2"),
            yaxis=theme.axis("generator’s loss", range=at("values"), domain=[0.56, 1]),
            yaxis2=theme.axis("|slope|", range=at("slopes"), domain=[0, 0.44]),
        ),
    }  # fmt: skip
