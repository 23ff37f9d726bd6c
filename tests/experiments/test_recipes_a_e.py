"""What the recipes of the lectures A and E measure, held against independent sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from nnviz.experiments.catalogue import RECIPES, a1, a4, a5, a7, a10, e4
from nnviz.experiments.claims import Difference, verdict
from nnviz.experiments.reproduce import judged
from nnviz.experiments.results import Results, RunResult
from nnviz.jobs import JOBS


def done(id: str) -> Results:
    """The recipe's runs at full size, in this process."""
    runs = {}
    for name, spec in RECIPES[id].members(seeds=1):
        *_, last = JOBS[spec.job].run(spec, None)
        runs[name] = [RunResult(name, spec, last.to_json())]
    return Results(runs)


@pytest.mark.parametrize("id", ["A4", "A5", "A6", "E1", "E2", "E3", "E4", "E5", "E7"])
def test_arithmetic_reproduces_whatever_the_seed(id: str) -> None:
    found = judged(RECIPES[id], done(id))
    assert verdict(found.judged) == "reproduced", [one for one in found.judged if one.verdict != "reproduced"]
    answer: Any = RECIPES[id].guess.answer(found.results)
    assert answer == answer  # a number, not NaN


def values(id: str) -> Mapping[str, Any]:
    measure = RECIPES[id].measure
    assert measure is not None
    return measure(Results({}))


def test_the_decision_tables_are_those_of_a_sum_written_out() -> None:
    coins, hot, lunch, _ = (np.array(column) for column in zip(*[
        (i >> 2 & 1, i >> 1 & 1, i & 1, 0) for i in range(8)
    ], strict=True))  # fmt: skip
    found = values("A4")
    assert found["table"] == (4 * coins + 2 * hot - 2 * lunch > 3).astype(int).tolist()
    assert found["high"] == (4 * coins + 2 * hot - 2 * lunch > 5).astype(int).tolist()
    assert values("E3")["bipolar"] == [1 if round(0.3 * bin(i).count("1") - 0.4, 9) >= 0 else -1 for i in range(8)]
    assert a4.table((1.0, 1.0), 1.0) == [0, 0, 0, 1]


def test_the_small_change_is_that_of_the_logistic_function() -> None:
    from scipy.special import expit

    found = values("A5")
    z = sum(w * x for w, x in zip(a5.WEIGHTS, a5.AT, strict=True)) + a5.BIAS
    assert found["true"] == pytest.approx(expit(z + a5.DELTA[0]) - expit(z), abs=1e-12)
    assert found["predicted"] == pytest.approx(expit(z) * (1 - expit(z)) * a5.DELTA[0], abs=1e-12)


def test_a_bump_is_half_as_high_where_the_normal_density_is() -> None:
    gamma = 0.5  # exp(−r²/2): the normal density but for its height
    assert norm.pdf(a1.half_width(gamma)) == pytest.approx(norm.pdf(0) / 2)


def test_histograms_overlap_wholly_partly_and_not_at_all() -> None:
    values, own = np.linspace(0.001, 0.999, 1000, dtype=np.float32), np.arange(1000) % 2 == 0
    assert a7.overlap(values, own) == pytest.approx(1)
    assert a7.overlap(values, values < 0.5) == 0
    assert a7.overlap(np.where(own, 0.1, np.where(np.arange(1000) % 4 == 1, 0.1, 0.9)).astype(np.float32), own) == (
        pytest.approx(0.5)
    )


def test_a_sum_of_784_weights_is_28_wide() -> None:
    assert a10.width("random_normal") == pytest.approx(784**0.5, rel=0.05)
    assert a10.width("scaled_normal") == pytest.approx(1, rel=0.05)


def test_descent_on_a_regression_ends_at_its_least_squares() -> None:
    samples = e4.SURFACES["regression"].samples
    assert samples is not None
    weight, bias = np.polyfit(samples.u, samples.t, 1)
    assert (e4.MINIMUM.x, e4.MINIMUM.y) == pytest.approx((weight, bias), abs=1e-6)


def scores(accuracies: list[float]) -> list[RunResult]:
    spec = RECIPES["A10"].cases[0].spec
    return [RunResult("run", spec, {"test": {"accuracy": accuracy, "n": 10_000}}) for accuracy in accuracies]


DIFFERENCE = Difference(what="", of=("a:test.accuracy", "b:test.accuracy"), lecture=0.01)


@pytest.mark.parametrize(
    ("above", "below", "expected"),
    [
        ([0.96, 0.95, 0.955], [0.95, 0.945, 0.944], "reproduced"),  # 0.010, 0.005, 0.011
        ([0.96, 0.951], [0.959, 0.95], "not reproduced"),  # 0.001 twice: 0.01 is far from it
        ([0.95, 0.94], [0.96, 0.96], "not reproduced"),  # the other one is better
        ([0.96], [0.95], "not judged"),  # of one pair nothing is known of the spread
    ],
)
def test_a_difference_is_judged_pair_by_pair(above: list[float], below: list[float], expected: str) -> None:
    found = DIFFERENCE.judge(Results({"a": scores(above), "b": scores(below)}))
    assert found.verdict == expected


def test_a_differences_interval_is_the_t_of_numpy() -> None:
    found = DIFFERENCE.judge(Results({"a": scores([0.96, 0.95, 0.955]), "b": scores([0.95, 0.945, 0.944])}))
    pairs = np.array([0.01, 0.005, 0.011])
    assert found.low == pytest.approx(pairs.mean() - norm.ppf(0.975) * pairs.std(ddof=1) * np.sqrt(4 / 3), abs=1e-6)
    assert DIFFERENCE.judge(Results({"a": scores([0.9, 0.9]), "b": scores([0.8, 0.8])}, quick=True)).verdict == (
        "not judged"
    )


def test_an_accuracy_of_a_column_is_of_the_columns_samples() -> None:
    (run,) = scores([0.9])
    results = Results({"a": [run]})
    assert (results.judged_on("a:accuracy@1"), results.judged_on("a:test.accuracy")) == (60_000, 10_000)
