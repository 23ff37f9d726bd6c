"""The compiled loop is Keras's training: same weights after the same batches, whatever the spec asks for."""

from __future__ import annotations

import os
from typing import Any, get_args

import keras
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from nnviz.models import compiled_loop
from nnviz.models.compiled_loop import CompiledLoop, uses_xla
from nnviz.models.keras_network import build, loss_function
from nnviz.models.losses import targets
from nnviz.models.optimizers import decay_factor
from nnviz.models.weights import initial_weights, layer_shapes
from nnviz.spec import OPTIMIZERS, REGRESSION_LOSSES, Activation, Decay, Loss, RunSpec

STEPS = 12
EXAMPLES = int(os.environ.get("NNVIZ_EXAMPLES", "16"))
"""Random networks; each takes a second or two."""
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
    model.compile(getattr(keras.optimizers, optimizer)(rate, **settings), loss_function(spec))
    for rows in batches:
        model.train_on_batch(x[rows], y[rows])
    return list(model.get_weights())


def data(spec: RunSpec, n: int, seed: int = 0) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, *spec.input_shape)).astype(np.float32)
    labels = rng.standard_normal(n) if spec.problem == "regression" else rng.integers(0, spec.data.classes, n)
    return x, targets(spec, labels)


def xla_only(loop: CompiledLoop) -> CompiledLoop:
    """XLA from the first step on."""
    loop._plain = {loop.batch: loop._fast}
    return loop


def check(spec: RunSpec, n: int = 35, xla: bool = False, tolerance: float = 2e-5, learns: bool = True) -> None:
    x, y = data(spec, n)
    start = initial_weights(spec)
    loop = CompiledLoop(spec, start, x, y, xla=xla)
    if xla:
        xla_only(loop)
    chunk = loop.run(STEPS)
    assert chunk.bad is None
    assert loop.step == chunk.steps == STEPS
    batches = CompiledLoop(spec, start, x, y, xla=False).batches()
    expected = keras_trained(spec, start, x, y, [next(batches) for _ in range(STEPS)])
    noisy = noise(spec)
    for name, ours, theirs, before in zip(array_names(spec), loop.weights, expected, start, strict=True):
        if name.split()[-1] not in noisy:
            np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance, err_msg=name)
        assert not learns or before.size < 4 or not np.array_equal(ours, before), f"{name}: nothing was learned"


def array_names(spec: RunSpec) -> list[str]:
    """In the order of `get_weights`: "hidden layer 1 kernel", …"""
    parts = {"dense": ("kernel", "bias"), "batch_normalization": ("gamma", "beta", "mean", "variance")}
    return [f"{layer.name} {part}" for layer in layer_shapes(spec) for part in parts[layer.kind]]


def noise(spec: RunSpec) -> set[str]:
    """What no two programs agree on: a batch normalisation takes away what a bias before it adds (one layer before it,
    or more where those between are linear). That bias's gradient is nothing but rounding errors, 1e-9 or so; Adam and
    its kin divide them by their own size, so that each bias walks at the full learning rate in a direction of chance,
    and the moving mean with it. What the network says in training does not depend on either."""
    normalized = any(layer.kind == "batch_normalization" for layer in spec.model.layers)
    return {"bias", "mean"} if normalized and spec.training.optimizer.name != "sgd" else set()


def spec_of(**parts: Any) -> RunSpec:
    parts["data"] = {"train": 35, **parts.get("data", {})}
    return RunSpec.model_validate(parts)


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_optimizers_equal_keras(name: str) -> None:
    for i, extra in enumerate(EXTRAS.get(name, [{}])):
        optimizer = {"name": name, "learning_rate": 0.05, **extra}
        check(spec_of(training={"optimizer": optimizer, "batch_size": 10}, seed=i), xla=i == 0)


def spec_for_loss(loss: str, seed: int = 0) -> RunSpec:
    """A classification of three classes where the loss has classes of its own, else a regression."""
    data = {"name": "plane"} if loss in REGRESSION_LOSSES else {"name": "blobs", "classes": 3}
    return spec_of(data=data, training={"loss": loss, "batch_size": 10}, seed=seed)


@pytest.mark.parametrize("loss", get_args(Loss))
def test_losses_equal_keras(loss: str) -> None:
    check(spec_for_loss(loss), xla=loss not in REGRESSION_LOSSES)


def test_every_activation_equals_keras_under_xla() -> None:
    layers = [{"units": 5, "activation": name} for name in get_args(Activation)]
    check(spec_of(model={"layers": layers, "initializer": "lecun_normal"}, training={"batch_size": 10}), xla=True)


@pytest.mark.parametrize("regularizer", ["l1", "l2"])
@pytest.mark.parametrize("batch", [10, 35])
def test_regularizers_equal_keras(regularizer: str, batch: int) -> None:
    model = {"regularizer": {"name": regularizer, "rate": 0.1}}
    check(spec_of(model=model, training={"batch_size": batch}), xla=batch == 10)


@pytest.mark.parametrize("xla", [False, True])
@pytest.mark.parametrize("decay", [d for d in get_args(Decay.model_fields["name"].annotation) if d != "none"])
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


