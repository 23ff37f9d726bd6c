"""The training set beside its peers: that all do the same work, and what is said of the figures. The figures themselves
are the machine's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from nnviz.bench.contenders import CONTENDERS, contenders_of, numpy_hand
from nnviz.bench.growth import bench_growth
from nnviz.bench.plots import growth_figure, train_figure
from nnviz.bench.train import Runner, bench_train, judged
from nnviz.bench.works import WORKS, Work
from nnviz.cli import cli
from nnviz.commands.bench_train import time_of
from nnviz.loops.choice import training_loop
from nnviz.loops.loop import Samples
from nnviz.models.weights import Array


def row(name: str, step: float) -> dict[str, Any]:
    return {"name": name, "role": CONTENDERS[name].role, "title": name, "step": step, "spread": 0.0, "first": 1.0}


def test_the_works_are_those_of_the_lectures() -> None:
    parameters = {name: work.spec.parameters for name, work in WORKS.items()}
    assert parameters["dense"] == parameters["numpy"] == 23_860
    assert parameters["wide"] == 669_706
    assert parameters["conv"] == 23_466
    assert {work.batch for work in WORKS.values()} == {10, 128}
    assert all(work.samples % work.batch == 0 for work in WORKS.values())
    for name in ("tiny", "sixteen"):
        x, y = WORKS[name].data()
        assert x.shape == (WORKS[name].samples, 2)
        assert y.shape == (WORKS[name].samples, 1)


def test_who_does_which_work() -> None:
    assert {"loop", "fit", "torch", "jax", "floor_tf"} <= set(contenders_of(WORKS["conv"]))
    assert not {"sklearn", "numpy", "floor_blas"} & set(contenders_of(WORKS["conv"]))  # dense layers and SGD only
    assert {"sklearn", "numpy", "floor_blas"} <= set(contenders_of(WORKS["dense"]))
    assert "fit" not in contenders_of(WORKS["numpy"])
    assert "together" in contenders_of(WORKS["sixteen"])
    assert not any({"together", "apart"} & {*contenders_of(work)} for work in WORKS.values() if work.networks == 1)


class _Known(Work):
    """A work whose start weights can be looked at after it was trained by hand, in place."""

    def weights(self) -> list[Array]:
        if not hasattr(self, "held"):
            object.__setattr__(self, "held", super().weights())
        held: list[Array] = self.held  # type: ignore[attr-defined]
        return held


@pytest.mark.parametrize("name", ["tiny", "dense"])
def test_numpy_by_hand_trains_as_the_loop_does(name: str, mnist: Path) -> None:  # noqa: ARG001
    """All samples in one batch: then their order does not matter."""
    n = 20
    value = WORKS[name].spec.model_dump(mode="json")
    value["data"]["train"] = value["training"]["batch_size"] = n
    spec = type(WORKS[name].spec).model_validate(value)
    work = _Known("all at once", spec, networks=2)
    start = [np.array(w) for w in work.weights()]
    x, y = work.data()
    numpy_hand.by_hand(work)(5)
    loop = training_loop(spec, start, Samples(x, y))
    assert loop.run(5).steps == 5
    for ours, by_hand in zip(loop.weights, work.weights(), strict=True):
        np.testing.assert_allclose(ours, by_hand, rtol=1e-4, atol=1e-5)


def test_contenders_run_in_turn_in_processes_of_their_own() -> None:
    told: list[str] = []
    (found,) = bench_train(["tiny"], repeats=2, only=["loop", "numpy", "torch", "floor_blas"], told=told.append)
    rows = {row["name"]: row for row in found["contenders"]}
    assert {"loop", "numpy", "floor_blas"} <= set(rows)
    assert set(rows) | set(found["missing"]) == {"loop", "numpy", "torch", "floor_blas"}
    assert all("not installed" in why for why in found["missing"].values())
    assert all(row["step"] > 0 and row["repeats"] == 2 for row in rows.values())
    assert {goal["name"] for goal in found["goals"]} == {"faster_than_best_peer", "times_floor"}
    assert found["floor"] == "floor_blas"
    assert any("turn 2 of 2" in words for words in told)
    json.dumps(found)
    figure = train_figure([found])
    assert len(figure.data[0].x) == len(rows)


def test_a_contender_that_cannot_is_told_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RuntimeError, match="ended without a word"):
        Runner("loop", "no such work")
    monkeypatch.setenv("KERAS_BACKEND", "no such backend")
    (found,) = bench_train(["tiny"], repeats=1, only=["fit", "numpy"])
    assert "no such backend" in found["missing"]["fit"]
    assert [row["name"] for row in found["contenders"]] == ["numpy"]


def test_what_the_figures_say_of_the_goals() -> None:
    rows = [
        row("watched", 1.05),
        row("alone", 1.0),
        row("loop", 1.0),
        row("fit", 30.0),
        row("jax", 2.0),
        row("floor_tf", 0.8),
    ]
    said = judged(WORKS["dense"], {r["name"]: r for r in rows})
    assert (said["best_peer"], said["floor"]) == ("jax", "floor_tf")
    goals = {goal["name"]: goal for goal in said["goals"]}
    assert goals["faster_than_best_peer"] == {"name": "faster_than_best_peer", "value": 2.0, "goal": 1.0, "met": True}
    assert goals["faster_than_fit"]["met"]
    assert goals["times_floor"]["value"] == pytest.approx(1.25)
    assert goals["streaming"]["met"]
    slow = judged(WORKS["dense"], {r["name"]: r for r in [row("loop", 2.0), row("fit", 30.0), row("floor_tf", 1.0)]})
    assert [goal["met"] for goal in slow["goals"]] == [True, False, False]
    assert judged(WORKS["conv"], {"loop": row("loop", 1.0)})["goals"] == []
    assert (
        judged(WORKS["sixteen"], {r["name"]: r for r in [row("together", 2.0), row("jax", 1.0)]})["goals"][0]["met"]
        is False
    )


@pytest.mark.timeout(300)  # half a minute on a machine that has nothing else to do
def test_growth_has_every_axis(mnist: Path) -> None:  # noqa: ARG001
    found = bench_growth(samples=(1000,), widths=(8,), viewers=(1,), runs=(2,), seconds=0.5)
    assert [(name, len(rows)) for name, rows in found.items()] == [
        ("samples", 1), ("width", 1), ("viewers", 1), ("runs", 1),
    ]  # fmt: skip
    assert all(value > 0 for rows in found.values() for r in rows for value in r.values())
    assert len(growth_figure(found).data) == 8


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["train", "--work", "nosuch"], "allowed are tiny, dense"),
        (["train", "--plot", "/no/such/folder/plot.html"], "there is no folder /no/such/folder"),
        (["--work", "tiny"], "only with train or growth"),
        (["nosuch"], "allowed are engine"),
    ],
)
def test_what_cannot_be_measured_is_refused(words: list[str], named: str) -> None:
    result = CliRunner().invoke(cli, ["bench", *words])
    assert result.exit_code == 2
    assert named in result.output


def test_times_have_units() -> None:
    assert [time_of(t) for t in (0.0000052, 0.00123, 4.5)] == ["5.2 µs", "1.23 ms", "4.5 s"]
