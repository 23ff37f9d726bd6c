"""Real trainings that are ill and as many that are not: what is said of each, all along its way."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnviz import RunSpec, train
from nnviz.control import QueueControl
from nnviz.data import load
from nnviz.diagnosis import REMEDIES, Diagnosis, course, diagnose, divergence, guessing
from nnviz.events import Diverged, Frame, Metrics
from nnviz.link import PATHS
from nnviz.models.metrics import losses, targets
from nnviz.ui.rooms import ROOMS
from nnviz.ui.rooms.playground import EXPERIMENTS

COLUMNS = ("step", "epoch", "loss", "accuracy", "val_loss", "penalty", "learning_rate", "recent_loss")
ILL: dict[str, tuple[dict[str, str], str, set[str]]] = {
    "rate 10, ReLU": ({"activation": "relu", "learning_rate": "10"}, "guessing", {"learning_rate"}),
    "rate 10, ReLU, cross-entropy": (
        {"activation": "relu", "learning_rate": "10", "loss": "binary_crossentropy"}, "dead", {"learning_rate"},
    ),
    "a straight line": ({"activation": "linear"}, "straight", {"activation"}),
    "all weights zero": ({"initializer": "zeros", "bias": "zeros"}, "zero_weights", {"initializer"}),
    "rate 0.00001": ({"learning_rate": "0.00001"}, "small_rate", {"learning_rate"}),
    "rate 0.0003": ({"learning_rate": "0.0003"}, "small_rate", {"learning_rate"}),
    "sigmoid at a small rate": ({"activation": "sigmoid"}, "guessing", {"learning_rate"}),
    "large weights, rate 3": ({"initializer": "random_normal", "learning_rate": "3"}, "saturated", {"learning_rate"}),
    "the spiral for six neurons": ({"data": "spiral"}, "plateau", {"layers"}),
    "a large network, 50 noisy samples": (
        dict(next(query for title, _, query in EXPERIMENTS if title == "Overfitting")), "overfitting",
        {"regularizer", "regularization_rate"},
    ),
}  # fmt: skip
ON_PURPOSE = {"A straight line is not enough", "Too large a rate", "All weights zero", "Overfitting", "Deep and narrow"}
"""Experiments in which something is ill: the last one ends by learning its training samples by heart."""
WELL: dict[str, dict[str, str]] = {
    "the default": {},
    **{f"the default, seed {seed}": {"seed": str(seed)} for seed in (2, 3)},
    "xor": {"data": "xor"},
    "two Gaussians": {"data": "gauss"},
    "noisy moons": {"data": "moons"},
    "ReLU": {"activation": "relu"},
    "four groups": {"data": "blobs", "classes": "4"},
    "a plane": {"data": "plane"},
    **{title: query for title, _, query in EXPERIMENTS if title not in ON_PURPOSE},
}


def said_of(spec: RunSpec) -> list[list[Diagnosis]]:
    """What is said of a training at each of its pictures."""
    guess = guessing(spec, load(spec.data).labels("train"))
    columns: dict[str, list[float | None]] = {name: [] for name in COLUMNS}
    said = []
    for event in train(spec, QueueControl({"do": "set", "speed": {"steps": 100, "fps": 60}})):
        if isinstance(event, Metrics):
            for name, column in columns.items():
                column.append(getattr(event, name))
        elif isinstance(event, Frame) and event.view == "network" and columns["step"]:
            said.append(diagnose(course(spec, columns, guess, [event])))
    return said


def playground(query: dict[str, str], epochs: int = 200) -> RunSpec:
    spec, problems = ROOMS["playground"].read({**query, "epochs": str(epochs)})
    assert not problems
    return spec


@pytest.mark.parametrize("name", ILL)
def test_what_is_ill_is_told_with_a_remedy(name: str) -> None:
    query, id, changed = ILL[name]
    spec = playground(query)
    first = [found[0] for found in said_of(spec) if found]
    named = [one for one in first if one.id == id]
    assert named, {one.id for one in first}
    assert set(named[-1].remedy) == changed <= REMEDIES <= set(PATHS)
    assert all(np.isfinite(value) for value in named[-1].numbers.values())
    assert named[-1].words.endswith(".")
    assert named[-1].label


@pytest.mark.parametrize("name", WELL)
def test_what_is_well_is_left_alone(name: str) -> None:
    assert [found for found in said_of(playground(WELL[name], epochs=120)) if found] == []


def test_a_remedy_helps() -> None:
    """The rate that is offered for a rate that is too small learns what the first did not."""
    spec = playground({"learning_rate": "0.003"}, epochs=200)
    plain = spec.model_dump(mode="json")
    plain["training"]["optimizer"]["learning_rate"] = 0.0003
    (*_, last) = said_of(RunSpec.model_validate(plain))
    assert last[0].remedy == {"learning_rate": spec.training.optimizer.learning_rate}


def test_what_ran_away_has_its_way_out() -> None:
    query: dict[str, Any] = next(query for title, _, query in EXPERIMENTS if title == "Too large a rate")
    spec = playground(query)
    (end,) = [event for event in train(spec) if isinstance(event, Diverged)]
    found = divergence(spec, 10.0, 0.0)
    assert found.words in end.message
    assert (found.remedy, found.label) == ({"learning_rate": 1.0}, "Start again with learning rate 1")
    plain = {"training": {"optimizer": {"learning_rate": 0.5}}, "model": {"regularizer": {"name": "l2", "rate": 5.0}}}
    penalised = divergence(RunSpec.model_validate(plain), 0.5, 5.0)
    assert (penalised.remedy, penalised.label) == (
        {"regularization_rate": 0.2}, "Start again with regularisation rate 0.2",
    )  # fmt: skip


@pytest.mark.parametrize("loss", ["half_squared_error", "mean_squared_error", "binary_crossentropy", "hinge"])
def test_no_constant_answer_is_better_than_guessing(loss: str) -> None:
    spec = playground({"loss": loss})
    labels = load(spec.data).labels("train")
    best, share = guessing(spec, labels)
    target = targets(spec, labels)
    rng = np.random.default_rng(1)
    for z in rng.uniform(-4, 4, 200):
        logits = np.full((len(labels), 1), z, np.float32)
        outputs = {"tanh": np.tanh, "sigmoid": lambda v: 1 / (1 + np.exp(-v)), "linear": lambda v: v}[
            spec.output_activation
        ](logits)
        assert losses(spec, target, outputs, logits).mean() >= best - 1e-3
    assert share == max(np.mean(labels == 0), np.mean(labels == 1))
