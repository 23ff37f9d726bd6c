"""The NumPy side of the networks says what Keras says."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from nnviz.activations import HIDDEN, OUTPUT
from nnviz.initializers import BIASES, INITIALIZERS
from nnviz.layers import LAYERS
from nnviz.losses import LOSSES
from nnviz.losses import in_keras as loss_in_keras
from nnviz.models import (
    activations,
    evaluate,
    flat_to_weights,
    forward,
    initial_weights,
    losses,
    summary,
    targets,
    weights_to_flat,
)
from nnviz.models.forward import outputs_and_logits, predict
from nnviz.models.keras_network import build
from nnviz.models.metrics import penalty
from nnviz.models.weights import layer_shapes
from nnviz.spec import (
    RunSpec,
)

RNG = np.random.default_rng(0)
X = (3 * RNG.standard_normal((40, 2))).astype(np.float32)


def scattered(spec: RunSpec) -> list[Any]:
    """Weights with nothing at its neutral value, moving means and variances included."""
    return [(w + RNG.uniform(0.1, 0.5, w.shape)).astype(np.float32) for w in initial_weights(spec)]


@pytest.mark.parametrize("activation", HIDDEN)
def test_forward_equals_keras(activation: str) -> None:
    layers: list[Any] = [
        {"kind": "batch_normalization"}, {"units": 5}, {"kind": "dropout"}, {"units": 4},
        {"kind": "batch_normalization"}, {"units": 3},
    ]  # fmt: skip
    spec = RunSpec.model_validate({"model": {"layers": layers, "activation": activation}})
    weights = scattered(spec)
    model = build(spec, weights)
    dense = [layer.output for layer in model.layers if isinstance(layer, keras.layers.Dense)]
    expected = keras.Model(model.inputs[0], dense)(X, training=False)
    ours = forward(spec, weights, X)
    assert [a.shape for a in ours] == [(40, 5), (40, 4), (40, 3), (40, 1)]
    for a, b in zip(ours, expected, strict=True):
        assert a.dtype == np.float32
        np.testing.assert_allclose(a, b, rtol=2e-5, atol=2e-5)


CONV: dict[str, Any] = {"kind": "conv2d", "filters": 3, "kernel_size": 3}
PICTURES: dict[str, list[dict[str, Any]]] = {
    "dense": [{"kind": "dropout"}, {"units": 5}, {"kind": "batch_normalization"}],
    **{
        f"conv {padding} {strides}": [{**CONV, "padding": padding, "strides": strides}]
        for padding in ("valid", "same")
        for strides in (1, 2, 4)
    },
    **{
        f"{kind} {padding} {size}/{strides}": [
            {**CONV, "kernel_size": 2}, {"kind": kind, "padding": padding, "pool_size": size, "strides": strides},
        ]
        for kind in LAYERS
        if "pooling" in kind
        for padding in ("valid", "same")
        for size, strides in ((2, None), (3, 2), (2, 3), (7, 1))
    },
    "deep": [
        CONV, {"kind": "batch_normalization"}, {"kind": "max_pooling2d"}, {**CONV, "padding": "same"}, {"units": 6},
    ],
    "rnn": [{"kind": "simple_rnn", "units": 5, "activation": "relu"}],
    "lstm": [{"kind": "lstm", "units": 5}],
    "recurrent on recurrent": [
        CONV, {"kind": "lstm", "units": 5}, {"kind": "dropout"}, {"kind": "batch_normalization"},
        {"kind": "simple_rnn", "units": 4}, {"units": 3},
    ],
}  # fmt: skip


def picture_spec(layers: list[dict[str, Any]], **parts: Any) -> RunSpec:
    model = {"layers": layers, "activation": "relu", "initializer": "glorot_uniform"}
    return RunSpec.model_validate({"data": {"name": "digits"}, "model": model, **parts})


@pytest.mark.parametrize("name", PICTURES)
def test_every_layer_says_what_keras_says(name: str) -> None:
    spec = picture_spec(PICTURES[name])
    weights = scattered(spec)
    images = RNG.random((9, 8, 8, 1)).astype(np.float32)
    model = build(spec, weights)
    expected = keras.Model(model.inputs[0], [layer.output for layer in model.layers])(images, training=False)
    ours = activations(spec, weights, images)
    assert [placed for placed, _ in ours] == list(spec.plan)
    for (placed, a), b in zip(ours, expected, strict=True):
        assert a.dtype == np.float32
        assert a.shape == b.shape == (9, *placed.output_shape)
        np.testing.assert_allclose(a, b, rtol=2e-5, atol=2e-5, err_msg=placed.name)
    assert sum(row["parameters"] for row in summary(spec)) == model.count_params()
    assert [list(layer.arrays) for layer in layer_shapes(spec)] == [
        [w.shape for w in layer.get_weights()] for layer in model.layers if layer.get_weights()
    ]


def test_summary_of_the_lectures_networks() -> None:
    """784-30-10 and 16 filters of 5×5, as Keras's own summary prints them."""
    dense = RunSpec.model_validate({"data": {"name": "mnist"}, "model": {"layers": [{"units": 30}]}})
    assert [tuple(row.values()) for row in summary(dense)] == [
        ("inputs", "input", [28, 28, 1], 0, None),
        ("flatten", "flatten", [784], 0, None),
        ("hidden layer 1", "dense", [30], 23_550, "tanh"),
        ("output layer", "dense", [10], 310, "softmax"),
    ]
    layers = [
        {"kind": "conv2d", "filters": 16, "kernel_size": 5, "activation": "relu"}, {"kind": "max_pooling2d"},
        {"kind": "dropout"},
    ]  # fmt: skip
    conv = RunSpec.model_validate({"data": {"name": "mnist"}, "model": {"layers": layers}})
    assert sum(row["parameters"] for row in summary(conv)) == 23_466
    assert [row["output_shape"] for row in summary(conv)][1:4] == [[24, 24, 16], [12, 12, 16], [12, 12, 16]]


