"""Agents at work: step by step, episode by episode, each in its own copy of the environment."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnviz.reinforcement.agents import Agents, Chances, Steps
from nnviz.reinforcement.dqn import DeepQ
from nnviz.reinforcement.environment import Floats
from nnviz.reinforcement.policy import Reinforce
from nnviz.reinforcement.spec import ReinforcementSpec
from nnviz.reinforcement.tables import QTable, SarsaTable

KINDS: dict[str, type[Agents]] = {"q_learning": QTable, "sarsa": SarsaTable, "dqn": DeepQ, "reinforce": Reinforce}
RECENT = 10
"""Episodes whose mean says how good an agent is now."""


class Course:
    """state [agents, …], length, total [agents]: where each agent is in its episode, after how many steps, and what it
    has earned there. episodes [agents]: done. returns [agents, episodes]: what each earned, nan: not done yet. visits
    [agents, cells]: how often an action was made there."""

    def __init__(self, spec: ReinforcementSpec) -> None:
        self.spec, self.place = spec, spec.place
        self.agents = KINDS[spec.agent](spec, self.place)
        self._chances = Chances(spec.seed, spec.agents)
        self.state = self.place.begin(self._chances.next()[:, 5:])
        self.length, self.episodes = np.zeros((2, spec.agents), np.int64)
        self.total = np.zeros(spec.agents)
        self.visits = np.zeros((spec.agents, self.place.cells), np.int64)
        self.returns = np.full((spec.agents, spec.episodes), np.nan)

    def advance(self) -> bool:
        """One step of all agents that are not through yet. Returns whether one more episode is behind all of them."""
        who, chance = np.flatnonzero(self.episodes < self.spec.episodes), self._chances.next()
        done, chance, state = int(self.episodes.min()), chance[who], self.state[who]
        action = self.agents.act(who, state, chance)
        after, reward, over = self.place.step(state, action, chance[:, 4])
        self.visits[who, self.place.cell(state)] += 1
        self.length[who] += 1
        self.total[who] += reward
        cut = ~over & (self.length[who] >= self.spec.limit)
        self.agents.learn(Steps(who, state, action, reward, after, over, cut, chance))
        self.state[who] = after
        if (ended := over | cut).any():
            self._end(who[ended], chance[ended, 5:])
        return int(self.episodes.min()) > done

    def _end(self, who: Any, chance: Floats) -> None:
        self.returns[who, self.episodes[who]] = self.total[who]
        self.episodes[who] += 1
        self.length[who], self.total[who] = 0, 0.0
        self.state[who] = self.place.begin(chance)
        self.agents.episode_ended(who)

    @property
    def done(self) -> bool:
        return bool((self.episodes >= self.spec.episodes).all())

    def row(self) -> dict[str, float | None]:
        """Of the newest episode that is behind all agents: the median, least and largest of their returns, and the
        median of each one's mean of the last RECENT."""
        n = int(self.episodes.min())
        newest, recent = self.returns[:, n - 1], self.returns[:, max(0, n - RECENT) : n].mean(1)
        return {
            "episode": n, "return": float(np.median(newest)), "low": float(newest.min()), "high": float(newest.max()),
            "recent": float(np.median(recent)), "epsilon": float(self.agents.epsilon.max()),
        }  # fmt: skip

    def change(self, rate: float | None, epsilon: float | None) -> None:
        """By hand, from now on: ε decays from there."""
        if rate is not None:
            self.agents.rate = rate
        if epsilon is not None:
            self.agents.epsilon[:] = epsilon

    def greedy(self, most: int) -> tuple[Any, Any, Floats]:
        """Each agent once, without exploring, always from the same start and with the same luck: states [agents,
        steps + 1, …], actions [agents, steps], −1 behind its end, and what it earned, [agents]."""
        chances = Chances(self.spec.seed + 2**32, self.spec.agents)
        state = self.place.begin(chances.next()[:, 5:])
        states: list[Any] = [state]
        actions: list[Any] = []
        alive, earned = np.ones(self.spec.agents, np.bool_), np.zeros(self.spec.agents)
        while alive.any() and len(actions) < most:
            who = np.flatnonzero(alive)
            action = self.agents.preferences(who, state[who]).argmax(-1)
            after, reward, over = self.place.step(state[who], action, chances.next()[who, 4])
            state, made = state.copy(), np.full(self.spec.agents, -1)
            state[who], made[who] = after, action
            earned[who] += reward
            alive[who[over]] = False
            states.append(state)
            actions.append(made)
        return np.stack(states, axis=1), np.stack(actions, axis=1), earned
