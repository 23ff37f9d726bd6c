"""Figures whose arrays are computed again from what the store has of a run that was really done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from scipy.spatial.distance import cdist

import nnviz.figures
from nnviz.control import QueueControl
from nnviz.data import load
from nnviz.data.augment import rotated
from nnviz.events import Frame, decode_frame, encode_frame
from nnviz.jobs import JOBS, read_spec
from nnviz.models.forward import activations, predict
from nnviz.models.keras_network import build
from nnviz.models.weights import flat_to_weights
from nnviz.spec import RunSpec
from nnviz.store.store import Store
from nnviz.surfaces.race import race

SPECS: dict[str, dict[str, Any]] = {
    "network": {"data": {"name": "digits", "train": 600}, "model": {"family": "scratch", "layers": [
        {"kind": "conv2d", "filters": 3, "kernel_size": 3}, {"units": 12}]},
        "training": {
            "loss": "categorical_crossentropy", "epochs": 3, "optimizer": {"name": "sgd", "learning_rate": 0.2},
        }},
    "lstm": {"data": {"name": "digits", "train": 200}, "model": {"layers": [{"kind": "lstm", "units": 6}]},
        "training": {"loss": "categorical_crossentropy", "epochs": 1, "batch_size": 50}},
    "svm": {"data": {"name": "digits", "train": 400, "validation": 100}, "model": {"family": "svm"}},
    "flowers": {"job": "perceptron", "species": ["setosa", "versicolor", "virginica"], "epochs": 4},
    "race": {"job": "descent", "surface": "ravine", "steps": 60},
    "agents": {"job": "reinforcement", "agents": 2, "episodes": 8},
    "pole": {"job": "reinforcement", "environment": "cartpole", "agent": "reinforce", "agents": 2, "episodes": 3},
    "grid": {"job": "grid_search", "C_values": [1, 10], "gamma_values": [0.1, 0.5, 2], "train": 60},
}  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a run of each of SPECS, done to its end and recorded as the engine's reader does."""
    home = tmp_path_factory.mktemp("home")
    with Store(home) as store:
        for run, raw in SPECS.items():
            spec = read_spec(raw)
            store.create_run(run, spec)
            for seq, emitted in enumerate(JOBS[spec.job].run(spec, QueueControl({"do": "play"}), home=home), 1):
                if isinstance(emitted, Frame):
                    store.add_frame(run, seq, encode_frame(emitted, run))
                else:
                    store.add_event(run, {**emitted.to_json(), "seq": seq})
        assert store.flush()
    return home


