"""The gradient of each neuron in a chain as bars on a logarithmic axis, with the most that it can be."""

from __future__ import annotations

from nnviz.figures.binding import at, do
from nnviz.figures.theme import Node, Theme, css


def figure(theme: Theme) -> Node:
    """Values: names [n], sizes [n] (|∂L/∂b|, null: zero), most [n] (null: zero), low, high: the axis's ends
    as powers of ten; roles [n]: "lit" of the neuron
    that is chosen, else "other"."""
    colors = do("pick_each", of={"lit": css(theme.accent), "other": css(theme.accent, 0.45)}, at=at("roles"))
    bars = {
        "type": "bar", "x": at("names"), "y": at("sizes"), "marker": {"color": colors},
        "hovertemplate": "%{x}<extra></extra>", "name": "size of the gradient", "width": 0.55,
    }  # fmt: skip
    limit = {
        "type": "scatter", "mode": "markers", "x": at("names"), "y": at("most"), "name": "the most that it can be",
        "marker": {"symbol": "line-ew-open", "size": 30, "color": css(theme.text), "line": {"width": 2}},
        "hovertemplate": "at most %{y:.3~g}<extra></extra>",
    }  # fmt: skip
    return {
        "data": [bars, limit],
        "layout": theme.layout(
            margin={"l": 4.8, "r": 0.6, "t": 2.4, "b": 4.8}, showlegend=True, legend=theme.legend(), dragmode=False,
            xaxis=theme.axis("gradient of the loss", type="category", fixedrange=True),
            yaxis=theme.axis(
                "|∂L/∂b|", type="log", exponentformat="power", range=[at("low"), at("high")], dtick=1, fixedrange=True,
            ),
        ),
    }  # fmt: skip
