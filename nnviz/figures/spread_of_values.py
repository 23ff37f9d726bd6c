"""How the weights of a layer, or its sums, are spread: now, before the training, and as they were drawn in theory."""

from __future__ import annotations

from typing import Literal

from nnviz.figures.binding import at, do
from nnviz.figures.theme import Node, Theme, css

TITLES = {"weights": "weight w", "sums": "sum z = Σ w·x + b"}


def figure(theme: Theme, what: Literal["weights", "sums"] = "weights") -> Node:
    """Values, of view "distributions": arrays[what], arrays[what_before] [layers, 50], arrays[what_law] [layers, 201],
    meta.layers with what_range and laws; layer: which one; revision."""
    span, law_name = at(f"about.{what}_range"), at(f"about.laws.{what}")

    def values(name: str) -> Node:
        return do("part", of=at(f"arrays.{name}"), at=at("layer"))

    centres = do("centres", range=span, n=50)
    now = {
        "type": "bar", "x": centres, "y": values(what), "name": "now", "marker": {"color": css(theme.accent, 0.5)},
        "hovertemplate": "%{y:.3~g}",
    }  # fmt: skip
    before = {
        "type": "scatter", "mode": "lines", "x": centres, "y": values(f"{what}_before"), "name": "before training",
        "line": {"color": css(theme.text, 0.75), "width": 1.4, "shape": "hvh", "dash": "dot"},
        "hovertemplate": "%{y:.3~g}",
    }  # fmt: skip
    law = {
        "type": "scatter", "mode": "lines", "x": do("centres", range=span, n=201),
        "y": do("finite", of=values(f"{what}_law")),
        "name": law_name, "line": {"color": css(theme.classes[0]), "width": 2}, "hoverinfo": "skip", "if": law_name,
    }  # fmt: skip
    return {
        "let": {"about": do("pick", of=at("meta.layers"), at=at("layer"))},
        "data": [now, before, law],
        "layout": theme.layout(
            margin={"l": 4.2, "r": 0.8, "t": 1.8, "b": 3.2}, hovermode="x", showlegend=True, legend=theme.legend(),
            uirevision=at("revision"), bargap=0,
            xaxis=theme.axis(TITLES[what], range=span, nticks=7, hoverformat=".3~g"),
            yaxis=theme.axis("density", rangemode="tozero", nticks=5),
        ),
    }  # fmt: skip
