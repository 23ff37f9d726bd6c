"""How far those who race down a surface still have to go, step by step."""

from __future__ import annotations

from nnviz.figures.binding import at
from nnviz.figures.racers import lines
from nnviz.figures.theme import Node, Theme, css


def figure(theme: Theme, lowest: bool = True) -> Node:
    """Values: racers (label, heights: of each step so far), step (now), steps (of the longest), revision. lowest: the
    heights are counted from a lowest minimum; without one they are themselves."""
    scale = {"type": "log", "exponentformat": "power", "nticks": 6} if lowest else {"type": "linear", "nticks": 6}
    unit = "height above the minimum" if lowest else "height"
    now = {
        "type": "line", "x0": at("step"), "x1": at("step"), "y0": 0, "y1": 1, "yref": "paper",
        "line": {"color": css(theme.accent), "width": 1.5, "dash": "dot"},
    }  # fmt: skip
    return {
        "data": [
            lines(
                theme, "scatter", 1.8, y=at("item.heights"),
                hovertemplate="%{y:.3~g}<extra>%{fullData.name}</extra>", connectgaps=False,
            )
        ],
        "layout": theme.layout(
            margin={"l": 4.6, "r": 0.5, "t": 0.4, "b": 3.1}, hovermode="x", showlegend=False,
            uirevision=at("revision"), shapes=[now],
            xaxis=theme.axis("step (weight updates)", range=[0, at("steps")], nticks=6),
            yaxis=theme.axis(unit, **scale),
        ),
    }  # fmt: skip
