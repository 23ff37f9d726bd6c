"""Figures of a stored run, as a notebook asks for them: their arrays are what the run recorded."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import nnviz.figures
from nnviz.data import load
from nnviz.events import Metrics, encode_frame
from nnviz.models import initial_weights
from nnviz.models.forward import predict
from nnviz.probes import NetworkProbe, Predictions, Statistics, filters_frame, judge
from nnviz.spec import RunSpec
from nnviz.store.store import Store

SPEC = RunSpec.model_validate({
    "data": {"name": "digits"}, "model": {"layers": [{"units": 12, "activation": "relu"}]},
    "training": {"loss": "categorical_crossentropy"},
})  # fmt: skip
POINTS = RunSpec.model_validate({})
LOSSES = [2.3, 1.5, 0.75]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a run "digits" of untrained weights, as the engine's reader records one, and a run "points"."""
    home = tmp_path_factory.mktemp("home")
    data, weights = load(SPEC.data), initial_weights(SPEC)
    tried, measured = Predictions(SPEC, data), Statistics(SPEC, data)
    tried.evaluate(judge(SPEC, lambda x: predict(SPEC, weights, x)), 0)
    measured.add(weights, 0, 0.0)
    frames = [filters_frame(SPEC, weights, 0, 0.0), tried.frame(0.0, 0.0), measured.frame()]
    network = NetworkProbe(POINTS, load(POINTS.data)).frame(initial_weights(POINTS), 0, 0.0)
    with Store(home) as store:
        for run, spec, recorded in (("digits", SPEC, frames), ("points", POINTS, [network])):
            store.create_run(run, spec, visitor=None)
            for seq, loss in enumerate(LOSSES, 1):
                row = Metrics(float(seq), 10 * seq, loss, 0.5, None, None, 0.0, 0.1, seq / 10, True)
                store.add_event(run, {**row.to_json(), "seq": seq})
            for seq, frame in enumerate(recorded, 1):
                store.add_frame(run, seq, encode_frame(frame, run))
        assert store.flush()
    return home


def test_curves_have_the_recorded_numbers(home: Path) -> None:
    figure = nnviz.figures.curves("points", home=home, axis="step")
    (line,) = [trace for trace in figure.data if trace.name == "training"]
    assert list(line.x) == [10, 20, 30]
    assert list(line.y) == LOSSES
    assert figure.layout.yaxis.title.text == "half squared error"
    assert figure.layout.xaxis.title.text == "step (weight updates)"


def test_the_boundary_is_the_recorded_one_under_the_samples(home: Path) -> None:
    field, *dots = nnviz.figures.boundary("points", home=home).data
    frame = NetworkProbe(POINTS, load(POINTS.data)).frame(initial_weights(POINTS), 0, 0.0)
    np.testing.assert_array_equal(np.asarray(field.z), frame.arrays["boundary"][0])
    assert sum(len(trace.x) for trace in dots) == load(POINTS.data).n_train


def test_filters_are_the_kernels_columns(home: Path) -> None:
    kernel = initial_weights(SPEC)[0]
    z = np.asarray(nnviz.figures.filters("digits", home=home).data[0].z, float)
    tiles = [int(v) for v in np.flatnonzero(~np.isnan(z).all(0))]
    assert len(tiles) % 8 == 0
    np.testing.assert_allclose(z[:8, :8], kernel[:, 0].reshape(8, 8), atol=np.abs(kernel).max() / 127)
    own = nnviz.figures.filters("digits", home=home, scale="filter").data[0]
    assert np.nanmax(np.abs(np.asarray(own.z, float))) == pytest.approx(1, abs=1e-6)
    np.testing.assert_allclose(np.asarray(own.customdata, float), z, atol=1e-7)
    output = nnviz.figures.filters("digits", home=home, layer=1).data[0]
    np.testing.assert_allclose(np.asarray(output.z, float), initial_weights(SPEC)[2], atol=0.01)


def test_the_matrix_counts_every_test_image(home: Path) -> None:
    data = load(SPEC.data)
    said = predict(SPEC, initial_weights(SPEC), data.inputs("test"))[0].argmax(1)
    (cells,) = nnviz.figures.confusion("digits", home=home).data
    counts = [[int(text or 0) for text in row] for row in cells.text]
    expected = np.zeros((10, 10), int)
    np.add.at(expected, (data.labels("test").astype(int), said), 1)
    assert counts == expected.tolist()


def test_mistakes_show_the_images_themselves(home: Path) -> None:
    data = load(SPEC.data)
    said = predict(SPEC, initial_weights(SPEC), data.inputs("test"))[0].argmax(1)
    figure = nnviz.figures.mistakes("digits", home=home)
    spots = next(trace for trace in figure.data if trace.customdata is not None)
    wrong = np.flatnonzero(said != data.labels("test"))
    assert len(spots.customdata) == 60
    assert set(spots.customdata) <= set(wrong.tolist())
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(figure.data[0].source.split(",")[1]))))
    first = data.x[data.rows("test")][spots.customdata[0], ..., 0]
    np.testing.assert_allclose(picture[:8, :8, 0] / 255, first, atol=0.01)


def test_the_layers_are_measured_and_counted(home: Path) -> None:
    assert [trace.name for trace in nnviz.figures.measures("digits", home=home).data] == [
        "hidden layer 1",
        "output layer",
    ]
    counts = np.asarray(nnviz.figures.histograms("digits", home=home).data[0].z)
    assert counts.shape == (40, 1)
    bars = nnviz.figures.output_weights("digits", home=home, of=3).data[0]
    np.testing.assert_allclose(bars.y, initial_weights(SPEC)[2][:, 3], rtol=1e-6)


def test_every_figure_can_be_called_by_its_name() -> None:
    """A module of the same name would stand before it."""
    assert all(callable(getattr(nnviz.figures, name)) for name in nnviz.figures.FIGURES)


def test_what_is_not_there_is_told_in_words(home: Path) -> None:
    with pytest.raises(LookupError, match="no run 'nobody'"):
        nnviz.figures.curves("nobody", home=home)
    with pytest.raises(LookupError, match="no filters are recorded of run 'points'"):
        nnviz.figures.filters("points", home=home)
    with pytest.raises(LookupError, match="run 'points' learns points, not images"):
        nnviz.figures.rotated("points", home=home)
    with pytest.raises(AttributeError, match="no attribute 'pie'"):
        nnviz.figures.pie  # noqa: B018
