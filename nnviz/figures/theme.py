"""The look of every figure: colours for light and dark, axes and layout in Plotly's terms.

Class 0 and negative numbers are orange, class 1 and positive numbers blue, in every figure. Background, text and accent
are those of the pages (.streamlit/config.toml).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from nnviz.figures.colors import CLASS_COLORS

Color = tuple[float, float, float]
Node = dict[str, Any]
"""A part of a figure: Plotly's JSON, with places for what `binding.bind` puts in."""


def rgb(text: str) -> Color:
    """ "#rrggbb" as three numbers from 0 to 255."""
    return (int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16))


def mix(a: Color, b: Color, t: float) -> Color:
    """From `a` (t = 0) to `b` (t = 1)."""
    return (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t)


def css(color: Color, alpha: float = 1.0) -> str:
    """As CSS and Plotly write it; channels rounded half up, as the pages' scripts round them."""
    red, green, blue = (int(channel + 0.5) for channel in color)
    return f"rgba({red},{green},{blue},{alpha:g})"


@dataclass(frozen=True)
class Theme:
    """Colours, and the size of type in pixels. `classes` are lighter on a dark ground: marks must stand out."""

    dark: bool
    background: Color
    text: Color
    accent: Color
    neutral: Color
    size: int = 12
    font: str = "sans-serif"
    classes: tuple[Color, ...] = field(init=False)

    def __post_init__(self) -> None:
        lighter = 0.22 if self.dark else 0.0
        colors = tuple(mix(rgb(color), (255, 255, 255), lighter) for color in CLASS_COLORS)
        object.__setattr__(self, "classes", colors)

    def sized(self, size: int) -> Theme:
        """The same with letters of another size."""
        return replace(self, size=size)

    @property
    def grid(self) -> str:
        return css(self.text, 0.12)

    @property
    def faint(self) -> str:
        return css(self.text, 0.7)

    @property
    def strong(self) -> str:
        """Letters on a filled field that is not much darker (light theme) or lighter (dark one) than the ground."""
        return "rgb(255,255,255)" if self.dark else "rgb(0,0,0)"

    def title(self, text: str | Node) -> Node:
        """Of an axis."""
        return {"text": text, "standoff": 4, "font": {"size": self.size}}

    def axis(self, title: str | Node | None = None, **more: Any) -> Node:
        """An axis in this look; `title` with its unit."""
        lines = dict.fromkeys(("gridcolor", "zerolinecolor", "linecolor", "tickcolor"), self.grid)
        named = {} if title is None else {"title": self.title(title)}
        return {**lines, "ticks": "outside", "ticklen": 3, "automargin": False, **named, **more}

    def layout(self, **more: Any) -> Node:
        """What the layouts of all figures share. `margin` in multiples of the size of type."""
        margin = {side: round(of * self.size, 1) for side, of in more.pop("margin", {}).items()}
        clear = "rgba(0,0,0,0)"
        label = {"color": css(self.text), "family": self.font}
        return {
            "uirevision": "keep", "autosize": False, "paper_bgcolor": clear, "plot_bgcolor": clear,
            "font": {"family": self.font, "size": self.size, "color": css(self.text, 0.85)},
            "hoverlabel": {"bgcolor": css(self.background), "bordercolor": self.grid, "font": label},
            "modebar": {"bgcolor": clear, "color": css(self.text, 0.45), "activecolor": css(self.text, 0.9)},
            "margin": margin, **more,
        }  # fmt: skip

    def legend(self) -> Node:
        """One row above the axes."""
        return {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "font": {"size": self.size - 1}}

    def note(self, text: str | Node, **more: Any) -> Node:
        """Faint words in the middle, for a figure that has nothing to show yet."""
        middle = {"xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5}
        return {"text": text, "showarrow": False, "font": {"color": self.faint}, **middle, **more}

    def signed(self, most: float = 1.0) -> list[list[Any]]:
        """A colour scale from negative over neutral to positive, symmetric about zero. Root-shaped, so that small
        values show. `most` below 1: paler, a ground for samples in the classes' colours."""
        ends = (self.classes[0], self.classes[1])
        values = [i / 8 for i in range(-8, 9)]
        return [[(v + 1) / 2, css(mix(self.neutral, ends[v > 0], most * abs(v) ** 0.8))] for v in values]


LIGHT = Theme(False, rgb("#fdfcf9"), rgb("#1d2430"), rgb("#0b7a75"), (244, 243, 239))
DARK = Theme(True, rgb("#12161d"), rgb("#e7e9ec"), rgb("#2bb3a3"), (34, 39, 48))
THEMES: dict[Literal["light", "dark"], Theme] = {"light": LIGHT, "dark": DARK}