@pytest.mark.parametrize("output", [o for o in OUTPUT if o != "auto"])
def test_output_activations_equal_keras(output: str) -> None:
    spec = RunSpec.model_validate({"model": {"output_activation": output}})
    weights = scattered(spec)
    np.testing.assert_allclose(forward(spec, weights, X)[-1], build(spec, weights)(X), rtol=1e-5, atol=1e-6)


def combinations() -> list[tuple[str, str, str]]:
    """(loss, output activation, outputs) for everything that a spec allows."""
    found = []
    for loss in LOSSES:
        for output in OUTPUT:
            for outputs in ("auto", "per_class"):
                try:
                    loss_spec(loss, output, outputs)
                except ValueError:
                    continue
                found.append((loss, output, outputs))
    return found


def loss_spec(loss: str, output: str, outputs: str) -> RunSpec:
    model = {"output_activation": output, "outputs": outputs, "regularizer": {"name": "l2", "rate": 0.1}}
    return RunSpec.model_validate({"model": model, "training": {"loss": loss}})


@pytest.mark.parametrize(("loss", "output", "outputs"), combinations())
def test_losses_equal_keras(loss: str, output: str, outputs: str) -> None:
    spec = loss_spec(loss, output, outputs)
    weights = [4 * w for w in scattered(spec)]  # saturated outputs, where clipping would show
    labels = RNG.integers(0, 2, len(X))
    y = targets(spec, labels)
    model = build(spec, weights)
    model.compile(loss=loss_in_keras(spec.training.loss))
    expected = float(model.test_on_batch(X, y))
    mean, accuracy = evaluate(spec, weights, X, labels, 0.1)
    assert mean == pytest.approx(expected, rel=2e-5)
    each = losses(spec, y, *outputs_and_logits(spec, weights, X))
    assert each.shape == (40,)
    assert each.dtype == np.float32
    assert each.mean() + penalty(spec, weights, 0.1) == pytest.approx(mean)
    assert accuracy is not None
    assert 0 <= accuracy <= 1


