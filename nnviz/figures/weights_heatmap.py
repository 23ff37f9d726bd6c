"""The weights between two layers as a matrix: a row for each input, a column for each neuron."""

from __future__ import annotations

from nnviz.figures.binding import at, do
from nnviz.figures.theme import Node, Theme


def figure(theme: Theme) -> Node:
    """Values: codes uint8 [inputs, neurons], peaks [1] (probes.filters); revision."""
    weights = {
        "type": "heatmap", "z": at("weights"), "x0": 1, "y0": 1, "zmin": do("minus", of=at("top")), "zmax": at("top"),
        "colorscale": theme.signed(), "showscale": False, "zsmooth": False,
        "hovertemplate": "from input %{y} to neuron %{x}<br>weight %{z:.3~g}<extra></extra>",
    }  # fmt: skip
    axis = {"showgrid": False, "zeroline": False, "tickformat": ",d"}
    return {
        "let": {"top": do("largest", of=at("peaks")), "weights": do("decoded", codes=at("codes"), peak=at("top"))},
        "data": [weights],
        "layout": theme.layout(
            margin={"l": 4, "r": 0.6, "t": 0.5, "b": 3.1}, hovermode="closest", uirevision=at("revision"),
            xaxis=theme.axis("neuron", **axis), yaxis=theme.axis("input", autorange="reversed", **axis),
        ),
    }  # fmt: skip
