"""Two to eight trainings that run together, a panel each: training and validation curves on the same axes."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field

from nnviz.figures.binding import at, do, each
from nnviz.figures.theme import Node, Theme, css

ACROSS, DOWN = 0.06, 0.24
"""Gaps between panels, as shares of the whole; those of two rows, of more rows less each."""


def figure(
    theme: Theme,
    panels: Annotated[int, Field(ge=1, le=8)] = 4,
    columns: Annotated[int, Field(ge=1, le=8)] = 2,
    what: Literal["loss", "accuracy"] = "loss",
) -> Node:
    """Values: what `nnviz.experiments.board.panels` gives; revision."""
    rows = math.ceil(panels / columns)
    down = DOWN * 2 / max(2, rows)
    colors = {"training": css(theme.text), "validation": css(theme.accent)}
    dashes = {"training": "dot", "validation": "solid"}
    role = at("item.role")
    line = {
        "type": "scatter", "mode": "lines", "x": at("item.x"), "y": at("item.y"), "name": at("item.name"),
        "legendgroup": role, "showlegend": at("item.first"), "xaxis": at("item.xaxis"), "yaxis": at("item.yaxis"),
        "line": {"color": do("pick", of=colors, at=role), "dash": do("pick", of=dashes, at=role), "width": 2},
        "hovertemplate": "%{y:.1%}" if what == "accuracy" else "%{y:.4g}",
    }  # fmt: skip
    axes: Node = {}
    for i in range(panels):
        number = "" if i == 0 else str(i + 1)
        column, row = i % columns, i // columns
        wide, high = (1 - (columns - 1) * ACROSS) / columns, (1 - (rows - 1) * down) / rows
        left, bottom = column * (wide + ACROSS), (rows - 1 - row) * (high + down)
        axes[f"xaxis{number}"] = theme.axis(
            "epoch", domain=[left, left + wide], anchor=f"y{number}", range=at("epochs"),
            matches=None if i == 0 else "x", nticks=5, hoverformat=",.2~f",
        )  # fmt: skip
        axes[f"yaxis{number}"] = theme.axis(
            what, domain=[bottom, bottom + high], anchor=f"x{number}", range=at("range"),
            matches=None if i == 0 else "y", nticks=5, tickformat=".0%" if what == "accuracy" else ".2~g",
        )  # fmt: skip
    title = {
        "text": at("item.text"), "xref": at("item.xref"), "yref": at("item.yref"), "x": 0, "y": 1, "xanchor": "left",
        "yanchor": "bottom", "showarrow": False, "font": {"size": theme.size},
    }  # fmt: skip
    legend = {**theme.legend(), "x": 1, "xanchor": "right", "y": 1, "yref": "container", "yanchor": "top"}
    return {
        "data": [each(at("lines"), line)],
        "layout": theme.layout(
            margin={"l": 4.2, "r": 0.8, "t": 5, "b": 3.2}, hovermode="x unified", showlegend=True, legend=legend,
            uirevision=at("revision"), annotations=[each(at("titles"), title)], **axes,
        ),
    }  # fmt: skip
