"""The losses of several networks, each as a share of its first, so that MSE and cross-entropy share an axis."""

from __future__ import annotations

from nnviz.figures.binding import at, do, each
from nnviz.figures.racers import DASHES
from nnviz.figures.theme import Node, Theme, css


def figure(theme: Theme) -> Node:
    """Values: lines {label, x: epochs, y: shares, loss}, now: the epoch that is looked at, epochs: of all, revision."""
    colors = [css(color) for color in theme.classes]
    line = {
        "type": "scatter", "mode": "lines", "x": at("item.x"), "y": at("item.y"), "customdata": at("item.loss"),
        "name": at("item.label"), "hovertemplate": "%{y:.1%} (%{customdata:.3~g})",
        "line": {"color": do("pick", of=colors, at=at("index")), "dash": do("pick", of=list(DASHES), at=at("index")),
                 "width": 2},
    }  # fmt: skip
    now = {
        "type": "line", "x0": at("now"), "x1": at("now"), "y0": 0, "y1": 1, "yref": "paper",
        "line": {"color": css(theme.accent), "width": 1.5, "dash": "dot"},
    }  # fmt: skip
    return {
        "data": [each(at("lines"), line)],
        "layout": theme.layout(
            margin={"l": 4.4, "r": 0.6, "t": 2.6, "b": 3.1}, showlegend=True, legend=theme.legend(),
            hovermode="x unified", uirevision=at("revision"), shapes=[now],
            xaxis=theme.axis("epoch", range=[0, at("epochs")], nticks=8, hoverformat=".1f"),
            yaxis=theme.axis("loss, as a share of the first", tickformat=".0%", rangemode="tozero", nticks=6),
        ),
    }  # fmt: skip
