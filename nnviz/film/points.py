"""A picture of a film of points: what the network says everywhere on the plane, its samples, and the curves."""

from __future__ import annotations

import numpy as np
from PIL import Image

from nnviz.figures.decision_boundary import GROUND as PALE
from nnviz.figures.plane import axis_name, samples
from nnviz.figures.theme import LIGHT
from nnviz.film.axes import Axes
from nnviz.film.curves import Curves
from nnviz.film.head import head, title
from nnviz.film.reel import Picture, Reel
from nnviz.film.sheet import SHADES, Box, Sheet, rgb, shades
from nnviz.film.small import boundary
from nnviz.probes.data import data_frame

PLANE: Box = (66, 84, 466, 484)
LOSS: Box = (560, 102, 940, 262)
ACCURACY: Box = (560, 330, 940, 484)
BOTH: Box = (560, 102, 940, 484)
"""Where only a loss is to be shown."""


class PointsScene:
    """Draws the pictures of a reel."""

    def __init__(self, reel: Reel, width: int) -> None:
        self._data = data_frame(reel.spec, reel.data)
        meta = self._data.meta
        regression = meta["problem"] == "regression"
        self._curves = [Curves(reel, "loss", BOTH)] if regression else [
            Curves(reel, "loss", LOSS), Curves(reel, "accuracy", ACCURACY)]  # fmt: skip
        x, y = ((float(low), float(high)) for low, high in meta["domain"][:2])
        self._axes, self._width = Axes(PLANE, x, y), width
        sheet = Sheet(width)
        title(sheet, reel)
        across, up = map(axis_name, meta["axes"][:2])
        self._axes.draw(sheet, across, up, grid=False)
        for curves in self._curves:
            curves.ground(sheet)
        self._ground = sheet.image
        self._regression = shades(LIGHT.signed(PALE))

    def draw(self, picture: Picture) -> Image.Image:
        sheet = Sheet(self._width, self._ground)
        sheet.paste(boundary(picture.frames["network"], LIGHT), PLANE)
        self._samples(sheet)
        for curves in self._curves:
            curves.draw(sheet, picture)
        head(sheet, picture)
        return sheet.done()

    def _samples(self, sheet: Sheet) -> None:
        for group in samples(arrays=self._data.arrays, meta=self._data.meta, validation=False):
            for place, (x, y) in enumerate(zip(group["x"], group["y"], strict=True)):
                color = rgb(LIGHT.classes[group["color"]])
                if group["values"]:
                    shade = int(np.clip((group["values"][place] + 1) / 2 * SHADES, 0, SHADES - 1))
                    color = tuple(self._regression[shade].tolist())
                sheet.dot(*self._axes.at(float(x), float(y)), 3.2, color, rgb(LIGHT.background))
