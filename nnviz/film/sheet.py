"""A sheet that a picture of a film is drawn on: letters, lines and colour scales, by Pillow, in the light theme.

Everything is drawn at twice its size and then made smaller: Pillow's lines have no soft edges of their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from nnviz.figures.theme import LIGHT, Color, mix

WIDTH, HEIGHT = 960, 540
"""Of a sheet in its own units."""
FINE = 2
SHADES = 2520
"""Colours in a table; as many for each of up to ten classes, whose bands must not run into each other."""
Box = tuple[float, float, float, float]
"""left, top, right, bottom."""
RGB = tuple[int, int, int]


def rgb(color: Color) -> RGB:
    red, green, blue = (int(channel + 0.5) for channel in color)
    return red, green, blue


TEXT, FAINT = rgb(LIGHT.text), rgb(mix(LIGHT.background, LIGHT.text, 0.7))
GRID, GROUND = rgb(mix(LIGHT.background, LIGHT.text, 0.12)), rgb(LIGHT.background)


class Sheet:
    """A picture `width` pixels wide, in units of which there are WIDTH across."""

    def __init__(self, width: int, ground: Image.Image | None = None) -> None:
        self.width, self.unit = width, FINE * width / WIDTH
        size = (FINE * width, FINE * height_of(width))
        self.image = Image.new("RGB", size, GROUND) if ground is None else ground.copy()
        self.draw = ImageDraw.Draw(self.image)

    def _at(self, *places: float) -> list[float]:
        return [place * self.unit for place in places]

    def text(
        self, x: float, y: float, words: str, size: float = 13, color: RGB = TEXT, anchor: str = "la", *,
        bold: bool = False,
    ) -> None:  # fmt: skip
        """`anchor` as Pillow has it: "la" begins at x, y; "mm" has them in its middle; "rs" ends there on its line."""
        letters = font(round(size * self.unit), bold)
        self.draw.text((x * self.unit, y * self.unit), words, fill=color, font=letters, anchor=anchor)

    def up(self, x: float, y: float, words: str, size: float = 13, color: RGB = TEXT) -> None:
        """Turned by a quarter, its middle at x, y."""
        letters = font(round(size * self.unit), False)
        left, top, right, bottom = (round(v) for v in letters.getbbox(words))
        mask = Image.new("L", (right + 2, bottom + 2), 0)
        ImageDraw.Draw(mask).text((0, 0), words, fill=255, font=letters)
        mask = mask.crop((left, top, right + 2, bottom + 2)).rotate(90, expand=True)
        middle = self._at(x, y)
        self.image.paste(color, (round(middle[0] - mask.width / 2), round(middle[1] - mask.height / 2)), mask)

    def line(self, places: Sequence[tuple[float, float]], color: RGB, width: float = 1.0) -> None:
        if len(places) > 1:
            flat = [tuple(self._at(*place)) for place in places]
            self.draw.line(flat, fill=color, width=max(1, round(width * self.unit)), joint="curve")

    def frame(self, box: Box, color: RGB = GRID) -> None:
        self.draw.rectangle(self._at(*box), outline=color, width=max(1, round(self.unit)))

    def fill(self, box: Box, color: RGB) -> None:
        self.draw.rectangle(self._at(*box), fill=color)

    def dot(self, x: float, y: float, radius: float, color: RGB, edge: RGB, square: bool = False) -> None:
        place = self._at(x - radius, y - radius, x + radius, y + radius)
        if square:
            self.draw.regular_polygon((*self._at(x, y), radius * 1.25 * self.unit), 4, 45, fill=color, outline=edge)
        else:
            self.draw.ellipse(place, fill=color, outline=edge, width=max(1, round(0.8 * self.unit)))

    def paste(self, picture: NDArray[np.uint8], box: Box, smooth: bool = False) -> None:
        """uint8 [h, w, 3], its first row above, stretched over the box."""
        left, top, right, bottom = (round(v) for v in self._at(*box))
        how = Image.Resampling.BILINEAR if smooth else Image.Resampling.NEAREST
        self.image.paste(Image.fromarray(picture).resize((right - left, bottom - top), how), (left, top))

    def done(self) -> Image.Image:
        """In its own size."""
        return self.image.reduce(FINE)


def height_of(width: int) -> int:
    """Of a sheet so wide; even, as films have it."""
    return 2 * round(width * HEIGHT / WIDTH / 2)


@cache
def font(pixels: int, bold: bool) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The dashboard's letters, which lie among Streamlit's files; without them Pillow's, which know fewer."""
    place = find_spec("streamlit")
    files = sorted(Path(place.origin).parent.rglob("SourceSansVF-Upright*")) if place and place.origin else []
    for file in files:
        try:
            found = ImageFont.truetype(str(file), pixels)
            found.set_variation_by_axes([600 if bold else 420])
        except OSError:
            continue
        return found
    return ImageFont.load_default(pixels)


def shades(scale: Sequence[Sequence[Any]]) -> NDArray[np.uint8]:
    """[SHADES, 3]: a Plotly colour scale, [place from 0 to 1, "rgba(…)"], as a table of colours. Where two of its
    places are the same, the colour jumps."""
    places = np.asarray([place for place, _ in scale], float)
    colors = np.asarray([[int(v) for v in re.findall(r"\d+", color)[:3]] for _, color in scale], float)
    values = (np.arange(SHADES) + 0.5) / SHADES
    low = np.clip(np.searchsorted(places, values, side="right") - 1, 0, len(places) - 2)
    width = places[low + 1] - places[low]
    share = np.clip((values - places[low]) / np.where(width > 0, width, 1), 0, 1)[:, None]
    found: NDArray[np.uint8] = (colors[low] * (1 - share) + colors[low + 1] * share + 0.5).astype(np.uint8)
    return found


def colored(
    values: NDArray[Any], low: float, high: float, table: NDArray[np.uint8], ground: Color = LIGHT.background
) -> NDArray[np.uint8]:
    """Numbers [h, w] as colours [h, w, 3] of a table of `shades`; what is no number is the ground's."""
    share = (np.nan_to_num(values, nan=low) - low) / (high - low)
    found: NDArray[np.uint8] = table[np.clip(share * len(table), 0, len(table) - 1).astype(int)]
    found[np.isnan(values)] = rgb(ground)
    return found
