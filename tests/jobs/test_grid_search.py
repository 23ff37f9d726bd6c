"""The grid search finds what scikit-learn's finds, and the lecture's numbers (A2)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV
from sklearn.svm import SVC

from nnviz.control import QueueControl
from nnviz.data import load
from nnviz.events import Done, Frame, Row
from nnviz.jobs import read_spec
from nnviz.jobs.grid_search import run
from nnviz.kernels.fitted import cells
from nnviz.kernels.spec import KernelSpec

LECTURE = {"job": "grid_search", "data": "zeros_ones", "train": 12_665, "test": 2115, "noise": 0}


@pytest.mark.parametrize(
    "setting",
    [
        {"data": "donuts", "noise": 0.4, "C_values": (0.1, 1, 10), "gamma_values": (0.1, 1), "folds": 4},
        {"data": "moons", "noise": 0.5, "kernel": "linear", "C_values": (0.01, 100)},
    ],
)
def test_scores_and_choice_are_scikit_learns(setting: dict[str, Any]) -> None:
    spec = KernelSpec(**setting)
    data = load(spec.samples)
    x, y = data.x[data.rows("train")].astype(float), data.labels("train")
    grid = {"C": spec.C_values, "gamma": spec.gamma_values if spec.kernel == "rbf" else (spec.gamma,)}
    theirs = GridSearchCV(SVC(kernel=spec.kernel), grid, cv=spec.folds).fit(x, y)
    *_, before, done = run(spec, QueueControl())
    assert isinstance(done, Done)
    assert isinstance(before, Frame)
    expected = [theirs.cv_results_[f"split{i}_test_score"] for i in range(spec.folds)]
    np.testing.assert_allclose(before.arrays["scores"].T, expected, rtol=1e-6)
    best = done.result["best"]
    assert {name: best[name] for name in ("C", "gamma")} == theirs.best_params_
    assert best["mean"] == pytest.approx(theirs.best_score_)
    assert best["train"]["accuracy"] == theirs.score(x, y)
    test = data.x[data.rows("test")].astype(float)
    assert best["test"]["accuracy"] == theirs.score(test, data.labels("test"))
    plane = before.arrays["planes"][before.meta["best"]] * (2 / 127)
    middles = theirs.decision_function(cells(data.domain, len(plane)))
    np.testing.assert_allclose(plane.reshape(-1), np.clip(middles, -2, 2), atol=0.01)


def test_each_fit_is_told_as_it_ends() -> None:
    spec = KernelSpec(C_values=(1, 10), gamma_values=(0.5,), folds=3)
    rows = [event for event in run(spec) if isinstance(event, Row)]
    assert [row.step for row in rows] == list(range(1, 9))
    assert [(row.values["candidate"], row.values["fold"]) for row in rows] == [
        (0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, None), (1, None),
    ]  # fmt: skip
    assert all((row.values["seconds"] or 0) > 0 for row in rows)


@pytest.mark.usefixtures("mnist")
def test_the_lectures_grid() -> None:
    """48 fits; C = 500, γ = 0.25 scores 0.9950, 0.9912, 0.9946; C = 50, γ = 0.5 is among the best and has, on all
    samples, 0.9936 and on the test ones 0.9953."""
    spec = read_spec(LECTURE)
    *_, frame, done = run(spec, QueueControl())
    assert isinstance(frame, Frame)
    assert isinstance(done, Done)
    assert (frame.meta["n_fits"], done.reason) == (48, "searched")
    number = {tuple(pair): i for i, pair in enumerate(frame.meta["candidates"])}
    assert [round(float(s), 4) for s in frame.arrays["scores"][number[500.0, 0.25]]] == [0.995, 0.9912, 0.9946]
    lectures = number[50.0, 0.5]
    assert lectures in frame.meta["ties"]
    assert len(frame.meta["ties"]) == 5
    whole = frame.meta["whole"][lectures]
    assert (round(whole["train"]["accuracy"], 4), round(whole["test"]["accuracy"], 4)) == (0.9936, 0.9953)
    assert whole["test"]["low"] < 0.9943 < whole["test"]["high"]


def test_it_can_be_stopped_and_the_job_is_read_by_its_name() -> None:
    control = QueueControl()
    control.send({"do": "step", "n": 2, "unit": "step"})
    control.send({"do": "stop"})
    *_, done = run(KernelSpec(), control)
    assert isinstance(done, Done)
    assert done.reason == "stopped"
    assert done.result == {}
