"""What a layer makes of one picture: its feature maps, or its neurons, as tiles."""

from __future__ import annotations

from nnviz.figures.binding import at, do
from nnviz.figures.filter_mosaic import bare_axes, outline
from nnviz.figures.theme import Node, Theme, css


def figure(theme: Theme) -> Node:
    """Values: codes uint8 [n, h, w] or [n], peak (the largest value) and signed, as `/nnviz/look` answers them; thing:
    what a tile is called ("map", "neuron", "value"); lit: a list of tiles; revision; box."""
    maps = {
        "type": "heatmap", "z": at("mosaic.z"), "text": at("mosaic.text"), "zmin": do("minus", of=at("mosaic.top")),
        "zmax": at("mosaic.top"), "colorscale": theme.signed(), "showscale": False, "hoverongaps": False,
        "hovertemplate": "%{text}: %{z:.3~g}<extra></extra>", "zsmooth": False, "xgap": at("gap"), "ygap": at("gap"),
    }  # fmt: skip
    tiles = {name: at(name) for name in ("codes", "box", "signed", "thing")}
    return {
        "let": {"mosaic": do("mosaic", peaks=at("peak"), **tiles)},
        "data": [maps, outline("lit", css(theme.text))],
        "layout": theme.layout(
            margin={"l": 0, "r": 0, "t": 0, "b": 0}, hovermode="closest", showlegend=False, uirevision=at("revision"),
            **bare_axes(at("mosaic.x"), at("mosaic.y")),
        ),
    }  # fmt: skip
