"""What a sweep is: its runs, its refusals, and a search that goes on from its record."""

from __future__ import annotations

import itertools
import json
import math
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from nnviz.experiments.outcome import outcome
from nnviz.experiments.search import importances
from nnviz.experiments.settings import OFFERED, changed, value_words
from nnviz.experiments.steering import Steering
from nnviz.experiments.sweep import SweepError, SweepSpec, check_size, members
from nnviz.jobs import SpecError
from nnviz.spec import RunSpec, explain

EXAMPLES = {
    "learning_rate": 0.5, "batch_size": 7, "optimizer": "adam", "momentum": 0.9, "activation": "relu",
    "layers": [{"units": 3}], "width": 5, "depth": 3, "train": 100, "noise": 0.1, "l2": 0.01, "dropout": 0.25,
    "early_stopping": 9, "rotate": 0, "initializer": "zeros", "loss": "huber", "epochs": 3, "seed": 4, "data": "moons",
}  # fmt: skip


def sweep(*over: str, **more: Any) -> SweepSpec:
    return SweepSpec.model_validate({"over": over, **more})


def test_a_grid_is_every_combination_and_each_member_has_just_these_changes() -> None:
    found = members(sweep("learning_rate=0.01,0.1,1", "batch_size=5..15:3"))
    expected = [*itertools.product((0.01, 0.1, 1), (5, 10, 15))]
    assert [point for point, _ in found] == expected
    for (rate, batch), spec in found:
        raw = RunSpec().model_dump()
        raw["training"]["optimizer"]["learning_rate"] = rate
        raw["training"]["batch_size"] = batch
        assert spec == RunSpec.model_validate(raw)


def test_ranges_are_even_in_their_logarithm_where_that_is_asked_for() -> None:
    values = [point[0] for point in sweep("learning_rate=0.001..1:4:log").points()]
    assert values == pytest.approx(np.logspace(-3, 0, 4))
    assert [point[0] for point in sweep("batch_size=1..100:3:log").points()] == [1, 10, 100]


@pytest.mark.parametrize("text", ["learning_rate=0.01,0.1", "layers=8|8,8|none", "seed=0..9:10", "noise=0..0.5:3",
                                  "inputs=x1+x2|x1", "early_stopping=off,5", "optimizer=sgd,adam"])  # fmt: skip
def test_what_is_written_is_read_again(text: str) -> None:
    (one,) = sweep(text).over
    (other,) = sweep(str(one)).over
    assert list(map(value_words, one.values)) == list(map(value_words, other.values))
    assert (one.setting, one.low, one.high, one.n) == (other.setting, other.low, other.high, other.n)


def test_a_path_and_the_name_in_a_link_are_one_setting() -> None:
    assert sweep("training.optimizer.learning_rate=0.1,1") == sweep("learning_rate=0.1,1")
    assert members(sweep("model.layers.0.units=3,5"))[1][1].network.layers[0].model_dump()["units"] == 5


@pytest.mark.parametrize("name", [name for name in OFFERED if name not in {"C", "gamma"}])
def test_every_setting_that_a_page_offers_can_be_swept(name: str) -> None:
    spec = changed(RunSpec(), {name: EXAMPLES[name]})
    assert isinstance(spec, RunSpec)
    assert spec != RunSpec() or name == "rotate"


def test_an_optimiser_comes_with_a_rate_at_which_it_learns_and_dropout_stands_after_each_dense_layer() -> None:
    base = changed(RunSpec(), {"momentum": 0.9})
    adam = changed(base, {"optimizer": "adam"}).training.optimizer
    assert (adam.name, adam.learning_rate) == ("adam", type(adam).rates[False])
    spec = changed(base, {"dropout": 0.5, "depth": 3})
    assert [layer.kind for layer in spec.network.layers] == ["dense", "dropout"] * 3
    assert [layer.kind for layer in changed(spec, {"dropout": 0}).network.layers] == ["dense"] * 3


@pytest.mark.parametrize(
    ("over", "words"),
    [
        (("learning_rate=0.01,-1",), "learning_rate=-1: training.optimizer.learning_rate: allowed is a number above 0"),
        (("nix=3,4",), "nix: no such field; there are data, model, training, seed"),
        (("learning_rate=1..0.1",), "a range goes up, and 1..0.1 does not"),
        (("learning_rate=0..1:5:log",), "a logarithmic range begins above 0"),
        (("batch_size",), "write SETTING=VALUES"),
        (("learning_rate=0.1..1:50", "batch_size=1..200:100"), "50 × 100 = 5,000 runs; allowed are at most 200"),
        (("seed=1,2", "seed=3,4"), "each setting once"),
        (("seed=1,1",), "each value once"),
        ((), "at least 1"),
        (("seed=1,2", "noise=0,0.1", "epochs=1,2", "train=10,20"), "at most 3"),
    ],
)
def test_what_is_no_sweep_is_refused_in_words(over: tuple[str, ...], words: str) -> None:
    with pytest.raises(ValidationError) as fault:
        sweep(*over)
    assert words in explain(fault.value, SweepSpec)[0]


