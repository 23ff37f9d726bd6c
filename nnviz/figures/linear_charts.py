"""A stack of layers beside the one layer that it may be, and descents on scaled and on unscaled inputs."""

from __future__ import annotations

from nnviz.figures.binding import at
from nnviz.figures.theme import Node, Theme, css


def outputs(theme: Theme) -> Node:
    """Values: x, stacked and single: the outputs at each x; revision."""

    def line(name: str, place: str, style: Node) -> Node:
        return {
            "type": "scatter", "mode": "lines", "x": at("x"), "y": at(place), "name": name, "line": style,
            "hovertemplate": "%{y:.3f}",
        }  # fmt: skip

    return {
        "data": [
            line("all layers", "stacked", {"color": css(theme.accent), "width": 5}),
            line("one layer, x·W + b", "single", {"color": css(theme.text), "width": 2, "dash": "dash"}),
        ],
        "layout": theme.layout(
            margin={"l": 4.2, "r": 0.6, "t": 2.4, "b": 3.1}, hovermode="x unified", showlegend=True,
            legend=theme.legend(), uirevision=at("revision"), xaxis=theme.axis("x₁ (x₂ = 1)", hoverformat=".2f"),
            yaxis=theme.axis("first output", nticks=6),
        ),
    }  # fmt: skip


def losses(theme: Theme) -> Node:
    """Values: unscaled and scaled: the losses of each step; revision."""

    def line(name: str, color: str, dash: str) -> Node:
        return {
            "type": "scatter", "mode": "lines", "y": at(name), "name": f"{name} inputs",
            "line": {"color": color, "width": 2, "dash": dash}, "hovertemplate": "%{y:.3~g}",
        }  # fmt: skip

    return {
        "data": [
            line("unscaled", css(theme.classes[0]), "solid"), line("scaled", css(theme.classes[1]), "dash"),
        ],
        "layout": theme.layout(
            margin={"l": 4.8, "r": 0.6, "t": 2.4, "b": 3.1}, hovermode="x unified", showlegend=True,
            legend=theme.legend(), uirevision=at("revision"), xaxis=theme.axis("step", nticks=6),
            yaxis=theme.axis("loss", type="log", exponentformat="power", range=[-9, 1], nticks=6),
        ),
    }  # fmt: skip
