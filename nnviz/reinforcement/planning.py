"""What is exactly right in a grid world, by value iteration (Bellman, 1957): it knows all moves and rewards, an agent
does not. No agent uses it: it is what they are compared with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnviz.reinforcement.environment import Flags, Floats, Ints
from nnviz.reinforcement.grid import GridWorld

MOST_SWEEPS = 5000
ENOUGH = 1e-10
"""Of the largest change in a sweep: then the values stand still."""


@dataclass(frozen=True)
class Optimum:
    """q [cells, actions], values [cells]; known [cells]: cells from which an episode can end and in which an agent can
    stand: elsewhere no value means anything. best [cells, actions]: the actions that are as good as the best. sweeps:
    of the value iteration. earns: the sum of rewards, on average, of the best way from the start, None without one."""

    q: Floats
    values: Floats
    known: Flags
    best: Flags
    sweeps: int
    earns: float | None


def solve(world: GridWorld, discount: float) -> Optimum:
    values, change, sweeps = np.zeros(world.cells), np.inf, 0
    known = standing(world) & can_end(world)
    while change > ENOUGH and sweeps < MOST_SWEEPS:
        swept = np.where(known, bellman(world, values, discount).max(0), 0.0)
        change, values = np.abs(swept - values).max(), swept
        sweeps += 1
    q = bellman(world, values, discount).T
    best = q >= q.max(1, keepdims=True) - 1e-6
    earns = _earned(world, q.argmax(1), known) if known[world.layout.start] else None
    return Optimum(q, values, known, best, sweeps, earns)


def bellman(world: GridWorld, values: Floats, discount: float) -> Floats:
    """One sweep of the Bellman equation: Q(s, a) = Σ P(s′ | s, a)·(r + γ·V(s′)), [actions, cells]; V of a cell that
    ends the episode is 0."""
    ahead = world.rewards + discount * np.where(world.terminal, 0.0, values)
    q = np.zeros((world.actions, world.cells))
    for probability, to in world.outcomes():
        q += probability * ahead[to]
    return q


def standing(world: GridWorld) -> Flags:
    """Cells in which an agent can stand and move on."""
    kinds = np.array(list(world.layout.cells))
    found: Flags = ~world.terminal & (kinds != "W")
    return found


def can_end(world: GridWorld) -> Flags:
    """Cells from which some moves end the episode."""
    found = world.terminal.copy()
    while True:
        more = found | found[np.stack([to for _, to in world.outcomes()])].any((0, 1))
        if (more == found).all():
            return found
        found = more


def _earned(world: GridWorld, policy: Ints, known: Flags) -> float | None:
    """The sum of rewards from the start, without discount; None where the policy goes round for ever."""
    values, cells = np.zeros(world.cells), np.arange(world.cells)
    for _ in range(MOST_SWEEPS):
        swept = np.where(known, bellman(world, values, 1.0)[policy, cells], 0.0)
        if np.abs(swept - values).max() < ENOUGH:
            return float(swept[world.layout.start])
        values = swept
    return None
