"""A picture of a film of images: the confusion matrix, the first layer's filters, and the curves."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from PIL import Image

from nnviz.figures.series import plain
from nnviz.figures.theme import LIGHT
from nnviz.film.curves import Curves
from nnviz.film.head import head, title
from nnviz.film.reel import Picture, Reel
from nnviz.film.sheet import FAINT, GROUND, Box, Sheet
from nnviz.film.small import filters, matrix

MATRIX: Box = (86, 118, 446, 478)
FILTERS: Box = (490, 96, 940, 276)
LOSS: Box = (546, 340, 720, 484)
ACCURACY: Box = (790, 340, 940, 484)
TALL: tuple[Box, Box] = ((546, 102, 940, 262), (546, 330, 940, 484))
"""The curves where there are no filters."""


class ImagesScene:
    """Draws the pictures of a reel."""

    def __init__(self, reel: Reel, width: int) -> None:
        self._names, self._width, self._data = [str(name) for name in reel.data.class_names], width, reel.data
        kinds = [layer.kind for layer in reel.spec.plan if layer.kernel]
        self._filters = bool(kinds) and kinds[0] in {"dense", "conv2d"}
        places = (LOSS, ACCURACY) if self._filters else TALL
        self._curves = [Curves(reel, "loss", places[0]), Curves(reel, "accuracy", places[1])]
        sheet = Sheet(width)
        title(sheet, reel)
        self._labels(sheet)
        for curves in self._curves:
            curves.ground(sheet)
        self._ground = sheet.image

    def draw(self, picture: Picture) -> Image.Image:
        sheet = Sheet(self._width, self._ground)
        self._matrix(sheet, picture)
        if self._filters and "filters" in picture.frames:
            self._mosaic(sheet, picture)
        for curves in self._curves:
            curves.draw(sheet, picture)
        head(sheet, picture)
        return sheet.done()

    def _edges(self) -> list[tuple[float, float]]:
        k = len(self._names)
        return list(pairwise(np.linspace(MATRIX[0], MATRIX[2], k + 1).tolist()))

    def _labels(self, sheet: Sheet) -> None:
        left, top, right, bottom = MATRIX
        down, size = top - left, min(13.0, 260 / len(self._names))
        for (low, high), name in zip(self._edges(), self._names, strict=True):
            middle, short = (low + high) / 2, plain(name, 7)
            sheet.text(middle, top - 5, plain(name, 3 if len(self._names) > 5 else 7), size, FAINT, "ms")
            sheet.text(left - 6, middle + down, short, size, FAINT, "rm")
        sheet.text((left + right) / 2, top - 22, "predicted class", 13, anchor="ms")
        sheet.up(left - 66, (top + bottom) / 2, "true class", 13)

    def _matrix(self, sheet: Sheet, picture: Picture) -> None:
        frame = picture.frames["predictions"]
        colors, cells = matrix(frame, self._data, LIGHT)
        size, down = min(13.0, 230 / len(self._names)), MATRIX[1] - MATRIX[0]
        for i, (top, bottom) in enumerate(self._edges()):
            for j, (left, right) in enumerate(self._edges()):
                color = tuple(colors[i, j].tolist())
                sheet.fill((left + 0.6, top + down + 0.6, right - 0.6, bottom + down - 0.6), color)
                if words := cells[i][j]:
                    sheet.text((left + right) / 2, (top + bottom) / 2 + down, words, size, (0, 0, 0), "mm")
        n, of = frame.meta["n"], frame.meta["of"]
        some = f"{n:,} of {of:,}" if n < of else f"{n:,}"
        sheet.text(MATRIX[0], MATRIX[3] + 10, f"{some} {frame.meta['split']} images", 12, FAINT)

    def _mosaic(self, sheet: Sheet, picture: Picture) -> None:
        frame = picture.frames["filters"]
        left, top, right, bottom = FILTERS
        colors, about = filters(frame, LIGHT, (right - left, bottom - top))
        cell = min((right - left) / colors.shape[1], (bottom - top) / colors.shape[0])
        sheet.fill(FILTERS, GROUND)
        sheet.paste(colors, (left, top, left + cell * colors.shape[1], top + cell * colors.shape[0]))
        some, most = about["shown"] < about["total"], about["most"]
        shown = f"{about['shown']} of {about['total']:,}" if some else f"{about['total']:,}"
        what = "weights" if about["matrix"] else f"{shown} filters"
        words = f"{about['name']}: {what}, −{most:.2g} orange to +{most:.2g} blue"
        sheet.text(left, top - 5, f"{words} · step {frame.step:,}", 12, FAINT, "ls")
