"""Width against depth: three networks of one size, Keras's count of it, and which one is ahead."""

from __future__ import annotations

import pytest

from nnviz.approximation.equals import UNEVEN, Curve, ahead, equals, parameters, words
from nnviz.approximation.spec import ApproximationSpec
from nnviz.models.keras_network import build
from nnviz.models.weights import initial_weights


@pytest.mark.parametrize("neurons", range(6, 41))
def test_depths_have_as_many_parameters(neurons: int) -> None:
    found = equals(neurons)
    assert found[0] == (neurons,)
    assert [len(layers) for layers in found] == [1, 2, 3]
    wanted = parameters(found[0])
    for layers in found:
        assert abs(parameters(layers) - wanted) <= 0.11 * wanted
        assert max(layers) <= UNEVEN * min(layers)
        assert ApproximationSpec().with_layers(layers).parameters == parameters(layers)


def test_the_rooms_own_three_are_exactly_equal_and_keras_counts_the_same() -> None:
    assert equals(32) == [(32,), (8, 8), (6, 5, 7)]
    for layers in equals(32):
        training = ApproximationSpec(against="3").with_layers(layers).training
        assert build(training, initial_weights(training)).count_params() == 97


def test_who_is_ahead_at_the_last_epoch_that_all_have_reached() -> None:
    wide, deep = Curve("8", [1, 2, 3], [0.5, 0.4, 0.01]), Curve("3,4", [1, 2], [0.9, 0.3])
    assert ahead([wide, deep]) == (2, [(0.3, "3,4"), (0.4, "8")])
    assert words([wide, deep]) == "1-3-4-1 is ahead at epoch 2: validation loss 0.3, against 0.4 (1-8-1)."
    lost = Curve("2,3,2", [1], [None], diverged=True)
    assert words([wide, deep, lost]).endswith("0.4 (1-8-1). The numbers of 1-2-3-2-1 ran away.")
    thinned = Curve("8", [1, 5, 9], [0.5, 0.4, 0.01])
    assert ahead([thinned, Curve("3,4", [2, 7], [0.9, 0.3])]) == (7, [(0.3, "3,4"), (0.4, "8")])


@pytest.mark.parametrize("curves", [[], [Curve("8", [], [])], [Curve("8", [1], [0.1]), Curve("3,4", [], [])]])
def test_before_all_have_a_number_nobody_is_ahead(curves: list[Curve]) -> None:
    assert ahead(curves) is None
    assert words(curves) == ""
