"""Rosenblatt's rule on real flowers: equal to scikit-learn's perceptron pass by pass, and to the printed figures."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import Perceptron

from nnviz.neuron.rosenblatt import PassEnd, Rosenblatt, Update, answers, classify, targets
from nnviz.sets.iris import MEASURES, SPECIES, iris

TWO, LENGTHS = ("setosa", "versicolor"), ("sepal_length", "petal_length")


def test_the_flowers_are_scikit_learns() -> None:
    data = load_iris()
    x, y = iris(SPECIES, MEASURES)
    np.testing.assert_array_equal(x, data.data)
    np.testing.assert_array_equal(y, data.target)
    assert tuple(data.target_names) == SPECIES
    x, y = iris(("virginica", "setosa"), ("petal_width", "sepal_length"))
    np.testing.assert_array_equal(x, np.vstack([data.data[100:], data.data[:50]])[:, [3, 0]])
    np.testing.assert_array_equal(y, [0] * 50 + [1] * 50)


def test_the_rule_by_hand() -> None:
    """w = 0, θ = 0, η = 0.1. (2, 1), d = −1: u = 0, y = 1: Δw = −0.2 · x, Δθ = +0.2. Then (1, 3), d = 1: u = −1.2."""
    neuron = Rosenblatt(np.zeros((1, 2)), np.zeros(1), 0.1)
    course = neuron.fit(np.array([[2.0, 1.0], [1.0, 3.0]]), np.array([[-1.0], [1.0]]), 1)
    first = next(course)
    assert isinstance(first, Update)
    assert (first.net[0], first.y[0], first.sample, first.passes) == (0, 1, 0, 0.5)
    np.testing.assert_allclose(neuron.weights, [[-0.4, -0.2]])
    np.testing.assert_allclose(neuron.thresholds, [0.2])
    second = next(course)
    assert isinstance(second, Update)
    np.testing.assert_allclose(second.before[0], [[-0.4, -0.2]])
    np.testing.assert_allclose(second.net, [-1.2])
    np.testing.assert_allclose(neuron.weights, [[-0.2, 0.4]])
    np.testing.assert_allclose(neuron.thresholds, [0.0], atol=1e-15)
    assert list(course) == [PassEnd(1, [2])]
    assert neuron.errors == [[2]]


@pytest.mark.parametrize("species", [TWO, ("setosa", "virginica"), ("versicolor", "virginica"), SPECIES])
@pytest.mark.parametrize("passes", [1, 2, 5, 30])
def test_it_is_scikit_learns_perceptron_from_the_same_start(species: tuple[str, ...], passes: int) -> None:
    """Its labels' difference is 1 where y − d is 2, so η here is 2 η there. From zeros both agree for two classes
    only: at u = 0 it always takes a step, the rule only where d is −1."""
    x, y = iris(species, LENGTHS)
    d = targets(y, len(species))
    for scale in (0.01, 0) if d.shape[1] == 1 else (0.01,):
        weights = np.random.default_rng(7).normal(0, scale, (d.shape[1], 3))
        neuron = Rosenblatt(weights[:, 1:], -weights[:, 0], 0.05)
        for _ in range(passes):
            list(neuron.fit(x, d, 1))
        theirs = Perceptron(eta0=0.1, shuffle=False, tol=None, max_iter=passes)
        theirs.fit(x, y, coef_init=weights[:, 1:].copy(), intercept_init=weights[:, 0].copy())
        np.testing.assert_allclose(neuron.weights, theirs.coef_, atol=1e-9)
        np.testing.assert_allclose(-neuron.thresholds, theirs.intercept_, atol=1e-9)
        np.testing.assert_array_equal(classify(neuron.net(x)), theirs.predict(x))


@pytest.mark.parametrize("eta", [0.01, 0.1, 1.0])
def test_errors_a_pass_are_those_of_the_textbooks_figure(eta: float) -> None:
    """Raschka, Python Machine Learning: 1, 3, 3, 2, 1, 0 from N(0, 0.01²) with seed 1 (third edition), 2, 2, 3, 2, 1, 0
    from zeros (first edition)."""
    x, y = iris(TWO, LENGTHS)
    start = np.random.RandomState(1).normal(0, 0.01, 3)
    for weights, bias, errors in ((start[1:], start[0], [1, 3, 3, 2, 1, 0]), (np.zeros(2), 0.0, [2, 2, 3, 2, 1, 0])):
        neuron = Rosenblatt(weights[None], np.array([-bias]), eta)
        list(neuron.fit(x, targets(y, 2), 50))
        assert neuron.updates == 10
        assert [count for (count,) in neuron.errors] == errors
        np.testing.assert_array_equal(classify(neuron.net(x)), y)


def test_from_zero_the_learning_rate_changes_only_the_scale() -> None:
    x, y = iris(TWO, LENGTHS)
    small, large = (Rosenblatt(np.zeros((1, 2)), np.zeros(1), eta) for eta in (0.01, 1.0))
    for one, other in zip(small.fit(x, targets(y, 2), 50), large.fit(x, targets(y, 2), 50), strict=True):
        assert type(one) is type(other)
        assert one.passes == other.passes
        np.testing.assert_allclose(100 * small.weights, large.weights, atol=1e-10)
        np.testing.assert_allclose(100 * small.thresholds, large.thresholds, atol=1e-10)
    assert small.errors == large.errors


def test_an_order_of_its_own_for_each_pass() -> None:
    x, y = iris(TWO, LENGTHS)
    neuron = Rosenblatt(np.zeros((1, 2)), np.zeros(1), 0.1)
    update = next(neuron.fit(x, targets(y, 2), 3, iter([np.arange(100)[::-1]] * 3)))
    assert isinstance(update, Update)
    assert update.sample == 49  # from behind: 50 versicolor are 1 already, as u = 0 is
    assert update.passes == 0.51


def test_the_class_of_the_largest_and_of_the_largest_absolute_net_input() -> None:
    net = np.array([[0.2, -0.9, 0.1], [-0.3, -0.2, -0.1], [0.5, 0.4, -0.2]])
    np.testing.assert_array_equal(classify(net), [0, 2, 0])
    np.testing.assert_array_equal(classify(net, "largest_absolute"), [1, 0, 0])
    np.testing.assert_array_equal(classify(np.array([[0.0], [-0.1]])), [1, 0])
    np.testing.assert_array_equal(answers(np.array([0.0, -0.1])), [1, -1])
