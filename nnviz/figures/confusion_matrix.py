"""The confusion matrix: a row for each true class, a column for each predicted one.

What is right lies on the diagonal and is many; the colour is for the rest, by the logarithm, so that a single mistake
shows beside hundreds of right ones.
"""

from __future__ import annotations

from nnviz.figures.binding import at, do
from nnviz.figures.theme import Color, Node, Theme, css, mix

WRONG: Color = (192, 57, 43)
STRONGEST = 0.8
"""Of the colours' mixture with the ground: letters of one colour stand out of all of them (4.5 : 1)."""


def figure(theme: Theme) -> Node:
    """Values: truth and predicted (classes of the same images), names (of the classes); lit: [] or [[row, column]];
    revision."""
    ends = (css(mix(theme.neutral, theme.accent, STRONGEST)), css(mix(theme.neutral, WRONG, STRONGEST)))
    cells = {
        "type": "heatmap", "z": at("matrix.strength"), "text": at("matrix.text"), "customdata": at("matrix.words"),
        "texttemplate": "%{text}", "hovertemplate": "%{customdata}<extra></extra>", "zmin": -1, "zmax": 1,
        "colorscale": [[0, ends[0]], [0.5, css(theme.neutral)], [1, ends[1]]], "showscale": False, "xgap": 1, "ygap": 1,
        "textfont": {"color": theme.strong},
    }  # fmt: skip
    labels = {
        "tickmode": "array", "tickvals": at("matrix.places"), "ticktext": at("matrix.labels"), "showgrid": False,
        "zeroline": False, "ticks": "", "range": at("matrix.range"), "constrain": "domain",
    }  # fmt: skip
    cell = {
        "type": "rect", "x0": do("sum", a=at("item.1"), b=-0.5), "x1": do("sum", a=at("item.1"), b=0.5),
        "y0": do("sum", a=at("item.0"), b=-0.5), "y1": do("sum", a=at("item.0"), b=0.5),
        "line": {"color": css(theme.text), "width": 2},
    }  # fmt: skip
    return {
        "let": {"matrix": do("confusion", truth=at("truth"), predicted=at("predicted"), names=at("names"))},
        "data": [cells],
        "layout": theme.layout(
            margin={"l": 4.5, "r": 0.3, "t": 3.2, "b": 0.3}, hovermode="closest", uirevision=at("revision"),
            xaxis=theme.axis("predicted class", side="top", **labels),
            yaxis=theme.axis(
                "true class", scaleanchor="x", **{**labels, "range": at("matrix.down"), "automargin": True}
            ),
            shapes=[{"each": at("lit"), "item": cell}],
        ),
    }  # fmt: skip
