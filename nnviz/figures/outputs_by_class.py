"""How often each output of a network has which value, class by class: before the training (dotted) and now (filled)."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import Field

from nnviz.figures.binding import at, do
from nnviz.figures.theme import Node, Theme, css

FEW = 3
"""Classes up to which each output shows all of them; of more, its own beside all others together."""
ACROSS, DOWN = 0.05, 0.22
"""Gaps between panels, as shares of the whole."""


def figure(
    theme: Theme,
    outputs: Annotated[int, Field(ge=1, le=10)] = 2,
    classes: Annotated[int, Field(ge=1, le=10)] = 2,
    columns: Annotated[int, Field(ge=1, le=5)] = 2,
    unit: Annotated[int, Field(ge=-1, le=9)] = -1,
) -> Node:
    """Values, of view "distributions": arrays.outputs, arrays.outputs_before [outputs, classes, 50], arrays.rest,
    arrays.rest_before [outputs, 50], meta.range, meta.names (of the classes); revision. unit: one output alone, with
    every class; -1: all of them."""
    shown = list(range(outputs)) if unit < 0 else [min(unit, outputs - 1)]
    columns = min(columns, len(shown))
    rows = math.ceil(len(shown) / columns)
    whole = unit >= 0 or classes <= FEW
    traces: list[Node] = []
    axes: Node = {}
    titles = []
    for place, output in enumerate(shown):
        number = "" if place == 0 else str(place + 1)
        for mark in ("", "_before"):
            for k in range(classes) if whole else (-1, output):
                traces.append(_counts(theme, output, k, mark, number, place == 0, whole))
        column, row = place % columns, place // columns
        wide, high = (1 - (columns - 1) * ACROSS) / columns, (1 - (rows - 1) * DOWN) / rows
        left, bottom = column * (wide + ACROSS), (rows - 1 - row) * (high + DOWN)
        axes[f"xaxis{number}"] = theme.axis(
            f"y<sub>{output + 1}</sub>" if outputs > 1 else "y", domain=[left, left + wide], anchor=f"y{number}",
            range=at("meta.range"), nticks=4, hoverformat=".2f", zeroline=False,
        )  # fmt: skip
        axes[f"yaxis{number}"] = theme.axis(
            "samples" if column == 0 or len(shown) == 2 else None, domain=[bottom, bottom + high],
            anchor=f"x{number}", nticks=4, rangemode="tozero", tickformat=".2~s", hoverformat=",d",
        )  # fmt: skip
        name = do("join", of=["output for ", do("pick", of=at("meta.names"), at=output)])
        titles.append({
            "text": name if outputs > 1 else "the output", "xref": f"x{number} domain", "yref": f"y{number} domain",
            "x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom", "showarrow": False, "font": {"size": theme.size},
        })  # fmt: skip
    legend = {**theme.legend(), "y": 1.02 + 0.1 / rows, "x": 1, "xanchor": "right"}
    return {
        "data": traces,
        "layout": theme.layout(
            margin={"l": 4.2, "r": 0.8, "t": 3.6, "b": 3.2}, hovermode="x", showlegend=True, legend=legend,
            uirevision=at("revision"), annotations=titles, **axes,
        ),
    }  # fmt: skip


def _counts(theme: Theme, output: int, k: int, mark: str, number: str, first: bool, whole: bool) -> Node:
    """One class's histogram; k = -1: that of all classes but the output's own."""
    color, y = theme.text, do("part", of=at(f"arrays.rest{mark}"), at=output)
    name: str | Node = "all others"
    if k >= 0:
        color, name = theme.classes[k % len(theme.classes)], do("pick", of=at("meta.names"), at=k)
        y = do("part", of=do("part", of=at(f"arrays.outputs{mark}"), at=output), at=k)
    if k >= 0 and not whole:
        name = "its own class"
    line = {"color": css(color, 0.9), "width": 1.4, "shape": "hvh", "dash": "dot"}
    filled = {"line": {**line, "dash": "solid", "width": 1}, "fill": "tozeroy", "fillcolor": css(color, 0.35)}
    return {
        "type": "scatter", "mode": "lines", "x": do("centres", range=at("meta.range"), n=50), "y": y,
        "xaxis": f"x{number}", "yaxis": f"y{number}", "legendgroup": f"{k if whole else k < 0}{mark}",
        "showlegend": first, "name": do("join", of=[name, ", before" if mark else ", now"]), "line": line,
        "hovertemplate": "%{y}", **({} if mark else filled),
    }  # fmt: skip
