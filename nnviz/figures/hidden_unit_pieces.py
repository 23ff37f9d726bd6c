"""A function of one variable, what a network says of it, the pieces that it is made of, and below the error."""

from __future__ import annotations

from nnviz.figures.binding import at, each
from nnviz.figures.theme import Node, Theme, css


def figure(theme: Theme) -> Node:
    """Values: x, target, output, error [n] (null where there is none); pieces: a list of [n], one for each neuron;
    samples, held {x, y}; rival [n], empty where there is none, and rival_name: another network; range, heights, errors:
    of the axes; left, from, to, right: no samples lie between the first two, nor between the last two."""
    line = {"type": "scatter", "mode": "lines", "x": at("x")}
    piece = {
        **line, "y": at("item"), "line": {"color": css(theme.text, 0.3), "width": 1}, "showlegend": False,
        "hovertemplate": "adds %{y:.3f}<extra>a neuron</extra>",
    }  # fmt: skip

    def points(name: str, label: str, symbol: str, color: str) -> Node:
        return {
            "type": "scatter", "mode": "markers", "x": at(f"{name}.x"), "y": at(f"{name}.y"), "name": label,
            "marker": {"size": 6, "symbol": symbol, "color": color}, "hovertemplate": "%{x:.2f}, %{y:.2f}",
        }  # fmt: skip

    def outside(low: Node, high: Node) -> Node:
        return {
            "type": "rect", "xref": "x", "yref": "paper", "x0": low, "x1": high, "y0": 0, "y1": 1, "layer": "below",
            "fillcolor": css(theme.text, 0.07), "line": {"width": 0},
        }  # fmt: skip

    error = {
        **line, "y": at("error"), "yaxis": "y2", "fill": "tozeroy", "fillcolor": css(theme.classes[2], 0.2),
        "line": {"color": css(theme.classes[2]), "width": 1.5}, "name": "error", "hovertemplate": "%{y:.3f}",
    }  # fmt: skip
    return {
        "data": [
            each(at("pieces"), piece),
            points("samples", "to learn from", "circle", css(theme.classes[1], 0.75)),
            points("held", "to validate by", "circle-open", css(theme.classes[0])),
            {**line, "y": at("target"), "name": "function", "hovertemplate": "%{y:.3f}",
             "line": {"color": css(theme.text), "width": 2, "dash": "dash"}},
            {**line, "y": at("output"), "name": "network", "hovertemplate": "%{y:.3f}",
             "line": {"color": css(theme.accent), "width": 3}},
            {**line, "y": at("rival"), "name": at("rival_name"), "hovertemplate": "%{y:.3f}", "if": at("rival"),
             "line": {"color": css(theme.classes[3]), "width": 2.5, "dash": "dashdot"}},
            error,
        ],
        "layout": theme.layout(
            margin={"l": 3.8, "r": 0.8, "t": 2, "b": 3.1}, hovermode="closest", showlegend=True,
            legend=theme.legend(), shapes=[outside(at("left"), at("from")), outside(at("to"), at("right"))],
            xaxis=theme.axis("x", range=at("range"), anchor="y2"),
            yaxis=theme.axis("f(x)", range=at("heights"), domain=[0.3, 1]),
            yaxis2=theme.axis("error", range=at("errors"), domain=[0, 0.2], nticks=4),
        ),
    }  # fmt: skip
