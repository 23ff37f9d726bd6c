"""A generative adversarial network on points: real and generated samples over what the discriminator says, the latent
grid as the generator leaves it, and where the discriminator tells each generated sample to move."""

from __future__ import annotations

from typing import Any

from nnviz.figures.binding import at, do
from nnviz.figures.theme import Node, Theme, css

SHADES = (0.08, 0.22, 0.42, 0.65)
"""Of the grid's cells, from large to small ones."""
ARROWS = 60


def figure(theme: Theme) -> Node:
    """Values: arrays of a frame of view "gan" on points (nnviz.gan.frames.plane_arrays); low, high: of the map's
    colours; says: what they are, in words; range: of both axes; painted {x, y}: points painted by hand, empty: none;
    revision."""
    x, y = (do("centres", range=at("range"), n=do("size", of=at("arrays.map"), axis=axis)) for axis in (1, 0))
    ground = {
        "type": "heatmap", "z": at("arrays.map"), "x": x, "y": y, "zmin": at("low"), "zmax": at("high"),
        "colorscale": theme.signed(0.62), "zsmooth": "fast", "name": "",
        "hovertemplate": "D = %{z:.3f} at %{x:.2f}, %{y:.2f}<extra></extra>",
        "colorbar": {
            "thickness": 10, "outlinewidth": 0, "xpad": 6, "nticks": 5, "tickfont": {"size": theme.size - 2},
            "title": {"text": at("says"), "side": "right"},
        },
    }  # fmt: skip
    samples: Node = {"type": "scatter", "mode": "markers", "hovertemplate": "%{x:.2f}, %{y:.2f}"}

    def dots(name: str, label: str, color: Any) -> Node:
        marker = {"size": 5, "color": css(color, 0.85), "line": {"color": css(theme.background), "width": 0.5}}
        return {**samples, "x": at(f"arrays.{name}_x"), "y": at(f"arrays.{name}_y"), "name": label, "marker": marker}

    def grid(name: str, first: bool) -> Node:
        return {
            "type": "scatter", "mode": "lines", "x": at(f"arrays.{name}_x"), "y": at(f"arrays.{name}_y"),
            "name": "latent grid", "legendgroup": "grid", "showlegend": first, "hoverinfo": "skip",
            "connectgaps": False, "line": {"color": css(theme.text, 0.5), "width": 1}, "if": at(f"arrays.{name}_x"),
        }  # fmt: skip

    def cells(i: int, shade: float) -> Node:
        return {
            "type": "scatter", "mode": "lines", "x": at(f"arrays.cells_{i}_x"), "y": at(f"arrays.cells_{i}_y"),
            "fill": "toself", "fillcolor": css(theme.classes[0], shade), "line": {"width": 0}, "hoverinfo": "skip",
            "name": "density of the grid", "legendgroup": "cells", "showlegend": i == len(SHADES) - 1,
            "visible": "legendonly", "connectgaps": False,
        }  # fmt: skip

    arrows = {
        "type": "scatter", "mode": "lines+markers", "x": at("arrays.arrow_x"), "y": at("arrays.arrow_y"),
        "name": "told to move", "hoverinfo": "skip", "connectgaps": False,
        "line": {"color": css(theme.text), "width": 1.3},
        "marker": {
            "symbol": "arrow", "angleref": "previous", "size": [0, 7, 0] * ARROWS, "color": css(theme.text),
        },
    }  # fmt: skip
    hand = {
        **samples, "x": at("painted.x"), "y": at("painted.y"), "name": "painted", "if": at("painted.x"),
        "marker": {"size": 8, "symbol": "circle-open", "color": css(theme.text), "line": {"width": 1.5}},
    }  # fmt: skip
    plain = {"showgrid": False, "zeroline": False, "range": at("range")}
    return {
        "data": [
            ground, *(cells(i, shade) for i, shade in enumerate(SHADES)), grid("level", True), grid("upright", False),
            dots("real", "real", theme.classes[1]), dots("fake", "generated", theme.classes[0]), arrows, hand,
        ],
        "layout": theme.layout(
            margin={"l": 3.4, "r": 0.5, "t": 2.4, "b": 3.1}, hovermode="closest", showlegend=True,
            legend=theme.legend(), uirevision=at("revision"),
            xaxis=theme.axis("x₁", **plain),
            yaxis=theme.axis("x₂", scaleanchor="x", constrain="domain", **plain),
        ),
    }  # fmt: skip
