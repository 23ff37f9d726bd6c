"""The benchmarks run and say what they are to say. Their figures are the machine's, not a test's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nnviz.commands.bench import BENCHES, Figure

QUICK: dict[str, dict[str, Any]] = {
    "engine": {"runs": 1, "repeats": 1},
    "start": {"works": ["tiny", "conv"], "repeats": 1},
    "live": {"viewers": (1, 2), "seconds": 0.5},
    "frames": {"networks": ["wide"], "repeats": 1, "seconds": 1.5},
}
"""Without the one of the real browser, which takes half a minute at its shortest."""


@pytest.mark.parametrize("name", QUICK)
def test_a_benchmark_has_figures_with_units_and_goals(name: str, mnist: Path) -> None:  # noqa: ARG001
    figures = list(BENCHES[name](**QUICK[name]))
    assert len({figure.name for figure in figures}) == len(figures)
    assert any(figure.goal is not None for figure in figures)
    # What grows may have shrunk, and one pair has no spread; all else is a time, a rate or a share.
    assert all(figure.value > 0 for figure in figures if not {"grown", "spread"} & set(figure.name.split()))


def test_a_goal_is_the_most_or_the_least() -> None:
    assert Figure("pause", 100, "ms", 150).met
    assert not Figure("pause", 200, "ms", 150).met
    assert Figure("frames", 10, "1/s", 8, at_least=True).met
    assert not Figure("frames", 4, "1/s", 8, at_least=True).met
    assert Figure("size", 4, "kB").met is None
