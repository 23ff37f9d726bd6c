"""Frames of networks on images hold what their docstrings say, within 100 KB."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from nnviz.data import Dataset, load
from nnviz.events import Frame, decode_frame, encode_frame
from nnviz.losses import in_keras as loss_in_keras
from nnviz.models import initial_weights
from nnviz.models.backward import gradients
from nnviz.models.forward import activations, predict
from nnviz.models.keras_network import build
from nnviz.models.metrics import losses, targets
from nnviz.models.svm import fit
from nnviz.models.weights import of_layers, weights_to_flat
from nnviz.probes import Predictions, Statistics, filters_frame, judge, support_frame, weights_frame
from nnviz.probes.sample import Judge
from nnviz.spec import RunSpec
from nnviz.stopping import accuracy_interval

DIGITS = {"name": "digits", "train": 200, "validation": 60, "test": 150}
CONV: list[dict[str, Any]] = [
    {"kind": "conv2d", "filters": 6, "kernel_size": 3}, {"kind": "max_pooling2d"},
    {"kind": "conv2d", "filters": 20, "kernel_size": 2}, {"kind": "batch_normalization"},
]  # fmt: skip


def spec_of(layers: list[dict[str, Any]], data: dict[str, Any] | None = None, **model: Any) -> RunSpec:
    return RunSpec.model_validate({
        "data": data or DIGITS,
        "model": {"layers": layers, "activation": "relu", "initializer": "he_normal", **model},
        "training": {"loss": "categorical_crossentropy"},
    })  # fmt: skip


def numpy_judge(spec: RunSpec, weights: list[Any]) -> Judge:
    return judge(spec, lambda x: predict(spec, weights, x))


def read(frame: Frame) -> Frame:
    """As a browser gets it."""
    data = encode_frame(frame, "r" * 22)
    assert frame.view == "weights" or len(data) <= 100_000
    return decode_frame(data)


def numbers(frame: Frame, i: int) -> Any:
    """The weights that the pictures of layer `i` stand for."""
    levels, peak = frame.arrays[f"w{i}"].astype(np.float32), frame.arrays[f"peak{i}"]
    return (levels - 128) / 127 * peak.reshape(-1, *[1] * (levels.ndim - 1))


# ---------------------------------------------------------------------- filters


def test_a_dense_layer_s_filters_are_its_weights_as_pictures() -> None:
    spec = spec_of([{"units": 30}, {"units": 12}])
    weights = initial_weights(spec)
    frame = read(filters_frame(spec, weights, 5, 0.5))
    first, second, output = frame.meta["layers"]
    assert (first["name"], first["kind"], first["activation"]) == ("hidden layer 1", "dense", "relu")
    assert (first["total"], first["shown"], first["picture"], first["matrix"]) == (30, 30, [8, 8], False)
    assert spec.plan[first["index"]].name == "hidden layer 1"
    shown = numbers(frame, 0)
    peak = frame.arrays["peak0"]
    np.testing.assert_allclose(peak, np.abs(weights[0]).max(0), rtol=1e-6)
    np.testing.assert_allclose(shown[7], weights[0][:, 7].reshape(8, 8), atol=float(peak[7]) / 254 * 1.001)
    assert (second["matrix"], second["picture"], output["picture"]) == (True, [30, 12], [12, 10])
    np.testing.assert_allclose(numbers(frame, 1), weights[2], atol=float(frame.arrays["peak1"][0]) / 254 * 1.001)
    assert frame.meta["output"] == {"units": 12, "from_layer": "hidden layer 2"}
    np.testing.assert_array_equal(frame.arrays["output"], weights[4])


def test_a_convolution_s_filters() -> None:
    spec = spec_of(CONV)
    weights = initial_weights(spec)
    frame = read(filters_frame(spec, weights, 0, 0.0))
    assert frame.arrays["w0"].shape == (6, 3, 3)
    assert frame.arrays["w1"].shape == (16, 6, 2, 2)
    assert frame.meta["layers"][1]["total"] == 20
    kernel = weights[2]
    assert kernel.shape == (2, 2, 6, 20)
    peak = frame.arrays["peak1"][9]
    np.testing.assert_allclose(numbers(frame, 1)[9, 4], kernel[:, :, 4, 9], atol=float(peak) / 254 * 1.001)
    assert frame.meta["output"] is None
    assert "output" not in frame.arrays


def test_recurrent_layers_show_both_kernels() -> None:
    frame = read(filters_frame(spec := spec_of([{"kind": "lstm", "units": 9}]), initial_weights(spec), 0, 0.0))
    pictures = [(row["name"], row["picture"]) for row in frame.meta["layers"]]
    assert pictures[:2] == [("LSTM layer 1", [8, 36]), ("LSTM layer 1, recurrent weights", [9, 36])]


LARGE: list[list[dict[str, Any]]] = [
    [], [{"units": 1024}], [{"units": 2048}], [{"units": 512}, {"units": 512}], [{"units": 128}] * 30,
    [{"kind": "conv2d", "filters": 256, "kernel_size": 11}, {"kind": "max_pooling2d", "pool_size": 8}, {"units": 999}],
    [{"kind": "max_pooling2d"}, *[{"kind": "conv2d", "filters": 64, "kernel_size": 5, "padding": "same"}] * 6],
    [{"kind": "max_pooling2d"}, {"units": 700}], [{"kind": "lstm", "units": 200}],
]  # fmt: skip


@pytest.mark.parametrize("layers", LARGE)
def test_frames_of_large_networks_stay_below_100_kilobytes(layers: list[dict[str, Any]]) -> None:
    data = {"name": "mnist", "train": 600, "test": 10_000}
    spec = spec_of(layers, data)
    weights = initial_weights(spec)
    frame = read(filters_frame(spec, weights, 0, 0.0))
    for i, row in enumerate(frame.meta["layers"]):
        assert frame.arrays[f"w{i}"].shape[-2:] == tuple(row["picture"])
        assert 1 <= row["shown"] <= row["total"]


def test_weights_of_nothing_and_of_infinities_are_drawn() -> None:
    spec = spec_of([{"units": 4}])
    zeros = [np.zeros_like(w) for w in initial_weights(spec)]
    assert (filters_frame(spec, zeros, 0, 0.0).arrays["w0"] == 128).all()
    for value in (np.nan, np.inf, 1e29):
        read(filters_frame(spec, [np.full_like(w, value) for w in zeros], 0, 0.0))


def test_weights_frame() -> None:
    spec = spec_of(CONV)
    weights = initial_weights(spec)
    frame = read(weights_frame(spec, weights, 3, 0.1))
    assert frame.meta["family"] == "network"
    np.testing.assert_array_equal(frame.arrays["weights"], weights_to_flat(spec, weights))


def test_support_vectors_are_the_pictures_of_an_svm() -> None:
    spec = RunSpec.model_validate({"data": DIGITS, "model": {"family": "svm"}})
    data = load(spec.data)
    arrays = fit(spec.model, data.inputs("train"), data.labels("train").astype(np.int64))
    frame = read(support_frame(spec, arrays))
    [row] = frame.meta["layers"]
    coefficients = frame.arrays["coefficient"]
    assert (np.diff(coefficients) <= 0).all()
    assert coefficients[0] == pytest.approx(np.abs(arrays["dual"]).sum(0).max())
    assert row["shown"] == len(frame.arrays["label"]) <= row["total"]
    train = data.inputs("train")[..., 0]
    for picture, label in zip(numbers(frame, 0)[:5], frame.arrays["label"], strict=False):
        nearest = np.abs(train - picture).max((1, 2)).argmin()
        assert np.abs(train[nearest] - picture).max() < 0.01
        assert data.labels("train")[nearest] == label


# ---------------------------------------------------------------------- predictions


@pytest.fixture(scope="module")
def trained() -> tuple[RunSpec, Dataset, list[list[Any]]]:
    """A spec, its data, and three sets of weights that differ."""
    spec = spec_of([{"units": 16}])
    return spec, load(spec.data), [initial_weights(spec.model_copy(update={"seed": seed})) for seed in range(3)]


def test_predictions_are_the_network_s(trained: tuple[RunSpec, Dataset, list[list[Any]]]) -> None:
    spec, data, (weights, *_) = trained
    predictions = Predictions(spec, data)
    predictions.evaluate(numpy_judge(spec, weights), 4)
    frame = read(predictions.frame(0.4, 1.5, penalty=0.25, train={"loss": 0.5, "accuracy": 0.75}))
    outputs, logits = predict(spec, weights, data.inputs("test"))
    labels = data.labels("test")
    np.testing.assert_array_equal(frame.arrays["predicted"], outputs.argmax(1))
    np.testing.assert_allclose(frame.arrays["sure"] / 255, outputs.max(1), atol=0.002)
    np.testing.assert_allclose(frame.arrays["true"] / 255, outputs[np.arange(150), labels], atol=0.002)
    meta = frame.meta
    correct = int((outputs.argmax(1) == labels).sum())
    assert (meta["split"], meta["n"], meta["of"], frame.step, meta["correct"]) == ("test", 150, 150, 4, correct)
    assert meta["accuracy"] == pytest.approx(correct / 150)
    assert (meta["low"], meta["high"]) == pytest.approx(accuracy_interval(correct, 150))
    assert meta["loss"] == pytest.approx(losses(spec, targets(spec, labels), outputs, logits).mean() + 0.25, rel=1e-5)
    assert (meta["train"], meta["validation"]) == ({"loss": 0.5, "accuracy": 0.75}, None)
    assert "index" not in frame.arrays
    assert meta["classes"] == 10
    assert meta["class_names"] == [str(c) for c in range(10)]


def test_a_sample_is_of_one_network_and_always_of_the_same_images(
    trained: tuple[RunSpec, Dataset, list[list[Any]]],
) -> None:
    """What an earlier network has said is in no picture of a later one, and in no number of it."""
    spec, data, sets = trained
    said = [predict(spec, weights, data.inputs("test"))[0].argmax(1) for weights in sets]
    predictions, labels = Predictions(spec, data), data.labels("test")
    known: Any = None
    for step, (weights, says) in enumerate(zip(sets, said, strict=True)):
        predictions.evaluate(numpy_judge(spec, weights), 10 * step, 60)
        frame = read(predictions.frame(step / 10, 0.0))
        index = frame.arrays["index"]
        known = index if known is None else known
        np.testing.assert_array_equal(index, known)
        np.testing.assert_array_equal(frame.arrays["predicted"], says[index])
        meta, correct = frame.meta, int((says == labels)[index].sum())
        assert (frame.step, meta["n"], meta["of"], meta["correct"]) == (10 * step, 60, 150, correct)
        assert meta["accuracy"] == pytest.approx(correct / 60)
        assert (meta["low"], meta["high"]) == pytest.approx(accuracy_interval(correct, 60))
        assert not predictions.complete(10 * step)
    assert (np.diff(known.astype(int)) > 0).all()
    assert not np.array_equal(known, np.arange(60)), "a sample of the whole set, not its beginning"
    predictions.advance(numpy_judge(spec, sets[2]), 20, images=70)
    assert read(predictions.frame(0.2, 0.2)).meta["n"] == 130
    predictions.advance(numpy_judge(spec, sets[2]), 20, seconds=10.0)
    assert predictions.complete(20)
    assert not predictions.complete(21)
    frame = read(predictions.frame(0.2, 0.2))
    np.testing.assert_array_equal(frame.arrays["predicted"], said[2])
    history = frame.meta["history"]
    assert (history["step"], history["n"]) == ([0, 10, 20], [60, 60, 150])
    assert history["accuracy"][-1] == pytest.approx(frame.meta["accuracy"], abs=1e-5)


def test_the_validation_set_is_judged_by_the_same_network() -> None:
    spec = spec_of([{"units": 16}])
    data, weights = load(spec.data), initial_weights(spec)
    predictions = Predictions(spec, data, validation=True)
    judges = numpy_judge(spec, weights)
    predictions.evaluate(judges, 3, 40)
    assert read(predictions.frame(0.1, 0.1)).meta["validation"]["n"] == 40
    predictions.evaluate(judges, 4)
    meta = read(predictions.frame(0.2, 0.2, penalty=0.5)).meta
    outputs, logits = predict(spec, weights, data.inputs("validation"))
    labels = data.labels("validation")
    loss = float(losses(spec, targets(spec, labels), outputs, logits).mean()) + 0.5
    accuracy = float((outputs.argmax(1) == labels).mean())
    assert meta["validation"] == {"n": 60, "of": 60, "loss": pytest.approx(loss), "accuracy": pytest.approx(accuracy)}
    assert (meta["history"]["val_n"], meta["history"]["val_loss"][-1]) == ([40, 60], pytest.approx(loss, rel=1e-4))


class Clock:
    """A judge that takes a thousandth of a second for a call and for each image, on a clock of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, judge: Judge) -> None:
        self.judge, self.now, self.scale = judge, 0.0, 1.0
        monkeypatch.setattr("nnviz.probes.predictions.time.perf_counter", lambda: self.now)
        monkeypatch.setattr("nnviz.probes.predictions.LEAST_WORK", 0)

    def __call__(self, x: Any, labels: Any) -> Any:
        self.now += 0.001 * self.scale * (1 + len(x))
        return self.judge(x, labels)


