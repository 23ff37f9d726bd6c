"""The losses of an approximation over the epochs, with the epoch at which early stopping would have ended."""

from __future__ import annotations

from nnviz.figures.binding import at
from nnviz.figures.theme import Node, Theme, css


def figure(theme: Theme) -> Node:
    """Values: history {epoch, loss, val_loss, rival_val_loss}; rival_name, empty where there is no other network; best
    {x, y}: the lowest validation loss, empty: none yet."""
    line = {"type": "scatter", "mode": "lines", "x": at("history.epoch"), "hovertemplate": "%{y:.4f}"}
    mark = {
        "type": "scatter", "mode": "markers", "x": at("best.x"), "y": at("best.y"), "name": "best: stop here",
        "marker": {"symbol": "star", "size": 13, "color": css(theme.text)}, "hovertemplate": "%{y:.4f}",
        "if": at("best.x"),
    }  # fmt: skip
    return {
        "data": [
            {**line, "y": at("history.loss"), "name": "training", "line": {"color": css(theme.classes[1]), "width": 2}},
            {**line, "y": at("history.val_loss"), "name": "validation",
             "line": {"color": css(theme.classes[0]), "width": 2, "dash": "dash"}},
            {**line, "y": at("history.rival_val_loss"), "name": at("rival_name"), "if": at("rival_name"),
             "line": {"color": css(theme.classes[3]), "width": 2, "dash": "dashdot"}},
            mark,
        ],
        "layout": theme.layout(
            margin={"l": 4.4, "r": 0.8, "t": 2, "b": 3.1}, hovermode="x unified", showlegend=True,
            legend=theme.legend(), xaxis=theme.axis("epoch", rangemode="tozero", tickformat=",d"),
            yaxis=theme.axis("mean squared error", type="log", exponentformat="power", nticks=5),
        ),
    }  # fmt: skip
