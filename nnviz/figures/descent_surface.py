"""A surface in three dimensions, with the paths of those who race down it."""

from __future__ import annotations

from typing import Any

from nnviz.figures.binding import at, each
from nnviz.figures.descent_contours import relief_colors
from nnviz.figures.racers import heads, lines
from nnviz.figures.theme import Node, Theme, css, mix


def figure(theme: Theme) -> Node:
    """Values: those of the map (nnviz.figures.descent_contours); of a racer also drawn (the heights of its path so
    far) and head.drawn."""
    # A graphics card draws lines opaque, whatever their colour says.
    lines_on_it, grid = (css(mix(theme.background, theme.text, part)) for part in (0.4, 0.15))
    ground = {
        "type": "surface", "x": at("x"), "y": at("y"), "z": at("drawn"), "text": at("heights"), "cmin": 0, "cmax": 1,
        "colorscale": relief_colors(theme), "showscale": False, "opacity": 0.92,
        "contours": {
            "z": {"show": True, "start": 0, "end": 1, "size": 0.08, "color": lines_on_it, "width": 1},
        },
        "lighting": {"ambient": 0.75, "diffuse": 0.5, "specular": 0.05, "roughness": 0.9},
        "hovertemplate": "%{x:.3f}, %{y:.3f}<br>height %{text:.4~g}<extra>click: start here</extra>",
    }  # fmt: skip
    minimum = {
        "type": "scatter3d", "mode": "markers+text", "x": [at("item.x")], "y": [at("item.y")], "z": [at("item.drawn")],
        "text": [at("item.name")], "textfont": {"color": css(theme.text)}, "name": "minimum",
        "marker": {"symbol": "diamond", "size": 5, "color": css(theme.text)},
        "hovertemplate": "minimum %{x:.4f}, %{y:.4f}<extra></extra>", "showlegend": False,
    }  # fmt: skip
    start = {
        "type": "scatter3d", "mode": "markers", "x": [at("start.x")], "y": [at("start.y")], "z": [at("start.drawn")],
        "marker": {"symbol": "x", "size": 4, "color": css(theme.text)}, "name": "start", "showlegend": False,
        "hovertemplate": "start %{x:.3f}, %{y:.3f}<extra></extra>",
    }  # fmt: skip
    path = {"x": at("item.x"), "y": at("item.y"), "z": at("item.drawn")}
    head = {"x": [at("item.head.x")], "y": [at("item.head.y")], "z": [at("item.head.drawn")]}
    height = {"tickmode": "array", "tickvals": at("ticks.places"), "ticktext": at("ticks.words"), "range": [0, 1.05]}

    def axis(title: Node | str, **more: Any) -> Node:
        look = {
            "backgroundcolor": "rgba(0,0,0,0)",
            "gridcolor": grid,
            "zeroline": False,
            "showspikes": False,
        }
        return {"title": {"text": title}, "color": css(theme.text, 0.85), **look, **more}

    return {
        "data": [
            ground,
            each(at("minima"), minimum),
            start,
            lines(theme, "scatter3d", 5, **path, hoverinfo="skip"),
            heads(theme, "scatter3d", 5, **head),
        ],
        "layout": theme.layout(
            margin={"l": 0, "r": 0, "t": 0, "b": 0}, hovermode="closest", showlegend=False, uirevision=at("revision"),
            scene={
                "xaxis": axis(at("axes.0"), range=at("domain.x")),
                "yaxis": axis(at("axes.1"), range=at("domain.y")),
                "zaxis": axis("height", **height), "aspectmode": "manual",
                "aspectratio": {"x": 1.2, "y": 1.2, "z": 0.7},
                "camera": {"eye": {"x": -1.4, "y": -1.4, "z": 1.2}}, "uirevision": at("revision"),
            },
        ),
    }  # fmt: skip
