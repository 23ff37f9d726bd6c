"""The learning curves of a film: all of them pale, what has been so far in colour, a line at the moment."""

from __future__ import annotations

import bisect
import math
from typing import Any, Literal

from nnviz.figures.series import learning_series
from nnviz.figures.theme import LIGHT, mix
from nnviz.film.axes import Axes
from nnviz.film.reel import Picture, Reel
from nnviz.film.sheet import FAINT, GROUND, RGB, TEXT, Box, Sheet, rgb

What = Literal["loss", "accuracy"]
COLORS: dict[str, RGB] = {
    "training": TEXT, "validation": rgb(LIGHT.accent), "test": rgb(LIGHT.classes[8]),
}  # fmt: skip
"""Of a curve, by the set of samples that it is of."""
PALE = 0.25


class Curves:
    """One panel: loss or accuracy over the epochs."""

    def __init__(self, reel: Reel, what: What, box: Box) -> None:
        found = learning_series(history=reel.history, what=what, axis="epoch", tested=reel.tested,
                       validation=reel.spec.data.validation)["own"]  # fmt: skip
        self._curves: list[tuple[str, str, list[float], list[float]]] = []
        for curve in found:
            points = [(x, y) for x, y in zip(curve["x"], curve["y"], strict=True) if _is_number(x) and _is_number(y)]
            self._curves.append((curve["role"], curve["name"], [x for x, _ in points], [y for _, y in points]))
        heights = [y for *_, ys in self._curves for y in ys]
        low, high = (0.0, max(_usual(heights), 1e-9) * 1.05) if what == "loss" else _accuracies(heights)
        end = max([reel.rows[-1][2], *(xs[-1] for *_, xs, _ in self._curves if xs)]) or 1.0
        self.axes, self._what = Axes(box, (0.0, end), (low, high)), what

    def ground(self, sheet: Sheet) -> None:
        """What is the same in every picture."""
        self.axes.draw(sheet, "epoch", self._what, percent=self._what == "accuracy")
        right, top = self.axes.box[2], self.axes.box[1]
        for role, name, xs, ys in reversed(self._curves):
            self._line(sheet, xs, ys, rgb(mix(GROUND, COLORS.get(role, FAINT), PALE)))
            sheet.text(right, top - 5, name, 12, COLORS.get(role, FAINT), "rs")
            right -= 14 + 6.4 * len(name)

    def draw(self, sheet: Sheet, picture: Picture) -> None:
        left, top, _, bottom = self.axes.box
        x, _ = self.axes.at(picture.epoch, 0)
        for role, _, xs, ys in self._curves:
            color = COLORS.get(role, FAINT)
            n = bisect.bisect_right(xs, picture.epoch + 1e-9)
            self._line(sheet, xs[:n], ys[:n], color)
            if n:
                at = self.axes.at(xs[n - 1], ys[n - 1])
                sheet.dot(*at, 3.5, color, GROUND)
        sheet.line([(max(left, x), top), (max(left, x), bottom)], FAINT)

    def _line(self, sheet: Sheet, xs: list[float], ys: list[float], color: RGB) -> None:
        sheet.line([self.axes.at(x, y) for x, y in zip(xs, ys, strict=True)], color, 1.8)


def _is_number(value: Any) -> bool:
    return value is not None and math.isfinite(value)


def _usual(heights: list[float]) -> float:
    """The highest loss, but not one that ran away: 20 times the middle one at most."""
    if not heights:
        return 1.0
    ordered = sorted(heights)
    return min(ordered[-1], 20 * (ordered[len(ordered) // 2] or ordered[-1]))


def _accuracies(heights: list[float]) -> tuple[float, float]:
    return (0.1 * math.floor(10 * min(heights, default=0.0)), 1.0) if min(heights, default=0.0) < 1 else (0.0, 1.0)
