"""A grid world with what an agent has learned of it: the value of each cell as a shade, what it would do as an arrow,
and the way that it would go."""

from __future__ import annotations

from typing import Literal

from nnviz.figures.binding import at, do, each
from nnviz.figures.theme import Node, Theme, css, mix


def figure(theme: Theme, show: Literal["values", "optimal", "visits"] = "values") -> Node:
    """Values: arrays and meta of a frame of view "reinforcement" (nnviz.reinforcement.grid_picture); agent, from 0;
    players [{x, y, symbol}]: who is where; cursors [{x0, x1, y0, y1}]; revision. show: how good a cell is to the agent,
    how good it is exactly, or how often the agent has been there."""
    agent = at("agent")
    title = {"values": do("join", of=["value, from ", at("meta.what")]), "optimal": "exact value", "visits": "visits"}
    shades = [[i / 4, css(mix(theme.neutral, theme.accent, 0.8 * i / 4))] for i in range(5)]
    signed = {"zmin": do("minus", of=at("meta.peak")), "zmax": at("meta.peak"), "colorscale": theme.signed(0.75)}
    heat = {
        "type": "heatmap", "x0": 1, "dx": 1, "y0": 1, "dy": 1, "xgap": 1, "ygap": 1, "hoverinfo": "skip",
        "z": at("arrays.optimal") if show == "optimal" else do("part", of=at(f"arrays.{show}"), at=agent),
        **({"zmin": 0, "colorscale": shades} if show == "visits" else signed),
        "colorbar": {
            "thickness": 10, "outlinewidth": 0, "xpad": 6, "tickfont": {"size": theme.size - 2},
            "title": {"text": title[show], "side": "right", "font": {"size": theme.size - 1}},
        },
    }  # fmt: skip
    wall = css(mix(theme.background, theme.text, 0.62))
    walls = {
        "type": "heatmap", "x0": 1, "dx": 1, "y0": 1, "dy": 1, "z": at("arrays.walls"), "showscale": False,
        "colorscale": [[0, wall], [1, wall]], "hoverinfo": "skip", "hoverongaps": False,
    }  # fmt: skip
    way = {
        "type": "scatter", "mode": "lines", "x": do("part", of=at("arrays.path_x"), at=agent),
        "y": do("part", of=at("arrays.path_y"), at=agent), "line": {"color": css(theme.accent), "width": 4},
        "opacity": 0.65, "hoverinfo": "skip",
    }  # fmt: skip
    numbers = [f"{arrow} %{{customdata[{i}]:.3f}}" for i, arrow in enumerate("↑→↓←")]
    arrows = {
        "type": "scatter", "mode": "text", "x": at("arrays.x"), "y": at("arrays.y"),
        "text": do("pick", of=at("meta.arrows"), at=agent),
        "textfont": {"size": theme.size + 6, "color": css(theme.text, 0.9)},
        "customdata": do("part", of=at("arrays.numbers"), at=agent),
        "hovertemplate": "row %{y}, column %{x}<br>" + "<br>".join(numbers)
        + "<br>%{customdata[4]:,d} visits<extra></extra>",
    }  # fmt: skip
    marks = {
        "type": "scatter", "mode": "text", "x": do("members", of=at("meta.marks"), name="x"),
        "y": do("members", of=at("meta.marks"), name="y"), "text": do("members", of=at("meta.marks"), name="text"),
        "textfont": {"size": theme.size + 8, "color": css(theme.text)}, "hoverinfo": "skip",
    }  # fmt: skip
    player = {
        "type": "scatter", "mode": "markers", "x": [at("item.x")], "y": [at("item.y")], "hoverinfo": "skip",
        "marker": {
            "symbol": at("item.symbol"), "size": theme.size + 6, "color": css(theme.classes[2]),
            "line": {"color": css(theme.background), "width": 2},
        },
    }  # fmt: skip
    cursor = {
        "type": "rect", "x0": at("item.x0"), "x1": at("item.x1"), "y0": at("item.y0"), "y1": at("item.y1"),
        "line": {"color": css(theme.accent), "width": 3},
    }  # fmt: skip
    plain = {"showgrid": False, "zeroline": False, "fixedrange": True, "tickformat": "d", "dtick": 1, "tick0": 1}
    return {
        "data": [heat, walls, way, arrows, marks, each(at("players"), player)],
        "layout": theme.layout(
            margin={"l": 2.9, "r": 0.5, "t": 0.6, "b": 2.9}, hovermode="closest", hoverdistance=60, dragmode=False,
            showlegend=False, uirevision=at("revision"), shapes=[each(at("cursors"), cursor)],
            xaxis=theme.axis("column", range=at("meta.across"), constrain="domain", **plain),
            yaxis=theme.axis("row", range=at("meta.down"), scaleanchor="x", constrain="domain", **plain),
        ),
    }  # fmt: skip
