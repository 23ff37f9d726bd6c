"""A grid search: the mean score of each pair of C and γ, as its folds are done."""

from __future__ import annotations

from nnviz.figures import score_heatmap
from nnviz.figures.binding import at
from nnviz.figures.theme import Node, Theme, css

CLICK = "<br><i>click: its region, and the SVM with these numbers</i><extra></extra>"


def figure(theme: Theme) -> Node:
    """Values: those of `score_heatmap`, as `nnviz.kernels.search.Search.map` gives them; chosen {x0, x1, y0, y1}:
    the sides of the cell that is looked at, columns and rows counted from 0; none: there is none."""
    found = score_heatmap.figure(theme)
    cells, *_ = found["data"]
    frame = {
        "type": "rect", "if": at("chosen"), "x0": at("chosen.x0"), "x1": at("chosen.x1"), "y0": at("chosen.y0"),
        "y1": at("chosen.y1"), "line": {"color": css(theme.text), "width": 2.5},
    }  # fmt: skip
    return {
        "data": [{**cells, "hovertemplate": "%{hovertext}" + CLICK}],
        "layout": {**found["layout"], "shapes": [frame]},
    }
