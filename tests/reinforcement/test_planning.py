"""The exact values, against those that the textbooks print."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.reinforcement.layout import read_layout
from nnviz.reinforcement.planning import bellman, solve
from nnviz.reinforcement.spec import ReinforcementSpec
from nnviz.reinforcement.worlds import WORLDS


def of(name: str, **more: object) -> ReinforcementSpec:
    return ReinforcementSpec.model_validate({"grid": WORLDS[name].grid, **WORLDS[name].setting, **more})


def test_russell_and_norvigs_world() -> None:
    """Artificial Intelligence, figure 17.3: utilities for γ = 1 and a reward of −0.04 in each cell. Theirs have a
    cell's own reward in them, ours those of the moves from it."""
    spec = of("small")
    found = solve(spec.world, spec.discount)
    printed = [0.812, 0.868, 0.918, 0, 0.762, 0, 0.660, 0, 0.705, 0.655, 0.611, 0.388]
    np.testing.assert_allclose(found.values, printed, atol=6e-4)
    arrows = "".join("↑→↓←"[action] for action in found.q[found.known].argmax(1))
    assert arrows == "→→→↑↑↑←←←"  # figure 17.2 (a)


def test_the_frozen_lake() -> None:
    """Gymnasium's FrozenLake-v1: who plays on without an end reaches the goal in 14 of 17 cases."""
    spec = of("lake", discount=1.0)
    values = solve(spec.world, spec.discount).values.reshape(4, 4)
    np.testing.assert_allclose(values[0], 14 / 17, atol=1e-6)
    np.testing.assert_allclose(values[1:, 2], [9 / 17, 13 / 17, 16 / 17], atol=1e-6)


def test_a_way_without_chance_is_worth_a_power_of_the_discount() -> None:
    spec = of("maze")
    found = solve(spec.world, 0.95)
    assert found.values[spec.layout.start] == pytest.approx(0.95**13)
    assert found.earns == 1
    assert solve(of("cliff").world, 1.0).earns == pytest.approx(-13)  # Sutton and Barto, example 6.6


@pytest.mark.parametrize("name", WORLDS)
def test_the_values_solve_bellmans_equation_and_each_world_has_a_way(name: str) -> None:
    spec = of(name)
    found = solve(spec.world, spec.discount)
    again = bellman(spec.world, found.values, spec.discount).max(0)
    np.testing.assert_allclose(again[found.known], found.values[found.known], atol=1e-8)
    assert spec.layout.distance is not None
    assert found.earns is not None


def test_where_nothing_ends_nothing_is_known() -> None:
    spec = ReinforcementSpec(grid="S1W1-2WG", step_reward=-1, discount=1)
    found = solve(spec.world, 1.0)
    assert found.known.tolist() == [False, False, False, True, False, False, False, False]
    assert found.earns is None
    assert read_layout(spec.grid).distance is None
