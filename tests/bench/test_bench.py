"""The benchmarks run and say what they are to say. Their figures are the machine's, not a test's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nnviz.bench.classroom import jain
from nnviz.bench.frames import VIEWS
from nnviz.commands.bench import BENCHES, Figure

QUICK: dict[str, dict[str, Any]] = {
    "engine": {"runs": 1, "repeats": 1},
    "start": {"works": ["tiny"], "repeats": 1},
    "live": {"viewers": (1, 2), "seconds": 2.0},
    "class": {"visitors": (2,), "within": 0.2, "seconds": 2.0},
    "table": {"runs": 300, "repeats": 1},
    "keras": {"works": ["2-8-8-1"], "repeats": 1, "seconds": 1.0},
    "cluster": {"repeats": 1, "runs": 4, "turns": 1},
    "frames": {"networks": ["wide"], "repeats": 1, "seconds": 1.5},
}
"""Without the one of the real browser, which takes half a minute at its shortest."""


@pytest.mark.parametrize("name", QUICK)
def test_a_benchmark_has_figures_with_units_and_goals(name: str, mnist: Path) -> None:  # noqa: ARG001
    figures = list(BENCHES[name](**QUICK[name]))
    assert len({figure.name for figure in figures}) == len(figures)
    assert any(figure.goal is not None for figure in figures)
    # What grows may have shrunk, one pair has no spread, a table need not be blank, and on a busy machine a view may
    # have no new frame within a second and a half; all else is a time, a rate or a share.
    free = {"grown", "spread", "blank"} | (set(VIEWS) if name == "frames" else set())
    assert [figure for figure in figures if figure.value <= 0 and not free & set(figure.name.split())] == []


def test_a_goal_is_the_most_or_the_least() -> None:
    assert Figure("pause", 100, "ms", 150).met
    assert not Figure("pause", 200, "ms", 150).met
    assert Figure("frames", 10, "1/s", 8, at_least=True).met
    assert not Figure("frames", 4, "1/s", 8, at_least=True).met
    assert Figure("size", 4, "kB").met is None


def test_the_index_of_fairness_is_jains() -> None:
    assert jain([3, 3, 3]) == pytest.approx(1)
    assert jain([5, 0, 0, 0]) == pytest.approx(1 / 4)
    assert jain([1, 2, 3]) == pytest.approx(36 / (3 * 14))
    assert jain([0, 0]) == 0
