"""Each kind of claim holds a result that fits, and refuses one that does not."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from nnviz.experiments.claims import (
    Accuracy,
    Claim,
    Difference,
    Number,
    OneRun,
    Order,
    Printed,
    Stays,
    Within,
    interval,
    judge,
    verdict,
)
from nnviz.experiments.guesses import ChoiceGuess, CurveGuess, NumberGuess
from nnviz.experiments.results import NothingThereError, Results
from tests.experiments.recipes import a_run, accuracies

CURVE = {"epoch": [1, 2, 3, 4, 5], "step": [10, 20, 30, 40, 50], "loss": [1.0, 0.99, 0.97, 0.9, 0.4]}


def curve(quick: bool = False) -> Results:
    return Results({"net": [a_run(columns=CURVE, epochs=5, train={"loss": 0.4, "accuracy": 0.95})]}, quick=quick)


def measured(**values: object) -> Results:
    return Results({}, values)  # type: ignore[arg-type]


def verdict_of(claim: Claim, results: Results) -> str:
    (one,) = judge([claim], results)
    return one.verdict


# ---- the interval of an accuracy ----------------------------------------------------------------------


def test_the_interval_of_one_run_is_walds() -> None:
    """0.9874 on 10,000: 1.96·√(0.9874·0.0126/10,000) = 0.00219, by hand, and as statsmodels' `normal` has it."""
    mean, low, high, how = interval([0.9874], 10_000)
    assert mean == 0.9874
    assert (low, high) == (pytest.approx(0.98521, abs=1e-5), pytest.approx(0.98959, abs=1e-5))
    half = stats.norm.ppf(0.975) * math.sqrt(0.9874 * 0.0126 / 10_000)
    assert (low, high) == pytest.approx((0.9874 - half, 0.9874 + half), abs=1e-7)
    assert how.startswith("10,000 samples, one seed")


def test_the_interval_of_seeds_is_the_prediction_interval_of_one_more() -> None:
    """Three seeds 0.97, 0.98, 0.99: s = 0.01, and one more run is expected within 1.96·√(p(1−p)/n + s²·4/3)."""
    mean, low, high, how = interval([0.97, 0.98, 0.99], 10_000)
    assert mean == pytest.approx(0.98)
    half = 1.959964 * math.sqrt(0.98 * 0.02 / 10_000 + 0.0001 * 4 / 3)
    assert half == pytest.approx(0.022797, abs=1e-6)
    assert (low, high) == (pytest.approx(0.98 - half), 1.0)  # 1.0028 is no accuracy
    assert how == "10,000 samples, 3 seeds, ±1.00 % between them"


def test_without_a_number_of_samples_the_interval_is_of_the_seeds_alone() -> None:
    _, low, high, how = interval([0.9, 0.92], None)
    half = 1.959964 * math.sqrt(0.0002 * 1.5)
    assert (low, high) == pytest.approx((0.91 - half, 0.91 + half))
    assert "samples" not in how


def test_all_right_is_not_certain() -> None:
    """p is kept half a sample away from 1: with 20 samples 1.0 is no interval of one point."""
    _, low, high, _ = interval([1.0], 20)
    assert low == pytest.approx(1 - 1.959964 * math.sqrt(0.975 * 0.025 / 20))
    assert high == 1.0


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ((0.9874,), "reproduced"),
        ((0.9860,), "reproduced"),  # within ±0.0022 of one run
        ((0.9840,), "not reproduced"),
        ((0.9910,), "better"),
        ((0.9840, 0.9842, 0.9841), "not reproduced"),  # seeds that agree narrow it
        ((0.9800, 0.9880, 0.9840), "reproduced"),  # seeds that differ widen it
    ],
)
def test_an_accuracy(found: tuple[float, ...], expected: str) -> None:
    assert verdict_of(Accuracy(what="test", of="test.accuracy", lecture=0.9874), accuracies(*found)) == expected


def test_fewer_samples_allow_more() -> None:
    claim = Accuracy(what="test", of="test.accuracy", lecture=0.9874)
    assert verdict_of(claim, accuracies(0.97, n=10_000)) == "not reproduced"
    assert verdict_of(claim, accuracies(0.97, n=100)) == "reproduced"


def test_an_accuracy_on_less_data() -> None:
    unbound = Accuracy(what="test", of="test.accuracy", lecture=0.9874)
    bound = Accuracy(what="test", of="test.accuracy", lecture=0.9874, quick_least=0.8)
    assert verdict_of(unbound, accuracies(0.85, quick=True)) == "not judged"
    assert verdict_of(bound, accuracies(0.85, quick=True)) == "reproduced"
    assert verdict_of(bound, accuracies(0.75, quick=True)) == "not reproduced"


