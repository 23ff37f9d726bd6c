"""The output weights of one class as bars, one for each hidden neuron: which ones speak for that class, and which
against it."""

from __future__ import annotations

from nnviz.figures.binding import at, do
from nnviz.figures.filter_mosaic import AGAINST, FOR
from nnviz.figures.theme import Color, Node, Theme, css


def figure(theme: Theme) -> Node:
    """Values: output float32 [units, classes] (view "filters"), of: the class; name: its name; threshold: from which
    weight a bar is coloured; lit: [unit] or null; revision."""
    colors = {"for": css(FOR, 0.85), "against": css(AGAINST, 0.85), "neither": css(theme.text, 0.4)}
    bars = {
        "type": "bar", "x": do("count_from_one", of=at("weights")), "y": at("weights"), "showlegend": False,
        "marker": {"color": do("by_threshold", of=at("weights"), threshold=at("threshold"), colors=colors)},
        "selectedpoints": at("lit"), "unselected": {"marker": {"opacity": 0.5}},
        "hovertemplate": "hidden neuron %{x}: weight %{y:.3~g}<extra></extra>",
    }  # fmt: skip

    def limit(color: Color, y: Node) -> Node:
        line = {"color": css(color, 0.7), "dash": "dash", "width": 1}
        return {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": y, "y1": y, "layer": "below", "line": line}

    return {
        "let": {"weights": do("column", of=at("output"), at=at("of"))},
        "data": [bars],
        "layout": theme.layout(
            margin={"l": 4, "r": 0.3, "t": 0.4, "b": 3.1}, hovermode="closest", bargap=0.15, uirevision=at("revision"),
            xaxis=theme.axis("hidden neuron", showgrid=False, tickformat=",d"),
            yaxis=theme.axis("output weight", nticks=6, exponentformat="power"),
            shapes=[limit(FOR, at("threshold")), limit(AGAINST, do("minus", of=at("threshold")))],
        ),
    }  # fmt: skip
