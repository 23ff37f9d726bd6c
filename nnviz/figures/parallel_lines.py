"""Every run as a line through its settings to what it came to (A. Inselberg's parallel coordinates, 1985).

Lines and dots, not Plotly's own `parcoords`: that draws nothing without WebGL, and a run cannot be pointed at.
"""

from __future__ import annotations

from nnviz.figures.binding import at, do, each
from nnviz.figures.scores_by_value import CLICK
from nnviz.figures.theme import Node, Theme, css, mix


def figure(theme: Theme) -> Node:
    """Values: what `nnviz.experiments.board.parallel` gives; revision."""
    weak = mix(theme.neutral, theme.text, 0.25)
    shades = [css(mix(weak, theme.accent, i / 7), 0.45 + 0.5 * i / 7) for i in range(8)]
    line = {
        "type": "scatter", "mode": "lines", "x": at("item.x"), "y": at("item.y"), "hoverinfo": "skip",
        "line": {"color": do("pick", of=shades, at=at("item.shade")), "width": 2}, "showlegend": False,
    }  # fmt: skip
    ticks = {
        "type": "scatter", "mode": "text", "x": at("ticks.x"), "y": at("ticks.y"), "text": at("ticks.text"),
        "textposition": "middle left", "hoverinfo": "skip", "showlegend": False, "cliponaxis": False,
        "textfont": {"color": css(theme.text), "size": theme.size},
    }  # fmt: skip
    ends = {
        "type": "scatter", "mode": "markers", "x": at("ends.x"), "y": at("ends.y"), "customdata": at("ends.numbers"),
        "hovertext": at("ends.said"), "hovertemplate": "%{hovertext}" + CLICK, "showlegend": False,
        "marker": {"size": 9, "color": css(theme.accent), "line": {"width": 1, "color": css(theme.background)}},
    }  # fmt: skip
    along = {
        "type": "scatter", "mode": "markers", "x": at("along.x"), "y": at("along.y"), "showlegend": False,
        "customdata": at("along.numbers"), "hovertext": at("along.said"), "hovertemplate": "%{hovertext}" + CLICK,
        "marker": {"size": 12, "opacity": 0},
    }  # fmt: skip
    pole = {
        "type": "line", "x0": at("item.x"), "x1": at("item.x"), "y0": 0, "y1": 1, "layer": "below",
        "line": {"color": css(theme.text, 0.5), "width": 1.5},
    }  # fmt: skip
    title = {
        "text": at("item.label"), "x": at("item.x"), "y": 1.06, "showarrow": False,
        "font": {"size": theme.size + 1, "color": css(theme.text)},
    }  # fmt: skip
    bare = {"visible": False}
    return {
        "data": [each(at("lines"), line), ticks, along, ends],
        "layout": theme.layout(
            margin={"l": 1, "r": 1, "t": 1, "b": 1}, hovermode="closest", uirevision=at("revision"),
            xaxis={**bare, "range": at("across")}, yaxis={**bare, "range": [-0.05, 1.12]},
            shapes=[each(at("axes"), pole)], annotations=[each(at("axes"), title)],
        ),
    }  # fmt: skip
