"""Without a way back: the same gradient, at what cost, and how exact."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from nnviz.backprop.naive import (
    BUDGET,
    DIFFERENCE,
    coordinate_search,
    difference_errors,
    differences,
    race,
)
from nnviz.backprop.network import gradient_of, loss_of
from nnviz.backprop.spec import BackpropSpec
from tests.backprop.test_network import random_spec


def test_finite_differences_are_scipys() -> None:
    from scipy.optimize import approx_fprime

    spec = random_spec(4, loss="half_squared_error", hidden=["tanh"])
    ours = differences(spec, spec.start, DIFFERENCE, central=False)
    theirs = approx_fprime(spec.start, lambda w: loss_of(spec, w), DIFFERENCE)
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(ours, gradient_of(spec, spec.start)[1], rtol=1e-3, atol=1e-3)


def test_the_naive_way_never_climbs_and_takes_two_ways_for_each_weight() -> None:
    spec = BackpropSpec()
    course = list(islice(coordinate_search(spec, spec.start, 0.1), 3 * spec.parameters))
    losses = [loss for _, loss in course]
    assert losses == sorted(losses, reverse=True)
    assert {spent for spent, _ in course} == {2}
    # By hand: the first bias is better by 0.1 more, as its gradient is negative.
    moved = spec.start.copy()
    moved[0] += 0.1
    assert losses[0] == loss_of(spec, moved) < loss_of(spec, spec.start)


def test_the_more_weights_the_dearer_is_every_way_but_the_gradient() -> None:
    spec = BackpropSpec(layers=(6, 6, 6, 6, 6))
    gradient, by_differences, naive = race(spec, 0.1)
    assert (gradient.once, by_differences.once, naive.once) == (2, 169, 336)
    assert all(one.passes[-1] <= BUDGET for one in (gradient, by_differences, naive))
    assert gradient.losses[-1] < 0.01 * naive.losses[-1]
    assert gradient.losses[-1] < 0.01 * by_differences.losses[-1]
    # The same steps, only dearer.
    np.testing.assert_allclose(by_differences.losses, gradient.losses[: len(by_differences.losses)], atol=1e-3)
    assert gradient.within(0.01) == 86
    assert naive.within(0.01) is None


def test_the_error_falls_with_epsilon_and_rises_again() -> None:
    errors = difference_errors(BackpropSpec(), BackpropSpec().start)
    epsilon = np.array(errors["epsilon"])
    for kind, order, best in (("forward", 1, 1e-8), ("central", 2, 1e-5)):
        error = np.array(errors[kind])
        lowest = epsilon[error.argmin()]
        assert best / 50 < lowest < best * 50
        left, right = (epsilon >= 1e-3) & (epsilon <= 1e-1), epsilon <= 1e-10
        slope = np.polyfit(np.log10(epsilon[left]), np.log10(error[left]), 1)[0]
        assert slope == pytest.approx(order, abs=0.25)
        assert np.polyfit(np.log10(epsilon[right]), np.log10(error[right]), 1)[0] == pytest.approx(-1, abs=0.4)