@pytest.fixture
def thousand() -> tuple[RunSpec, Dataset, Judge]:
    spec = spec_of([{"units": 4}], {**DIGITS, "train": 200, "test": 1200})
    return spec, load(spec.data), numpy_judge(spec, initial_weights(spec))


def test_an_evaluation_takes_about_the_time_it_is_given(
    thousand: tuple[RunSpec, Dataset, Judge], monkeypatch: pytest.MonkeyPatch
) -> None:
    spec, data, judges = thousand
    clock, predictions = Clock(monkeypatch, judges), Predictions(spec, data)
    predictions.warm_up(clock)
    assert predictions.takes(500) == pytest.approx(0.5, abs=0.02)
    assert [predictions.size(seconds) for seconds in (0.1, 0.21, 0.8, 2.0)] == [200, 200, 500, 1200]
    predictions.evaluate(clock, 1)
    before = clock.now
    predictions.advance(clock, 2, seconds=0.1)
    assert clock.now - before == pytest.approx(0.1, abs=0.01)


def test_a_sample_stays_as_it_is_while_that_is_about_right(
    thousand: tuple[RunSpec, Dataset, Judge], monkeypatch: pytest.MonkeyPatch
) -> None:
    spec, data, judges = thousand
    clock, predictions = Clock(monkeypatch, judges), Predictions(spec, data)
    predictions.warm_up(clock)
    assert [predictions.size(seconds) for seconds in (0.52, 0.45, 0.4, 1.1, 1.25)] == [500, 500, 500, 500, 500]
    assert [predictions.size(seconds) for seconds in (0.3, 0.52, 1.6, 1.9)] == [200, 200, 1000, 1200]


