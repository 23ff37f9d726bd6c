"""What each pixel means to a model's answer, beside the picture itself: saliency, and occlusion."""

from __future__ import annotations

from nnviz.figures.binding import at, do
from nnviz.figures.digit_pixels import pixels
from nnviz.figures.theme import Node, Theme

SLOPE = "∂ evidence / ∂ pixel"
DROP = "probability lost"


def saliency(theme: Theme) -> Node:
    """Values: heat float32 [h, w], ∂ logit of the class in question / ∂ pixel; peak: its largest |value|; pixels
    uint8 [h, w]; x and y: ranges of the axes; revision."""
    return _figure(theme, SLOPE)


def occlusion(theme: Theme) -> Node:
    """Values: as `saliency`; heat: by how much the probability of the class falls when a grey patch covers it there."""
    return _figure(theme, DROP)


def _figure(theme: Theme, unit: str) -> Node:
    bar = {
        "title": {"text": unit, "side": "right", "font": {"size": theme.size - 1}}, "thickness": 0.8 * theme.size,
        "outlinewidth": 0, "xpad": 4, "ypad": 2, "nticks": 5, "exponentformat": "power",
        "tickfont": {"size": theme.size - 1},
    }  # fmt: skip
    told = f"row %{{y}}, column %{{x}}: {unit} %{{customdata:.3~g}}<extra></extra>"
    heat = {
        "type": "heatmap", "z": at("heat"), "customdata": at("heat"), "x0": 1, "y0": 1,
        "zmin": do("minus", of=at("peak")), "zmax": at("peak"), "colorscale": theme.signed(), "colorbar": bar,
        "zsmooth": False, "hovertemplate": told,
    }  # fmt: skip
    ink = pixels(xaxis="x2", yaxis="y2", customdata=at("heat"), hovertemplate=f"%{{z}} of 255<br>{told}")
    bare = {"visible": False, "zeroline": False, "showgrid": False}
    return {
        "data": [heat, ink],
        "layout": theme.layout(
            margin={"l": 0, "r": 6, "t": 0.2, "b": 0.2}, hovermode="closest", showlegend=False,
            uirevision=at("revision"), xaxis={**bare, "range": at("x"), "domain": [0, 0.49]},
            yaxis={**bare, "range": at("y"), "scaleanchor": "x", "constrain": "domain"},
            xaxis2={**bare, "matches": "x", "domain": [0.51, 1]},
            yaxis2={**bare, "matches": "y", "anchor": "x2"},
        ),
    }  # fmt: skip
