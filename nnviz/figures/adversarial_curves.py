"""A generative adversarial network over its steps: both losses, what D says of real and of generated samples, and how
far the generated ones are from the real ones."""

from __future__ import annotations

from typing import Any

from nnviz.figures.binding import at, each
from nnviz.figures.theme import Node, Theme, css


def losses(theme: Theme) -> Node:
    """Values: history {step, discriminator_loss, generator_loss}; balance: D's loss where it says ½ everywhere, as a
    list of one, empty where that has no meaning; now: the step that is looked at, as a list of one, empty: the last;
    across: the steps from and to which the axis goes."""
    return _panel(theme, "loss", [
        _line(theme, "discriminator_loss", "discriminator", 1), _line(theme, "generator_loss", "generator", 0),
    ], [_level(theme, "balance", "D says ½ everywhere")])  # fmt: skip


def scores(theme: Theme) -> Node:
    """Values: history {step, real_score, fake_score}; half: [0.5], empty for a critic, whose scores have no scale;
    means: the range of their axis, null there; now, across: as above."""
    return _panel(theme, "mean of D", [
        _line(theme, "real_score", "real", 1), _line(theme, "fake_score", "generated", 0),
    ], [_level(theme, "half", "½")], range=at("means"))  # fmt: skip


def distance(theme: Theme) -> Node:
    """Values: history {step, distance, precision, coverage}; floor: [the distance between two draws of real samples];
    now, across: as above."""
    shares: list[Node] = [
        {**_line(theme, "precision", "precision", 2), "yaxis": "y2"},
        {**_line(theme, "coverage", "coverage", 3), "yaxis": "y2"},
    ]
    first = {**_line(theme, "distance", "distance", 4), "line": {"color": css(theme.text), "width": 2}}
    made = _panel(theme, "distance", [first, *shares], [_level(theme, "floor", "two real draws")], rangemode="tozero")
    share = theme.axis(
        "share", range=[0, 1.05], dtick=0.5, overlaying="y", side="right", showgrid=False, tickformat=".0%"
    )
    made["layout"] |= {"yaxis2": share, "margin": {**made["layout"]["margin"], "r": round(4.2 * theme.size, 1)}}
    return made


def _line(theme: Theme, column: str, name: str, color: int) -> Node:
    return {
        "type": "scatter", "mode": "lines", "x": at("history.step"), "y": at(f"history.{column}"), "name": name,
        "line": {"color": css(theme.classes[color]), "width": 2}, "hovertemplate": "%{y:.3f}",
    }  # fmt: skip


def _level(theme: Theme, values: str, words: str) -> tuple[Node, Node]:
    """A dotted line across, and its words."""
    line = {
        "type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": at("item"), "y1": at("item"), "layer": "below",
        "line": {"color": css(theme.text, 0.5), "width": 1, "dash": "dot"},
    }  # fmt: skip
    text = theme.note(
        words, xref="paper", x=1, y=at("item"), yref="y", xanchor="right", yanchor="bottom",
        font={"size": theme.size - 2, "color": theme.faint},
    )  # fmt: skip
    return each(at(values), line), each(at(values), text)


def _panel(theme: Theme, title: str, lines: list[Node], levels: list[tuple[Node, Node]], **upright: Any) -> Node:
    now = {
        "type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": at("item"), "x1": at("item"),
        "line": {"color": css(theme.text), "width": 1.5, "dash": "dash"},
    }  # fmt: skip
    return {
        "data": lines,
        "layout": theme.layout(
            margin={"l": 4.4, "r": 0.8, "t": 2, "b": 3.1}, hovermode="x unified", showlegend=True,
            legend=theme.legend(), shapes=[*(line for line, _ in levels), each(at("now"), now)],
            annotations=[text for _, text in levels],
            xaxis=theme.axis("step", range=at("across"), tickformat=",d", nticks=6),
            yaxis=theme.axis(title, nticks=6, **upright),
        ),
    }  # fmt: skip
