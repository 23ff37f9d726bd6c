"""The compiled loop is Keras's training: same weights after the same batches, whatever the spec asks for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import Phase, given, reject, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from nnviz.activations import HIDDEN
from nnviz.layers import LAYERS
from nnviz.loops import compiled, step_graph
from nnviz.loops.choice import useful_threads
from nnviz.loops.compiled import CompiledLoop
from nnviz.loops.cost import uses_xla
from nnviz.loops.loop import LIMIT, Loop, Samples
from nnviz.loops.numpy_loop import ScratchLoop
from nnviz.losses import LOSSES
from nnviz.losses import in_keras as loss_in_keras
from nnviz.models.forward import outputs_and_logits
from nnviz.models.keras_network import build
from nnviz.models.metrics import targets
from nnviz.models.sampling import Order
from nnviz.models.weights import initial_weights, layer_shapes
from nnviz.optimizers import DECAYS, OPTIMIZERS, Decay, decay_factor
from nnviz.spec import RunSpec

STEPS = 12
EXAMPLES = int(os.environ.get("NNVIZ_EXAMPLES", "10"))
"""Random networks; each takes a second or two."""
POOLS = [kind for kind in LAYERS if "pooling" in kind]
CLASS_LOSSES = [name for name, loss in LOSSES.items() if not loss.regression]
PHASES = (Phase.explicit, Phase.generate)
"""The first that differs is small enough to look at; to shrink it takes minutes."""
EXTRAS: dict[str, list[dict[str, Any]]] = {
    "sgd": [{}, {"momentum": 0.9}, {"momentum": 0.8, "nesterov": True}],
    "rmsprop": [{}, {"momentum": 0.5, "centered": True}, {"centered": True}],
    "adam": [{}, {"amsgrad": True}],
    "adamw": [{"weight_decay": 0.05}],
}


def keras_schedule(decay: Decay, rate: float) -> Any:
    s, n = keras.optimizers.schedules, decay.steps
    return {
        "none": lambda: rate,
        "exponential": lambda: s.ExponentialDecay(rate, n, decay.rate),
        "staircase": lambda: s.ExponentialDecay(rate, n, decay.rate, staircase=True),
        "inverse_time": lambda: s.InverseTimeDecay(rate, n, decay.rate),
        "cosine": lambda: s.CosineDecay(rate, n, alpha=decay.rate),
        "linear": lambda: s.PolynomialDecay(rate, n, end_learning_rate=decay.rate * rate, power=1.0),
    }[decay.name]()


def keras_trained(spec: RunSpec, weights: list[Any], x: Any, y: Any, batches: list[Any]) -> list[Any]:
    """The weights after Keras's own `train_on_batch` on the batches."""
    model = build(spec, weights)
    settings = spec.training.optimizer.model_dump(exclude={"name", "learning_rate"})
    rate = keras_schedule(spec.training.decay, spec.training.optimizer.learning_rate)
    optimizer = type(spec.training.optimizer).__name__
    model.compile(getattr(keras.optimizers, optimizer)(rate, **settings), loss_in_keras(spec.training.loss))
    for rows in batches:
        model.train_on_batch(x[rows], y[rows])
    return list(model.get_weights())


def data(spec: RunSpec, n: int, seed: int = 0) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, *spec.input_shape)).astype(np.float32)
    labels = rng.standard_normal(n) if spec.problem == "regression" else rng.integers(0, spec.data.classes, n)
    return x, targets(spec, labels)


def batches_of(order: Order) -> Iterator[Any]:
    """The samples of each step, without end."""
    while True:
        for step, rows in enumerate(order.draw(), 1):
            yield rows[: order.rest] if order.rest and step % order.steps_per_epoch == 0 else rows


