"""The grid world: four moves, walls that stop, pits and goals that end an episode, ground that may be slippery."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnviz.reinforcement.environment import Flags, Floats, Ints
from nnviz.reinforcement.layout import GOAL, PIT, Layout


class GridWorld:
    """States are cells, [m] whole numbers.

    slip: the probability that a move goes sideways instead, half of it to each side (Russell and Norvig's world has
    0.2). Each move earns `step_reward`; one that enters a goal or a pit earns that reward besides, and ends it.
    """

    actions = 4

    def __init__(self, layout: Layout, slip: float, step_reward: float, goal_reward: float, pit_reward: float) -> None:
        self.layout, self.slip = layout, slip
        self.cells = self.features = n = len(layout.cells)
        self.moves = np.array([[layout.neighbour(cell, action) for cell in range(n)] for action in range(4)])
        """Where each action leads from each cell, [actions, cells]."""
        extra = {GOAL: goal_reward, PIT: pit_reward}
        self.rewards = np.array([step_reward + extra.get(kind, 0.0) for kind in layout.cells])
        """Of a move into each cell."""
        self.terminal = np.array([layout.ends(cell) for cell in range(n)])
        self._one_hot = np.eye(n, dtype=np.float32)

    def begin(self, chance: Floats) -> Ints:
        return np.full(len(chance), self.layout.start)

    def step(self, state: Ints, action: Ints, chance: Floats) -> tuple[Ints, Floats, Flags]:
        if self.slip:
            aside = np.where(chance < self.slip / 2, 1, np.where(chance < self.slip, 3, 0))
            action = (action + aside) % 4
        to = self.moves[action, state]
        return to, self.rewards[to], self.terminal[to]

    def cell(self, state: Ints) -> Ints:
        return state

    def encode(self, state: Ints) -> NDArray[np.float32]:
        return self._one_hot[state]

    def outcomes(self) -> list[tuple[float, Ints]]:
        """(probability, cells [actions, cells] that are reached) of each way in which a move can go."""
        ways = [(1 - self.slip, 0), (self.slip / 2, 1), (self.slip / 2, 3)]
        return [(p, self.moves[(np.arange(4) + aside) % 4]) for p, aside in ways if p]