def test_a_training_accuracy_is_judged_on_the_training_samples() -> None:
    run = a_run({"data": {"name": "digits", "train": 1_000}}, train={"accuracy": 0.97, "loss": 0.1})
    (one,) = judge([Accuracy(what="training", of="train.accuracy", lecture=0.97)], Results({"net": [run]}))
    assert one.how.startswith("1,000 samples")
    half = 1.959964 * math.sqrt(0.97 * 0.03 / 1_000)
    assert (one.low, one.high) == pytest.approx((0.97 - half, 0.97 + half))


# ---- the other kinds ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (Number(what="loss", of="loss@last", lecture=0.42, within=0.03), "reproduced"),
        (Number(what="loss", of="loss@last", lecture=0.5, within=0.03), "not reproduced"),
        (Number(what="loss", of="loss@last", lecture=0.5, within=0.03, better="lower"), "better"),
        (Number(what="loss", of="loss@last", lecture=0.5, within=0.03, better="higher"), "not reproduced"),
        (Number(what="loss", of="loss@last", lecture=0.5, within=0.25, share=True), "reproduced"),
        (Number(what="loss", of="loss@last", lecture=0.5, within=0.15, share=True), "not reproduced"),
        (Number(what="epochs", of="epochs", lecture=9, within=5), "reproduced"),
        (Printed(what="epochs", of="epochs", lecture=5, places=0), "reproduced"),
        (Printed(what="epochs", of="epochs", lecture=6, places=0), "not reproduced"),
        (Order(what="falls", of=("loss@first", "loss@3", "loss@last"), lecture="falls"), "reproduced"),
        (Order(what="rises", of=("loss@last", "loss@first"), lecture="rises"), "not reproduced"),
        (Order(what="falls", of=("loss@first", "loss@2"), lecture="falls", by=0.02), "not reproduced"),
        (Order(what="no tie", of=("loss@2", "loss@2"), lecture="falls"), "not reproduced"),
        (Within(what="loss", of="loss@last", lecture="small", high=0.5), "reproduced"),
        (Within(what="loss", of="loss@last", lecture="small", high=0.3), "not reproduced"),
        (Within(what="loss", of="loss@last", lecture="large", low=0.5), "not reproduced"),
        (Within(what="loss", of="loss@last", lecture="between", low=0.3, high=0.5), "reproduced"),
        (Stays(what="flat", of="loss", share=0.05, epochs=4, lecture="flat"), "reproduced"),
        (Stays(what="flat", of="loss", share=0.05, epochs=5, lecture="flat"), "not reproduced"),
        (Stays(what="flat", of="loss", share=0.7, epochs=5, lecture="flat"), "reproduced"),  # to the end
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_a_claim_holds_or_does_not(claim: Claim, expected: str) -> None:
    assert verdict_of(claim, curve()) == expected
    if not isinstance(claim, Printed):
        assert verdict_of(claim, curve(quick=True)) == "not judged"


def test_a_number_of_one_run_is_looked_for_where_one_more_of_ours_would_be() -> None:
    """8, 10, 12 epochs: mean 10, s = 2, t(2) = 4.303: 10 ± 4.303·2·√(4/3) = 10 ± 9.94, from Student's table."""

    def results(*groups: tuple[float, ...], quick: bool = False) -> Results:
        named = zip("ab", groups, strict=False)
        return Results({name: [a_run(epochs=one) for one in found] for name, found in named}, quick=quick)

    (one,) = judge([OneRun(what="x", of="a:epochs", lecture=19)], results((8, 10, 12)))
    assert (one.low, one.high) == (pytest.approx(0.063, abs=2e-3), pytest.approx(19.937, abs=2e-3))
    assert one.verdict == "reproduced"
    assert verdict_of(OneRun(what="x", of="a:epochs", lecture=20), results((8, 10, 12))) == "not reproduced"
    # Pooled with (20, 21, 22): s² = (8 + 2)/4 = 2.5, t(4) = 2.776: 10 ± 2.776·1.581·1.155 = 10 ± 5.07.
    pooled = OneRun(what="x", of="a:epochs", lecture=15, pooled=("a:epochs", "b:epochs"))
    (one,) = judge([pooled], results((8, 10, 12), (20, 21, 22)))
    assert (one.low, one.high) == (pytest.approx(4.93, abs=5e-3), pytest.approx(15.07, abs=5e-3))
    assert one.verdict == "reproduced"
    assert verdict_of(pooled, results((8, 10, 12), (20, 20, 20))) == "not reproduced"
    assert verdict_of(OneRun(what="x", of="a:epochs", lecture=10), results((10,))) == "not judged"
    assert verdict_of(pooled, results((8, 10, 12), (20, 21, 22), quick=True)) == "not judged"