def test_a_busy_moment_does_not_make_evaluations_dear_for_good(
    thousand: tuple[RunSpec, Dataset, Judge], monkeypatch: pytest.MonkeyPatch
) -> None:
    spec, data, judges = thousand
    clock, predictions = Clock(monkeypatch, judges), Predictions(spec, data)
    clock.scale = 50.0
    predictions.warm_up(clock)
    assert predictions.takes(200) > 5
    clock.scale = 1.0
    for step in range(20):
        predictions.evaluate(clock, step, predictions.size(0.3))
    assert predictions.takes(200) == pytest.approx(0.2, rel=0.2)


@pytest.mark.parametrize(("validation", "test", "split"), [(60, 0, "validation"), (0, 0, "train"), (60, 50, "test")])
def test_the_split_that_is_judged(validation: int, test: int, split: str) -> None:
    spec = spec_of([], {**DIGITS, "train": 1200, "validation": validation, "test": test})
    predictions = Predictions(spec, load(spec.data))
    assert predictions.split == split
    assert predictions.n == {"train": 1000, "validation": 60, "test": 50}[split]
    assert predictions.whole == (split != "train")


def test_ten_thousand_predictions_with_a_long_history_stay_below_100_kilobytes(mnist: object) -> None:  # noqa: ARG001
    spec = spec_of([], {"name": "mnist", "train": 100, "test": 10_000})
    weights = initial_weights(spec)
    predictions = Predictions(spec, load(spec.data))
    judges = numpy_judge(spec, weights)
    for step in range(1_000_000, 1_000_700):
        predictions.evaluate(judges, step, 1)
        predictions.frame(step / 600, step / 7)
    predictions.evaluate(judges, 2_000_000, 9999)
    frame = read(predictions.frame(3333.33333, 12345.678))
    steps = frame.meta["history"]["step"]
    assert 100 < len(steps) <= 256
    assert steps[-1] == 2_000_000


