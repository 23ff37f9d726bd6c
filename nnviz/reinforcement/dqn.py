"""A network in place of the table: deep Q-learning (Mnih et al., 2015), with replay memory and target network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnviz.reinforcement.agents import Agents, Steps, Update
from nnviz.reinforcement.environment import Environment, Flags, Floats, Ints, State
from nnviz.reinforcement.network import Array, Arrays, Learner, backward, forward
from nnviz.reinforcement.spec import MEMORY, ReinforcementSpec
from nnviz.reinforcement.tables import q_target
from nnviz.sets.drawing import stream

WARM_UP = 100
"""Steps until the first update: a batch should not be one episode."""
ODD = 2**20
"""Streams of what a network draws besides what its agent does."""


@dataclass(frozen=True)
class Batch:
    """Steps of m agents, n of each: inputs [m, n, features], actions, targets [m, n]."""

    x: Array
    action: Ints
    target: Array


def dqn_gradient(weights: Arrays, batch: Batch) -> tuple[Array, Arrays]:
    """(Q(s, a) [m, n], gradients): of the mean Huber loss of Q(s, a) against its target, for each agent. Huber's is
    ½·e² up to an error of 1 and a straight line beyond: a wild target pulls no harder than 1. Only the action that was
    made has an error: of the others nothing is known."""
    said = forward(weights, batch.x)
    action = batch.action[..., None]
    chosen = np.take_along_axis(said[-1], action, 2)[..., 0]
    error = chosen - batch.target
    slope = np.zeros_like(said[-1])
    np.put_along_axis(slope, action, np.clip(error, -1, 1)[..., None] / np.float32(error.shape[1]), 2)
    return chosen, backward(weights, said, slope)


class Replay:
    """The last MEMORY steps of each agent."""

    def __init__(self, agents: int, state: State) -> None:
        shape = (agents, MEMORY)
        self.state = np.empty((*shape, *state.shape[1:]), state.dtype)
        self.after = np.empty_like(self.state)
        self.action, self.reward = np.empty(shape, np.int64), np.empty(shape)
        self.over: Flags = np.empty(shape, np.bool_)
        self.count = np.zeros(agents, np.int64)

    def add(self, steps: Steps) -> None:
        at = (steps.who, self.count[steps.who] % MEMORY)
        self.state[at], self.after[at], self.action[at] = steps.state, steps.after, steps.action
        self.reward[at], self.over[at] = steps.reward, steps.over
        self.count[steps.who] += 1


class DeepQ(Agents):
    def __init__(self, spec: ReinforcementSpec, place: Environment) -> None:
        super().__init__(spec, place)
        self._streams = [stream(spec.seed, ODD + i) for i in range(spec.agents)]
        self.learner = Learner(spec.sizes, self._streams)
        self.target = [w.copy() for w in self.learner.weights]
        self.replay = Replay(spec.agents, place.begin(np.zeros((spec.agents, 4))))

    def preferences(self, who: Ints, state: State) -> Floats:
        x = self.place.encode(state)[:, None]
        return np.asarray(forward(self.learner.of(who), x)[-1][:, 0], np.float64)

    def everywhere(self, states: State) -> tuple[Floats, Floats]:
        q = np.asarray(forward(self.learner.weights, self.place.encode(states)[None])[-1], np.float64)
        return q, q.max(-1)

    def learn(self, steps: Steps) -> None:
        self.replay.add(steps)
        if self.replay.count[steps.who[0]] < WARM_UP:  # all have made as many steps, but those that are through
            return
        who = steps.who
        batch = self.batch(who)
        chosen, gradients = dqn_gradient(self.learner.of(who), batch)
        self.learner.update(who, gradients, self.rate)
        before, target = (one[:, 0].astype(np.float64) for one in (chosen, batch.target))
        self.updated(Update(steps, before, target, None))
        if self.replay.count[who[0]] % self.spec.target_steps == 0:
            for old, new in zip(self.target, self.learner.weights, strict=True):
                old[who] = new[who]

    def batch(self, who: Ints) -> Batch:
        """The newest step of each of these agents and others that it remembers, drawn at random; with the targets that
        the target network gives."""
        count = self.replay.count[who]
        others = self.spec.batch_size - 1
        drawn = [self._streams[i].integers(0, min(n, MEMORY), others) for i, n in zip(who, count, strict=True)]
        at = (who[:, None], np.column_stack([(count - 1) % MEMORY, drawn]))
        ahead = forward([w[who] for w in self.target], self.place.encode(self.replay.after[at]))[-1]
        target = q_target(self.replay.reward[at], ahead.astype(np.float64), self.replay.over[at], self.spec.discount)
        return Batch(self.place.encode(self.replay.state[at]), self.replay.action[at], target.astype(np.float32))