def test_a_difference_is_judged_pair_by_pair() -> None:
    """Pairs 0.02, 0.03, 0.04: mean 0.03, s = 0.01: 0.03 ± 1.96·0.01·√(4/3) = 0.03 ± 0.0226."""

    def results(*below: float, quick: bool = False) -> Results:
        named = {"a": [0.98] * len(below), "b": below}
        runs = {name: [a_run(test={"accuracy": x, "n": 100}) for x in found] for name, found in named.items()}
        return Results(runs, quick=quick)

    def claim(lecture: float) -> Difference:
        return Difference(what="x", of=("a:test.accuracy", "b:test.accuracy"), lecture=lecture)

    (one,) = judge([claim(0.0526)], results(0.96, 0.95, 0.94))
    assert (one.low, one.high) == (pytest.approx(0.00737, abs=1e-5), pytest.approx(0.05263, abs=1e-5))
    assert one.verdict == "reproduced"
    assert verdict_of(claim(0.0527), results(0.96, 0.95, 0.94)) == "not reproduced"
    assert verdict_of(claim(0.01), results(0.99, 0.98, 0.97)) == "not reproduced"  # ours is not above 0
    assert verdict_of(claim(0.02), results(0.96)) == "not judged"
    assert verdict_of(claim(0.02), results(0.96, 0.95, 0.94, quick=True)) == "not judged"


def test_a_claim_that_is_said_to_hold_on_less_data_is_judged() -> None:
    holds = Order(what="falls", of=("loss@first", "loss@last"), lecture="falls", quick=True)
    fails = Within(what="loss", of="loss@last", lecture="large", low=0.5, quick=True)
    assert [verdict_of(claim, curve(quick=True)) for claim in (holds, fails)] == ["reproduced", "not reproduced"]


@pytest.mark.parametrize(
    ("ours", "lecture", "places", "expected"),
    [
        (-0.9268, -0.927, 3, "reproduced"),
        (-0.9264, -0.927, 3, "not reproduced"),
        (0.6449, 0.64, 2, "reproduced"),
        (0.6451, 0.64, 2, "not reproduced"),
        ([[11, 22], [13, 24]], [[11, 22], [13, 24]], 0, "reproduced"),
        ([[11, 22], [13, 25]], [[11, 22], [13, 24]], 0, "not reproduced"),
        ([[11, 22]], [[11, 22], [13, 24]], 0, "not reproduced"),  # another shape
        ("vanishing", "vanishing", 0, "reproduced"),
        ("healthy", "vanishing", 0, "not reproduced"),
        (True, True, 0, "reproduced"),
        (math.nan, 1.0, 0, "not reproduced"),
    ],
)
def test_printed_digits(ours: object, lecture: object, places: int, expected: str) -> None:
    claim = Printed(what="number", of="value:number", lecture=lecture, places=places)
    assert verdict_of(claim, measured(number=ours)) == expected


# ---- what is missing, and what it all comes to --------------------------------------------------------


@pytest.mark.parametrize(
    "claim",
    [
        Accuracy(what="x", of="net:test.accuracy", lecture=0.9),
        Number(what="x", of="net:loss@9", lecture=0.9, within=1),
        Printed(what="x", of="value:nothing", lecture=1, places=0),
        Order(what="x", of=("net:loss@first", "net:val_loss@last"), lecture="x"),
        Within(what="x", of="other:loss@last", lecture="x", low=0),
        Stays(what="x", of="net:nothing", share=0.1, epochs=1, lecture="x"),
    ],
    ids=lambda claim: type(claim).__name__,
)
def test_what_the_results_do_not_hold_is_not_reproduced_and_said(claim: Claim) -> None:
    (one,) = judge([claim], curve())
    assert one.verdict == "not reproduced"
    assert one.ours is None
    assert one.how


def test_a_run_that_diverged_is_said() -> None:
    run = a_run(event="diverged", step=3)
    (one,) = judge([Accuracy(what="test", of="test.accuracy", lecture=0.9)], Results({"net": [run]}))
    assert (one.verdict, one.how) == ("not reproduced", "test.accuracy: this run has none, it diverged")