# ---------------------------------------------------------------------- statistics


def test_statistics_are_those_of_the_layers() -> None:
    spec = spec_of([{"units": 12}, {"units": 7, "activation": "tanh"}])
    data, weights = load(spec.data), initial_weights(spec)
    weights[2] *= 20  # the tanh is driven to its ends
    statistics = Statistics(spec, data)
    statistics.add(weights, 3, 0.3)
    frame = read(statistics.frame())
    arrays, n = frame.arrays, frame.meta["sample"]
    assert frame.meta["layers"] == ["hidden layer 1", "hidden layer 2", "output layer"]
    x, y = data.inputs("train")[:n], targets(spec, data.labels("train")[:n])
    found = [g[0] for _, g in of_layers(spec, gradients(spec, weights, x, y)[1])]
    np.testing.assert_allclose(arrays["gradient"][:, 0], [np.sqrt((g**2).mean()) for g in found], rtol=1e-4)
    np.testing.assert_allclose(arrays["weight_rms"][:, 0], [np.sqrt((w**2).mean()) for w in weights[::2]], rtol=1e-4)
    said = [a for layer, a in activations(spec, weights, x) if layer.kind == "dense"]
    np.testing.assert_allclose(arrays["mean"][:, 0], [a.mean() for a in said], atol=1e-5)
    np.testing.assert_allclose(arrays["std"][:, 0], [a.std() for a in said], rtol=1e-3)
    np.testing.assert_allclose(arrays["zero"][:, 0], [(a == 0).mean() for a in said], atol=1e-6)
    assert arrays["zero"][0, 0] > 0.1
    assert arrays["saturated"][0, 0] == 0
    assert arrays["saturated"][1, 0] == pytest.approx((np.abs(said[1]) > 0.98).mean())
    assert arrays["saturated"][1, 0] > 0.3


