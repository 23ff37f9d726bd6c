"""Pictures side by side with words below them, in one figure: an album; and the images that a model takes for something
else: what each is, what it is taken for, how sure."""

from __future__ import annotations

from nnviz.figures.binding import at, do
from nnviz.figures.filter_mosaic import bare_axes, outline
from nnviz.figures.theme import Node, Theme, css, rgb


def figure(theme: Theme, marked: bool = False) -> Node:
    """Values: those of `pictures`, but rows as `tiles.captions` takes them, and names (of classes). `marked`: those
    that are wrong are outlined, for a figure that shows others, too."""
    tiles = do("captions", rows=at("rows"), names=at("names"), place=at("place"), color=_wrong(theme))
    return _album(theme, tiles, marked)


def pictures(theme: Theme) -> Node:
    """Values: place (tiles.album), source (its pictures, pasted), rows (tiles.placed), side (of a picture, in pixels),
    lit: a list of tiles; revision; box."""
    return _album(theme, do("placed", rows=at("rows"), place=at("place")), True)


def _wrong(theme: Theme) -> str:
    return css(rgb("#ff8f80" if theme.dark else "#b3321f"))


def _album(theme: Theme, tiles: Node, marked: bool) -> Node:
    images = {"type": "image", "source": at("source"), "x0": 0, "y0": 0, "dx": 1, "dy": 1, "hoverinfo": "skip"}
    words = {
        "type": "scatter", "mode": "text", "x": at("tiles.x"), "y": at("tiles.below"), "text": at("tiles.text"),
        "textposition": "bottom center", "textfont": {"size": theme.size}, "hoverinfo": "skip", "showlegend": False,
        "cliponaxis": False,
    }  # fmt: skip
    spots = {
        "type": "scatter", "mode": "markers", "x": at("tiles.x"), "y": at("tiles.y"), "text": at("tiles.words"),
        "customdata": at("tiles.index"), "hovertemplate": "%{text}<extra></extra>", "showlegend": False,
        "marker": {"symbol": "square", "size": at("side"), "opacity": 0, "color": css(theme.text)},
    }  # fmt: skip
    shown = {**outline("tiles.wrong", _wrong(theme)), "if": marked}
    return {
        "let": {
            "tiles": tiles,
            "mosaic": {"grid": at("place")},
            "axes": do("ranges", place=at("place"), box=at("box"), last=at("place.drop")),
        },
        "data": [images, words, spots, shown, outline("lit", css(theme.accent), 3.0)],
        "layout": theme.layout(
            margin={"l": 0, "r": 0, "t": 0, "b": 0}, hovermode="closest", hoverdistance=40, showlegend=False,
            uirevision=at("revision"), **bare_axes(at("axes.0"), at("axes.1")),
        ),
    }  # fmt: skip
