"""A pole on a cart, to be kept upright by pushing the cart left or right: Barto, Sutton and Anderson (1983).

Equations, constants and the order of Euler's steps are those of Gymnasium's CartPole-v1, which takes them from Sutton's
program. Here all agents' carts move in the same few array operations.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from nnviz.reinforcement.environment import Flags, Floats, Ints

GRAVITY, CART, POLE, HALF_LENGTH, FORCE, SECONDS = 9.8, 1.0, 0.1, 0.5, 10.0, 0.02
"""m/s², kg, kg, m (half of the pole), N, and s between two steps."""
MOST_X, MOST_ANGLE = 2.4, 12 * math.pi / 180
"""Beyond these the episode is over: metres from the middle, radians from upright."""
STEPS = 500
"""An episode that comes so far is a success."""
BINS = ((-1.0, 1.0), (-0.7, 0.7), (-0.14, -0.07, -0.02, 0.0, 0.02, 0.07, 0.14), (-1.2, -0.5, 0.0, 0.5, 1.2))
"""Where a table cuts x, ẋ, θ and θ̇ into pieces."""
SCALE = np.array([MOST_X, 2.0, MOST_ANGLE, 2.0])


def moved(state: Floats, action: Ints) -> Floats:
    """States [m, 4] (x, ẋ, θ, θ̇) after 0.02 s in which the cart is pushed left (0) or right (1)."""
    x, speed, angle, turn = state.T
    force = np.where(action == 1, FORCE, -FORCE)
    sin, cos, mass = np.sin(angle), np.cos(angle), CART + POLE
    push = (force + POLE * HALF_LENGTH * turn**2 * sin) / mass
    turning = (GRAVITY * sin - cos * push) / (HALF_LENGTH * (4 / 3 - POLE * cos**2 / mass))
    pulling = push - POLE * HALF_LENGTH * turning * cos / mass
    return np.stack(
        [x + SECONDS * speed, speed + SECONDS * pulling, angle + SECONDS * turn, turn + SECONDS * turning], axis=1
    )


class CartPole:
    """States [m, 4]. Each step earns 1, so that a return is the number of steps that the pole stood."""

    actions, features = 2, 4
    cells = math.prod(len(edges) + 1 for edges in BINS)

    def begin(self, chance: Floats) -> Floats:
        return 0.1 * chance - 0.05

    def step(self, state: Floats, action: Ints, chance: Floats) -> tuple[Floats, Floats, Flags]:  # noqa: ARG002
        state = moved(state, action)
        fallen: Flags = (np.abs(state[:, 0]) > MOST_X) | (np.abs(state[:, 2]) > MOST_ANGLE)
        return state, np.ones(len(state)), fallen

    def cell(self, state: Floats) -> Ints:
        found = np.zeros(state.shape[:-1], np.int64)
        for i, edges in enumerate(BINS):
            found = found * (len(edges) + 1) + np.searchsorted(edges, state[..., i])
        return found

    def encode(self, state: Floats) -> NDArray[np.float32]:
        found: NDArray[np.float32] = (state / SCALE).astype(np.float32)
        return found
