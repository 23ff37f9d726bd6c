"""The loss of a small network: against the ways through it that learning took, and update by update."""

from __future__ import annotations

from nnviz.figures.binding import at, do, each
from nnviz.figures.theme import Node, Theme, css

DASHES = ("solid", "8px,4px", "2px,3px")


def figure(theme: Theme) -> Node:
    """Values: racers [{label, passes, losses}], budget."""
    colors = [css(color) for color in (theme.accent, theme.classes[1], theme.classes[0])]
    style = {
        "color": do("pick", of=colors, at=at("index")), "dash": do("pick", of=list(DASHES), at=at("index")), "width": 2,
    }  # fmt: skip
    line = {
        "type": "scatter", "mode": "lines", "name": at("item.label"), "x": at("item.passes"), "y": at("item.losses"),
        "line": style, "hovertemplate": "%{y:.3~g} after %{x}<extra>%{fullData.name}</extra>",
    }  # fmt: skip
    return {
        "data": [each(at("racers"), line)],
        "layout": theme.layout(
            margin={"l": 5, "r": 0.5, "t": 0.6, "b": 3.1}, showlegend=False, hovermode="closest",
            xaxis=theme.axis("ways through the network, forward or back", range=[0, at("budget")], nticks=6),
            yaxis=theme.axis("loss L", type="log", exponentformat="power", nticks=6),
        ),
    }  # fmt: skip


def updates(theme: Theme) -> Node:
    """Values: losses, before the first update and after each; steps, their numbers; now, the newest."""
    line = {
        "type": "scatter", "mode": "lines+markers", "x": at("steps"), "y": at("losses"),
        "line": {"color": css(theme.accent), "width": 2}, "marker": {"size": 4},
        "hovertemplate": "%{y:.4~g} after %{x} updates<extra></extra>",
    }  # fmt: skip
    return {
        "data": [line],
        "layout": theme.layout(
            margin={"l": 4.6, "r": 0.5, "t": 0.6, "b": 3.1}, showlegend=False,
            xaxis=theme.axis("updates", rangemode="tozero", nticks=6),
            yaxis=theme.axis("loss L", type="log", exponentformat="power", nticks=5),
        ),
    }  # fmt: skip
