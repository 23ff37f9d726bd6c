"""How a training fits: each of the lecture's three diagnoses, of a training that was done, from its two accuracies."""

from __future__ import annotations

from typing import Any

import pytest

from nnviz import train
from nnviz.data import load
from nnviz.diagnosis import REMEDIES, guessing
from nnviz.events import Finished, Metrics
from nnviz.fit import Held, fit, held_of
from nnviz.spec import RunSpec

SCRATCH: dict[str, Any] = {"loss": "categorical_crossentropy", "optimizer": {"name": "sgd", "learning_rate": 0.5}}
TRAININGS: dict[str, dict[str, Any]] = {
    "high_bias": {"data": {"name": "circle"}, "model": {"layers": []}, "training": {"epochs": 20}},
    "good_fit": {"data": {"name": "circle"}, "training": {"epochs": 150}},
    "high_variance": {
        "data": {"name": "digits", "train": 100},
        "model": {"family": "scratch", "layers": [{"units": 60, "activation": "relu"}]},
        "training": {**SCRATCH, "epochs": 60},
    },
}  # fmt: skip


@pytest.mark.parametrize("name", TRAININGS)
def test_a_training_is_named_by_its_accuracies(name: str) -> None:
    spec = RunSpec.model_validate(TRAININGS[name])
    events, data = list(train(spec)), load(spec.data)
    columns = {"val_accuracy": [event.val_accuracy for event in events if isinstance(event, Metrics)]}
    result = next(event for event in events if isinstance(event, Finished)).to_json()
    held = held_of(spec, result, columns, data.n_validation)
    assert held is not None
    assert held.n == (data.n_validation or data.n_test)
    found = fit(spec, result["train"]["accuracy"], held, guessing(spec, data.labels("train"))[1] or 0)
    assert found.id == name
    assert f"{held.accuracy:.1%}" in found.words
    assert f"{held.n:,}" in found.words
    assert set(found.remedy) <= REMEDIES
    assert bool(found.label) == bool(found.remedy) == (name != "good_fit")


@pytest.mark.parametrize(
    ("train_accuracy", "held", "expected"),
    [
        (1.0, Held("test", 10_000, 0.95), "good_fit"),
        (1.0, Held("test", 10_000, 0.85), "high_variance"),
        (0.92, Held("test", 10, 0.8), "good_fit"),  # eight of ten: the interval reaches beyond 92 %
        (0.92, Held("test", 1_000, 0.8), "high_variance"),
        (0.6, Held("test", 10_000, 0.55), "high_bias"),
        (0.6, Held("test", 10_000, 0.15), "high_variance"),
    ],
)
def test_the_larger_of_bias_and_variance_is_named(train_accuracy: float, held: Held, expected: str) -> None:
    spec = RunSpec.model_validate({"data": {"name": "digits"}})
    assert fit(spec, train_accuracy, held, 0.1).id == expected


def test_without_other_samples_nothing_is_said() -> None:
    spec = RunSpec.model_validate({"data": {"name": "plane"}})
    assert held_of(spec, {"test": None}, {"val_accuracy": [None]}, 250) is None
