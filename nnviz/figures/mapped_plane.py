"""A plane with its grid and its samples, as a layer's map leaves them."""

from __future__ import annotations

from nnviz.figures.binding import at, do, each
from nnviz.figures.theme import Node, Theme, css


def figure(theme: Theme) -> Node:
    """Values: level, upright {x, y} (the grid's two kinds of lines, with nan between two of them); square {x, y}: the
    image of the unit square, empty: none; groups [{x, y, name}] of samples, one for each class; line {x, y}: where the
    output changes sides, empty: nowhere; names of both axes; range_x, range_y of the plane; revision."""

    def lines(name: str, alpha: float) -> Node:
        return {
            "type": "scatter", "mode": "lines", "x": at(f"{name}.x"), "y": at(f"{name}.y"), "hoverinfo": "skip",
            "line": {"color": css(theme.text, alpha), "width": 1}, "connectgaps": False, "showlegend": False,
        }  # fmt: skip

    square = {
        "type": "scatter", "mode": "lines", "x": at("square.x"), "y": at("square.y"), "fill": "toself",
        "fillcolor": css(theme.accent, 0.25), "line": {"color": css(theme.accent), "width": 2}, "hoverinfo": "skip",
        "name": "unit square", "if": at("square.x"),
    }  # fmt: skip
    samples = {
        "type": "scatter", "mode": "markers", "x": at("item.x"), "y": at("item.y"), "name": at("item.name"),
        "marker": {"size": 6, "color": do("pick", of=[css(c) for c in theme.classes], at=at("index")),
                   "line": {"color": css(theme.background), "width": 0.6}},
        "hovertemplate": "%{x:.2f}, %{y:.2f}<extra>%{fullData.name}</extra>",
    }  # fmt: skip
    dividing = {
        "type": "scatter", "mode": "lines", "x": at("line.x"), "y": at("line.y"), "hoverinfo": "skip",
        "line": {"color": css(theme.text), "width": 3, "dash": "dash"}, "name": "output ½", "if": at("line.x"),
    }  # fmt: skip
    axis = {"showgrid": False, "zeroline": True, "zerolinecolor": css(theme.text, 0.55)}
    return {
        "data": [lines("level", 0.28), lines("upright", 0.28), square, each(at("groups"), samples), dividing],
        "layout": theme.layout(
            margin={"l": 3.6, "r": 0.8, "t": 2.2, "b": 3.2}, hovermode="closest", showlegend=True,
            legend=theme.legend(), uirevision=at("revision"),
            xaxis=theme.axis(do("pick", of=at("names"), at=0), range=at("range_x"), **axis),
            yaxis=theme.axis(
                do("pick", of=at("names"), at=1), range=at("range_y"), scaleanchor="x", constrain="domain", **axis
            ),
        ),
    }  # fmt: skip
