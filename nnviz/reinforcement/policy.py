"""A network that says how likely each action is: REINFORCE (Williams, 1992) with a learned baseline."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnviz.reinforcement.agents import Agents, Steps
from nnviz.reinforcement.dqn import ODD
from nnviz.reinforcement.environment import Environment, Floats, Ints, State
from nnviz.reinforcement.network import Array, Arrays, Learner, backward, forward
from nnviz.reinforcement.spec import ReinforcementSpec
from nnviz.sets.drawing import stream


def softmax(z: Array) -> Array:
    e = np.exp(z - z.max(-1, keepdims=True))
    found: Array = e / e.sum(-1, keepdims=True)
    return found


def returns_to_go(reward: Floats, last: float, discount: float) -> Floats:
    """G [t]: the discounted sum of the rewards from each step on. last: the value of what would have come after the
    last one, where the episode was broken off; else 0."""
    found, ahead = np.empty(len(reward)), last
    for t in range(len(reward) - 1, -1, -1):
        ahead = reward[t] + discount * ahead
        found[t] = ahead
    return found


def policy_gradient(weights: Arrays, x: Array, action: Ints, advantage: Array) -> Arrays:
    """Gradients of −mean of A·ln π(a | s) over the steps of an episode: inputs x [1, t, features], action [t],
    advantage [t]. Of the logits it is (π − 1ₐ)·A / t."""
    said = forward(weights, x)
    slope = softmax(said[-1])
    slope[0, np.arange(len(action)), action] -= 1
    return backward(weights, said, slope * (advantage / np.float32(len(action)))[None, :, None])


def baseline_gradient(weights: Arrays, x: Array, returns: Array) -> Arrays:
    """Gradients of the mean of ½·(v(s) − G)²."""
    said = forward(weights, x)
    return backward(weights, said, (said[-1] - returns[None, :, None]) / np.float32(len(returns)))


class Reinforce(Agents):
    """It explores by its policy: actions are drawn with the probabilities that it says."""

    explores = False

    def __init__(self, spec: ReinforcementSpec, place: Environment) -> None:
        super().__init__(spec, place)
        chances = [stream(spec.seed, ODD + i) for i in range(spec.agents)]
        self.policy = Learner(spec.sizes, chances)
        self.baseline = Learner((*spec.sizes[:-1], 1), chances)
        shape = (spec.agents, spec.limit)
        self._x = np.empty((*shape, place.features), np.float32)
        self._action, self._reward = np.empty(shape, np.int64), np.empty(shape)
        self._length = np.zeros(spec.agents, np.int64)
        self._episodes: dict[int, dict[str, Any]] = {}

    def preferences(self, who: Ints, state: State) -> Floats:
        x = self.place.encode(state)[:, None]
        return np.asarray(softmax(forward(self.policy.of(who), x)[-1])[:, 0], np.float64)

    def everywhere(self, states: State) -> tuple[Floats, Floats]:
        x = self.place.encode(states)[None]
        said = softmax(forward(self.policy.weights, x)[-1])
        return np.asarray(said, np.float64), np.asarray(forward(self.baseline.weights, x)[-1][..., 0], np.float64)

    def act(self, who: Ints, state: State, chance: Floats) -> Ints:
        """Drawn with the policy's probabilities."""
        found: Ints = (self.preferences(who, state).cumsum(-1) > chance[:, 1:2] * (1 - 1e-6)).argmax(-1)
        return found

    def last(self, agent: int) -> dict[str, Any] | None:
        """Of the first step of its newest episode: the return, the baseline, and π(a | s) before and now."""
        return self._episodes.get(agent)

    def learn(self, steps: Steps) -> None:
        at = (steps.who, self._length[steps.who])
        self._x[at], self._action[at] = self.place.encode(steps.state), steps.action
        self._reward[at] = steps.reward
        self._length[steps.who] += 1
        for i in np.flatnonzero(steps.over | steps.cut):
            self._episode(steps.who[i : i + 1], steps.after[i : i + 1], bool(steps.over[i]))

    def _episode(self, who: Ints, after: State, over: bool) -> None:
        """One update from a whole episode of one agent."""
        n = int(who[0])
        t = int(self._length[n])
        x, action = self._x[n : n + 1, :t], self._action[n, :t]
        ahead = 0.0 if over else float(forward(self.baseline.of(who), self.place.encode(after)[:, None])[-1][0, 0, 0])
        returns = returns_to_go(self._reward[n, :t], ahead, self.spec.discount).astype(np.float32)
        expected = forward(self.baseline.of(who), x)[-1][0, :, 0]
        advantage = returns - expected
        before = softmax(forward(self.policy.of(who), x[:, :1])[-1])[0, 0]
        self.policy.update(who, policy_gradient(self.policy.of(who), x, action, advantage), self.rate)
        self.baseline.update(who, baseline_gradient(self.baseline.of(who), x, returns), self.rate)
        now = softmax(forward(self.policy.of(who), x[:, :1])[-1])[0, 0]
        self._episodes[n] = {
            "action": int(action[0]), "return": float(returns[0]), "expected": float(expected[0]),
            "before": float(before[action[0]]), "now": float(now[action[0]]), "steps": t, "over": over,
        }  # fmt: skip
        self._length[n] = 0