CLASH = sweep("data.train=100,50000", "data.validation=250,40000")


def test_values_that_do_not_go_together_are_named() -> None:
    with pytest.raises(
        SweepError, match=r"1 of 4 combinations are not allowed; training samples 50000, .* at most 60,000"
    ):
        members(CLASH)
    with pytest.raises(SpecError, match="no such field"):
        changed(RunSpec(), {"optimizer": "adam", "momentum": 0.9})


def test_a_sweep_that_takes_too_long_is_told_its_runs_and_minutes() -> None:
    long = {"base": {"training": {"epochs": 100_000, "batch_size": 1}}}
    with pytest.raises(SweepError, match=r"200 runs would take about \d[\d,]* minutes on 2 cores; allowed are 60"):
        check_size(sweep("seed=0..199:200", **long), 2)
    check_size(sweep("seed=0..199:200", minutes=5, **long), 2)
    check_size(sweep("seed=0..9:10"), 2)


def value_of(rate: float, activation: str) -> float:
    """What a made-up training comes to: best at a rate of 0.1 with tanh."""
    return abs(math.log10(rate) + 1) / 4 + (0.02 if activation == "relu" else 0.0)


def train(steering: Steering, most: int) -> dict[int, str]:
    """Play the runs of a search, one after the other; how each ended."""
    ended: dict[int, str] = {}
    steering.more()
    while (n := len(ended)) < min(most, len(steering.points)):
        value = value_of(*steering.points[n])
        epochs = steering.specs[n].training.epochs
        stopped = any(
            steering.heard(n, {"event": "metrics", "epoch": epochs * k / 20, "val_accuracy": 1 - value - 0.1 / k})
            for k in range(1, 20)
        )
        ended[n] = "stopped" if stopped else "finished"
        steering.heard(n, {"event": "finished", "reason": "stopped" if stopped else "epochs"})
        steering.more()
    return ended


SEARCH = ("learning_rate=0.0001..100:5:log", "activation=tanh,relu")


def test_a_search_looks_where_it_is_promising_and_stops_the_worse_runs() -> None:
    steering = Steering(sweep(*SEARCH, method="tpe", runs=40), 2)
    ended = train(steering, 100)
    assert len(ended) == 40
    assert not steering.grows
    values = [value_of(*point) for point in steering.points]
    assert np.median(values[20:]) < 0.6 * np.median(values[:10])
    assert [*ended.values()].count("stopped") > 8
    assert ended[int(np.argmin(values))] == "finished"
    found = importances(steering.sweep, [*zip(steering.points, values, strict=True)])
    assert found["learning_rate"] > 0.8
    assert importances(sweep("seed=1,2"), [((1,), 0.1)] * 9) == {}


def test_a_search_goes_on_from_its_record() -> None:
    """What was told is told again: the next points are looked for with it, and none is done twice."""
    spec = sweep(*SEARCH, method="tpe", runs=30)
    first = Steering(spec, 2)
    ended = train(first, 15)
    record = json.loads(json.dumps(first.points))
    second = Steering(SweepSpec.model_validate_json(spec.model_dump_json()), 2, [tuple(point) for point in record])
    assert second.points == first.points
    for n, status in ended.items():
        newest = {"val_accuracy": 1 - value_of(*first.points[n])}
        second.tell(n, outcome(first.specs[n], status, {}, newest))
    second.more()
    for n in range(len(ended), 30):
        second.heard(n, {"event": "metrics", "epoch": 1.0, "val_accuracy": 1 - value_of(*second.points[n])})
        second.heard(n, {"event": "finished"})
        second.more()
    assert len(second.points) == 30
    assert np.median([value_of(*point) for point in second.points[20:]]) < 0.25


def test_outcomes_are_told_by_words_and_a_diverged_run_comes_to_nothing() -> None:
    spec = RunSpec()
    done = {"train": {"accuracy": 0.97}, "test": {"accuracy": 0.9, "low": 0.86, "high": 0.93, "n": 250, "loss": 0.1}}
    good = outcome(spec, "finished", done, {"val_accuracy": 0.92})
    assert (good.word, good.score, good.low, good.value) == ("converged", 0.9, 0.86, pytest.approx(0.08))
    bad = outcome(spec, "diverged", {"message": "In epoch 2 …"}, {"accuracy": 0.5, "val_accuracy": 0.5})
    assert (bad.mark, bad.value, bad.message) == ("✗", None, "In epoch 2 …")
    assert outcome(spec, "finished", {"train": {"accuracy": 0.6}}).word == "not converged"
    assert outcome(spec, "stopped", {"train": {"accuracy": 1.0}}).word == "stopped early"
    hills = RunSpec.model_validate({"data": {"name": "multi_gauss"}})
    assert outcome(hills, "finished", {"train": {"loss": 0.001}}).word == "converged"
