"""A softmax in two charts: its outputs beside the targets, and all ∂y/∂z as a matrix."""

from __future__ import annotations

from nnviz.figures.binding import at
from nnviz.figures.theme import Node, Theme, css


def bars(theme: Theme) -> Node:
    """Values: names [n], y, t, gradient [n]."""

    def bar(name: str, place: str, color: str) -> Node:
        return {
            "type": "bar", "x": at("names"), "y": at(place), "name": name, "marker": {"color": color},
            "hovertemplate": f"{name} = %{{y:.4f}}<extra></extra>",
        }  # fmt: skip

    return {
        "data": [
            bar("y", "y", css(theme.accent)), bar("t", "t", css(theme.text, 0.35)),
            bar("∂L/∂z = y − t", "gradient", css(theme.classes[0])),
        ],
        "layout": theme.layout(
            margin={"l": 3.6, "r": 0.6, "t": 2.4, "b": 3.2}, barmode="group", showlegend=True, legend=theme.legend(),
            xaxis=theme.axis("class", type="category", fixedrange=True),
            yaxis=theme.axis("y, t, ∂L/∂z", range=[-1.05, 1.05], nticks=6, fixedrange=True),
        ),
    }  # fmt: skip


def matrix(theme: Theme) -> Node:
    """Values: names [n], jacobian [n][n], a row for each z, text [n][n]."""
    heat = {
        "type": "heatmap", "z": at("jacobian"), "x": at("names"), "y": at("names"), "text": at("text"),
        "texttemplate": "%{text}", "zmin": -0.25, "zmax": 0.25, "colorscale": theme.signed(), "showscale": False,
        "hovertemplate": "∂y<sub>%{x}</sub>/∂z<sub>%{y}</sub> = %{z:.4f}<extra></extra>",
    }  # fmt: skip
    return {
        "data": [heat],
        "layout": theme.layout(
            margin={"l": 4.0, "r": 0.6, "t": 1.2, "b": 3.2}, hovermode="closest",
            xaxis=theme.axis("∂y of class", type="category", fixedrange=True),
            yaxis=theme.axis("by z of class", type="category", autorange="reversed", fixedrange=True),
        ),
    }  # fmt: skip