def check(spec: RunSpec, n: int = 35, xla: bool = False, tolerance: float = 2e-5, learns: bool = True) -> None:
    """The compiled loop takes Keras's steps; and so does NumPy, wherever it makes a run's first steps."""
    x, y = data(spec, n)
    start = initial_weights(spec)
    loops: list[Loop] = [CompiledLoop(spec, start, Samples(x, y), xla=xla)]
    if uses_xla(spec):
        loops.append(ScratchLoop(spec, start, Samples(x, y)))
    batches = batches_of(Order(spec, n))
    expected = keras_trained(spec, start, x, y, [next(batches) for _ in range(STEPS)])
    noisy = noise(spec)
    for loop in loops:
        chunk = loop.run(STEPS)
        assert chunk.bad is None
        assert loop.step == chunk.steps == STEPS
        for name, ours, theirs, before in zip(array_names(spec), loop.weights, expected, start, strict=True):
            said = f"{type(loop).__name__}: {name}"
            if name.split()[-1] not in noisy:
                np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance, err_msg=said)
            assert not learns or before.size < 4 or not np.array_equal(ours, before), f"{said}: nothing was learned"


def array_names(spec: RunSpec) -> list[str]:
    """In the order of `get_weights`: "hidden layer 1 kernel", …"""
    return [f"{layer.name} {part}" for layer in layer_shapes(spec) for part in layer.layer.arrays]


def noise(spec: RunSpec) -> set[str]:
    """What no two programs agree on: a batch normalisation takes away what a bias before it adds (one layer before it,
    or more where those between are linear). That bias's gradient is nothing but rounding errors, 1e-9 or so; Adam and
    its kin divide them by their own size, so that each bias walks at the full learning rate in a direction of chance,
    and the moving mean with it. What the network says in training does not depend on either."""
    normalized = any(layer.kind == "batch_normalization" for layer in spec.model.layers)
    return {"bias", "moving_mean"} if normalized and spec.training.optimizer.name != "sgd" else set()


def spec_of(**parts: Any) -> RunSpec:
    parts["data"] = {"train": 35, **parts.get("data", {})}
    return RunSpec.model_validate(parts)


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_optimizers_equal_keras(name: str) -> None:
    for i, extra in enumerate(EXTRAS.get(name, [{}])):
        optimizer = {"name": name, "learning_rate": 0.05, **extra}
        check(spec_of(training={"optimizer": optimizer, "batch_size": 10}, seed=i), xla=i == 0)


IN_PLACE: list[dict[str, Any]] = [
    {"name": "sgd"}, {"name": "adam"}, {"name": "adam", "beta_1": 0.8, "beta_2": 0.9}, {"name": "adadelta"},
    {"name": "rmsprop", "momentum": 0.5},
]  # fmt: skip