@pytest.mark.parametrize(("name", "low", "high"), [("sigmoid", 0.01, 0.99), ("tanh", -0.98, 0.98)])
def test_saturated_is_counted_where_the_frame_says(name: str, low: float, high: float) -> None:
    spec = spec_of([{"units": 12, "activation": name}])
    data, weights = load(spec.data), initial_weights(spec)
    weights[0] *= 20
    statistics = Statistics(spec, data)
    statistics.add(weights, 0, 0.0)
    frame = read(statistics.frame())
    assert frame.meta["ends"] == [[low, high], None]
    said = activations(spec, weights, data.inputs("train")[: frame.meta["sample"]])
    a = next(a for layer, a in said if layer.kind == "dense")
    assert frame.arrays["saturated"][0, 0] == pytest.approx(((a < low) | (a > high)).mean())
    assert 0.3 < frame.arrays["saturated"][0, 0] < 1


def test_the_gradient_shown_is_the_one_that_trains() -> None:
    """With batch normalisation Keras's gradient in training mode, which is another than inference mode's."""
    conv = {"kind": "conv2d", "filters": 4, "kernel_size": 3}
    spec = spec_of([conv, {"kind": "batch_normalization"}, {"units": 9}, {"kind": "batch_normalization"}])
    data, weights = load(spec.data), initial_weights(spec)
    statistics = Statistics(spec, data)
    statistics.add(weights, 0, 0.0)
    frame = read(statistics.frame())
    n = frame.meta["sample"]
    x, y = data.inputs("train")[:n], targets(spec, data.labels("train")[:n])
    model, loss = build(spec, weights), loss_in_keras(spec.training.loss)

    def kernels(training: bool) -> list[float]:
        with tf.GradientTape() as tape:
            value = tf.reduce_mean(loss(y, model(x, training=training)))
        found = tape.gradient(value, [layer.kernel.value for layer in model.layers if hasattr(layer, "kernel")])
        return [float(np.sqrt((g.numpy() ** 2).mean())) for g in found]

    np.testing.assert_allclose(frame.arrays["gradient"][:, 0], kernels(training=True), rtol=1e-3)
    assert not np.allclose(frame.arrays["gradient"][:2, 0], kernels(training=False)[:2], rtol=0.3)
    said = [a for layer, a in activations(spec, weights, x) if layer.kind in {"conv2d", "dense"}]
    np.testing.assert_allclose(frame.arrays["std"][:, 0], [a.std() for a in said], rtol=1e-3)


