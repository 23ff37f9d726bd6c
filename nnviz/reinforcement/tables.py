"""A table with a number for each state and action: Q-learning (Watkins, 1989), SARSA (Rummery and Niranjan, 1994)."""

from __future__ import annotations

import numpy as np

from nnviz.reinforcement.agents import Agents, Steps, Update, epsilon_greedy
from nnviz.reinforcement.environment import Environment, Flags, Floats, Ints, State
from nnviz.reinforcement.spec import ReinforcementSpec


def q_target(reward: Floats, following: Floats, over: Flags, discount: float) -> Floats:
    """What Q-learning moves Q(s, a) towards: r + γ·max Q(s′, ·). following [m, actions]: Q of the next states."""
    return reward + discount * np.where(over, 0.0, following.max(-1))


def sarsa_target(reward: Floats, following: Floats, action: Ints, over: Flags, discount: float) -> Floats:
    """What SARSA moves Q(s, a) towards: r + γ·Q(s′, a′), with the action a′ that will really be made there."""
    return reward + discount * np.where(over, 0.0, following[np.arange(len(action)), action])


def moved(q: Floats, target: Floats, rate: float) -> Floats:
    """A part of the way from the old value to the target."""
    return q + rate * (target - q)


class QTable(Agents):
    """Q-learning: it learns the value of the best way, whatever way it goes itself."""

    def __init__(self, spec: ReinforcementSpec, place: Environment) -> None:
        super().__init__(spec, place)
        self.q = np.zeros((spec.agents, place.cells, place.actions))

    def preferences(self, who: Ints, state: State) -> Floats:
        return self.q[who, self.place.cell(state)]

    def everywhere(self, states: State) -> tuple[Floats, Floats]:
        q = self.q[:, self.place.cell(states)]
        return q, q.max(-1)

    def learn(self, steps: Steps) -> None:
        self._move(steps, q_target(steps.reward, *self._ahead(steps), self.spec.discount))

    def _ahead(self, steps: Steps) -> tuple[Floats, Flags]:
        return self.preferences(steps.who, steps.after), steps.over

    def _move(self, steps: Steps, target: Floats) -> None:
        cell = self.place.cell(steps.state)
        before = self.q[steps.who, cell, steps.action]
        after = moved(before, target, self.rate)
        self.q[steps.who, cell, steps.action] = after
        self.updated(Update(steps, before, target, after))


class SarsaTable(QTable):
    """SARSA: it learns the value of the way that it goes itself, with its random moves."""

    def __init__(self, spec: ReinforcementSpec, place: Environment) -> None:
        super().__init__(spec, place)
        self._planned = np.full(spec.agents, -1)

    def act(self, who: Ints, state: State, chance: Floats) -> Ints:
        planned = self._planned[who]
        return np.where(planned >= 0, planned, super().act(who, state, chance))

    def learn(self, steps: Steps) -> None:
        following, over = self._ahead(steps)
        action = epsilon_greedy(following, self.epsilon[steps.who], steps.chance[:, 2:4])
        self._move(steps, sarsa_target(steps.reward, following, action, over, self.spec.discount))
        self._planned[steps.who] = np.where(steps.over | steps.cut, -1, action)
