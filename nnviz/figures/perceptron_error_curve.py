"""Rosenblatt's rule: in how many samples of each pass something had to be learned."""

from __future__ import annotations

from nnviz.figures.binding import at, do, each
from nnviz.figures.theme import Node, Theme, css


def figure(theme: Theme) -> Node:
    """Values: meta of a frame of view "perceptron" (nnviz.neuron.pictures), of which `flowers.pass_errors` makes what
    is drawn."""
    color = do("pick", of=[css(c) for c in theme.classes[:3]], at=at("index"))
    line = {
        "type": "scatter", "mode": "lines+markers", "x": at("item.x"), "y": at("item.y"), "name": at("item.name"),
        "line": {"color": color, "width": 2, "dash": do("pick", of=["solid", "dash", "dot"], at=at("index"))},
        "marker": {"color": color, "size": 7}, "hovertemplate": "%{y}",
    }  # fmt: skip
    return {
        "let": {"seen": do("pass_errors", meta=at("meta"))},
        "data": [each(at("seen.errors"), line)],
        "layout": theme.layout(
            margin={"l": 3.8, "r": 0.6, "t": 1.8, "b": 3.1}, hovermode="x unified", showlegend=True,
            legend=theme.legend(),
            xaxis=theme.axis("pass", rangemode="tozero", tickformat=",d", dtick=at("seen.dtick")),
            yaxis=theme.axis("errors (updates)", rangemode="tozero", tickformat=",d", nticks=5),
            annotations=[each(at("seen.hint"), theme.note(at("item")))],
        ),
    }  # fmt: skip