@st.composite
def networks(draw: st.DrawFn) -> RunSpec:
    """A network that nobody would think of."""

    def pick(*choices: Any) -> Any:
        return draw(st.sampled_from(choices))

    layers: list[dict[str, Any]] = []
    for _ in range(pick(0, 1, 2, 3)):
        layers.append({"units": pick(1, 2, 5, 11), "activation": pick(None, *get_args(Activation))})
        if (kind := pick("", "", "dropout", "batch_normalization")) != "":
            layers.append({"kind": kind})
    name = pick(*OPTIMIZERS)
    optimizer = {"name": name, "learning_rate": pick(0.001, 0.01, 0.1), **pick(*EXTRAS.get(name, [{}]))}
    optimizer |= pick({}, {"clipnorm": 0.1}, {"clipvalue": 0.01}, {"global_clipnorm": 0.1})
    base = spec_for_loss(pick(*get_args(Loss)), draw(st.integers(0, 1000))).model_dump()
    base["data"]["inputs"] = ("x1", "x2", "x1_x2", "sin_x1")[: pick(1, 2, 4)]
    base["model"] |= {
        "layers": layers,
        "initializer": pick("glorot_uniform", "he_normal", "uniform"),
        "regularizer": {"name": pick("none", "l1", "l2"), "rate": 0.01},
    }
    base["training"] |= {
        "optimizer": optimizer,
        "batch_size": draw(st.integers(2, 40)),
        "decay": {"name": pick("none", "cosine", "exponential"), "steps": 20},
        "shuffle": draw(st.booleans()),
    }
    return RunSpec.model_validate(base)


@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, phases=PHASES)
@given(networks(), st.booleans())
def test_random_networks_equal_keras(spec: RunSpec, xla: bool) -> None:
    check(spec, xla=xla and uses_xla(spec), tolerance=2e-4, learns=False)


def small_loop(xla: bool = False, n: int = 35, **training: Any) -> CompiledLoop:
    spec = spec_of(training={"batch_size": 10, **training})
    return CompiledLoop(spec, initial_weights(spec), *data(spec, n), xla=xla)


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
    assert [f.experimental_get_tracing_count() for f in loop._plain.values()] == [1]


def test_the_handover_to_xla_is_at_a_fixed_step_and_traces_once() -> None:
    first, second = small_loop(xla=True), small_loop(xla=True)
    first.run(first.handover + 200)
    second.run(first.handover - 1)
    while second.step < first.step:
        second.run(min(11, first.step - second.step))
    for a, b in zip(first.weights, second.weights, strict=True):
        np.testing.assert_array_equal(a, b)
    assert second._fast.experimental_get_tracing_count() == 1


def test_each_epoch_takes_every_sample_once() -> None:
    batches = small_loop().batches()
    orders = [np.concatenate([next(batches) for _ in range(4)]) for _ in range(3)]
    assert all(sorted(order) == list(range(35)) for order in orders)
    assert list(orders[0]) != list(orders[1])
    assert list(orders[0]) == list(np.concatenate([b for b, _ in zip(small_loop().batches(), range(4), strict=False)]))
    fixed = small_loop(shuffle=False).batches()
    assert list(np.concatenate([next(fixed) for _ in range(4)])) == list(range(35))


def test_rates_change_live() -> None:
    spec = spec_of(model={"regularizer": {"name": "l2", "rate": 0.0}}, training={"batch_size": 35, "shuffle": False})
    x, y = data(spec, 35)
    loop = CompiledLoop(spec, initial_weights(spec), x, y, xla=False)
    loop.learning_rate, loop.regularization_rate = 0.2, 0.3
    loop.run(3)
    changed = spec.model_dump()
    changed["model"]["regularizer"]["rate"], changed["training"]["optimizer"]["learning_rate"] = 0.3, 0.2
    other = CompiledLoop(RunSpec.model_validate(changed), initial_weights(spec), x, y, xla=False)
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
    loop = CompiledLoop(spec, initial_weights(spec), x, y, accuracy=True, xla=False)
    loop.run(6)
    model = build(spec, initial_weights(spec))
    model.compile(keras.optimizers.SGD(0.03), "categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, batch_size=10, epochs=1, shuffle=False, verbose=0).history
    assert loop.running == pytest.approx((history["loss"][0], history["accuracy"][0]), rel=1e-5)
    history = model.fit(x, y, batch_size=10, epochs=1, shuffle=False, verbose=0).history
    parts = CompiledLoop(spec, initial_weights(spec), x, y, accuracy=True, xla=False)
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
        made = CompiledLoop(spec, initial_weights(spec), *data(spec, 35), xla=xla)
        return xla_only(made) if xla else made

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
    loop = CompiledLoop(spec, initial_weights(spec), *data(spec, 35), xla=False)
    chunk = loop.run(100)
    assert chunk.bad is not None
    assert max(np.abs(w).max() for w in chunk.bad) >= compiled_loop.LIMIT
    assert max(np.abs(w).max() for w in loop.weights) < compiled_loop.LIMIT


def test_xla_is_for_small_dense_networks() -> None:
    assert uses_xla(spec_of(model={"layers": [{"units": 32}] * 8}))
    assert not uses_xla(spec_of(model={"layers": [{"units": 512}] * 2}))
    assert not uses_xla(spec_of(model={"layers": [{"units": 8}, {"kind": "dropout"}]}))
