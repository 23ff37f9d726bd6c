"""Accuracy on test images turned by an angle, with its 95 % interval; a curve measured before, to compare with."""

from __future__ import annotations

from nnviz.figures.binding import at, do, each
from nnviz.figures.theme import Node, Theme, css

FAR = 90
"""Degrees, on either side."""


def figure(theme: Theme) -> Node:
    """Values: rows, a list of {angle, accuracy, low, high}; before: [] or [{name, rows}]; compared: if there is one;
    angle: the one that is looked at; chance: accuracy of guessing; trained: [] or [degrees up to which the training
    images were turned]; revision."""

    def of(name: str, rows: str = "rows") -> Node:
        return do("members", of=at(rows), name=name)

    dotted = {"color": theme.faint, "width": 1, "dash": "dot"}
    edge = {"type": "scatter", "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    before = {
        "type": "scatter", "mode": "lines", "name": at("item.name"), "x": of("angle", "item.rows"),
        "y": of("accuracy", "item.rows"), "line": {**dotted, "width": 1.5}, "hovertemplate": "%{y:.1%}",
    }  # fmt: skip
    curve = {
        "type": "scatter", "mode": "lines+markers", "name": "accuracy", "x": of("angle"), "y": of("accuracy"),
        "line": {"color": css(theme.accent), "width": 2}, "marker": {"size": 6},
        "customdata": of("low"), "text": of("high"),
        "hovertemplate": "%{x}°: %{y:.1%}<br>95 % interval %{customdata:.1%} – %{text:.1%}<extra></extra>",
    }  # fmt: skip
    trained = {
        "type": "rect", "x0": do("minus", of=at("item")), "x1": at("item"), "y0": 0, "y1": 1, "yref": "paper",
        "fillcolor": css(theme.text, 0.06), "line": {"width": 0}, "layer": "below",
    }  # fmt: skip
    guessing = {
        "type": "line",
        "x0": 0,
        "x1": 1,
        "xref": "paper",
        "y0": at("chance"),
        "y1": at("chance"),
        "line": dotted,
    }
    here = {"type": "line", "x0": at("angle"), "x1": at("angle"), "y0": 0, "y1": 1, "yref": "paper", "line": dotted}
    words = {"showarrow": False, "yanchor": "bottom", "font": {"size": theme.size - 1, "color": theme.faint}}
    band = {**edge, "x": of("angle"), "y": of("high"), "fill": "tonexty", "fillcolor": css(theme.accent, 0.22)}
    turned = {**words, "text": do("join", of=["trained up to ±", at("item"), "°"]), "x": 0, "y": 0, "yref": "paper"}
    return {
        "data": [{**edge, "x": of("angle"), "y": of("low")}, band, each(at("before"), before), curve],
        "layout": theme.layout(
            margin={"l": 4.2, "r": 0.8, "t": 0.9, "b": 3.4}, hovermode="closest", showlegend=at("compared"),
            uirevision=at("revision"), legend={"orientation": "h", "x": 0, "y": 1.1},
            xaxis=theme.axis("angle (degrees)", range=[-FAR - 4, FAR + 4], dtick=30, zeroline=False),
            yaxis=theme.axis("accuracy", range=[0, 1.03], tickformat=".0%"),
            shapes=[each(at("trained"), trained), guessing, here],
            annotations=[
                {**words, "text": "guessing", "x": 1, "xref": "paper", "xanchor": "right", "y": at("chance")},
                each(at("trained"), turned),
            ],
        ),
    }  # fmt: skip
