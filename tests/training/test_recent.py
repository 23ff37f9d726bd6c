"""The training curve's means slide over the last samples, across the ends of epochs."""

from __future__ import annotations

import math
from itertools import accumulate

import numpy as np
import pytest

from nnviz.training.recent import Recent


def steps_of(samples: int, batch: int, epochs: int) -> tuple[np.ndarray, np.ndarray]:
    """(samples of each step, its mean loss): an epoch's last step may be a small one."""
    each = [min(batch, samples - start) for start in range(0, samples, batch)] * epochs
    return np.array(each), np.random.default_rng(0).random(len(each)) + 1


@pytest.mark.parametrize(("samples", "batch"), [(60_000, 128), (1250, 10), (90, 7), (5, 10)])
def test_a_mean_is_of_the_last_samples_whatever_epoch_they_are_of(samples: int, batch: int) -> None:
    counts, losses = steps_of(samples, batch, 4)
    recent, per_epoch = Recent(samples, min(batch, samples)), math.ceil(samples / batch)
    window = min(samples, max(1000, samples // 10))
    sums = 0.0
    for step, (count, loss) in enumerate(zip(counts, losses, strict=True), 1):
        sums = (0.0 if (step - 1) % per_epoch == 0 else sums) + count * loss
        recent.add(step, (sums, 2 * sums))
        back = next((k for k, n in enumerate(accumulate(counts[:step][::-1]), 1) if n >= window), step)
        wanted = np.average(losses[step - back : step], weights=counts[step - back : step])
        assert recent.means() == pytest.approx((wanted, 2 * wanted))


def test_what_was_added_last_is_all_of_it_in_the_mean_and_what_is_not_known_is_in_none() -> None:
    recent = Recent(10_000, 10)
    recent.add(900, (9000.0, 0.0))  # more than a window at once
    assert recent.means() == (1.0, 0.0)
    recent.add(1000, (9000.0 + 2000.0, 0.0))
    assert recent.means() == (2.0, 0.0)
    recent.add(1050, (500.0 * 3, 0.0))  # the next epoch's first samples, and the last ones of the epoch before
    assert recent.means() == ((500 * 3 + 1000 * 2) / 1500, 0.0)
    recent.add(5500, (5000.0 * 7, 0.0))  # whole epochs have passed unseen
    assert recent.means() == (7.0, 0.0)
