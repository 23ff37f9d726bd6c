"""A kernel SVM over the plane: its decision, the border, both margins, and the samples with the support vectors."""

from __future__ import annotations

from nnviz.figures.binding import at, do, each
from nnviz.figures.theme import Node, Theme, css


def figure(theme: Theme) -> Node:
    """Values: plane [n, n] as rows, the lowest x2 first; domain [[low, high], [low, high]]; least, most: where its
    colours end; border: what the lines are of, [n, n] (none: no lines), margins: whether ±1 is drawn; groups [{x, y,
    text, name, color (class), symbol, size, edge, samples}]: samples by what they are; wrong {x, y}; one {x, y}: the
    chosen support vector; place {x, y}; cut {x, y}: the line through it; axes: their names; revision."""
    ink = css(theme.text)
    x, y = (do("centres", range=at(f"domain.{i}"), n=do("size", of=at("plane"), axis=1 - i)) for i in (0, 1))
    ground = {
        "type": "heatmap", "z": at("plane"), "x": x, "y": y, "zmin": at("least"), "zmax": at("most"),
        "colorscale": theme.signed(0.7), "showscale": False, "zsmooth": "fast", "hoverinfo": "none",
    }  # fmt: skip

    def level(value: float, dash: str, width: float) -> Node:
        return {
            "type": "contour", "z": at("border"), "x": x, "y": y, "autocontour": False, "showscale": False,
            "contours": {"coloring": "none", "start": -value, "end": value, "size": 2 * value or 1},
            "line": {"color": ink, "width": width, "dash": dash}, "hoverinfo": "skip",
        }  # fmt: skip

    color = do("pick", of=[css(c) for c in theme.classes[:2]], at=at("item.color"))
    samples = {
        "type": "scatter", "mode": "markers", "x": at("item.x"), "y": at("item.y"), "text": at("item.text"),
        "name": at("item.name"), "customdata": at("item.samples"), "hovertemplate": "%{text}<extra></extra>",
        "marker": {
            "color": color, "symbol": at("item.symbol"), "size": at("item.size"),
            "line": {"width": at("item.edge"), "color": ink},
        },
    }  # fmt: skip

    def marks(name: str, symbol: str, size: float, width: float, color: str) -> Node:
        return {
            "type": "scatter", "mode": "markers", "x": at(f"{name}.x"), "y": at(f"{name}.y"), "if": at(f"{name}.x"),
            "marker": {"symbol": symbol, "size": size, "color": color, "line": {"color": color, "width": width}},
            "hoverinfo": "skip",
        }  # fmt: skip

    cut = {
        "type": "scatter", "mode": "lines", "x": at("cut.x"), "y": at("cut.y"), "if": at("cut.x"),
        "line": {"color": css(theme.accent), "width": 1.2, "dash": "dot"}, "hoverinfo": "skip",
    }  # fmt: skip
    bare = {"showgrid": False, "zeroline": False}
    return {
        "data": [
            ground,
            {**level(0, "solid", 2.4), "if": at("border")},
            {**level(1, "dash", 1.3), "if": at("margins")},
            cut,
            each(at("groups"), samples),
            marks("wrong", "x-thin", 11, 1.6, ink),
            marks("one", "circle-open", 19, 2.6, css(theme.accent)),
            marks("place", "cross-thin", 15, 2.4, css(theme.accent)),
        ],
        "layout": theme.layout(
            margin={"l": 4, "r": 0.6, "t": 0.6, "b": 3.6}, hovermode="closest", showlegend=False,
            uirevision=at("revision"),
            xaxis=theme.axis(do("axis_title", of=at("axes.0")), range=at("domain.0"), **bare),
            yaxis={**theme.axis(do("axis_title", of=at("axes.1")), range=at("domain.1"), **bare), "automargin": True},
        ),
    }  # fmt: skip
