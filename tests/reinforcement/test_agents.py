"""Updates against numbers computed by hand, gradients against TensorFlow's."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from nnviz.reinforcement.agents import Steps, epsilon_greedy
from nnviz.reinforcement.dqn import Batch, dqn_gradient
from nnviz.reinforcement.learning import Course
from nnviz.reinforcement.network import Learner, forward, initial
from nnviz.reinforcement.policy import baseline_gradient, policy_gradient, returns_to_go, softmax
from nnviz.reinforcement.spec import ReinforcementSpec
from nnviz.reinforcement.tables import QTable, SarsaTable, moved, q_target, sarsa_target
from nnviz.sets.drawing import stream

RNG = np.random.default_rng(4)


def step(state: int, action: int, reward: float, after: int, over: bool = False, plan: float = 0.0) -> Steps:
    """Of one agent; plan: which of four actions SARSA makes next, exploring."""
    one = np.array
    chance = np.zeros((1, 9))
    chance[0, 3] = (plan + 0.5) / 4
    return Steps(one([0]), one([state]), one([action]), one([reward]), one([after]), one([over]), one([False]), chance)


def table(kind: type[QTable], **setting: object) -> QTable:
    spec = ReinforcementSpec.model_validate(
        {"agents": 1, "learning_rate": 0.5, "discount": 0.9, "epsilon": 1, **setting}
    )
    return kind(spec, spec.place)


def test_q_learning_by_hand() -> None:
    """Twice the same move: 0 + ½·(−1 + 0.9·4 − 0) = 1.3, then 1.3 + ½·(2.6 − 1.3) = 1.95."""
    agent = table(QTable)
    agent.q[0, 7] = [1, 4, -2, 0]
    for wanted in (1.3, 1.95):
        agent.learn(step(3, 2, -1.0, 7))
        assert agent.q[0, 3].tolist() == pytest.approx([0, 0, wanted, 0])
    agent.learn(step(3, 2, 10.0, 7, over=True))
    assert agent.q[0, 3, 2] == pytest.approx((1.95 + 10) / 2)  # nothing comes after the end
    assert agent.last(0) == {
        "state": 3, "action": 2, "reward": 10, "after": 7, "over": True, "before": pytest.approx(1.95), "target": 10,
        "now": pytest.approx(5.975),
    }  # fmt: skip


def test_sarsa_takes_the_action_that_it_will_make() -> None:
    """0 + ½·(−1 + 0.9·(−2)) = −1.4 with the worst action next, and that action it makes."""
    agent = table(SarsaTable)
    agent.q[0, 7] = [1, 4, -2, 0]
    agent.learn(step(3, 2, -1.0, 7, plan=2))
    assert agent.q[0, 3, 2] == pytest.approx(-1.4)
    assert agent.act(np.array([0]), np.array([7]), np.zeros((1, 9))).tolist() == [2]
    following = agent.q[:, 7]
    assert sarsa_target(np.array([-1.0]), following, np.array([2]), np.array([False]), 0.9).tolist() == [-2.8]
    assert q_target(np.array([-1.0]), following, np.array([False]), 0.9).tolist() == pytest.approx([2.6])
    assert moved(np.array([1.0]), np.array([3.0]), 0.25).tolist() == [1.5]


def test_epsilon_is_how_often_any_action_is_made() -> None:
    n = 40_000
    values, chance = np.tile([0.0, 2.0, 2.0, 1.0], (n, 1)), RNG.random((n, 2))
    for epsilon in (0.0, 0.4, 1.0):
        counts = np.bincount(epsilon_greedy(values, np.full(n, epsilon), chance), minlength=4) / n
        wanted = epsilon / 4 + (1 - epsilon) * np.array([0, 0.5, 0.5, 0])
        np.testing.assert_allclose(counts, wanted, atol=4 * math.sqrt(0.25 / n))


def networks(*sizes: int) -> list[Any]:
    return initial(sizes, [stream(3, i) for i in range(2)])


def by_tape(weights: list[Any], agent: int, loss: Any) -> list[Any]:
    """TensorFlow's gradients of loss(outputs) for one agent's network; outputs is a function of the inputs."""
    import tensorflow as tf

    variables = [tf.Variable(w[agent]) for w in weights]

    def outputs(x: Any) -> Any:
        for i in range(0, len(variables), 2):
            x = x @ variables[i] + variables[i + 1]
            if i + 2 < len(variables):
                x = tf.nn.relu(x)
        return x

    with tf.GradientTape() as tape:
        value = loss(outputs)
    return [np.asarray(g) for g in tape.gradient(value, variables)]


def test_a_dqns_gradient_is_tensorflows() -> None:
    import tensorflow as tf

    weights = networks(4, 7, 5, 3)
    batch = Batch(
        RNG.normal(size=(2, 16, 4)).astype(np.float32), RNG.integers(0, 3, (2, 16)),
        RNG.normal(0, 2, (2, 16)).astype(np.float32),
    )  # fmt: skip
    chosen, gradients = dqn_gradient(weights, batch)
    for agent in range(2):

        def loss(outputs: Any, agent: int = agent) -> Any:
            q = tf.gather(outputs(batch.x[agent]), batch.action[agent], batch_dims=1)
            np.testing.assert_allclose(q, chosen[agent], atol=1e-5)
            return tf.keras.losses.Huber()(batch.target[agent], q)

        for ours, theirs in zip(gradients, by_tape(weights, agent, loss), strict=True):
            np.testing.assert_allclose(ours[agent], theirs, atol=2e-6)


def test_a_policys_gradients_are_tensorflows() -> None:
    import tensorflow as tf

    x, n = RNG.normal(size=(1, 9, 4)).astype(np.float32), np.arange(9)
    action, advantage = RNG.integers(0, 3, 9), RNG.normal(size=9).astype(np.float32)
    policy, baseline = ([w[:1] for w in networks(4, 6, 5, k)] for k in (3, 1))

    def loss(outputs: Any) -> Any:
        chosen = tf.gather(tf.nn.log_softmax(outputs(x[0])), action, batch_dims=1)
        return -tf.reduce_mean(chosen * advantage)

    def value_loss(outputs: Any) -> Any:
        return tf.reduce_mean((outputs(x[0])[:, 0] - advantage) ** 2) / 2

    found = (policy_gradient(policy, x, action, advantage), baseline_gradient(baseline, x, advantage))
    wanted = (by_tape(policy, 0, loss), by_tape(baseline, 0, value_loss))
    for ours, theirs in zip((*found[0], *found[1]), (*wanted[0], *wanted[1]), strict=True):
        np.testing.assert_allclose(ours[0], theirs, atol=2e-6)
    said = softmax(forward(policy, x)[-1])
    np.testing.assert_allclose(said.sum(-1), 1, atol=1e-6)
    assert said[0, n, action].shape == (9,)


def test_adam_is_kerass_and_each_agent_counts_alone() -> None:
    import keras

    learner = Learner((3, 2, 2), [stream(1, i) for i in range(2)])
    start = [w.copy() for w in learner.weights]
    theirs = [keras.Variable(w[1]) for w in start]
    adam = keras.optimizers.Adam(0.01)
    for turn in range(3):
        gradients = [RNG.normal(size=w.shape).astype(np.float32) for w in start]
        who = np.array([1]) if turn == 1 else np.array([0, 1])
        learner.update(who, [g[who] for g in gradients], 0.01)
        adam.apply([g[1] for g in gradients], theirs)
    for ours, wanted in zip(learner.weights, theirs, strict=True):
        np.testing.assert_allclose(ours[1], np.asarray(wanted), atol=1e-6)
    assert learner.updates.tolist() == [2, 3]


def test_returns_by_hand() -> None:
    """1 + ½·(0 + ½·(2 + ½·8)) = 2.5."""
    assert returns_to_go(np.array([1.0, 0.0, 2.0]), 8.0, 0.5).tolist() == [2.5, 3.0, 6.0]


@pytest.mark.parametrize("agent", ["q_learning", "sarsa", "dqn", "reinforce"])
@pytest.mark.parametrize("environment", ["grid", "cartpole"])
def test_a_seed_means_one_course_whoever_learns_beside(environment: str, agent: str) -> None:
    setting = {"environment": environment, "agent": agent, "episodes": 5, "limit": 60, "seed": 3}
    alone, again, many = (
        Course(ReinforcementSpec.model_validate({**setting, "agents": n, "seed": seed}))
        for n, seed in ((1, 3), (1, 3), (3, 3))
    )
    for course in (alone, again, many):
        while not course.done:
            course.advance()
    np.testing.assert_array_equal(alone.returns, again.returns)
    np.testing.assert_array_equal(alone.visits, again.visits)
    np.testing.assert_array_equal(alone.visits[0], many.visits[0])
    assert len(np.unique(many.visits, axis=0)) == 3
