"""The colour of a run stands out of both grounds, and runs that follow each other are told apart by theirs."""

from __future__ import annotations

from nnviz.figures.colors import run_color
from nnviz.figures.theme import DARK, LIGHT, rgb


def luminance(color: tuple[float, float, float]) -> float:
    """WCAG 2.1."""
    linear = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in color]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_each_stands_out_and_twelve_in_a_row_differ() -> None:
    for number in range(1, 200):
        own = luminance(rgb(run_color(number)))
        for theme in (LIGHT, DARK):
            light, dark = sorted((own, luminance(theme.background)), reverse=True)
            assert (light + 0.05) / (dark + 0.05) > 3.4
        others = [rgb(run_color(number + k)) for k in range(1, 12)]
        near = min(sum((a - b) ** 2 for a, b in zip(rgb(run_color(number)), other, strict=True)) for other in others)
        assert near > 20**2
