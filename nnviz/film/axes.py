"""A plot's axes on a sheet: where a number lies, and ticks at round numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

from nnviz.film.sheet import FAINT, GRID, Box, Sheet

SIZE = 12.0


@dataclass(frozen=True)
class Axes:
    """A box of a sheet and the ranges of numbers along its sides."""

    box: Box
    x: tuple[float, float]
    y: tuple[float, float]

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where on the sheet; beyond the ranges, at the edge."""
        left, top, right, bottom = self.box
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        return left + min(1.0, max(0.0, across)) * (right - left), bottom - min(1.0, max(0.0, up)) * (bottom - top)

    def draw(self, sheet: Sheet, across: str, up: str, percent: bool = False, grid: bool = True) -> None:
        """Frame, ticks and what the axes are."""
        left, top, right, bottom = self.box
        sheet.frame(self.box)
        for value in ticks(*self.x):
            x, _ = self.at(value, self.y[0])
            if grid:
                sheet.line([(x, top), (x, bottom)], GRID)
            sheet.text(x, bottom + 4, words(value), SIZE, FAINT, "ma")
        for value in ticks(*self.y):
            _, y = self.at(self.x[0], value)
            if grid:
                sheet.line([(left, y), (right, y)], GRID)
            sheet.text(left - 5, y, words(value, percent), SIZE, FAINT, "rm")
        sheet.text((left + right) / 2, bottom + 20, across, SIZE + 1, anchor="ma")
        sheet.up(left - 44, (top + bottom) / 2, up, SIZE + 1)


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers from low to high, at most so many."""
    span = high - low
    if not (span > 0 and math.isfinite(span)):
        return [low]
    rough = span / (most - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    width = next((m * power for m in (1, 2, 5) if m * power >= rough * (1 - 1e-9)), 10 * power)
    first = math.ceil(low / width - 1e-9)
    return [n * width for n in range(first, math.floor(high / width + 1e-9) + 1)]


def words(value: float, percent: bool = False) -> str:
    if percent:
        return f"{100 * value:.6g} %".replace("-", "−")
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{round(value, 10):.4g}"
    return text.replace("-", "−")