@pytest.mark.parametrize("optimizer", IN_PLACE, ids=str)
def test_optimizers_of_large_networks_equal_keras(optimizer: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Above FLAT weights TensorFlow's own operations update them in place."""
    monkeypatch.setattr(step_graph, "FLAT", 0)
    spec = spec_of(training={"optimizer": {"learning_rate": 0.05, **optimizer}, "batch_size": 10})
    assert spec.training.optimizer.in_place() is not None
    check(spec)


def test_a_chunk_in_place_is_a_pure_function(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two loops in turn, weights set by hand, steps that break: though the graph has variables, nothing leaks."""
    monkeypatch.setattr(step_graph, "FLAT", 0)
    spec = spec_of(training={"optimizer": {"name": "adam", "learning_rate": 0.05}, "batch_size": 10})
    x, y = data(spec, 35)
    one, two = (CompiledLoop(spec, initial_weights(spec), Samples(x, y), xla=False) for _ in range(2))
    one.run(4)
    for steps in (1, 3):
        two.run(steps)
        one.run(steps)
    alone = CompiledLoop(spec, initial_weights(spec), Samples(x, y), xla=False)
    alone.run(8)
    for ours, theirs in zip(one.weights, alone.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    before = two.weights
    two.weights = [np.zeros_like(w) for w in before]
    assert not any(w.any() for w in two.weights)
    two.weights = before
    two.learning_rate = 1e31
    chunk = two.run(50)
    assert chunk.bad is not None
    assert all(np.isfinite(w).all() for w in two.weights)
    assert two.step == 4 + chunk.steps


@pytest.mark.parametrize("rate", [0.05, 0.1, 0.2, 0.5, 0.9, 0.999])
def test_dropout_drops_and_scales_as_keras_says(rate: float) -> None:
    import tensorflow as tf

    spec = spec_of(model={"layers": [{"units": 4}, {"kind": "dropout", "rate": rate}]})
    layer = build(spec).layers[1]
    ones = tf.ones([401, 1001])
    once, again = layer(ones, training=True).numpy(), layer(ones, training=True).numpy()
    dropped = once == 0
    n = dropped.size
    assert abs(dropped.mean() - rate) < 0.005 * rate + 4 * np.sqrt(rate * (1 - rate) / n)
    assert np.unique(once[~dropped]).size == 1
    assert once.mean() == pytest.approx(1, abs=5 * np.sqrt(rate / (1 - rate) / n))
    for other in (again == 0, np.roll(dropped, 1, 1), np.roll(dropped, 1, 0), np.roll(dropped, 4, 1)):  # independent
        assert np.corrcoef(dropped.ravel(), other.ravel())[0, 1] == pytest.approx(0, abs=5 / np.sqrt(n))
    np.testing.assert_array_equal(layer(ones, training=False), ones)
    with tf.GradientTape() as tape:
        tape.watch(ones)
        total = tf.reduce_sum(3 * (kept := layer(ones, training=True)))
    np.testing.assert_allclose(tape.gradient(total, ones), 3 * kept)


def spec_for_loss(loss: str, seed: int = 0) -> RunSpec:
    """A classification of three classes where the loss has classes of its own, else a regression."""
    data = {"name": "plane"} if LOSSES[loss].regression else {"name": "blobs", "classes": 3}
    return spec_of(data=data, training={"loss": loss, "batch_size": 10}, seed=seed)


@pytest.mark.parametrize("loss", LOSSES)
def test_losses_equal_keras(loss: str) -> None:
    check(spec_for_loss(loss), xla=not LOSSES[loss].regression)


def test_every_activation_equals_keras_under_xla() -> None:
    layers = [{"units": 5, "activation": name} for name in HIDDEN]
    check(spec_of(model={"layers": layers, "initializer": "lecun_normal"}, training={"batch_size": 10}), xla=True)


@pytest.mark.parametrize("regularizer", ["l1", "l2"])
@pytest.mark.parametrize(("batch", "on"), [(10, "all"), (35, "all"), (10, "output"), (35, 1)])
def test_regularizers_equal_keras(regularizer: str, batch: int, on: str | int) -> None:
    model = {"regularizer": {"name": regularizer, "rate": 0.1, "on": on}}
    check(spec_of(model=model, training={"batch_size": batch}), xla=batch == 10)


@pytest.mark.parametrize("xla", [False, True])
@pytest.mark.parametrize("decay", [d for d in DECAYS if d != "none"])
def test_decay_equals_keras(decay: str, xla: bool) -> None:
    spec = spec_of(training={"batch_size": 10, "decay": {"name": decay, "rate": 0.3, "steps": 5}})
    check(spec, xla=xla)
    schedule = keras_schedule(spec.training.decay, 1.0)
    for step in range(12):
        assert decay_factor(spec.training.decay, float(step), np) == pytest.approx(float(schedule(step)), rel=1e-5)


@pytest.mark.parametrize("xla", [False, True])
@pytest.mark.parametrize("clip", ["clipnorm", "clipvalue", "global_clipnorm"])
def test_clipping_equals_keras(clip: str, xla: bool) -> None:
    check(spec_of(training={"batch_size": 10, "optimizer": {"name": "sgd", "learning_rate": 0.5, clip: 0.02}}), xla=xla)


@pytest.mark.parametrize("between", [["batch_normalization"], ["dropout"], ["dropout", "batch_normalization"]])
@pytest.mark.parametrize("n", [30, 35])
def test_batch_normalization_and_dropout_equal_keras(between: list[str], n: int) -> None:
    extra = [{"kind": kind} for kind in between]
    model = {"layers": [{"units": 8}, *extra, {"units": 6}, *extra], "initializer": "glorot_uniform"}
    check(spec_of(model=model, training={"batch_size": 10, "optimizer": {"name": "adam", "learning_rate": 0.01}}), n)


CONV: dict[str, Any] = {"kind": "conv2d", "filters": 3, "kernel_size": 3}
PICTURES: dict[str, list[dict[str, Any]]] = {
    "conv and max": [CONV, {"kind": "max_pooling2d"}, {"units": 6}],
    "average, same": [
        {**CONV, "padding": "same", "strides": 2},
        {"kind": "average_pooling2d", "pool_size": 3, "strides": 2, "padding": "same"},
    ],
    "l2, normalised": [CONV, {"kind": "batch_normalization"}, {"kind": "l2_pooling2d"}, {"kind": "dropout"}],
    "two convs": [CONV, {"kind": "l2_pooling2d", "strides": 1}, {"kind": "conv2d", "filters": 4, "kernel_size": 2}],
    "rnn": [{"kind": "dropout"}, {"kind": "simple_rnn", "units": 5}],
    "lstm": [{"kind": "lstm", "units": 5}, {"kind": "batch_normalization"}, {"units": 4}],
    "rnn on rnn": [{"kind": "simple_rnn", "units": 5}, {"kind": "dropout"}, {"kind": "lstm", "units": 4}],
}


def spec_for_picture(layers: list[dict[str, Any]], **model: Any) -> RunSpec:
    training = {"loss": "categorical_crossentropy", "batch_size": 10, "optimizer": {"learning_rate": 0.05}}
    model = {"layers": layers, "initializer": "glorot_uniform", **model}
    return spec_of(data={"name": "digits"}, model=model, training=training)


@pytest.mark.parametrize("regularizer", ["none", "l2"])
@pytest.mark.parametrize("name", PICTURES)
def test_networks_on_pictures_equal_keras(name: str, regularizer: str) -> None:
    check(spec_for_picture(PICTURES[name], regularizer={"name": regularizer, "rate": 0.01}))


@pytest.mark.parametrize("name", [*PICTURES, "dense", "nothing", "tanh output"])
def test_predictions_are_of_the_weights_of_now(name: str) -> None:
    if name in PICTURES:
        spec = spec_for_picture(PICTURES[name])
    else:
        spec = spec_of(model={"layers": [] if name == "nothing" else [{"units": 5}, {"kind": "batch_normalization"}]})
    x, y = data(spec, 35)
    loop = CompiledLoop(spec, initial_weights(spec), Samples(x, y), xla=False)
    for steps in (0, 3, 4):
        loop.run(steps)
        outputs, logits = loop.predict(x)
        assert outputs.dtype == logits.dtype == np.float32
        expected = outputs_and_logits(spec, loop.weights, x)
        np.testing.assert_allclose(outputs, expected[0], rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(logits, expected[1], rtol=1e-4, atol=1e-4)
    loop.predict(x[:7])
    assert loop._graphs.predict.experimental_get_tracing_count() == 1


def test_predictions_come_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = spec_for_picture(PICTURES["conv and max"])
    x, y = data(spec, 35)
    loop = CompiledLoop(spec, initial_weights(spec), Samples(x, y))
    whole = loop.predict(x)
    monkeypatch.setattr(compiled, "PREDICT_NUMBERS", 4000)  # of some 300 for each picture
    for a, b in zip(whole, loop.predict(x), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
    assert loop.predict(x[:0])[0].shape == (0, 10)


@st.composite
def picture_layers(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Layers that look at a picture of 8 × 8."""
    layers: list[dict[str, Any]] = []
    for kind in draw(st.lists(st.sampled_from(["conv2d", *POOLS, "batch_normalization", "dropout"]), max_size=3)):
        layer: dict[str, Any] = {"kind": kind}
        if kind == "conv2d":
            layer |= {"filters": draw(st.integers(1, 4)), "kernel_size": draw(st.integers(1, 5))}
            layer |= {"activation": draw(st.sampled_from([None, *HIDDEN]))}
        elif kind in POOLS:
            layer |= {"pool_size": draw(st.integers(1, 3))}
        if "kernel_size" in layer or "pool_size" in layer:
            padding = st.sampled_from(["same", "same", "valid"])
            layer |= {"strides": draw(st.integers(1, 3)), "padding": draw(padding)}
        layers.append(layer)
    for kind in draw(st.lists(st.sampled_from(["simple_rnn", "lstm"]), max_size=2)):
        layers.append({"kind": kind, "units": draw(st.integers(1, 4))})
    return layers


@st.composite
def networks(draw: st.DrawFn) -> RunSpec:
    """A network that nobody would think of."""

    def pick(*choices: Any) -> Any:
        return draw(st.sampled_from(choices))

    pictures = draw(st.booleans())
    layers = draw(picture_layers()) if pictures else []
    for _ in range(pick(0, 1) if pictures else pick(0, 1, 2, 3)):
        layers.append({"units": pick(1, 2, 5, 11), "activation": pick(None, *HIDDEN)})
        if (kind := pick("", "", "dropout", "batch_normalization")) != "":
            layers.append({"kind": kind})
    name = pick(*OPTIMIZERS)
    optimizer = {"name": name, "learning_rate": pick(0.001, 0.01, 0.1), **pick(*EXTRAS.get(name, [{}]))}
    optimizer |= pick({}, {"clipnorm": 0.1}, {"clipvalue": 0.01}, {"global_clipnorm": 0.1})
    base = spec_for_loss(pick(*LOSSES), draw(st.integers(0, 1000))).model_dump()
    if pictures:
        base["data"] = {"name": "digits", "train": 35}
        base["training"]["loss"] = pick(*CLASS_LOSSES)
    else:
        base["data"]["inputs"] = ("x1", "x2", "x1_x2", "sin_x1")[: pick(1, 2, 4)]
    base["model"] |= {
        "layers": layers,
        "initializer": pick("glorot_uniform", "he_normal", "uniform"),
        "regularizer": {"name": pick("none", "l1", "l2"), "rate": 0.01, "on": pick("all", "output", 1)},
    }
    base["training"] |= {
        "optimizer": optimizer,
        "batch_size": draw(st.integers(2, 40)),
        "decay": {"name": pick("none", "cosine", "exponential"), "steps": 20},
        "shuffle": draw(st.booleans()),
    }
    try:
        return RunSpec.model_validate(base)
    except ValidationError:
        reject()  # a window that is larger than the picture


@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, phases=PHASES)
@given(networks(), st.booleans())
def test_random_networks_equal_keras(spec: RunSpec, xla: bool) -> None:
    check(spec, xla=xla and uses_xla(spec), tolerance=2e-4, learns=False)


def small_loop(xla: bool = False, n: int = 35, **training: Any) -> CompiledLoop:
    spec = spec_of(training={"batch_size": 10, **training})
    return CompiledLoop(spec, initial_weights(spec), Samples(*data(spec, n)), xla=xla)


def test_chunks_of_any_size_come_to_the_same() -> None:
    whole, parts = small_loop(), small_loop()
    whole.run(50)
    for steps in (1, 7, 2, 40):
        parts.run(steps)
    for a, b in zip(whole.weights, parts.weights, strict=True):
        np.testing.assert_array_equal(a, b)


def test_nothing_is_traced_again() -> None:
    loop = small_loop()
    for steps in (1, 2, 3, 500):
        loop.run(steps)
        loop.learning_rate *= 0.9
        loop.weights = loop.weights
    assert [f.experimental_get_tracing_count() for f in loop._graphs.steps.values()] == [1]


def test_each_epoch_takes_every_sample_once() -> None:
    def batches(**training: Any) -> Iterator[Any]:
        return batches_of(Order(spec_of(training={"batch_size": 10, **training}), 35))

    shuffled = batches()
    orders = [np.concatenate([next(shuffled) for _ in range(4)]) for _ in range(3)]
    assert all(sorted(order) == list(range(35)) for order in orders)
    assert list(orders[0]) != list(orders[1])
    assert list(orders[0]) == list(np.concatenate(list(islice(batches(), 4))))
    assert list(np.concatenate(list(islice(batches(shuffle=False), 4)))) == list(range(35))


def test_an_order_drawn_in_pieces_is_the_same() -> None:
    whole, pieces = (Order(spec_of(training={"batch_size": 10}), 35) for _ in range(2))
    at_once = whole.draw(7)
    np.testing.assert_array_equal(np.concatenate([pieces.draw(n) for n in (1, 4, 2)]), at_once)


def test_rates_change_live() -> None:
    spec = spec_of(model={"regularizer": {"name": "l2", "rate": 0.0}}, training={"batch_size": 35, "shuffle": False})
    x, y = data(spec, 35)
    loop = CompiledLoop(spec, initial_weights(spec), Samples(x, y), xla=False)
    loop.learning_rate, loop.regularization_rate = 0.2, 0.3
    loop.run(3)
    changed = spec.model_dump()
    changed["model"]["regularizer"]["rate"], changed["training"]["optimizer"]["learning_rate"] = 0.3, 0.2
    other = CompiledLoop(RunSpec.model_validate(changed), initial_weights(spec), Samples(x, y), xla=False)
    other.run(3)
    for a, b in zip(loop.weights, other.weights, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_running_means_are_those_of_fit() -> None:
    spec = RunSpec.model_validate(
        {"data": {"name": "digits", "train": 57}, "model": {"layers": [{"units": 9}]},
         "training": {"loss": "categorical_crossentropy", "batch_size": 10, "shuffle": False}}
    )  # fmt: skip
    rng = np.random.default_rng(0)
    x = rng.random((57, 8, 8, 1)).astype(np.float32)
    y = targets(spec, rng.integers(0, 10, 57))
    loop = CompiledLoop(spec, initial_weights(spec), Samples(x, y, accuracy=True), xla=False)
    loop.run(6)
    model = build(spec, initial_weights(spec))
    model.compile(keras.optimizers.SGD(0.03), "categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, batch_size=10, epochs=1, shuffle=False, verbose=0).history
    assert loop.running == pytest.approx((history["loss"][0], history["accuracy"][0]), rel=1e-5)
    history = model.fit(x, y, batch_size=10, epochs=1, shuffle=False, verbose=0).history
    parts = CompiledLoop(spec, initial_weights(spec), Samples(x, y, accuracy=True), xla=False)
    loop.run(6)
    for steps in (5, 1, 4, 2):
        parts.run(steps)
    assert loop.running == pytest.approx((history["loss"][0], history["accuracy"][0]), rel=1e-5)
    assert loop.running == parts.running, "how the steps are cut into chunks is no part of the curve"


@pytest.mark.parametrize("xla", [False, True])
def test_the_step_that_breaks_is_found(xla: bool) -> None:
    def loop() -> CompiledLoop:
        spec = spec_of(
            data={"name": "plane"},
            model={"activation": "relu", "initializer": "he_normal"},
            training={"batch_size": 10, "loss": "mean_squared_error", "optimizer": {"learning_rate": 3.0}},
        )
        return CompiledLoop(spec, initial_weights(spec), Samples(*data(spec, 35)), xla=xla)

    at_once = loop()
    chunk = at_once.run(500)
    assert chunk.bad is not None
    assert chunk.bad_step == at_once.step + 1
    one_by_one = loop()
    while one_by_one.run(1).bad is None:
        assert all(np.isfinite(w).all() for w in one_by_one.weights)
    assert one_by_one.step == at_once.step
    for a, b in zip(one_by_one.weights, at_once.weights, strict=True):
        np.testing.assert_array_equal(a, b)


def test_weights_that_grow_past_all_bounds_under_a_calm_loss_are_found() -> None:
    """tanh is flat far out: no loss tells that L2 with a mad rate throws the weights away; the weights do."""
    spec = spec_of(
        training={"batch_size": 10, "optimizer": {"name": "adamw", "learning_rate": 500, "weight_decay": 10}}
    )
    loop = CompiledLoop(spec, initial_weights(spec), Samples(*data(spec, 35)), xla=False)
    chunk = loop.run(100)
    assert chunk.bad is not None
    assert max(np.abs(w).max() for w in chunk.bad) >= LIMIT
    assert max(np.abs(w).max() for w in loop.weights) < LIMIT


def test_what_xla_does_needs_one_thread() -> None:
    assert useful_threads(spec_of(), 8) == 1
    assert useful_threads(spec_of(model={"layers": [{"units": 512}] * 2}), 8) == 8
    assert useful_threads(spec_of(data={"name": "digits"}, model={"family": "svm"}), 8) == 1


def test_xla_is_for_small_dense_networks() -> None:
    assert uses_xla(spec_of(model={"layers": [{"units": 32}] * 8}))
    assert not uses_xla(spec_of(model={"layers": [{"units": 512}] * 2}))
    assert not uses_xla(spec_of(model={"layers": [{"units": 8}, {"kind": "dropout"}]}))
    assert not any(uses_xla(spec_for_picture(layers)) for layers in PICTURES.values())
