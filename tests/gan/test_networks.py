"""The gradients of both players are TensorFlow's; what they minimise is what the textbooks' formulas say."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from nnviz.gan.game import Game
from nnviz.gan.losses import LOSSES
from nnviz.gan.networks import Network
from nnviz.gan.spec import GanSpec
from nnviz.sets.drawing import stream

KERAS = {"relu": tf.nn.relu, "leaky_relu": lambda z: tf.nn.leaky_relu(z, 0.2), "tanh": tf.tanh}
"""Keras's own leaky ReLU has the slope 0.2, too."""


def said(network: Network, weights: list[tf.Variable], x: tf.Tensor, activation: str, output: str) -> tf.Tensor:
    """The network's output in TensorFlow."""
    for layer in range(len(network.kernels)):
        x = x @ weights[2 * layer] + weights[2 * layer + 1]
        last = layer == len(network.kernels) - 1
        x = (tf.tanh(x) if output == "tanh" else x) if last else KERAS[activation](x)
    return x


def variables(network: Network) -> list[tf.Variable]:
    pairs = zip(network.kernels, network.biases, strict=True)
    return [tf.Variable(array) for pair in pairs for array in pair]


def flat(gradients: list[tf.Tensor]) -> np.ndarray:
    return np.concatenate([np.asarray(one).ravel() for one in gradients])


def discriminator_loss(name: str, real: tf.Tensor, fake: tf.Tensor, target: float) -> tf.Tensor:
    """Written down from the papers, with D(x) = σ(s) as a probability."""
    if name == "wasserstein":
        return tf.reduce_mean(fake) - tf.reduce_mean(real)
    if name == "least_squares":
        return 0.5 * tf.reduce_mean((real - target) ** 2) + 0.5 * tf.reduce_mean(fake**2)
    d, g = tf.sigmoid(real), tf.sigmoid(fake)
    on_real = target * tf.math.log(d) + (1 - target) * tf.math.log(1 - d)
    return -tf.reduce_mean(on_real) - tf.reduce_mean(tf.math.log(1 - g))


def generator_loss(name: str, fake: tf.Tensor) -> tf.Tensor:
    if name == "wasserstein":
        return -tf.reduce_mean(fake)
    if name == "least_squares":
        return 0.5 * tf.reduce_mean((fake - 1) ** 2)
    inside = tf.sigmoid(fake) if name == "non_saturating" else 1 - tf.sigmoid(fake)
    return tf.reduce_mean(tf.math.log(inside)) * (-1 if name == "non_saturating" else 1)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize(("name", "activation"), [*((name, "tanh") for name in LOSSES), ("non_saturating", "relu"),
                                                  ("least_squares", "leaky_relu")])  # fmt: skip
def test_gradients_and_losses_are_tensorflows(name: str, activation: str, smoothing: float) -> None:
    spec = GanSpec(
        loss=name, activation=activation, generator="5,4", discriminator="6,3", latent_size=3, smoothing=smoothing
    )
    game, loss = Game(spec), LOSSES[name]
    target = 1 - smoothing * loss.smooth
    rng = stream(7, 0)
    z, x = game.latent(rng, 16), game.real(rng, 16)
    net, judge = game.generator.network, game.discriminator.network
    generator, discriminator = variables(net), variables(judge)

    fake = net.forward(z)
    scores = judge.forward(np.concatenate([x, fake]))
    on_real, on_fake = loss.real(scores[:16], target), loss.fake(scores[16:])
    judge.back(np.concatenate([on_real.slope, on_fake.slope]))
    with tf.GradientTape() as tape:
        made = said(net, generator, tf.constant(z), activation, "linear")
        both = (said(judge, discriminator, one, activation, "linear") for one in (tf.constant(x), made))
        value = discriminator_loss(name, *both, target)
    np.testing.assert_allclose(fake, made, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(on_real.value + on_fake.value, value, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(judge.gradient, flat(tape.gradient(value, discriminator)), rtol=1e-3, atol=1e-6)

    before = judge.gradient.copy()
    told = loss.fool(judge.forward(net.forward(z)))
    net.back(judge.back(told.slope, learn=False))
    with tf.GradientTape() as tape:
        made = said(net, generator, tf.constant(z), activation, "linear")
        value = generator_loss(name, said(judge, discriminator, made, activation, "linear"))
    np.testing.assert_allclose(told.value, value, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(net.gradient, flat(tape.gradient(value, generator)), rtol=1e-3, atol=1e-6)
    np.testing.assert_array_equal(judge.gradient, before)  # the generator's step asks D only for ∂L/∂x


def test_a_generated_sample_is_told_to_move_to_where_d_says_real() -> None:
    game = Game(GanSpec(generator="8", discriminator="8", seed=3))
    x = game.generate(game.latent(stream(1, 1), 20))
    higher = game.score(x + 1e-3 * game.pull(x)) - game.score(x)
    assert (higher >= 0).all()
    assert higher.max() > 0


def test_a_tanh_output_is_that_of_keras() -> None:
    network = Network((2, 4, 3), "relu", "tanh", stream(0, 0))
    x = stream(2, 0).standard_normal((9, 2), np.float32)
    expected = said(network, variables(network), tf.constant(x), "relu", "tanh")
    np.testing.assert_allclose(network.forward(x), expected, rtol=1e-5, atol=1e-6)
    weights = network.weights.copy()
    network.kernels[0][0, 0] += 1
    assert (network.weights != weights).sum() == 1  # views of one vector


@pytest.mark.parametrize("name", LOSSES)
def test_slopes_are_what_the_loss_changes_by(name: str) -> None:
    loss = LOSSES[name]
    s = np.linspace(-6, 6, 25, dtype=np.float64)
    for what in (lambda v: loss.real(v, 1.0), lambda v: loss.real(v, 0.8), loss.fake, loss.fool):
        for v in s:
            up, down = (what(np.array([v + e])).value for e in (1e-5, -1e-5))
            assert what(np.array([v])).slope[0] == pytest.approx((up - down) / 2e-5, abs=1e-4)
