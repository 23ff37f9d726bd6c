"""Networks of equal size side by side: their validation losses, and the functions that they have learned."""

from __future__ import annotations

from nnviz.figures.binding import at, do, each
from nnviz.figures.racers import DASHES
from nnviz.figures.theme import Node, Theme, css


def _line(theme: Theme, x: Node, y: Node) -> Node:
    colors = [css(color) for color in (theme.accent, theme.classes[3], theme.classes[2])]
    return {
        "type": "scatter", "mode": "lines", "x": x, "y": y, "name": at("item.name"), "hovertemplate": "%{y:.4~g}",
        "line": {"color": do("pick", of=colors, at=at("index")), "dash": do("pick", of=list(DASHES), at=at("index")),
                 "width": 2},
    }  # fmt: skip


def losses(theme: Theme) -> Node:
    """Values: networks [{name, x: epochs, y: validation losses}], epochs: of all, hint: words for an empty figure,
    revision."""
    return {
        "data": [each(at("networks"), _line(theme, at("item.x"), at("item.y")))],
        "layout": theme.layout(
            margin={"l": 4.4, "r": 0.8, "t": 2.6, "b": 3.1}, hovermode="x unified", showlegend=True,
            legend=theme.legend(), uirevision=at("revision"),
            xaxis=theme.axis("epoch", range=[0, at("epochs")], tickformat=",d", nticks=8),
            yaxis=theme.axis("validation loss", type="log", exponentformat="power", nticks=5),
            annotations=[{**theme.note(at("hint")), "if": at("hint")}],
        ),
    }  # fmt: skip


def outputs(theme: Theme) -> Node:
    """Values: x [n], target [n] (null where the function has none), networks [{name, output [n]}], samples {x, y},
    range, heights: of the axes; left, from, to, right: no samples lie between the first two, nor between the last two;
    revision."""

    def outside(low: Node, high: Node) -> Node:
        return {
            "type": "rect", "xref": "x", "yref": "paper", "x0": low, "x1": high, "y0": 0, "y1": 1, "layer": "below",
            "fillcolor": css(theme.text, 0.07), "line": {"width": 0},
        }  # fmt: skip

    return {
        "data": [
            {"type": "scatter", "mode": "markers", "x": at("samples.x"), "y": at("samples.y"), "name": "to learn from",
             "marker": {"size": 5, "color": css(theme.classes[1], 0.6)}, "hovertemplate": "%{x:.2f}, %{y:.2f}"},
            {"type": "scatter", "mode": "lines", "x": at("x"), "y": at("target"), "name": "function",
             "hovertemplate": "%{y:.3f}", "line": {"color": css(theme.text), "width": 2, "dash": "dash"}},
            each(at("networks"), _line(theme, at("x"), at("item.output"))),
        ],
        "layout": theme.layout(
            margin={"l": 3.8, "r": 0.8, "t": 2.6, "b": 3.1}, hovermode="closest", showlegend=True,
            legend=theme.legend(), uirevision=at("revision"),
            shapes=[outside(at("left"), at("from")), outside(at("to"), at("right"))],
            xaxis=theme.axis("x", range=at("range")), yaxis=theme.axis("f(x)", range=at("heights")),
        ),
    }  # fmt: skip
