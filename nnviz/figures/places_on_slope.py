"""The derivative of an activation, and where neurons stand on it: at the flat ends nothing is learned."""

from __future__ import annotations

from nnviz.figures.binding import at, do, each
from nnviz.figures.theme import Node, Theme, css


def figure(theme: Theme) -> Node:
    """Values: z and slope of the curve (null where it has a gap), title of its axis, range of z; marks: {name, z,
    slope, from, to: the z of most samples, color: the number of its colour, symbol: a name of Plotly's}."""
    colors = [css(color) for color in theme.classes]
    color = do("pick", of=colors, at=at("item.color"))
    curve = {
        "type": "scatter", "mode": "lines", "x": at("z"), "y": at("slope"), "showlegend": False,
        "line": {"color": css(theme.text), "width": 2}, "hovertemplate": "z = %{x:.2f}: %{y:.3~g}<extra></extra>",
    }  # fmt: skip
    spread = {
        "type": "scatter", "mode": "lines", "x": [at("item.from"), at("item.to")],
        "y": [at("item.slope"), at("item.slope")], "line": {"color": color, "width": 3}, "hoverinfo": "skip",
        "showlegend": False,
    }  # fmt: skip
    mark = {
        "type": "scatter", "mode": "markers", "x": [at("item.z")], "y": [at("item.slope")], "name": at("item.name"),
        "marker": {"size": 13, "color": color, "symbol": at("item.symbol"),
                   "line": {"color": css(theme.background), "width": 1.5}},
        "hovertemplate": "z = %{x:.2f}: %{y:.3~g}", "cliponaxis": False,
    }  # fmt: skip
    return {
        "data": [curve, each(at("marks"), spread), each(at("marks"), mark)],
        "layout": theme.layout(
            margin={"l": 4.6, "r": 0.8, "t": 2.4, "b": 3.1}, showlegend=True, legend=theme.legend(),
            hovermode="closest", uirevision=at("title"), xaxis=theme.axis("z", range=at("range")),
            yaxis=theme.axis(at("title"), rangemode="tozero", nticks=6),
        ),
    }  # fmt: skip
