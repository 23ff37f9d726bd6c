"""Up to four networks, layer by layer: how large a measure was over time, or its distribution at one time."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field

from nnviz.figures.binding import at, each
from nnviz.figures.theme import Node, Theme, css, mix

RANGES = {"gradient": (-14, 2), "activation": (-4, 3)}
"""Powers of ten between the ends of the colours."""
TITLES = {"gradient": "∂L/∂w", "activation": "std of a"}
ACROSS, DOWN = 0.07, 0.2


def figure(
    theme: Theme,
    panels: Annotated[int, Field(ge=1, le=4)] = 2,
    columns: Annotated[int, Field(ge=1, le=4)] = 2,
    what: Literal["gradient", "activation"] = "gradient",
    look: Literal["time", "now"] = "time",
) -> Node:
    """Values: maps {z: rows, x, y, xaxis, yaxis}, titles {text, xref, yref}, lines {xref, yref, x}: the epoch that is
    looked at; y_titles and ticks (layers from one to the next)
    [panels], revision. look: "time" has log₁₀ of sizes, a row for each layer over the epochs; "now"
    a column for each layer, 0 to 255."""
    columns = min(columns, panels)
    rows = math.ceil(panels / columns)
    time = look == "time"
    low, high = RANGES[what] if time else (0, 255)
    ticks = list(range(low, high + 1, 2)) if time else [0, 255]
    scale = {
        "colorscale": [[i / 4, css(mix(theme.neutral, theme.accent, i / 4))] for i in range(5)], "cmin": low,
        "cmax": high, "showscale": True,
        "colorbar": {
            "thickness": 10, "outlinewidth": 0, "tickvals": ticks, "len": 1.0, "x": 1.01, "xpad": 0,
            "ticktext": [f"10<sup>{tick}</sup>".replace("-", "−") for tick in ticks] if time else ["few", "many"],
            "title": {"text": TITLES[what] if time else "", "side": "top", "font": {"size": theme.size - 1}},
        },
    }  # fmt: skip
    hover = "epoch %{x:.1f}, layer %{y}: 10^%{z:.1f}" if time else "layer %{x}, near %{y:.2~f}"
    heat = {
        "type": "heatmap", "z": at("item.z"), "x": at("item.x"), "y": at("item.y"), "xaxis": at("item.xaxis"),
        "yaxis": at("item.yaxis"), "coloraxis": "coloraxis", "zsmooth": False,
        "hovertemplate": f"{hover}<extra></extra>",
    }  # fmt: skip
    axes: Node = {"coloraxis": scale}
    for i in range(panels):
        number, (row, column) = "" if i == 0 else str(i + 1), divmod(i, columns)
        wide, tall = (1 - (columns - 1) * ACROSS) / columns, (1 - (rows - 1) * DOWN) / rows
        left, bottom = column * (wide + ACROSS), (rows - 1 - row) * (tall + DOWN)
        bare = {"showgrid": False, "zeroline": False}
        across = theme.axis("epoch" if time else "layer", domain=[left, left + wide], anchor=f"y{number}", **bare)
        upright = theme.axis(at(f"y_titles.{i}"), domain=[bottom, bottom + tall], anchor=f"x{number}", **bare)
        layered = {"tick0": 1, "dtick": at(f"ticks.{i}")}
        axes[f"xaxis{number}"] = {**across, "nticks": 6} if time else {**across, **layered}
        axes[f"yaxis{number}"] = {**upright, **layered, "autorange": "reversed"} if time else {**upright, "nticks": 6}
    title = {
        "text": at("item.text"), "xref": at("item.xref"), "yref": at("item.yref"), "x": 0, "y": 1, "xanchor": "left",
        "yanchor": "bottom", "showarrow": False, "font": {"size": theme.size},
    }  # fmt: skip
    now = {
        "type": "line", "x0": at("item.x"), "x1": at("item.x"), "y0": 0, "y1": 1, "xref": at("item.xref"),
        "yref": at("item.yref"), "line": {"color": css(theme.text), "width": 1.5, "dash": "dot"},
    }  # fmt: skip
    return {
        "data": [each(at("maps"), heat)],
        "layout": theme.layout(
            margin={"l": 4.0, "r": 4.6, "t": 2.2, "b": 3.1}, hovermode="closest", uirevision=at("revision"),
            annotations=[each(at("titles"), title)], shapes=[each(at("lines"), now)], **axes,
        ),
    }  # fmt: skip
