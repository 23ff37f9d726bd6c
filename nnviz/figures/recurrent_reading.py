"""A recurrent network reads a picture row by row: its states, what it would answer after each row, and how far back the
gradient reaches."""

from __future__ import annotations

from typing import Literal

from nnviz.figures.binding import at, do
from nnviz.figures.theme import Node, Theme, css, mix


def states(theme: Theme, what: Literal["states", "cells"] = "states") -> Node:
    """Values, of view "recurrence": arrays[what] [rows, units]; row (how many have been read), unit, peak (where the
    colours end), revision."""
    heat = {
        "type": "heatmap", "z": do("transposed", of=at(f"arrays.{what}")), "x0": 1, "y0": 1,
        "zmin": do("minus", of=at("peak")), "zmax": at("peak"), "colorscale": theme.signed(),
        "showscale": True, "zsmooth": False,
        "colorbar": {"thickness": 9, "outlinewidth": 0, "x": 1.01, "xpad": 0, "nticks": 3},
        "hovertemplate": "row %{x}, unit %{y}: %{z:.3f}<br><i>click: its numbers</i><extra></extra>",
    }  # fmt: skip
    return {
        "data": [heat],
        "layout": theme.layout(
            margin={"l": 4, "r": 4, "t": 0.5, "b": 3.1}, hovermode="closest", uirevision=at("revision"),
            shapes=[_column(theme), _line(theme)],
            xaxis=theme.axis("rows read", **_BARE, range=[0.5, do("sum", a=at("rows"), b=0.5)]),
            yaxis=theme.axis("unit", **_BARE, autorange="reversed"),
        ),
    }  # fmt: skip


def answers(theme: Theme) -> Node:
    """Values: arrays.probabilities [rows + 1, classes]; names (of the classes), places (0, 1 …), words (of each cell),
    row, rows, revision."""
    heat = {
        "type": "heatmap", "z": do("transposed", of=at("arrays.probabilities")), "x0": 0, "y": at("places"), "zmin": 0,
        "zmax": 1, "colorscale": [[i / 4, css(mix(theme.neutral, theme.accent, i / 4))] for i in range(5)],
        "showscale": True, "zsmooth": False,
        "colorbar": {"thickness": 9, "outlinewidth": 0, "x": 1.01, "xpad": 0, "tickvals": [0, 1], "tickformat": ".0%"},
        "text": at("words"), "hovertemplate": "%{text} %{z:.1%}<extra></extra>",
    }  # fmt: skip
    return {
        "data": [heat],
        "layout": theme.layout(
            margin={"l": 4, "r": 4, "t": 0.5, "b": 3.1}, hovermode="closest", uirevision=at("revision"),
            shapes=[_column(theme)],
            xaxis=theme.axis("rows read", **_BARE, range=[-0.5, do("sum", a=at("rows"), b=0.5)]),
            yaxis=theme.axis("answer", **{**_BARE, "tickformat": None}, autorange="reversed", tickvals=at("places"),
                             ticktext=at("names")),
        ),
    }  # fmt: skip


def gradient(theme: Theme, cells: bool = False) -> Node:
    """Values: arrays.gradient_states and (cells) arrays.gradient_cells [rows]; row, rows, revision."""

    def line(name: str, of: str, color: str) -> Node:
        y = do("finite", of=at(f"arrays.{of}"), positive=True)
        return {
            "type": "scatter", "mode": "lines+markers", "x": do("count_from_one", of=at(f"arrays.{of}")), "y": y,
            "name": name, "line": {"color": color, "width": 2}, "marker": {"size": 5}, "hovertemplate": "%{y:.2e}",
        }  # fmt: skip

    lines = [line("‖∂L/∂h‖", "gradient_states", css(theme.classes[1]))]
    if cells:
        lines.append(line("‖∂L/∂c‖", "gradient_cells", css(theme.classes[0])))
    return {
        "data": lines,
        "layout": theme.layout(
            margin={"l": 4.7, "r": 0.8, "t": 1.8, "b": 3.1}, hovermode="x unified", showlegend=True,
            legend=theme.legend(), uirevision=at("revision"), shapes=[_column(theme)],
            xaxis=theme.axis("after row", **{**_BARE, "range": [0.5, do("sum", a=at("rows"), b=0.5)]}),
            yaxis=theme.axis("length of the gradient", type="log", exponentformat="power", nticks=6),
        ),
    }  # fmt: skip


_BARE: Node = {"showgrid": False, "zeroline": False, "tickformat": ",d", "nticks": 8}


def _column(theme: Theme) -> Node:
    """The row that was read last."""
    return {
        "type": "rect", "xref": "x", "yref": "paper", "x0": do("sum", a=at("row"), b=-0.5),
        "x1": do("sum", a=at("row"), b=0.5), "y0": 0, "y1": 1, "line": {"color": css(theme.text), "width": 1.5},
    }  # fmt: skip


def _line(theme: Theme) -> Node:
    """The unit whose numbers are told."""
    return {
        "type": "rect", "xref": "paper", "yref": "y", "x0": 0, "x1": 1, "y0": do("sum", a=at("unit"), b=0.5),
        "y1": do("sum", a=at("unit"), b=1.5), "line": {"color": css(theme.text, 0.6), "width": 1, "dash": "dot"},
    }  # fmt: skip
