"""The health of each layer over the training: gradients, sizes of weights, what the neurons say; a line for each."""

from __future__ import annotations

from typing import Literal

from nnviz.figures.binding import at, do, each
from nnviz.figures.learning_curves import time_axis
from nnviz.figures.theme import Node, Theme, css

TITLES = {
    "gradient": "∂loss/∂w (root mean square)",
    "weight_rms": "w (root mean square)",
    "mean": "mean of a",
    "std": "standard deviation of a",
    "zero": "share of a = 0",
    "saturated": "share of a at a limit",
}
"""Measure (probes.statistics) → title of its axis."""
SHARES = ("zero", "saturated")
DASHES = ["solid", "dot", "dash", "dashdot"]


def figure(
    theme: Theme,
    measure: Literal["gradient", "weight_rms", "mean", "std", "zero", "saturated"] = "gradient",
    axis: Literal["epoch", "step"] = "epoch",
) -> Node:
    """Values, of view "statistics": arrays[measure] float32 [layers, times], meta.layers, meta.step, meta.epoch."""
    log, share = measure == "gradient", measure in SHARES
    colors = [css(color) for color in theme.classes]
    color = do("pick", of=colors, at=at("index"))
    y = do("finite", of=do("part", of=at(f"arrays.{measure}"), at=at("index")), positive=log)
    dash = do("pick", of=[dash for dash in DASHES for _ in colors], at=at("index"))
    times = at(f"meta.{axis}")
    line = {
        "type": "scatter", "mode": do("line_mode", of=times), "x": times, "y": y,
        "name": at("item"), "line": {"color": color, "width": 2, "dash": dash},
        "marker": {"color": color, "size": 6}, "hovertemplate": "%{y:.1%}" if share else "%{y:.3g}",
        "if": do("any", of=y),
    }  # fmt: skip
    upright = theme.axis(TITLES[measure], type="log" if log else "linear", nticks=6)
    if share:
        upright |= {"tickformat": ".0%", "range": [0, 1.02]}
    else:
        upright |= {"exponentformat": "power"}
    if log:
        upright["with"] = do("decades", of=at(f"arrays.{measure}"))
    return {
        "data": [each(at("meta.layers"), line)],
        "layout": theme.layout(
            margin={"l": 4.7, "r": 0.5, "t": 1.8, "b": 3.1}, hovermode="x unified", showlegend=True,
            legend=theme.legend(), uirevision=f"{measure},{axis}", xaxis=time_axis(theme, axis), yaxis=upright,
        ),
    }  # fmt: skip