@pytest.mark.parametrize(
    ("on", "punished"), [("all", [1, 1, 1]), ("output", [0, 0, 1]), (1, [1, 0, 0]), (3, [0, 0, 1])]
)
def test_a_regulariser_is_on_all_kernels_or_on_one(on: str | int, punished: list[int]) -> None:
    regularizer = {"name": "l2", "rate": 0.5, "on": on}
    spec = RunSpec.model_validate({"model": {"layers": [{"units": 3}, {"units": 2}], "regularizer": regularizer}})
    weights = scattered(spec)
    found = [layer.kernel_regularizer for layer in build(spec).layers]
    assert [int(one is not None) for one in found] == punished
    kernels = weights[::2]
    expected = 0.5 * sum(float(np.square(w).sum()) for w, is_on in zip(kernels, punished, strict=True) if is_on)
    assert penalty(spec, weights, 0.5) == pytest.approx(expected)


def test_a_layer_to_regularise_must_be_there() -> None:
    with pytest.raises(ValueError, match=r"regularizer.on: there is no layer 4 .*allowed are 1 to 3, all, output"):
        RunSpec.model_validate({"model": {"layers": [{}, {}], "regularizer": {"name": "l2", "on": 4}}})


@pytest.mark.parametrize("loss", [name for name, loss in LOSSES.items() if loss.regression])
def test_regression_has_no_accuracy(loss: str) -> None:
    spec = RunSpec.model_validate({"data": {"name": "plane"}, "training": {"loss": loss}})
    mean, accuracy = evaluate(spec, initial_weights(spec), X, X[:, 0], 0.0)
    assert mean > 0
    assert accuracy is None


def test_targets() -> None:
    labels = np.array([0, 1, 1])
    spec = RunSpec()
    assert targets(spec, labels).tolist() == [[-1], [1], [1]]
    spec = RunSpec.model_validate({"training": {"loss": "binary_crossentropy"}})
    assert targets(spec, labels).tolist() == [[0], [1], [1]]
    spec = RunSpec.model_validate({"training": {"loss": "categorical_crossentropy"}})
    assert targets(spec, labels).tolist() == [[1, 0], [0, 1], [0, 1]]


def drawn(initializer: str, inputs: int, units: int, seed: int = 0) -> Any:
    """A kernel of the wanted shape: the second layer's."""
    model = {"layers": [{"units": inputs}, {"units": units}], "initializer": initializer}
    return initial_weights(RunSpec.model_validate({"model": model, "seed": seed}))[2]


def in_keras(name: str) -> str:
    """scaled_normal → ScaledNormal: Keras's class, if it has one."""
    return "".join(part.title() for part in name.split("_"))


@pytest.mark.parametrize("name", [n for n in INITIALIZERS if hasattr(keras.initializers, in_keras(n))])
def test_initializers_have_the_statistics_of_keras(name: str) -> None:
    if name == "random_normal":
        theirs = keras.initializers.RandomNormal(0, 1, seed=1)
    else:
        theirs = keras.initializers.get(
            {"class_name": in_keras(name), "config": {} if name == "zeros" else {"seed": 1}}
        )
    a, b = drawn(name, 300, 200), np.array(theirs((300, 200)))
    assert a.mean() == pytest.approx(b.mean(), abs=5e-3)
    assert a.std() == pytest.approx(b.std(), rel=0.02, abs=1e-9)
    if name != "random_normal" and name != "orthogonal":
        assert np.abs(a).max() == pytest.approx(np.abs(b).max(), rel=0.03, abs=1e-9)


@pytest.mark.parametrize("name", ["glorot_uniform", "he_normal", "orthogonal"])
def test_kernels_of_convolutions_have_the_statistics_of_keras(name: str) -> None:
    """Their fans are those of the whole receptive field."""
    layers = [{"kind": "conv2d", "filters": n, "kernel_size": 3, "padding": "same"} for n in (30, 100)]
    spec = RunSpec.model_validate({"data": {"name": "digits"}, "model": {"layers": layers, "initializer": name}})
    a = initial_weights(spec)[2]
    theirs = keras.initializers.get({"class_name": in_keras(name), "config": {"seed": 1}})
    b = np.array(theirs((3, 3, 30, 100)))
    assert a.shape == b.shape
    assert a.std() == pytest.approx(b.std(), rel=0.02)
    if name == "orthogonal":
        np.testing.assert_allclose(a.reshape(-1, 100).T @ a.reshape(-1, 100), np.eye(100), atol=1e-5)
    else:
        assert np.abs(a).max() == pytest.approx(np.abs(b).max(), rel=0.03)