def test_histograms_share_a_range_that_grows() -> None:
    spec = spec_of([{"units": 12}])
    statistics, weights = Statistics(spec, load(spec.data)), initial_weights(spec)
    kernels = []
    for step, factor in enumerate((1.0, 3.0, 10.0)):
        kernels.append(factor * weights[0])
        statistics.add([kernels[-1], *weights[1:]], step, float(step))
    frame = read(statistics.frame())
    hist, (low, high) = frame.arrays["hist"], frame.arrays["range"][0]
    assert hist.shape == (2, 3, 40)
    assert -low == high >= np.abs(kernels[-1]).max()
    for column, kernel in zip(hist[0], kernels, strict=True):
        counts = np.histogram(kernel, 40, (low, high))[0]
        np.testing.assert_allclose(column, 255 * np.sqrt(counts / counts.max()), atol=1.0)


@pytest.mark.parametrize("layers", [[{"units": 10}], [{"units": 8}] * 39, CONV, [{"kind": "simple_rnn", "units": 5}]])
def test_long_statistics_are_thinned_and_small(layers: list[dict[str, Any]]) -> None:
    spec = spec_of(layers)
    statistics, weights = Statistics(spec, load(spec.data)), initial_weights(spec)
    for step in range(150):
        statistics.add(weights, 1000 * step, step / 7)
        statistics.add(weights, 1000 * step, step / 7)  # the same step twice is one column
    frame = read(statistics.frame())
    steps = frame.meta["step"]
    assert (steps[0], steps[-1]) == (0, 149_000)
    assert len(steps) == len(set(steps)) <= 64
    layer_count = len(frame.meta["layers"])
    assert frame.arrays["gradient"].shape == (layer_count, len(steps))
    assert frame.arrays["hist"].shape == (layer_count, len(steps), 40)
