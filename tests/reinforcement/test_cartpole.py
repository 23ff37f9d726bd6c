"""The cart and its pole, against Gymnasium's CartPole-v1 (1.4.0): numbers that it printed for these pushes."""

from __future__ import annotations

import numpy as np

from nnviz.reinforcement.cartpole import CartPole, moved

PUSHES = [1, 1, 0, 1, 0, 0, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
PRINTED = {
    1: [0.009600000000000001, 0.17467919574755525, 0.030799999999999998, -0.2430687179600081],
    5: [0.03133333989170178, 0.17349499275068458, 0.0006599578018962032, -0.21681286835696195],
    10: [0.040883446549237625, 0.368855081489579, -0.00943497526679633, -0.5147534776330063],
    18: [0.20943145363821047, 1.9350799611570864, -0.2631897643319531, -3.05522184614498],
}
"""Pushes that were made → x, ẋ, θ, θ̇."""


def test_it_moves_as_gymnasiums() -> None:
    state, place = np.array([[0.01, -0.02, 0.03, 0.04]] * 2), CartPole()
    for number, push in enumerate(PUSHES, 1):
        state, reward, over = place.step(state, np.array([push, push]), np.zeros(2))
        assert reward.tolist() == [1, 1]
        assert over.tolist() == [number == 18] * 2
        if number in PRINTED:
            np.testing.assert_allclose(state[0], PRINTED[number], rtol=1e-12)
            np.testing.assert_array_equal(state[0], state[1])


def test_left_is_the_mirror_of_right() -> None:
    state = np.random.default_rng(0).normal(size=(20, 4))
    np.testing.assert_allclose(moved(-state, np.zeros(20, int)), -moved(state, np.ones(20, int)))


def test_an_episode_begins_near_the_middle_and_ends_at_the_edge() -> None:
    place = CartPole()
    begin = place.begin(np.array([[0.0, 1.0, 0.5, 0.25]]))
    np.testing.assert_allclose(begin, [[-0.05, 0.05, 0, -0.025]])
    far = np.array([[2.39, 5.0, 0, 0], [-2.39, -5.0, 0, 0], [0, 0, 0.2, 1.0], [0, 0, 0.2, -1.0]])
    assert place.step(far, np.array([1, 0, 1, 1]), np.zeros(4))[2].tolist() == [True, True, True, False]


def test_every_state_has_its_row_of_the_table() -> None:
    place = CartPole()
    states = np.random.default_rng(1).normal(0, 1, (20_000, 4)) * [2, 1, 0.15, 1.2]
    cells = place.cell(states)
    assert cells.min() == 0
    assert cells.max() == place.cells - 1
    assert len(np.unique(cells)) == place.cells
