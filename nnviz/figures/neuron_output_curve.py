"""A neuron's output over its net input, with the derivative, and what a small change of the weights does."""

from __future__ import annotations

from nnviz.figures.binding import at
from nnviz.figures.theme import Node, Theme, css


def figure(theme: Theme, legend: bool = True) -> Node:
    """Values: z, value, slope (null where it has none): f and f′; now {z, value}: this point's; moved {z, value}: after
    the change; tangent {z, value}: the straight line by which the change is predicted; range of the outputs.
    `legend`: there is room for it."""
    f, derivative, moves = css(theme.text), css(theme.classes[2]), css(theme.accent)
    curve = {"type": "scatter", "mode": "lines", "x": at("z"), "hovertemplate": "%{y:.4f}"}

    def dot(name: str, color: str, symbol: str) -> Node:
        return {
            "type": "scatter", "mode": "markers", "x": at(f"{name}.z"), "y": at(f"{name}.value"), "showlegend": False,
            "marker": {"size": 12, "color": color, "symbol": symbol, "line": {"color": f, "width": 1.5}},
            "hoverinfo": "skip", "cliponaxis": False,
        }  # fmt: skip

    guess = {
        "type": "scatter", "mode": "lines", "x": at("tangent.z"), "y": at("tangent.value"), "hoverinfo": "skip",
        "line": {"color": moves, "width": 2.5, "dash": "dot"}, "name": "prediction",
    }  # fmt: skip
    return {
        "data": [
            {**curve, "y": at("value"), "name": "f(z)", "line": {"color": f, "width": 2}},
            {**curve, "y": at("slope"), "name": "f′(z)", "line": {"color": derivative, "width": 2, "dash": "dash"}},
            guess, dot("moved", moves, "diamond-open"), dot("now", f, "circle"),
        ],
        "layout": theme.layout(
            margin={"l": 3.4, "r": 0.6, "t": 1.7 if legend else 0.6, "b": 3.1}, hovermode="x unified",
            showlegend=legend, legend=theme.legend(),
            xaxis=theme.axis("z = Σ w·x + b", range=[-6, 6], hoverformat=".2f"),
            yaxis=theme.axis("output", range=at("range"), nticks=5),
        ),
    }  # fmt: skip