def network(home: Path) -> tuple[RunSpec, list[Any]]:
    """The spec and the weights that the run "network" ended with."""
    spec = RunSpec.model_validate(SPECS["network"])
    with Store(home) as store:
        found = store.newest_frame("network", "weights")
    assert found is not None
    frame = decode_frame(found)
    assert frame.step == 3 * -(-600 // spec.training.batch_size)
    return spec, flat_to_weights(spec, frame.arrays["weights"])


def test_feature_maps_are_the_trained_layers_activations(home: Path) -> None:
    spec, weights = network(home)
    x = load(spec.data).inputs("test")[7:8]
    maps = {placed.kind: a[0] for placed, a in activations(spec, weights, x)[:-1]}
    z = np.asarray(nnviz.figures.feature_maps("network", home=home, image=7).data[0].z, float)
    tiles = z[~np.isnan(z).all(1)][:, ~np.isnan(z).all(0)]
    assert np.nanmax(tiles) == pytest.approx(maps["conv2d"].max(), rel=1e-5)
    np.testing.assert_allclose(z[:6, :6], maps["conv2d"][..., 0], atol=maps["conv2d"].max() / 250)
    neurons = nnviz.figures.feature_maps("network", home=home, image=7, layer=1).data[0]
    found = np.asarray(neurons.z, float)
    expected = maps["dense"]
    np.testing.assert_allclose(found[~np.isnan(found)], expected, atol=np.abs(expected).max() / 120)


def test_a_recurrent_network_is_drawn_reading_an_image(home: Path) -> None:
    spec = RunSpec.model_validate(SPECS["lstm"])
    with Store(home) as store:
        found = store.newest_frame("lstm", "weights")
    assert found is not None
    weights = flat_to_weights(spec, decode_frame(found).arrays["weights"])
    data = load(spec.data)
    x = data.inputs("test")[5:6]
    layers = build(spec, weights).layers
    sequence = tf.keras.layers.LSTM(6, return_sequences=True)
    sequence.build((None, 8, 8))
    sequence.set_weights(next(layer for layer in layers if "lstm" in layer.name).get_weights())
    wanted = np.asarray(sequence(x.reshape(1, 8, 8)))[0]
    states = nnviz.figures.recurrent_states("lstm", home=home, image=5, of=2)
    np.testing.assert_allclose(np.asarray(states.data[0].z, float), wanted.T, atol=1e-5)
    assert states.layout.shapes[1].y0 == 2.5  # the third unit is marked
    answers = nnviz.figures.recurrent_answers("lstm", home=home, image=5).data[0]
    np.testing.assert_allclose(np.asarray(answers.z)[:, -1], predict(spec, weights, x)[0][0], atol=1e-5)
    assert list(answers.y) == list(range(10))
    gradient = nnviz.figures.recurrent_gradient("lstm", home=home, image=5).data
    assert [line.name for line in gradient] == ["‖∂L/∂h‖", "‖∂L/∂c‖"]
    cells = np.asarray(nnviz.figures.recurrent_states("lstm", home=home, what="cells").data[0].z)
    assert cells.shape == (6, 8)
    with pytest.raises(LookupError, match="run 'network' has no recurrent layer"):
        nnviz.figures.recurrent_states("network", home=home)


def test_histograms_are_of_the_recorded_weights(home: Path) -> None:
    spec, weights = network(home)
    data = load(spec.data)
    drawn = nnviz.figures.output_histograms("network", home=home, unit=3)
    outputs = predict(spec, weights, data.inputs("train"))[0][:, 3]
    n = data.n_train
    assert sum(sum(trace.y) for trace in drawn.data if trace.name.endswith(", now")) == n
    three = next(trace for trace in drawn.data if trace.name == "3, now")
    counted = np.histogram(outputs[data.labels("train") == 3], 50, (0, 1))[0]
    assert np.abs(np.asarray(three.y) - counted).sum() <= 4
    kernel = nnviz.figures.value_histogram("network", home=home, layer=0).data[0]
    assert np.average(kernel.x, weights=kernel.y) == pytest.approx(weights[0].mean(), abs=0.02)


def test_rotated_is_the_accuracy_on_turned_images(home: Path) -> None:
    spec, weights = network(home)
    data = load(spec.data)
    x, y = data.x[data.rows("test")], data.labels("test")
    curve = nnviz.figures.rotated("network", home=home, every=45).data[-1]
    assert list(curve.x) == [-90, -45, 0, 45, 90]
    for angle, accuracy in zip(curve.x, curve.y, strict=True):
        said = predict(spec, weights, data.as_inputs(rotated(x, angle)))[0].argmax(1)
        assert accuracy == pytest.approx((said == y).mean())
    turned = nnviz.figures.turned("network", home=home, angle=45)
    spots = next(trace for trace in turned.data if trace.customdata is not None)
    said = predict(spec, weights, data.as_inputs(rotated(x[:20], 45)))[0].argmax(1)
    assert [text.split("predicted ")[1] for text in spots.text] == [str(k) for k in said]


def test_saliency_is_the_slope_of_the_answer_and_occlusion_its_fall(home: Path) -> None:
    spec, weights = network(home)
    data = load(spec.data)
    x = data.inputs("test")[3:4].astype(np.float64)
    target = int(predict(spec, weights, x)[0].argmax())
    heat = nnviz.figures.saliency("network", home=home, image=3).data[0]
    slope = np.zeros((8, 8))
    for row, column in np.ndindex(8, 8):
        more, less = x.copy(), x.copy()
        more[0, row, column], less[0, row, column] = more[0, row, column] + 1e-3, less[0, row, column] - 1e-3
        slope[row, column] = (predict(spec, weights, more)[1] - predict(spec, weights, less)[1])[0, target] / 2e-3
    np.testing.assert_allclose(np.asarray(heat.z, float), slope, atol=0.02 * np.abs(slope).max())
    fall = np.asarray(nnviz.figures.occlusion("network", home=home, image=3).data[0].z, float)
    assert fall.shape == (8, 8)
    assert np.abs(fall).max() <= 1
    (ink,) = nnviz.figures.digit("network", home=home, image=3).data
    np.testing.assert_allclose(np.asarray(ink.z, float) / 255, data.x[data.rows("test")][3, ..., 0], atol=0.003)


def test_the_nearest_are_the_training_images_nearest_by_their_pixels(home: Path) -> None:
    data = load(network(home)[0].data)
    spots = next(t for t in nnviz.figures.nearest("network", home=home, image=3).data if t.customdata is not None)
    far = cdist(data.x[data.rows("test")][3].reshape(1, -1), data.x[data.rows("train")].reshape(600, -1))[0]
    assert list(spots.customdata) == np.argsort(far)[:8].tolist()


def test_the_scores_of_an_svm_are_those_of_its_result(home: Path) -> None:
    with Store(home) as store:
        row = store.get_run("svm")
    assert row is not None
    assert row.result is not None
    (points,) = nnviz.figures.scores("svm", home=home).data
    assert [place.split("<br>")[0] for place in points.x] == ["training", "validation", "test"]
    assert points.y[0] == row.result["train"]["accuracy"]
    assert points.y[2] == row.result["test"]["accuracy"]


def test_rosenblatts_rule_at_any_recorded_step(home: Path) -> None:
    with Store(home) as store:
        result = store.get_run("flowers").result["result"]["ours"]  # type: ignore[union-attr,index]
    plane = nnviz.figures.perceptron_plane("flowers", home=home)
    lines = [trace for trace in plane.data if trace.name and trace.name.endswith("against all")]
    for line, w, threshold in zip(lines, result["weights"], result["thresholds"], strict=True):
        np.testing.assert_allclose(w[0] * np.array(line.x) + w[1] * np.array(line.y), threshold, atol=1e-4)
    errors = nnviz.figures.perceptron_errors("flowers", home=home)
    assert [list(trace.y) for trace in errors.data] == np.transpose(result["errors"]).tolist()
    start = nnviz.figures.perceptron_errors("flowers", home=home, step=0)
    assert not start.data
    assert start.layout.annotations[0].text == "No pass is done yet"


def test_agents_and_what_they_earned(home: Path) -> None:
    with Store(home) as store:
        found, history = store.newest_frame("agents", "reinforcement"), store.history("agents")
    assert found is not None
    frame = decode_frame(found)
    heat, _, _, arrows, *_ = nnviz.figures.grid_world("agents", home=home).data
    np.testing.assert_array_equal(heat.z, frame.arrays["values"][0])
    np.testing.assert_array_equal(arrows.customdata, frame.arrays["numbers"][0])
    low, high, median, *_ = nnviz.figures.episode_returns("agents", home=home).data
    assert [list(one.y) for one in (low, high, median)] == [history[name] for name in ("low", "high", "return")]
    early = nnviz.figures.episode_returns("agents", home=home, step=int(history["step"][2] or 0))
    assert list(early.data[0].x) == [1, 2, 3]
    assert nnviz.figures.cartpole_states("pole", home=home, show="value").data[0].z.shape == (21, 21)
    with pytest.raises(LookupError, match="cart-pole"):
        nnviz.figures.grid_world("pole", home=home)


def test_a_race_up_to_a_step(home: Path) -> None:
    paths = race(read_spec(SPECS["race"]))  # type: ignore[arg-type]
    for view in ("descent_map", "descent_relief"):
        drawn = getattr(nnviz.figures, view)("race", home=home, step=20)
        lines = [trace for trace in drawn.data if trace.type.startswith("scatter") and trace.mode == "lines"]
        for line, path in zip(lines, paths, strict=True):
            np.testing.assert_array_equal(np.stack([line.x, line.y], 1), path.places[:21])
    heights = nnviz.figures.descent_heights("race", home=home)
    assert heights.layout.shapes[0].x0 == max(path.steps for path in paths)
    assert [len(trace.y) for trace in heights.data] == [len(path.places) for path in paths]


def test_what_cannot_be_drawn_is_told_in_words(home: Path) -> None:
    for call, words in (
        (lambda: nnviz.figures.rotated("race", home=home), "rotated is drawn of runs of the job train; 'race' is of"),
        (lambda: nnviz.figures.scores("network", home=home), "'network' is of a network: its scores"),
        (lambda: nnviz.figures.feature_maps("svm", home=home), "which has no layers"),
        (lambda: nnviz.figures.digit("network", home=home, image=10_000), r"allowed are 0 to \d+ \(given: 10000\)"),
        (lambda: nnviz.figures.neuron_plane("flowers", home=home), "neuron_plane is not drawn of a stored run"),
    ):
        with pytest.raises(LookupError, match=words):
            call()


def test_a_grid_search_is_its_heat_map(home: Path) -> None:
    figure = nnviz.figures.search_map("grid", home=home)
    with Store(home) as store:
        found = store.newest_frame("grid", "search")
    assert found is not None
    means = decode_frame(found).arrays["scores"].mean(1)
    np.testing.assert_allclose(np.array(figure.data[0].z, float).reshape(-1), means, rtol=1e-6)
    assert list(figure.data[0].y) == ["1", "10"]
    assert not figure.layout.shapes
