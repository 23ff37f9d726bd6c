"""One palette for every figure. Safe for the colour-blind: after Okabe and Ito (2008), darkened where they must carry
thin marks on white. Class 0 and negative numbers are orange, class 1 and positive numbers are blue, everywhere."""

from __future__ import annotations

import colorsys
from functools import cache

CLASS_COLORS = (
    "#e08214", "#0b6fb8", "#009e73", "#cc6fa5", "#8a6d00", "#56b4e9", "#6a3d9a", "#5c6670", "#b2182b", "#7fbc41",
)  # fmt: skip

GOLDEN_ANGLE = 0.381966
"""Of a turn: colours that follow each other by it stay far apart, however many there are."""


@cache
def run_color(number: int) -> str:
    """ "#rrggbb": the colour of a run, the same in every figure, by its number in the store (from 1). By its luminance
    it stands out of a light and of a dark ground, 3.5 : 1 and more."""
    hue, wanted = (0.58 + number * GOLDEN_ANGLE) % 1, (0.18, 0.22)[number // 8 % 2]
    low, high = 0.0, 1.0
    for _ in range(12):
        middle = (low + high) / 2
        color = colorsys.hls_to_rgb(hue, middle, 0.65)
        low, high = (middle, high) if _luminance(color) < wanted else (low, middle)
    return "#" + "".join(f"{round(255 * channel):02x}" for channel in color)


def _luminance(color: tuple[float, float, float]) -> float:
    """WCAG's relative luminance: 0 is black, 1 white. Channels from 0 to 1."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
