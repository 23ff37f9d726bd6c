"""Gradients: TensorFlow's, finite differences', and ours are the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from nnviz.activations import ACTIVATIONS, HIDDEN, OUTPUT
from nnviz.losses import LOSSES
from nnviz.losses import in_keras as loss_in_keras
from nnviz.models import initial_weights, targets
from nnviz.models.backward import descend, gradients, input_gradient
from nnviz.models.keras_network import build
from nnviz.models.metrics import penalty
from nnviz.models.network import network
from nnviz.models.weights import of_layers
from nnviz.spec import RunSpec

CONV: dict[str, Any] = {"kind": "conv2d", "filters": 3, "kernel_size": 3}
NETWORKS: dict[str, list[dict[str, Any]]] = {
    "softmax regression": [],
    "dense": [{"units": 6}, {"kind": "dropout"}, {"kind": "batch_normalization"}, {"units": 4}],
    **{
        f"conv {padding} {strides}": [{**CONV, "padding": padding, "strides": strides}]
        for padding in ("valid", "same")
        for strides in (1, 2, 3)
    },
    **{
        f"{kind} {padding} {size}/{strides}": [
            {**CONV, "kernel_size": 2}, {"kind": kind, "padding": padding, "pool_size": size, "strides": strides},
            {"units": 5},
        ]
        for kind in ("max_pooling2d", "average_pooling2d", "l2_pooling2d")
        for padding in ("valid", "same")
        for size, strides in ((2, None), (3, 1), (3, 2), (2, 3))
    },
    "deep conv": [
        CONV, {"kind": "batch_normalization"}, {"kind": "conv2d", "filters": 5, "kernel_size": 4, "padding": "same"},
        {"kind": "max_pooling2d"}, {"kind": "flatten"}, {"units": 6},
    ],
    "rnn": [{"kind": "simple_rnn", "units": 5}],
    "rnn on rnn": [{"kind": "simple_rnn", "units": 5, "activation": "relu"}, {"kind": "simple_rnn", "units": 4}],
    "lstm": [{"kind": "lstm", "units": 5}, {"units": 4}],
    "lstm on rnn": [{"kind": "simple_rnn", "units": 3}, {"kind": "batch_normalization"}, {"kind": "lstm", "units": 4}],
    "rnn on conv": [CONV, {"kind": "simple_rnn", "units": 4}],
}  # fmt: skip


def spec_of(layers: list[dict[str, Any]], loss: str = "categorical_crossentropy", **model: Any) -> RunSpec:
    model = {"layers": layers, "initializer": "glorot_uniform", **model}
    data = {"name": "plane"} if model.get("regression") else {"name": "digits"}
    model.pop("regression", None)
    return RunSpec.model_validate({"data": data, "model": model, "training": {"loss": loss}})


def example(spec: RunSpec, n: int = 6) -> tuple[list[Any], Any, Any]:
    """(weights with nothing at its neutral value, inputs, targets)"""
    rng, weights = np.random.default_rng(0), initial_weights(spec)
    for layer, own in of_layers(spec, weights):
        for w in own:
            w += rng.uniform(-0.1 if layer.kernel else 0.05, 0.2, w.shape)
    x = rng.random((n, *spec.input_shape)).astype(np.float32)
    labels = rng.standard_normal(n) if spec.problem == "regression" else rng.integers(0, spec.data.classes, n)
    return weights, x, targets(spec, labels)


def of_tensorflow(
    spec: RunSpec, weights: list[Any], x: Any, y: Any, training: bool = False
) -> tuple[float, list[Any], Any]:
    """(loss with penalty, gradients of the trained arrays, of the inputs) by tf.GradientTape."""
    model, loss_of, pixels = build(spec, weights), loss_in_keras(spec.training.loss), tf.constant(x)

    @tf.function
    def compute() -> Any:
        with tf.GradientTape() as tape:
            tape.watch(pixels)
            loss = tf.reduce_mean(loss_of(y, model(pixels, training=training)))
            loss += tf.add_n(model.losses) if model.losses else 0.0
        variables = [v.value for v in model.trainable_variables]
        return loss, tape.gradient(loss, [*variables, pixels], unconnected_gradients="zero")

    loss, found = compute()
    *arrays, dx = [g.numpy() for g in found]
    return float(loss), arrays, dx


def check(spec: RunSpec, training: bool = False) -> None:
    weights, x, y = example(spec)
    loss, ours, dx = gradients(spec, weights, x, y, spec.network.regularizer.rate, training=training)
    expected_loss, theirs, expected_dx = of_tensorflow(spec, weights, x, y, training)
    assert loss == pytest.approx(expected_loss, rel=2e-5)
    assert [g.shape for g in ours] == [w.shape for w in weights]
    trained: list[Any] = []
    for layer, own in of_layers(spec, ours):
        trained += own[: layer.trained]
        assert not any(g.any() for g in own[layer.trained :]), "moving means are not learned by gradient"
    for a, b in zip([*trained, dx], [*theirs, expected_dx], strict=True):
        assert a.dtype == np.float32
        # Where an output is all but certain, its 1 − p has the rounding of 1, and carries it into small gradients.
        np.testing.assert_allclose(a, b, rtol=2e-4, atol=2e-5 * max(5e-2, float(np.abs(b).max())))


@pytest.mark.parametrize("name", NETWORKS)
def test_every_layer_equals_tensorflow(name: str) -> None:
    check(spec_of(NETWORKS[name]))


@pytest.mark.parametrize(
    "layers",
    [
        [{"kind": "batch_normalization"}, {"units": 6}, {"kind": "batch_normalization"}, {"units": 4}],
        NETWORKS["deep conv"],
        NETWORKS["lstm on rnn"],
    ],
)
def test_batch_normalisation_as_it_trains_equals_tensorflow(layers: list[dict[str, Any]]) -> None:
    check(spec_of(layers), training=True)


@pytest.mark.parametrize("activation", HIDDEN)
def test_every_activation_equals_tensorflow(activation: str) -> None:
    layers = [{"kind": "conv2d", "filters": 2, "kernel_size": 3}, {"units": 5}]
    check(spec_of(layers, activation=activation))


def combinations() -> list[tuple[str, str, bool]]:
    """(loss, output activation, of a regression) for everything that a spec allows."""
    found = []
    for loss in LOSSES:
        for output in OUTPUT:
            for regression in (False, True):
                if regression and not LOSSES[loss].regression:
                    continue
                try:
                    spec_of([{"units": 3}], loss, output_activation=output, regression=regression)
                except ValueError:
                    continue
                found.append((loss, output, regression))
    return found


@pytest.mark.parametrize(("loss", "output", "regression"), combinations())
def test_every_loss_equals_tensorflow(loss: str, output: str, regression: bool) -> None:
    check(spec_of([{"units": 5}], loss, output_activation=output, regression=regression))


@pytest.mark.parametrize("regularizer", ["l1", "l2"])
def test_penalties_equal_tensorflow(regularizer: str) -> None:
    """Kernels alone: of a convolution and a recurrent layer, too; not the recurrent kernel, no bias, no γ."""
    layers: list[dict[str, Any]] = [
        CONV, {"kind": "batch_normalization"}, {"kind": "simple_rnn", "units": 3}, {"kind": "lstm", "units": 3},
        {"units": 3},
    ]  # fmt: skip
    check(spec_of(layers, regularizer={"name": regularizer, "rate": 0.05, "on": 2}))
    spec = spec_of(layers, regularizer={"name": regularizer, "rate": 0.05})
    check(spec)
    weights, x, y = example(spec)
    without = gradients(spec, weights, x, y)[0]
    assert gradients(spec, weights, x, y, 0.05)[0] - without == pytest.approx(penalty(spec, weights, 0.05), rel=1e-4)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_layer_equals_finite_differences(name: str) -> None:
    """In float64, along random directions through all weights and pixels at once."""
    spec = spec_of(NETWORKS[name])
    weights, x, y = example(spec)
    weights, x = [w.astype(np.float64) for w in weights], x.astype(np.float64)
    layers = network(spec)
    made = descend(spec, layers, weights, x, y, 0.0)
    for seed in range(3):
        rng = np.random.default_rng(seed)
        directions = [rng.standard_normal(w.shape) for w in weights]
        for layer, own in of_layers(spec, directions):
            for d in own[layer.trained :]:
                d[:] = 0
        dx, h = rng.standard_normal(x.shape), 1e-6

        def loss(s: float, directions: list[Any] = directions, dx: Any = dx) -> float:
            there = [w + s * d for w, d in zip(weights, directions, strict=True)]
            found = descend(spec, layers, there, x + s * dx, y, 0.0)
            return float(LOSSES[spec.training.loss].of(y, found.outputs, found.logits).mean())

        after, before = loss(h), loss(-h)
        slope = sum(float((g * d).sum()) for g, d in zip(made.gradients, directions, strict=True))
        slope += float((made.dx * dx).sum())
        assert slope == pytest.approx((after - before) / (2 * h), rel=2e-4, abs=1e-6)


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "softmax"])
def test_every_activation_equals_finite_differences(name: str) -> None:
    f, slope = ACTIVATIONS[name].f, ACTIVATIONS[name].slope
    z = np.linspace(-7, 7, 141)[np.abs(np.linspace(-7, 7, 141)) % 3 > 1e-3]  # not at the corners, 0, ±3 and 6
    h = 1e-6
    np.testing.assert_allclose(slope(z), (f(z + h) - f(z - h)) / (2 * h), rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("name", ["softmax regression", "dense", "deep conv", "lstm on rnn"])
@pytest.mark.parametrize("output", ["softmax", "sigmoid"])
def test_input_gradient_is_that_of_the_logit(name: str, output: str) -> None:
    spec = spec_of(NETWORKS[name], "mean_squared_error", output_activation=output)
    weights, x, _ = example(spec)
    classes = np.array([0, 3, 3, 9, 1, 5])
    model, pixels = build(spec, weights), tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(pixels)
        outputs = model(pixels, training=False)
        logits = outputs._keras_logits  # the sums before the output activation
        chosen = tf.gather(logits, classes, axis=1, batch_dims=1)
    theirs = tape.gradient(chosen, pixels).numpy()
    ours = input_gradient(spec, weights, x, classes)
    assert ours.shape == x.shape
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5 * np.abs(theirs).max())


def test_the_input_gradient_of_a_single_output_counts_against_class_0() -> None:
    spec = RunSpec()
    weights = initial_weights(spec)
    x = np.random.default_rng(0).standard_normal((2, 2)).astype(np.float32)
    for_1, for_0 = (input_gradient(spec, weights, x, np.full(2, c)) for c in (1, 0))
    np.testing.assert_array_equal(for_1, -for_0)
    assert for_1.any()


def test_dead_windows_have_no_gradient() -> None:
    """√Σa² has no slope at 0: it is taken as 0, here and in Keras's layer, and spoils nothing."""
    spec = spec_of([{**CONV, "activation": "relu"}, {"kind": "l2_pooling2d"}])
    weights, x, y = example(spec)
    weights[1][:] = -100  # every filter is dead
    _, ours, dx = gradients(spec, weights, x, y)
    _, theirs, expected = of_tensorflow(spec, weights, x, y)
    for a, b in zip([*ours, dx], [*theirs, expected], strict=True):
        assert np.isfinite(a).all()
        np.testing.assert_allclose(a, b, atol=1e-6)
