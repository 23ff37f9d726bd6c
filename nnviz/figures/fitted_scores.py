"""What a fitted SVM scores on each set of images: it is fitted in one go, there is no course to draw along epochs."""

from __future__ import annotations

from typing import Literal

from nnviz.figures.binding import at, do
from nnviz.figures.theme import Node, Theme, css


def figure(theme: Theme, what: Literal["loss", "accuracy"] = "accuracy") -> Node:
    """Values: scores, a list of {name, accuracy, loss, n}, n images each; hint, for none. An accuracy has Wilson's 95 %
    interval."""
    accuracy = what == "accuracy"
    colors = {"training": css(theme.text), "validation": css(theme.accent), "test": css(theme.classes[0])}
    interval = {
        "type": "data", "symmetric": False, "array": at("points.above"), "arrayminus": at("points.below"),
        "color": css(theme.text, 0.6), "thickness": 1.5, "width": 5,
    }  # fmt: skip
    points = {
        "type": "scatter", "mode": "markers+text", "x": at("points.x"), "y": at("points.y"), "text": at("points.text"),
        "textposition": "middle right", "cliponaxis": False, "if": at("points.x"),
        "marker": {"size": 9, "color": do("pick_each", of=colors, at=at("points.names"))},
        "hovertemplate": "%{y:.2%}<extra></extra>" if accuracy else "%{y:.4g}<extra></extra>",
        **({"error_y": interval} if accuracy else {}),
    }  # fmt: skip
    if accuracy:
        y = theme.axis("accuracy", tickformat=".0%", nticks=6, range=at("points.range"))
    else:
        y = theme.axis("−log p of the true class", rangemode="tozero", nticks=6, exponentformat="power")
    x = theme.axis("set of images", type="category", range=at("points.across"), showgrid=False)
    return {
        "let": {"points": do("score_points", scores=at("scores"), what=what)},
        "data": [points],
        "layout": theme.layout(
            margin={"l": 4.6, "r": 0.5, "t": 0.8, "b": 4.8}, showlegend=False, uirevision=what, xaxis=x, yaxis=y,
            annotations=[{**theme.note(at("hint")), "if": at("points.empty")}],
        ),
    }  # fmt: skip
