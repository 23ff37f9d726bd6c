"""A pole's angle by how fast it turns, with the cart at rest in the middle: which way the agent pushes there, or what
it expects."""

from __future__ import annotations

from typing import Literal

from nnviz.figures.binding import at, do, each
from nnviz.figures.theme import Node, Theme, css, mix


def figure(theme: Theme, show: Literal["policy", "value"] = "policy") -> Node:
    """Values: arrays and meta of a frame of view "reinforcement" (nnviz.reinforcement.cartpole_picture); agent, from 0;
    players [{x, y}]: angle and turn of the pole that is played; trail {x, y}: its newest; revision."""
    agent = at("agent")
    shades = [[i / 4, css(mix(theme.neutral, theme.accent, 0.8 * i / 4))] for i in range(5)]

    def of(name: str) -> Node:
        return do("pick", of=at(f"meta.{name}"), at=agent)

    scale: Node = {"zmin": do("minus", of=of("peaks")), "zmax": of("peaks"), "colorscale": theme.signed()}
    if show == "value":
        scale = {"zmin": of("lows"), "zmax": of("highs"), "colorscale": shades}
    what = do("join", of=[at("meta.what"), "(right) − ", at("meta.what"), "(left)"])
    title = what if show == "policy" else "value"
    heat = {
        "type": "heatmap", "x": at("arrays.angle"), "y": at("arrays.turn"),
        "z": do("part", of=at(f"arrays.{show}"), at=agent), **scale,
        "hovertemplate": "θ %{x:.1f}°, θ̇ %{y:.0f}°/s<br>%{z:.3f}<extra></extra>",
        "colorbar": {
            "thickness": 10, "outlinewidth": 0, "xpad": 6, "tickfont": {"size": theme.size - 2},
            "title": {"text": title, "side": "right", "font": {"size": theme.size - 1}},
        },
    }  # fmt: skip
    trail = {
        "type": "scatter", "mode": "lines", "x": at("trail.x"), "y": at("trail.y"), "hoverinfo": "skip",
        "line": {"color": css(theme.text, 0.5), "width": 1.5},
    }  # fmt: skip
    player = {
        "type": "scatter", "mode": "markers", "x": [at("item.x")], "y": [at("item.y")], "hoverinfo": "skip",
        "marker": {
            "size": theme.size, "color": css(theme.classes[2]), "line": {"color": css(theme.background), "width": 2},
        },
    }  # fmt: skip
    return {
        "data": [heat, trail, each(at("players"), player)],
        "layout": theme.layout(
            margin={"l": 4.4, "r": 0.5, "t": 0.6, "b": 3.1}, hovermode="closest", showlegend=False,
            uirevision=at("revision"),
            xaxis=theme.axis("angle θ of the pole, °", range=[-12, 12], showgrid=False, zeroline=False),
            yaxis=theme.axis("turning θ̇, °/s", range=[-143.3, 143.3], showgrid=False, zeroline=False),
        ),
    }  # fmt: skip
