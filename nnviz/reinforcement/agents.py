"""What all kinds of agent share: several learn side by side, each alone in its own copy of the environment."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnviz.reinforcement.environment import Environment, Flags, Floats, Ints, State
from nnviz.reinforcement.spec import ReinforcementSpec
from nnviz.sets.drawing import stream

BLOCK = 512
"""Random numbers are drawn for so many steps at once."""


@dataclass(frozen=True)
class Steps:
    """One step of the agents `who` [m]: from `state` by `action` to `after`, for `reward`. over: the episode has come
    to an end there; cut: it was broken off, but could have gone on. chance [m, 9]: uniform numbers of this step."""

    who: Ints
    state: State
    action: Ints
    reward: Floats
    after: State
    over: Flags
    cut: Flags
    chance: Floats


@dataclass(frozen=True)
class Update:
    """What a step changed of Q(s, a), [m] each: as it was, what it was moved towards, as it is now (None: as the agents
    say now)."""

    steps: Steps
    before: Floats
    target: Floats
    now: Floats | None

    def told(self, i: int, now: float) -> dict[str, Any]:
        """Of one of its agents, as plain values."""
        steps = self.steps
        return {
            "state": steps.state[i].tolist(), "action": int(steps.action[i]), "reward": float(steps.reward[i]),
            "after": steps.after[i].tolist(), "over": bool(steps.over[i]), "before": float(self.before[i]),
            "target": float(self.target[i]), "now": now if self.now is None else float(self.now[i]),
        }  # fmt: skip


class Chances:
    """Uniform numbers for each agent from its own stream: what one agent does hangs on no other."""

    width = 9

    def __init__(self, seed: int, agents: int) -> None:
        self._streams = [stream(seed, i) for i in range(agents)]
        self._at, self._block = BLOCK, np.empty((agents, BLOCK, self.width))

    def next(self) -> Floats:
        """[agents, width] for one step of each."""
        if self._at == BLOCK:
            for block, one in zip(self._block, self._streams, strict=True):
                block[:] = one.random((BLOCK, self.width))
            self._at = 0
        self._at += 1
        return self._block[:, self._at - 1]


class Agents(ABC):
    """rate, epsilon [agents]: as they are now: both may be changed while it learns."""

    explores = True
    """By ε; else its policy says how likely each action is."""

    def __init__(self, spec: ReinforcementSpec, place: Environment) -> None:
        self.spec, self.place, self.rate = spec, place, spec.learning_rate
        self.epsilon = np.full(spec.agents, spec.epsilon)
        self._updates: dict[int, tuple[Update, int]] = {}

    @abstractmethod
    def preferences(self, who: Ints, state: State) -> Floats:
        """Of agents `who` [m] in states [m]: a number for each action, [m, actions]; the greedy one is the largest."""

    @abstractmethod
    def everywhere(self, states: State) -> tuple[Floats, Floats]:
        """Of states [n] that are the same for all agents: numbers of the actions [agents, n, actions] and the values
        [agents, n]."""

    @abstractmethod
    def learn(self, steps: Steps) -> None:
        """From a step that was just made."""

    def act(self, who: Ints, state: State, chance: Floats) -> Ints:
        """ε-greedy: the best action, or with probability ε any of them."""
        return epsilon_greedy(self.preferences(who, state), self.epsilon[who], chance)

    def last(self, agent: int) -> dict[str, Any] | None:
        """The numbers of its newest update; None before the first."""
        if agent not in self._updates:
            return None
        update, i = self._updates[agent]
        steps = update.steps
        said = self.preferences(steps.who[i : i + 1], steps.state[i : i + 1])
        return update.told(i, float(said[0, steps.action[i]]))

    def updated(self, update: Update) -> None:
        for i, agent in enumerate(update.steps.who.tolist()):
            self._updates[agent] = update, i

    def episode_ended(self, who: Ints) -> None:
        self.epsilon[who] *= self.spec.epsilon_decay


def epsilon_greedy(values: Floats, epsilon: Floats, chance: Floats) -> Ints:
    """Actions [m]. values [m, actions]; chance [m, 2 or more]: uniform numbers: whether to explore, and which action.

    Of several that are equally good any one is taken.
    """
    best = values == values.max(-1, keepdims=True)
    allowed = np.where((chance[:, 0] < epsilon)[:, None], True, best)
    rank = chance[:, 1] * allowed.sum(-1)
    found: Ints = (allowed.cumsum(-1) > rank[:, None]).argmax(-1)
    return found
