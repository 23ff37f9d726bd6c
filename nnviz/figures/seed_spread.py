"""One setting from several seeds: the median curve with its quartiles and extremes, and where each run ended, with the
mean and its interval, and the ensemble of all."""

from __future__ import annotations

from typing import Literal

from nnviz.figures.binding import at, each
from nnviz.figures.scores_by_value import CLICK
from nnviz.figures.theme import Node, Theme, css


def figure(theme: Theme, what: Literal["loss", "accuracy"] = "loss") -> Node:
    """Values: what `nnviz.experiments.board.seeds` gives; ensemble: [] or [{accuracy, low, high, said}]; means: [] or
    [{mean, low, high}] ; revision."""

    def edge(name: str, **more: object) -> Node:
        return {
            "type": "scatter", "mode": "lines", "x": at("epochs"), "y": at(f"bands.{name}"), "line": {"width": 0},
            "hoverinfo": "skip", "showlegend": False, **more,
        }  # fmt: skip

    wide, narrow = css(theme.accent, 0.13), css(theme.accent, 0.3)
    form = "%{y:.1%}" if what == "accuracy" else "%{y:.4g}"
    median = {
        "type": "scatter", "mode": "lines", "name": "median", "x": at("epochs"), "y": at("bands.median"),
        "line": {"color": css(theme.accent), "width": 2.5}, "hovertemplate": form,
    }  # fmt: skip
    second = {"xaxis": "x2", "yaxis": "y2", "showlegend": False}
    dots = {
        "type": "scatter", "mode": "markers", "x": at("dots.x"), "y": at("dots.y"), "customdata": at("dots.numbers"),
        "hovertext": at("dots.said"), "hovertemplate": "%{hovertext}" + CLICK,
        "marker": {"size": 9, "color": css(theme.text, 0.55)}, **second,
    }  # fmt: skip

    def summary(name: str, x: float, color: str, symbol: str) -> Node:
        return {
            "type": "scatter", "mode": "markers", "x": [x], "y": [at("item.at")], "hovertext": [at("item.said")],
            "hovertemplate": "%{hovertext}<extra></extra>", "name": name,
            "marker": {"size": 11, "symbol": symbol, "color": color},
            "error_y": {"type": "data", "symmetric": False, "array": [at("item.above")],
                        "arrayminus": [at("item.below")], "color": color, "thickness": 2, "width": 8},
            **second,
        }  # fmt: skip

    return {
        "data": [
            edge("low"), edge("high", fill="tonexty", fillcolor=wide, showlegend=True) | {"name": "extremes"},
            edge("first"), edge("third", fill="tonexty", fillcolor=narrow, showlegend=True) | {"name": "quartiles"},
            median, dots, each(at("means"), summary("mean", 1, css(theme.accent), "diamond")),
            each(at("ensemble"), summary("ensemble", 2, css(theme.classes[1]), "star")),
        ],
        "layout": theme.layout(
            margin={"l": 4.4, "r": 0.8, "t": 2.2, "b": 3.4}, hovermode="closest", showlegend=True,
            legend=theme.legend(), uirevision=at("revision"),
            xaxis=theme.axis("epoch", domain=[0, 0.58], hoverformat=",.2~f", rangemode="tozero"),
            yaxis=theme.axis(at("curve"), tickformat=".0%" if what == "accuracy" else ".2~g", nticks=6),
            xaxis2=theme.axis("at the end", domain=[0.69, 1], anchor="y2", range=[-0.6, 2.6], tickvals=[0, 1, 2],
                              ticktext=["each run", "mean, 95 %", "ensemble"], showgrid=False, zeroline=False),
            yaxis2=theme.axis("test accuracy", anchor="x2", tickformat=".1~%", range=at("range"), nticks=6),
        ),
    }  # fmt: skip
