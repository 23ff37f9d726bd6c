"""Rosenblatt's rule on flowers: the scatter in cm, the regions of the classes, the lines now and before an update."""

from __future__ import annotations

from nnviz.figures.binding import at, do, each
from nnviz.figures.theme import Node, Theme, css, mix

SYMBOLS = ["circle", "square", "diamond"]
CLASSES = 3


def figure(theme: Theme) -> Node:
    """Values: arrays and meta of a frame of view "perceptron" (nnviz.neuron.pictures), of which `flowers.flowers` makes
    what is drawn; revision."""
    pale = [css(mix(theme.neutral, color, 0.32)) for color in theme.classes[:CLASSES]]
    bands = [[edge / CLASSES, pale[k]] for k in range(CLASSES) for edge in (k, k + 1)]
    color = do("pick", of=[css(c) for c in theme.classes[:CLASSES]], at=at("index"))
    ground = {
        "type": "heatmap", "z": at("arrays.region"), "x": do("centres", range=at("seen.domain_x"), n=at("seen.cells")),
        "y": do("centres", range=at("seen.domain_y"), n=at("seen.cells")), "zmin": -0.5, "zmax": CLASSES - 0.5,
        "colorscale": bands, "showscale": False, "zsmooth": False, "hoverinfo": "skip",
    }  # fmt: skip
    place = "%{x:.1f} cm, %{y:.1f} cm<extra>%{fullData.name}</extra>"
    flowers = {
        "type": "scatter", "mode": "markers", "x": at("item.x"), "y": at("item.y"), "name": at("item.name"),
        "marker": {"size": 8, "color": color, "symbol": do("pick", of=SYMBOLS, at=at("index")),
                   "line": {"color": css(theme.background), "width": 0.8}},
        "hovertemplate": place,
    }  # fmt: skip

    def rings(name: str, label: str, symbol: str, size: int, width: float, ink: str) -> Node:
        return {
            "type": "scatter", "mode": "markers", "x": at(f"seen.{name}.x"), "y": at(f"seen.{name}.y"), "name": label,
            "marker": {"size": size, "symbol": symbol, "color": ink, "line": {"color": ink, "width": width}},
            "hoverinfo": "skip", "if": at(f"seen.{name}.x"),
        }  # fmt: skip

    line = {
        "type": "scatter", "mode": "lines", "x": at("item.x"), "y": at("item.y"), "hoverinfo": "skip",
        "name": at("item.name"),
    }  # fmt: skip
    ink = css(theme.text)
    dashes = do("pick", of=["solid", "dash", "dot"], at=at("index"))
    bare = {"showgrid": False, "zeroline": False}
    return {
        "let": {"seen": do("flowers", arrays=at("arrays"), meta=at("meta"))},
        "data": [
            ground,
            each(at("seen.before"), {**line, "showlegend": False, "line": {"color": css(theme.text, 0.4), "width": 2}}),
            each(at("seen.lines"), {**line, "line": {"color": ink, "width": 2.5, "dash": dashes}}),
            each(at("seen.groups"), flowers),
            rings("held", "for the test", "square-open", 15, 1.2, css(theme.text, 0.55)),
            rings("wrong", "misclassified", "x-thin", 14, 2, ink),
            rings("chosen", "this update", "circle-open", 20, 3, css(theme.accent)),
        ],
        "layout": theme.layout(
            margin={"l": 4.3, "r": 0.6, "t": 3.2, "b": 3.4}, hovermode="closest", showlegend=True,
            legend=theme.legend(), uirevision=at("revision"),
            xaxis=theme.axis(do("pick", of=at("seen.names"), at=0), range=at("seen.domain_x"), **bare),
            yaxis=theme.axis(do("pick", of=at("seen.names"), at=1), range=at("seen.domain_y"), **bare),
        ),
    }  # fmt: skip
