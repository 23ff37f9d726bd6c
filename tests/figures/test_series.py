"""Curves are thinned before they are drawn."""

from __future__ import annotations

import pytest

from nnviz.figures.series import thin


@pytest.mark.parametrize("n", [41, 100, 101, 333, 399])
def test_no_more_points_are_left_than_asked_for_and_no_spike_is_lost(n: int) -> None:
    ys = [float((7 * i) % 13) for i in range(n)]
    ys[n // 2], ys[n // 3] = 99.0, -99.0
    x, y = thin(list(range(n)), ys, 40)
    assert len(x) == len(y) <= 40
    assert {99.0, -99.0} <= set(y)
    assert x == sorted(x)
    assert all(ys[int(a)] == b for a, b in zip(x, y, strict=True))