def test_why_is_said_only_of_what_does_not_reproduce() -> None:
    claim = Number(what="loss", of="loss@last", lecture=0.42, within=0.03, why="another library")
    other = Number(what="loss", of="loss@last", lecture=0.9, within=0.03, why="another library")
    assert [one.why for one in judge([claim, other], curve())] == ["", "another library"]


def test_a_recipes_verdict_is_the_worst_of_its_claims() -> None:
    results = accuracies(0.9874)
    holds, better, fails = (Accuracy(what="x", of="test.accuracy", lecture=at) for at in (0.987, 0.9, 0.999))
    assert verdict(judge([holds], results)) == "reproduced"
    assert verdict(judge([holds, better], results)) == "better"
    assert verdict(judge([holds, better, fails], results)) == "not reproduced"
    assert verdict(judge([holds], accuracies(0.9, quick=True))) == "not judged"


def test_references() -> None:
    run = a_run(
        {"data": {"name": "digits"}}, columns=CURVE, train={"accuracy": 0.99, "loss": 0.1},
        test={"accuracy": 0.95, "n": 400}, result={"networks": [{"loss": 0.5}]},
    )  # fmt: skip
    results = Results({"net": [run, run], "other": [run]}, {"area": 3.0, "word": "x"})
    assert results.mean("net:gap") == pytest.approx(0.04)
    assert results.mean("net:wrong") == 20
    assert results.mean("other:networks.0.loss") == 0.5
    assert results.mean("net:parameters") == run.spec.parameters
    assert results.mean("value:area") == 3
    assert results.judged_on("net:test.accuracy") == 400
    for missing in ("test.accuracy", "net:nothing", "net:networks.1.loss", "value:word", "value:none"):
        with pytest.raises(NothingThereError):
            results.mean(missing)


def test_only_the_ends_of_epochs_count() -> None:
    columns = {"epoch": [0.5, 1, 1.5, 2], "step": [1, 2, 3, 4], "loss": [9, 1, 9, 2], "epoch_end": [0, 1, 0, 1]}
    assert a_run(columns=columns).curve("loss") == ([1, 2], [1, 2])


def test_guesses_have_answers() -> None:
    results = Results({"a": [a_run(columns=CURVE)], "b": [a_run(columns={**CURVE, "loss": [2, 2, 2, 2, 2]})]}, {"n": 1})
    both = ("a:loss@last", "b:loss@last")
    assert NumberGuess(question="?", of="a:loss@last", low=0, high=1, step=0.1).answer(results) == 0.4
    assert ChoiceGuess(question="?", options=("a", "b"), of=both).answer(results) == 1
    assert ChoiceGuess(question="?", options=("a", "b"), of=both, least=True).answer(results) == 0
    assert ChoiceGuess(question="?", options=("a", "b", "c"), of=("value:n",)).answer(results) == 1
    assert CurveGuess(question="?", of="a:loss", epochs=5, low=0, high=1).answer(results)[1] == CURVE["loss"]


@pytest.mark.parametrize("of", ["nobody:loss@last", "loss@last", "value:nothing", "net:"])
def test_a_reference_to_nothing_is_refused(of: str) -> None:
    claim = Number(what="x", of=of, lecture=0, within=0)
    with pytest.raises(ValueError, match="names nothing"):
        claim.check(["net", "other"], ["something"])
    Number(what="x", of="loss@last", lecture=0, within=0).check(["net"], [])


def test_what_a_quick_run_is_too_short_for_is_not_judged() -> None:
    claims = [
        Number(what="late", of="loss@20", lecture=0.1, within=0.1, quick=True),
        Order(what="falls", of=("loss@first", "loss@20"), lecture="falls", quick=True),
        Number(what="between", of="loss@2.5", lecture=0.1, within=0.1, quick=True),
        Within(what="now", of="loss@5", lecture="small", high=0.5, quick=True),
    ]
    quick, full = judge(claims, curve(quick=True)), judge(claims, curve())
    assert [one.verdict for one in quick] == ["not judged", "not judged", "not reproduced", "reproduced"]
    assert quick[0].how == "the quick run has only 5 epochs"
    assert [one.verdict for one in full] == ["not reproduced", "not reproduced", "not reproduced", "reproduced"]
    assert full[0].how == "loss@20: the run ended after 5"
    ran_away = Results({"net": [a_run(columns=CURVE, event="diverged")]}, quick=True)
    assert verdict_of(claims[0], ran_away) == "not reproduced"
