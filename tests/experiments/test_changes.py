"""What was changed between two runs, in words, whatever their job is."""

from __future__ import annotations

from typing import Any

import pytest

from nnviz.approximation.spec import ApproximationSpec
from nnviz.depth.deep_spec import DeepSpec
from nnviz.experiments.changes import change, label
from nnviz.gan.spec import GanSpec
from nnviz.neuron.spec import PerceptronSpec
from nnviz.reinforcement.spec import ReinforcementSpec
from nnviz.spec import RunSpec
from nnviz.spec.job import JobSpec


def spec(**parts: object) -> RunSpec:
    return RunSpec.model_validate(parts)


def test_a_label_names_what_the_run_before_had_and_a_change_both() -> None:
    before = spec()
    now = spec(training={"optimizer": {"name": "sgd", "learning_rate": 0.1}}, seed=3)
    assert label(before, now) == "before: learning rate 0.03 → 0.1, seed 0 → 3"
    assert change(before, now) == "Learning rate 0.03 → 0.1, seed 0 → 3."
    assert label(now, now) == "before: the same setting"
    assert change(now, now) == ""


def test_of_many_differences_two_are_named_and_the_others_counted() -> None:
    now = spec(data={"name": "spiral", "noise": 0.2}, model={"layers": [{"units": 8}]}, training={"batch_size": 30})
    assert label(spec(), now) == "before: data Circle → Spiral, noise 0 → 0.2 and 2 more"


def test_an_optimisers_own_settings_are_not_compared_with_anothers() -> None:
    adam = spec(training={"optimizer": {"name": "adam", "learning_rate": 0.03}})
    assert change(spec(), adam) == "Optimiser SGD → Adam."
    early = spec(training={"early_stopping": {"monitor": "loss"}})
    assert change(spec(), early) == "Early stopping off → loss."


CASES: list[tuple[type[JobSpec], dict[str, Any], dict[str, Any], str]] = [
    (PerceptronSpec, {}, {"learning_rate": 0.01}, "Learning rate 0.1 → 0.01."),
    (PerceptronSpec, {}, {"shuffle": True, "initializer": "zeros"},
     "Starting weights tiny normal → Zeros, new order in every epoch off → on."),
    (PerceptronSpec, {}, {"species": "setosa,virginica", "seed": 4, "epochs": 3},
     "Species setosa, versicolor → setosa, virginica, epochs 50 → 3 and 1 more."),
    (ApproximationSpec, {"against": "8,8"}, {"activation": "tanh"}, "Against 8,8 → none, activation ReLU → Tanh."),
    (ApproximationSpec, {"drawn": "1,2"}, {"drawn": ",".join(["0.25"] * 31)}, "Another drawn curve."),
    (ReinforcementSpec, {}, {"grid": "S2-2G"}, "Another world."),
    (ReinforcementSpec, {}, {"agent": "sarsa"}, "Agent Q-learning, table → SARSA, table."),
    (GanSpec, {}, {"loss": "wasserstein", "data": "grid"},
     "Data 8 Gaussians on a ring → 25 Gaussians on a grid, loss non-saturating → Wasserstein."),
    (DeepSpec, {"networks": "10x30"}, {"networks": "20x30"},
     "10 × 30 Sigmoid, Glorot uniform → 20 × 30 Sigmoid, Glorot uniform."),
    (DeepSpec, {"networks": "10x30"}, {"networks": "10x30,20x30"}, "Networks 1 → 2."),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "before", "now", "words"), CASES)
def test_a_change_of_any_job_names_its_field_and_both_values(
    kind: type[JobSpec], before: dict[str, Any], now: dict[str, Any], words: str
) -> None:
    assert change(kind.model_validate(before), kind.model_validate(now)) == words


def test_settings_of_two_jobs_have_nothing_in_common() -> None:
    assert change(PerceptronSpec(), DeepSpec()) == ""
    assert label(PerceptronSpec(), DeepSpec()) == "before: the same setting"
