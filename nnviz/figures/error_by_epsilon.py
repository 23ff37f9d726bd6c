"""How exact a finite difference is, against its ε: too far to the right it leaves the tangent, too far to the left the
digits of the loss are lost."""

from __future__ import annotations

from typing import Any

from nnviz.figures.binding import at
from nnviz.figures.theme import Node, Theme, css


def figure(theme: Theme) -> Node:
    """Values: epsilon, forward, central: the error of each, as a share of the largest gradient."""
    colors = {"forward": css(theme.classes[0]), "central": css(theme.classes[1])}
    names = {"forward": "(L(w + ε) − L(w)) / ε", "central": "(L(w + ε) − L(w − ε)) / 2ε"}

    def line(kind: str, dash: str) -> dict[str, Any]:
        return {
            "type": "scatter", "mode": "lines+markers", "name": names[kind], "x": at("epsilon"), "y": at(kind),
            "line": {"color": colors[kind], "dash": dash, "width": 2}, "marker": {"size": 5},
            "hovertemplate": "ε = %{x:.1e}: error %{y:.1e}<extra>%{fullData.name}</extra>",
        }  # fmt: skip

    power = {"type": "log", "exponentformat": "power"}
    return {
        "data": [line("forward", "solid"), line("central", "8px,4px")],
        "layout": theme.layout(
            margin={"l": 5, "r": 0.5, "t": 2, "b": 3.1}, showlegend=True, legend=theme.legend(), hovermode="closest",
            xaxis=theme.axis("ε", nticks=5, tickangle=0, **power),
            yaxis=theme.axis("error, of the largest gradient", nticks=8, **power),
        ),
    }  # fmt: skip
