"""What agents earn in each episode: the median of all, the band from the least to the largest, and how they explore."""

from __future__ import annotations

from nnviz.figures.binding import at, each
from nnviz.figures.theme import Node, Theme, css


def figure(theme: Theme) -> Node:
    """Values: history {episode, return, low, high, recent, epsilon}; bests: [] or [what the best way earns]; now: [] or
    [the episode that is looked at]; explores: whether there is an ε; revision."""
    line = {"type": "scatter", "mode": "lines", "x": at("history.episode")}
    edge = {**line, "line": {"width": 0}, "hoverinfo": "skip"}
    return {
        "data": [
            {**edge, "y": at("history.low"), "showlegend": False},
            {**edge, "y": at("history.high"), "name": "least to largest", "fill": "tonexty",
             "fillcolor": css(theme.accent, 0.16)},
            {**line, "y": at("history.return"), "name": "median", "line": {"color": css(theme.accent, 0.5), "width": 1},
             "hovertemplate": "%{y:.4~g}"},
            {**line, "y": at("history.recent"), "name": "mean of the last 10",
             "line": {"color": css(theme.accent), "width": 2.5}, "hovertemplate": "%{y:.4~g}"},
            {**line, "y": at("history.epsilon"), "name": "ε", "yaxis": "y2", "if": at("explores"),
             "line": {"color": css(theme.classes[0]), "width": 1.5, "dash": "dot"}, "hovertemplate": "%{y:.3~f}"},
        ],
        "layout": theme.layout(
            margin={"l": 4.2, "r": 3.2, "t": 2.2, "b": 3.1}, hovermode="x unified", showlegend=True,
            legend=theme.legend(), uirevision=at("revision"),
            shapes=[
                each(at("bests"), {
                    "type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": at("item"), "y1": at("item"),
                    "line": {"color": css(theme.text, 0.6), "width": 1.5, "dash": "dash"},
                }),
                each(at("now"), {
                    "type": "line", "yref": "paper", "x0": at("item"), "x1": at("item"), "y0": 0, "y1": 1,
                    "line": {"color": css(theme.accent), "width": 1.5, "dash": "dot"},
                }),
            ],
            annotations=[each(at("bests"), {
                "xref": "paper", "x": 1, "xanchor": "right", "y": at("item"), "yanchor": "top", "showarrow": False,
                "text": "the best possible", "font": {"size": theme.size - 1, "color": theme.faint},
            })],
            xaxis=theme.axis("episode", rangemode="tozero", tickformat=",d"),
            yaxis=theme.axis("return of an episode", nticks=6, rangemode="tozero"),
            yaxis2=theme.axis("ε", overlaying="y", side="right", range=[0, 1.02], tickvals=[0, 0.5, 1], showgrid=False),
        ),
    }  # fmt: skip
