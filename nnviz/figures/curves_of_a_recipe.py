"""The curves of a lecture's experiment over each other: a colour for each run, further seeds thin, and the guess."""

from __future__ import annotations

from nnviz.figures.binding import at, do, each
from nnviz.figures.racers import DASHES
from nnviz.figures.theme import Node, Theme, css


def figure(theme: Theme, share: bool = False) -> Node:
    """Values: lines [{name, case, seed, first, run, x, y}] (`nnviz.experiments.curves.lines`), guess {x, y} or null,
    cursor {x, y} (of the guess, the point that the keys move), title (of what is drawn), axis ("epoch" or "step"), many
    (whether a legend is needed), hint (words for an empty figure), range_x, range_y (of the axes, or null), revision.
    `share`: a share of 1, as percent."""
    colors = [css(color) for color in (theme.classes[1], theme.classes[0], *theme.classes[2:])]
    case = at("item.case")
    line = {
        "type": "scatter", "mode": "lines+markers", "x": at("item.x"), "y": at("item.y"), "name": at("item.name"),
        "legendgroup": at("item.name"), "showlegend": at("item.first"), "meta": at("item.run"),
        "line": {"color": do("pick", of=colors, at=case), "dash": do("pick", of=list(DASHES), at=case),
                 "width": do("pick", of=[2.4, *[1] * 49], at=at("item.seed"))},
        "marker": {"size": 4, "color": do("pick", of=colors, at=case)},
        "hovertemplate": "%{y:.2%}" if share else "%{y:.4~g}",
    }  # fmt: skip
    guess = {
        "type": "scatter", "mode": "lines", "x": at("guess.x"), "y": at("guess.y"), "name": "your guess",
        "line": {"color": css(theme.accent), "width": 3, "dash": "dot"}, "if": at("guess"), "showlegend": True,
        "hovertemplate": "%{y:.2%}" if share else "%{y:.4~g}",
    }  # fmt: skip
    cursor = {
        "type": "scatter", "mode": "markers", "x": at("cursor.x"), "y": at("cursor.y"), "hoverinfo": "skip",
        "marker": {"size": 11, "color": css(theme.accent)}, "showlegend": False,
    }  # fmt: skip
    scale = {"tickformat": ".0%"} if share else {"exponentformat": "power"}
    return {
        "data": [each(at("lines"), line), guess, cursor],
        "layout": theme.layout(
            margin={"l": 4.8, "r": 0.8, "t": 3.2, "b": 3.3}, hovermode="x unified", uirevision=at("revision"),
            showlegend=at("many"), legend=theme.legend(),
            xaxis=theme.axis(at("axis"), rangemode="tozero", range=at("range_x"), nticks=8, hoverformat=".4~g"),
            yaxis=theme.axis(at("title"), range=at("range_y"), nticks=7, **scale),
            annotations=[{**theme.note(at("hint")), "if": at("hint")}],
        ),
    }  # fmt: skip
