"""MNIST's zeros and ones by two measures: the lecture's figures, and what a network is fed of them."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError
from sklearn.svm import SVC

from nnviz import train
from nnviz.data import load
from nnviz.events import Finished, Metrics
from nnviz.link import from_query, to_query
from nnviz.sets import fetchable, mnist, zeros_ones
from nnviz.spec import DataSpec, RunSpec
from nnviz.ui.rooms.playground import ROOM, ZEROS_ONES

ALL = {"name": "zeros_ones", "train": 12_665, "validation": 0, "test": 2115}


def test_the_middle_is_rows_10_to_17_and_columns_11_to_16() -> None:
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 10, 11] = image[0, 17, 16] = 255
    image[0, 9, 11] = image[0, 18, 16] = image[0, 10, 10] = image[0, 17, 17] = 51
    np.testing.assert_allclose(zeros_ones.measures(image), [[(2 + 4 / 5) / 784, 2 / 48]])


@pytest.mark.usefixtures("mnist")
def test_the_lectures_figures() -> None:
    """A2: C = 50, γ = 0.5 on the measures from 0 to 1."""
    data = load(DataSpec.model_validate({**ALL, "scale": False}))
    images, labels = mnist.read()
    third = np.flatnonzero(labels == 1)[2]
    np.testing.assert_allclose(data.x[np.flatnonzero(data.y == 1)[2]], zeros_ones.measures(images[[third]])[0], 1e-6)
    svc = SVC(C=50, gamma=0.5).fit(data.inputs("train"), data.labels("train"))
    scores = [svc.score(data.inputs(split), data.labels(split)) for split in ("train", "test")]
    assert [round(score, 4) for score in scores] == [0.9936, 0.9953]


@pytest.mark.usefixtures("mnist")
def test_a_network_learns_them() -> None:
    spec = RunSpec.model_validate({"data": {"name": "zeros_ones"}, "training": {"epochs": 20}})
    assert from_query(to_query(spec))[0] == spec
    data = load(spec.data)
    assert np.abs(data.features(load(DataSpec.model_validate(ALL)).x)).max() == pytest.approx(5)
    *_, result = train(spec)
    assert isinstance(result, Finished)
    assert result.test["accuracy"] > 0.97


@pytest.mark.usefixtures("mnist")
def test_the_lectures_network_from_scratch() -> None:
    """A7, as the Playground's guide has it: right after epochs 1 to 4, and loss and share at the end."""
    spec, problems = ROOM.read(ZEROS_ONES, frozenset())
    assert problems == []
    assert spec.parameters == 27
    *events, result = train(spec)
    rows = [event for event in events if isinstance(event, Metrics) and event.epoch_end]
    assert [row.accuracy for row in rows[:4]] == pytest.approx([0.917, 0.9365, 0.9455, 0.9655], abs=0.01)
    assert isinstance(result, Finished)
    assert (result.train["loss"], result.train["accuracy"]) == pytest.approx((0.0075, 0.9928), abs=2e-4)
    assert (result.test["loss"], result.test["accuracy"]) == pytest.approx((0.0055, 0.9957), abs=2e-4)


def test_what_is_refused() -> None:
    with pytest.raises(ValidationError, match="zeros_ones has only 12,665 samples to learn from and 2,115 to test"):
        DataSpec.model_validate({**ALL, "validation": 1})
    with pytest.raises(ValidationError, match=r"scale: circle is made .* images, tables and zeros_ones"):
        DataSpec(name="circle", scale=False)
    assert "zeros_ones" not in fetchable()
