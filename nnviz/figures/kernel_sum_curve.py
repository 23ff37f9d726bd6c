"""Along a line through the plane: the bump of each support vector, and their sum, which is the SVM's decision."""

from __future__ import annotations

from nnviz.figures.binding import at, do, each
from nnviz.figures.theme import Node, Theme, css


def figure(theme: Theme) -> Node:
    """Values: curves [{x, y, color (class)}], those of a class as one broken line; chosen {x, y}: the chosen support
    vector's; sum {x, y}; place: where the line through the plane is looked at; range; axis: the name of the x axis;
    revision."""
    ink, dim = css(theme.text), css(theme.text, 0.45)
    color = do("pick", of=[css(c, 0.75) for c in theme.classes[:2]], at=at("item.color"))
    bumps = {
        "type": "scatter", "mode": "lines", "x": at("item.x"), "y": at("item.y"), "connectgaps": False,
        "name": at("item.name"), "line": {"color": color, "width": 1.2}, "hoverinfo": "skip",
    }  # fmt: skip

    def across(height: float, dash: str) -> Node:
        return {
            "type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": height, "y1": height,
            "line": {"color": dim, "width": 1, "dash": dash},
        }  # fmt: skip

    here = {
        "type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": at("place"), "x1": at("place"),
        "line": {"color": css(theme.accent), "width": 1.5},
    }  # fmt: skip
    return {
        "data": [
            each(at("curves"), bumps),
            {"type": "scatter", "mode": "lines", "x": at("chosen.x"), "y": at("chosen.y"), "name": "the chosen one",
             "line": {"color": css(theme.accent), "width": 2.4}, "hovertemplate": "%{y:.3f}"},
            {"type": "scatter", "mode": "lines", "x": at("sum.x"), "y": at("sum.y"), "name": "their sum + b",
             "line": {"color": ink, "width": 2.6}, "hovertemplate": "%{y:.3f}"},
        ],
        "layout": theme.layout(
            margin={"l": 4, "r": 0.6, "t": 2.2, "b": 3.6}, hovermode="x unified", showlegend=True,
            legend=theme.legend(), uirevision=at("revision"), shapes=[across(0, "solid"), across(1, "dash"),
                                                                     across(-1, "dash"), here],
            xaxis=theme.axis(do("axis_title", of=at("axis")), range=at("range"), showgrid=False, zeroline=False),
            yaxis={**theme.axis("f(x) = Σ y·α·k + b"), "automargin": True, "zeroline": False},
        ),
    }  # fmt: skip
