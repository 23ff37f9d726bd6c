"""What a network says everywhere on the plane of its two inputs, under the samples that it learns from.

The pages draw the map and the samples one on the other: the map moves with every frame, the samples do not.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from nnviz.figures.binding import at, do, each
from nnviz.figures.theme import Node, Theme, css, mix

GROUND = 0.7
"""Of the map's colours: paler than the classes' own, on which a sample stands out."""


def figure(theme: Theme, classes: Annotated[int, Field(ge=1, le=10)] = 1, discretize: bool = False) -> Node:
    """Values: plane float32 [n, n] (a number or, of several `classes`, `plane.winners`), low and high, the ends of its
    colours; data: a frame of view "data" (arrays, meta); domain: [[x1 low, high], [x2 low, high]]; validation: whether
    those samples are shown. `discretize`: only the decision, not how sure it is."""
    x, y = (do("centres", range=at(f"domain.{i}"), n=do("size", of=at("plane"), axis=1 - i)) for i in (0, 1))
    field = {
        "type": "heatmap", "z": at("plane"), "x": x, "y": y, "zmin": at("low"), "zmax": at("high"),
        "zsmooth": False if discretize or classes > 1 else "best", "showscale": False,
        "colorscale": colors_of(theme, classes, discretize),
        "hoverinfo": "skip",
    }  # fmt: skip
    colors = [css(color) for color in theme.classes]
    values = at("item.values")
    edge = do("pick", of=[css(theme.background), css(theme.text, 0.75)], at=at("item.part"))
    marker = {
        "size": do("pick", of=[5.5, 6], at=at("item.part")),
        "symbol": do("pick", of=["circle", "diamond"], at=at("item.part")),
        "line": {"width": do("pick", of=[0.8, 1.4], at=at("item.part")), "color": edge},
        "color": do("pick", of=colors, at=at("item.color")),
        "with": {"if": values, "color": values, "cmin": -1, "cmax": 1, "colorscale": theme.signed(GROUND)},
    }  # fmt: skip
    dots = {
        "type": "scatter", "mode": "markers", "x": at("item.x"), "y": at("item.y"), "text": at("item.text"),
        "name": at("item.name"), "meta": {"of": at("item.of"), "truth": at("item.truth")}, "marker": marker,
        "hovertemplate": at("item.hover"), "showlegend": False,
    }  # fmt: skip
    bare = {"showgrid": False, "zeroline": False}
    titles = [do("axis_title", of=at(f"data.meta.axes.{i}")) for i in (0, 1)]
    return {
        "let": {"samples": do("samples", arrays=at("data.arrays"), meta=at("data.meta"), validation=at("validation"))},
        "data": [field, each(at("samples"), dots)],
        "layout": theme.layout(
            margin={"l": 3, "r": 0.5, "t": 0.35, "b": 3.2}, hovermode="closest", showlegend=False,
            uirevision=at("revision"), xaxis=theme.axis(titles[0], range=at("domain.0"), **bare),
            yaxis={**theme.axis(titles[1], range=at("domain.1"), **bare), "automargin": True},
        ),
    }  # fmt: skip


def colors_of(theme: Theme, classes: int, discrete: bool = False) -> list[list[object]]:
    """The colour scale of a plane: of one number from negative to positive, or of several classes."""
    return _bands(theme, classes, discrete) if classes > 1 else _signed(theme, discrete)


def _signed(theme: Theme, discrete: bool) -> list[list[object]]:
    if not discrete:
        return theme.signed(GROUND)
    a, b = (css(mix(theme.neutral, color, 0.6)) for color in theme.classes[:2])
    return [[0, a], [0.5, a], [0.5, b], [1, b]]


def _bands(theme: Theme, classes: int, discrete: bool) -> list[list[object]]:
    """A band for each class, strong where the network is certain and pale where not."""
    stops: list[list[object]] = []
    for k in range(classes):
        strong = css(mix(theme.neutral, theme.classes[k], 0.65))
        pale = strong if discrete else css(mix(theme.neutral, theme.classes[k], 0.12))
        stops += [[k / classes, strong], [(k + 1) / classes, pale]]
    return stops
