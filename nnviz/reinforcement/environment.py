"""What an agent learns in, as its agent knows it: several independent copies, one for each agent, step together."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
State = NDArray[Any]
"""[m] or [m, k]: of m agents."""


class Environment(Protocol):
    """actions: how many there are. cells: states that a table tells apart. features: inputs of a network. goal: the
    return of an agent that does everything right."""

    actions: int
    cells: int
    features: int

    def begin(self, chance: Floats) -> State:
        """States in which episodes begin; chance [m, 4]: uniform numbers from 0 to 1."""

    def step(self, state: State, action: Ints, chance: Floats) -> tuple[State, Floats, Flags]:
        """Next states, rewards [m], and whether the episode is over there; chance [m]: as above."""

    def cell(self, state: State) -> Ints:
        """The row of a table that a state has, [m]."""

    def encode(self, state: State) -> NDArray[np.float32]:
        """States [...] or [..., k] as a network's inputs [..., features]."""
