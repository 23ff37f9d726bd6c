"""A polynomial with and without weight decay: its curve, and its coefficients as bars."""

from __future__ import annotations

from nnviz.figures.binding import at
from nnviz.figures.theme import Node, Theme, css


def figure(theme: Theme) -> Node:
    """Values: x, true, plain, decayed [n]; samples {x, y}."""
    line = {"type": "scatter", "mode": "lines", "x": at("x"), "hovertemplate": "%{y:.3f}"}
    samples = {
        "type": "scatter", "mode": "markers", "x": at("samples.x"), "y": at("samples.y"), "name": "samples",
        "marker": {"size": 9, "color": css(theme.text)}, "hovertemplate": "%{x:.2f}, %{y:.2f}",
    }  # fmt: skip
    return {
        "data": [
            {**line, "y": at("true"), "name": "sin πx", "line": {"color": css(theme.text, 0.5), "dash": "dash"}},
            {**line, "y": at("plain"), "name": "no decay", "line": {"color": css(theme.classes[0]), "width": 2.5}},
            {**line, "y": at("decayed"), "name": "with decay", "line": {"color": css(theme.classes[1]), "width": 2.5}},
            samples,
        ],
        "layout": theme.layout(
            margin={"l": 3.8, "r": 0.8, "t": 2, "b": 3.1}, hovermode="closest", showlegend=True,
            legend=theme.legend(), xaxis=theme.axis("x", range=[-1.05, 1.05]), yaxis=theme.axis("y", range=[-2.2, 2.2]),
        ),
    }  # fmt: skip


def coefficients(theme: Theme) -> Node:
    """Values: names, plain, decayed [degree + 1]."""
    bar = {"type": "bar", "x": at("names"), "hovertemplate": "%{y:.3f}"}
    return {
        "data": [
            {**bar, "y": at("plain"), "name": "no decay", "marker": {"color": css(theme.classes[0])}},
            {**bar, "y": at("decayed"), "name": "with decay", "marker": {"color": css(theme.classes[1])}},
        ],
        "layout": theme.layout(
            margin={"l": 4, "r": 0.8, "t": 2, "b": 3.1}, hovermode="closest", showlegend=True, legend=theme.legend(),
            barmode="group", xaxis=theme.axis("power of x"), yaxis=theme.axis("coefficient w", zeroline=True),
        ),
    }  # fmt: skip