def test_recurrent_kernels_are_orthogonal_and_an_lstm_remembers_at_first() -> None:
    spec = picture_spec([{"kind": "simple_rnn", "units": 7}, {"kind": "lstm", "units": 5}])
    _, recurrent, bias, _, gates, gate_bias, *_ = initial_weights(spec)
    np.testing.assert_allclose(recurrent @ recurrent.T, np.eye(7), atol=1e-5)
    np.testing.assert_allclose(gates @ gates.T, np.eye(5), atol=1e-5)
    np.testing.assert_array_equal(gate_bias, np.repeat(np.float32([0.1, 1, 0.1, 0.1]), 5))
    np.testing.assert_array_equal(bias, np.full(7, 0.1, np.float32))


def test_initializers_of_the_lectures() -> None:
    uniform = drawn("uniform", 300, 200)
    assert np.abs(uniform).max() == pytest.approx(0.5, rel=1e-3)
    assert uniform.std() == pytest.approx(1 / 12**0.5, rel=0.01)
    assert drawn("small_normal", 300, 200).std() == pytest.approx(0.1, rel=0.01)
    assert drawn("scaled_normal", 400, 200).std() == pytest.approx(1 / 20, rel=0.01)


@pytest.mark.parametrize(("inputs", "units"), [(30, 20), (20, 30), (7, 7)])
def test_orthogonal(inputs: int, units: int) -> None:
    q = drawn("orthogonal", inputs, units)
    product = q @ q.T if inputs <= units else q.T @ q
    np.testing.assert_allclose(product, np.eye(min(inputs, units)), atol=1e-5)


@pytest.mark.parametrize("name", INITIALIZERS)
@pytest.mark.parametrize("bias", BIASES)
def test_weights_are_those_of_the_built_model(name: str, bias: str) -> None:
    spec = RunSpec.model_validate(
        {"model": {"layers": [{"kind": "batch_normalization"}, {"units": 5}, {"kind": "dropout"},
                              {"kind": "batch_normalization"}, {"units": 3}],
                   "initializer": name, "bias_initializer": bias}, "seed": 3}
    )  # fmt: skip
    weights = initial_weights(spec)
    assert all(w.dtype == np.float32 for w in weights)
    assert all(np.array_equal(a, b) for a, b in zip(weights, initial_weights(spec), strict=True))
    if name not in {"zeros"}:
        other = initial_weights(spec.model_copy(update={"seed": 4}))
        assert not np.array_equal(weights[4], other[4])
    flat = weights_to_flat(spec, weights)
    assert all(np.array_equal(a, b) for a, b in zip(weights, flat_to_weights(spec, flat), strict=True))
    biases = {"zeros": np.zeros(3), "tenth": np.full(3, 0.1, np.float32)}.get(bias, weights[-1])
    np.testing.assert_array_equal(weights[-1], biases[: len(weights[-1])])
    if name == "uniform":
        model = build(spec, weights)
        assert [w.shape for w in model.get_weights()] == [w.shape for w in weights]
        assert sum(row["parameters"] for row in summary(spec)) == model.count_params()
        assert [row["kind"] for row in summary(spec)][1:4] == ["batch_normalization", "dense", "dropout"]


def test_weights_of_another_network_are_refused() -> None:
    spec = RunSpec()
    with pytest.raises(ValueError, match="25 numbers, not 24"):
        flat_to_weights(spec, np.zeros(24, np.float32))
    with pytest.raises(ValueError, match="arrays of"):
        weights_to_flat(spec, initial_weights(spec)[:-1])


def test_images_are_flattened_and_predicted_in_parts() -> None:
    spec = RunSpec.model_validate({"data": {"name": "digits"}})
    images = RNG.random((25, 8, 8, 1)).astype(np.float32)
    weights = initial_weights(spec)
    whole, parts = predict(spec, weights, images), predict(spec, weights, images, rows=10)
    np.testing.assert_allclose(whole[0], parts[0], rtol=1e-6)
    np.testing.assert_allclose(whole[0], build(spec, weights)(images), rtol=1e-4, atol=1e-6)
    assert whole[1].shape == parts[1].shape == (25, 10)
