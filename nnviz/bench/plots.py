"""The figures of `nnviz bench train` and `nnviz bench growth`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

COLORS = {"ours": "#0072b2", "peer": "#d55e00", "floor": "#999999", "evaluation": "#009e73"}
BAR, GAP = 26, 70
"""Pixels of a contender, and between two works."""


def train_figure(found: list[dict[str, Any]]) -> Figure:
    """A row of bars for each work: milliseconds of a step, logarithmic, the quickest on top."""
    from plotly.graph_objects import Bar
    from plotly.subplots import make_subplots

    sizes = [len(work["contenders"]) for work in found]
    height = BAR * sum(sizes) + GAP * (len(found) - 1)
    figure = make_subplots(
        rows=len(found), cols=1, subplot_titles=[work["title"] for work in found], row_heights=sizes,
        vertical_spacing=GAP / height,
    )  # fmt: skip
    for number, work in enumerate(found, 1):
        rows = sorted((row for row in work["contenders"]), key=lambda row: -row["step"])
        figure.add_trace(
            Bar(
                orientation="h", x=[1000 * row["step"] for row in rows],
                y=[f"{row['title']}, <b>{1000 * row['step']:.3g} ms</b>" for row in rows],
                error_x={"array": [1000 * row["spread"] for row in rows]},
                marker={"color": [COLORS[row["role"]] for row in rows]}, showlegend=False,
            ),
            row=number, col=1,
        )  # fmt: skip
        figure.update_xaxes(
            type="log",
            dtick="D2",
            title_text="milliseconds of a step" if number == len(found) else "",
            row=number,
            col=1,
        )
    figure.update_layout(
        height=height + 180, width=1000, template="plotly_white", margin={"l": 390, "r": 40, "t": 100, "b": 80},
        title="Blue: nnviz, orange: its peers, grey: the matrix products alone, green: 10,000 digits evaluated",
    )  # fmt: skip
    return figure


AXES = {
    "samples": ("samples", "epoch", "training images", "seconds of an epoch"),
    "width": ("units", "step", "hidden neurons", "seconds of a step"),
    "viewers": ("viewers", "cpu_share", "viewers of one run", "share of a core in the web process"),
    "runs": ("runs", "steps", "runs side by side", "steps a second, of all"),
}
"""Of each part of the growth: column of x, column of y, and their titles."""


def growth_figure(found: dict[str, list[dict[str, Any]]]) -> Figure:
    """Four curves; the dotted line is what linear growth from the first point would be."""
    from plotly.graph_objects import Scatter
    from plotly.subplots import make_subplots

    figure = make_subplots(rows=2, cols=2, horizontal_spacing=0.12, vertical_spacing=0.16)
    for number, (name, (x, y, x_title, y_title)) in enumerate(AXES.items()):
        place = {"row": number // 2 + 1, "col": number % 2 + 1}
        xs, ys = ([row[key] for row in found[name]] for key in (x, y))
        figure.add_trace(Scatter(x=xs, y=ys, mode="lines+markers", line={"color": COLORS["ours"]}), **place)
        straight = [ys[0] * value / xs[0] for value in xs]
        figure.add_trace(
            Scatter(x=xs, y=straight, mode="lines", line={"color": COLORS["floor"], "dash": "dot"}), **place
        )
        figure.update_xaxes(type="log", title_text=x_title, tickvals=xs, **place)
        figure.update_yaxes(type="log", dtick="D2", title_text=y_title, **place)
    figure.update_layout(template="plotly_white", width=1000, height=760, showlegend=False, margin={"t": 40})
    return figure
