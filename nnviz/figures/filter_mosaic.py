"""Learned filters as pictures: what pattern of ink each hidden neuron, or each kernel of a convolution, looks for.

Blue adds to the neuron's sum, orange takes away. In a common scale one colour is one number all over the layer.
"""

from __future__ import annotations

from typing import Literal

from nnviz.figures.binding import at, do
from nnviz.figures.theme import Node, Theme, css

FOR, AGAINST = (26, 152, 80), (215, 48, 39)
"""Outlines of neurons whose output weight speaks for a class, or against it."""


def bare_axes(x: Node, y: Node) -> Node:
    """Axes of a picture: squares for its cells, no ticks."""
    bare = {"visible": False, "zeroline": False, "showgrid": False}
    return {"xaxis": {**bare, "range": x}, "yaxis": {**bare, "range": y, "scaleanchor": "x"}}


def outline(name: str, color: str, width: float = 2.0) -> Node:
    """Around the tiles whose numbers are the value `name`."""
    lines = do("outlines", place=at("mosaic.grid"), tiles=at(name))
    return {
        "type": "scatter", "mode": "lines", "hoverinfo": "skip", "showlegend": False, "if": at(name),
        "line": {"color": color, "width": width}, "cliponaxis": False, "with": lines,
    }  # fmt: skip


def figure(theme: Theme, scale: Literal["layer", "filter"] = "layer", bar: bool = False) -> Node:
    """Values: codes uint8 [n, h, w] or [n, m, h, w] and peaks [n] (probes.filters); speaks_for, speaks_against, lit:
    lists of tiles to outline; revision: what the zoom belongs to; box: [width, height] in pixels. `bar`: with the
    colours' numbers beside it."""
    scaled = scale == "layer"
    title = {"text": "weight" if scaled else "weight /<br>largest", "side": "top", "font": {"size": theme.size - 1}}
    legend = {
        "title": title, "thickness": 0.8 * theme.size, "outlinewidth": 0, "xpad": 2, "ypad": 2, "nticks": 5,
        "exponentformat": "power", "tickfont": {"size": theme.size - 1},
    }  # fmt: skip
    picture = {
        "type": "heatmap", "z": at("mosaic.z"), "customdata": at("mosaic.values"), "text": at("mosaic.text"),
        "zmin": do("minus", of=at("mosaic.top")), "zmax": at("mosaic.top"), "colorscale": theme.signed(),
        "hoverongaps": False, "hovertemplate": "%{text}<br>weight %{customdata:.3~g}<extra></extra>", "zsmooth": False,
        "showscale": bar, **({"colorbar": legend} if bar else {}),
    }  # fmt: skip
    right = 5.2 * theme.size if bar else 0
    box = do("within", box=at("box"), right=right)
    return {
        "let": {"mosaic": do("mosaic", codes=at("codes"), peaks=at("peaks"), box=box, common=scaled)},
        "data": [
            picture, outline("speaks_for", css(FOR)), outline("speaks_against", css(AGAINST)),
            outline("lit", css(theme.text)),
        ],
        "layout": theme.layout(
            margin={"l": 0, "r": right / theme.size, "t": 0, "b": 0}, hovermode="closest", showlegend=False,
            uirevision=at("revision"), **bare_axes(at("mosaic.x"), at("mosaic.y")),
        ),
    }  # fmt: skip
