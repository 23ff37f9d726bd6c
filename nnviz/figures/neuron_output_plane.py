"""A neuron's output over the plane of two inputs, with the line where its net input is 0."""

from __future__ import annotations

from nnviz.figures.binding import at, do
from nnviz.figures.theme import Node, Theme, css


def figure(theme: Theme) -> Node:
    """Values: output float32 [n, n] (row 0 lowest x₂) at the places x, y; low, high (outputs of the colours' ends);
    line {x, y} (empty: there is none), centre {x, y} and ends {x, y} of it to be dragged; fires, silent {x, y, text}:
    the truth table's corners by their target; missed {x, y}: those answered wrongly; pointer {x, y}; meet {x, y}: the
    point that both groups share where no line parts them, else empty; names of the two inputs."""
    edge = {"color": css(theme.text), "width": 2}
    ground = {
        "type": "heatmap", "z": at("output"), "x": at("x"), "y": at("y"), "zmin": at("low"), "zmax": at("high"),
        "colorscale": theme.signed(0.7), "showscale": False, "zsmooth": "best", "hoverinfo": "skip",
    }  # fmt: skip
    line = {
        "type": "scatter", "mode": "lines", "x": at("line.x"), "y": at("line.y"), "hoverinfo": "skip",
        "line": {"color": css(theme.text), "width": 3},
    }  # fmt: skip
    grips = {
        "type": "scatter", "mode": "markers", "x": at("ends.x"), "y": at("ends.y"), "hoverinfo": "skip",
        "marker": {"size": 13, "symbol": "circle", "color": css(theme.background), "line": edge},
    }  # fmt: skip
    centre = {
        **grips, "x": at("centre.x"), "y": at("centre.y"),
        "marker": {"size": 15, "symbol": "square", "color": css(theme.text)},
    }  # fmt: skip

    def corners(name: str, kind: int) -> Node:
        mark = {"size": 19, "color": css(theme.classes[kind]), "line": {"color": css(theme.text), "width": 1.5}}
        return {
            "type": "scatter", "mode": "markers+text", "x": at(f"{name}.x"), "y": at(f"{name}.y"), "marker": mark,
            "text": at(f"{name}.text"), "textposition": "top center", "hoverinfo": "skip", "cliponaxis": False,
            "textfont": {"size": theme.size, "color": css(theme.text)},
        }  # fmt: skip

    wrong = {
        "type": "scatter", "mode": "markers", "x": at("missed.x"), "y": at("missed.y"), "hoverinfo": "skip",
        "marker": {"size": 30, "symbol": "x-thin", "line": {"color": css(theme.text), "width": 3}},
    }  # fmt: skip
    cross = {
        "type": "scatter", "mode": "markers", "x": at("pointer.x"), "y": at("pointer.y"), "hoverinfo": "skip",
        "marker": {"size": 16, "symbol": "cross-thin", "line": {"color": css(theme.text), "width": 2}},
    }  # fmt: skip
    impossible = {
        "type": "scatter", "mode": "markers", "x": at("meet.x"), "y": at("meet.y"), "hoverinfo": "skip",
        "if": at("meet.x"), "marker": {"size": 17, "symbol": "star", "color": css(theme.accent), "line": edge},
    }  # fmt: skip
    axis = {"range": [-0.5, 1.5], "fixedrange": True, "dtick": 0.5, "showgrid": False, "zeroline": False}
    return {
        "data": [
            ground, line, corners("silent", 0), corners("fires", 1), wrong, impossible, centre, grips, cross,
        ],
        "layout": theme.layout(
            margin={"l": 3.4, "r": 0.6, "t": 0.6, "b": 3.1}, hovermode=False, showlegend=False, dragmode=False,
            xaxis=theme.axis(do("pick", of=at("names"), at=0), **axis),
            yaxis=theme.axis(do("pick", of=at("names"), at=1), **axis),
        ),
    }  # fmt: skip
