"""What the figures of a sweep bind: against the runs themselves, scipy and scikit-learn."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from plotly.graph_objects import Figure
from scipy.stats import ttest_1samp
from sklearn.metrics import accuracy_score

from nnviz.experiments import board as boards
from nnviz.experiments.board import Seen
from nnviz.experiments.ensemble import ensemble, mean_interval
from nnviz.experiments.mcnemar import mcnemar, verdict
from nnviz.experiments.outcome import Outcome
from nnviz.experiments.questions import QUESTIONS, asked, suggested
from nnviz.experiments.settings import OFFERED
from nnviz.experiments.sweep import SweepSpec, members
from nnviz.figures import FIGURES
from nnviz.figures.binding import bind
from nnviz.figures.theme import LIGHT
from nnviz.spec import RunSpec

RNG = np.random.default_rng(11)
IMAGES: dict[str, Any] = {"data": {"name": "digits"}, "training": {"loss": "categorical_crossentropy"}}


def sweep(*over: str, base: dict[str, Any] | None = None, **more: Any) -> SweepSpec:
    return SweepSpec.model_validate({"over": over, "base": base or {}, **more})


def seen(n: int) -> list[Seen]:
    """Runs of which the second has diverged, the third is under way, and the fourth is the best."""
    found = []
    for i in range(n):
        score = 0.5 + 0.4 * (i == 3) + 0.001 * i
        done = Outcome("converged" if i == 3 else "not converged", score, score - 0.05, score + 0.05, 250, score, score,
                       1 - score, 1 - score, 10.0, 0.1)  # fmt: skip
        one = {1: Outcome("diverged", message="In epoch 1 …"), 2: Outcome("training")}.get(i, done)
        columns = {"epoch": [0.0, 5.0, 10.0], "loss": [1.0, 0.5, 0.1 * i], "val_loss": [1.0, None, 0.2 * i],
                   "accuracy": [0.5, 0.6, score], "val_accuracy": [0.5, 0.6, score]}  # fmt: skip
        tile = np.full((64, 64), i / 10, np.float32)
        tile[0] = -1  # the lowest row of the plane
        found.append(Seen(f"run{i}", one, columns, None if i == 2 else tile))
    return found


def test_every_tile_stands_in_its_place_with_its_words() -> None:
    spec = sweep("learning_rate=0.01,0.1", "batch_size=5,10,20")
    points = spec.points()
    found = boards.tiles(spec, points, seen(6), 3, (900, 500))
    z = found["z"]
    for i, (x, y) in enumerate(zip(found["x"], found["y"], strict=True)):
        value = z[round(y), round(x)]
        assert np.isnan(value) if i == 2 else value == pytest.approx(i / 10)
    bottom = round(found["y"][0] + 31.5)
    assert z[bottom, round(found["x"][0])] == -1
    assert np.ptp(found["x"][:3]) > 0
    assert found["y"][0] == found["y"][2] < found["y"][3]  # a row for each rate
    assert [text.split("<br>")[-1] for text in found["heads"]["text"]] == ["5", "10", "20"]
    assert "✗ diverged" in found["captions"][1]
    assert "In epoch 1" in found["said"][1]
    (left, right), (foot, top) = found["range_x"], found["range_y"]
    assert (right - left) / 900 == pytest.approx((foot - top) / 500)  # a cell is a square
    assert found["chosen"]["x"][0] == found["x"][3] - 32


def test_a_long_grid_lies_where_there_is_more_room() -> None:
    spec = sweep("learning_rate=0.01,0.1,1", "batch_size=5,10")
    wide, high = (boards.tiles(spec, spec.points(), seen(6), 3, box) for box in ((900, 400), (400, 900)))
    assert wide["x"][0] == wide["x"][1] < wide["x"][2]  # a column for each rate
    assert wide["y"][0] == wide["y"][2] < wide["y"][1]
    assert [text.split("<br>")[-1] for text in wide["heads"]["text"]] == ["0.01", "0.1", "1"]
    assert [text.split("<br>")[-1] for text in wide["sides"]["text"]] == ["5", "10"]
    assert high["x"][0] == high["x"][2] < high["x"][1]
    for found in (wide, high):
        for i in (0, 1, 3, 4, 5):
            assert found["z"][round(found["y"][i]), round(found["x"][i])] == pytest.approx(i / 10)
        assert found["numbers"] == [0, 1, 2, 3, 4, 5]


def test_scores_and_cells_are_those_of_the_runs() -> None:
    runs = seen(6)
    pair = sweep("learning_rate=0.01,0.1", "batch_size=5,10,20", base=IMAGES)
    cells = boards.heat(pair, pair.points(), runs)
    for i, (rate, batch) in enumerate(pair.points()):
        value = cells["z"][cells["y"].index(f"{rate:g}")][cells["x"].index(f"{batch}")]
        assert np.isnan(value) if i in (1, 2) else value == pytest.approx(runs[i].outcome.score)
    assert cells["lost"]["text"] == ["✗ diverged", "… training"]
    assert (cells["lost"]["x"][0], cells["lost"]["numbers"]) == ("10", [1, 2])
    one = sweep("seed=0..5:6", base=IMAGES)
    found = boards.scores(one, one.points(), runs, 800)
    assert found["numbers"] == [0, 3, 4, 5]
    assert found["above"] == pytest.approx([0.05] * 4)
    assert found["lost"]["text"] == ["✗ diverged"]
    made = boards.board(one, one.points(), runs)
    assert (made["best"], made["done"], made["counts"]["diverged"]) == (3, 5, 1)
    assert "seed 3" in made["best_words"]


def test_lines_go_through_each_runs_values() -> None:
    spec = sweep("learning_rate=0.001..1:5:log", "batch_size=1..50", method="random", runs=6)
    points, runs = spec.points(), seen(6)
    found = boards.parallel(spec, points, runs)
    rates = np.log10([point[0] for point in points])
    expected = (rates - rates.min()) / np.ptp(rates)
    drawn = {x: y for line in found["lines"] for x, y in _pieces(line)}
    for i in (0, 1, 3, 4, 5):
        assert any(np.isclose(piece[0], expected[i]) for piece in drawn.values()) or len(drawn) < 5
    assert found["ends"]["numbers"] == [0, 1, 3, 4, 5]
    spots = found["along"]
    first = [i for i, n in enumerate(spots["numbers"]) if n == 0]
    heights = next(
        y for y in (piece for line in found["lines"] for _, piece in _pieces(line)) if y[2] == found["ends"]["y"][0]
    )
    assert [spots["y"][i] for i in first] == pytest.approx(np.interp([spots["x"][i] for i in first], range(3), heights))
    best = next(line for line in found["lines"] if line["shade"] == boards.SHADES - 1)
    assert best["y"][0] == pytest.approx(expected[3])


def _pieces(line: dict[str, Any]) -> list[tuple[int, list[float]]]:
    step = 4
    return [(line["shade"] * 100 + i, line["y"][i : i + 3]) for i in range(0, len(line["y"]), step)]


def test_median_and_band_are_numpys_and_the_mean_has_students_interval() -> None:
    spec = sweep("seed=0..5:6")
    runs = [one for i, one in enumerate(seen(7)) if i != 1][:6]
    found = boards.seeds(spec, spec.points(), runs, "accuracy")
    ends = [one.columns["val_accuracy"][-1] for one in runs]
    for name, q in (("low", 0), ("first", 25), ("median", 50), ("third", 75), ("high", 100)):
        assert found["bands"][name][-1] == pytest.approx(np.percentile(np.array(ends, float), q), abs=1e-5)
    values = RNG.random(9)
    got = mean_interval(values)
    assert got is not None
    interval = ttest_1samp(values, 0).confidence_interval(0.95)
    assert (got["low"], got["high"]) == pytest.approx((interval.low, interval.high))
    assert mean_interval(values[:1]) is None


def test_panels_show_both_curves_of_each_run_on_the_same_axes() -> None:
    spec = sweep("dropout=0,0.1,0.2,0.5")
    found = boards.panels(spec, spec.points(), seen(4), "loss", 900)
    assert [line["role"] for line in found["lines"]] == ["training", "validation"] * 4
    assert found["lines"][7]["y"] == [1.0, pytest.approx(0.6)]
    assert found["lines"][7]["x"] == [0.0, 10.0]  # where nothing was measured, nothing is drawn
    assert "✗ diverged" in found["titles"][1]["text"]
    assert (found["columns"], found["height"]) == (2, 380)
    assert "<br>" not in found["titles"][0]["text"]
    narrow = boards.panels(spec, spec.points(), seen(4), "loss", 320)  # a phone
    assert narrow["columns"] == 2
    assert "<br>" in narrow["titles"][0]["text"]
    assert boards.panels(spec, spec.points()[:3], seen(3), "loss", 900)["columns"] == 3


def test_an_ensemble_is_the_mean_of_probabilities_and_pairs_are_mcnemars() -> None:
    labels = RNG.integers(0, 3, 300)
    right = np.eye(3)[labels]
    members_ = [(0.4 * right + RNG.dirichlet((1, 1, 1), 300)).astype(np.float32) for _ in range(5)]
    found = ensemble(members_, labels)
    assert found["accuracy"] == pytest.approx(accuracy_score(labels, sum(members_).argmax(1)))  # type: ignore[union-attr]
    assert found["accuracy"] > max(found["members"])
    assert found["low"] < found["accuracy"] < found["high"]
    a, b = (one.argmax(1) == labels for one in members_[:2])
    assert found["only"][0][1] == int((a & ~b).sum())
    # By its definition: both tails of n throws of a coin.
    tails = sum(math.comb(20, k) for k in range(15, 21)) * 2 / 2**20
    assert mcnemar(15, 5) == pytest.approx(tails)
    assert mcnemar(0, 0) == 1
    assert verdict(0, 0) == "Both make exactly the same mistakes."
    assert verdict(15, 5, "seed 1").startswith("seed 1 is better, and hardly by chance")
    assert "a split as uneven as 15 to 5 would come up in fewer than 1 of 24 tests (p = 0.04)" in verdict(5, 15)
    assert verdict(60, 0).endswith("in fewer than 1 of 10,000 tests (p < 0.0001).")
    assert "at least as unevenly as 6 to 4 in 75 of 100 tests (p = 0.75)" in verdict(4, 6)


@pytest.mark.parametrize("base", [{}, IMAGES], ids=["points", "images"])
def test_every_question_that_fits_is_a_sweep_of_two_to_eight_runs(base: dict[str, Any]) -> None:
    spec = RunSpec.model_validate(base)
    fitting = {name: question for name, question in QUESTIONS.items() if question.fits(spec)}
    assert len(fitting) >= 11
    for name, question in fitting.items():
        found = sweep(question.over(spec), base=base)
        assert 2 <= len(members(found)) <= 8, name
        assert asked(spec, list(map(str, found.over))) == name
    for setting in OFFERED:
        assert suggested(spec, setting)


def test_plotly_takes_every_figure_of_a_sweep() -> None:
    """With the values that the room binds; only names and shapes that Plotly knows."""
    one, pair, runs = sweep("seed=0..5:6"), sweep("learning_rate=0.01,0.1", "batch_size=5,10,20"), seen(6)
    told = {"said": "", "at": 0.9, "above": 0.01, "below": 0.01}
    cases: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "sweep_tiles": (boards.tiles(pair, pair.points(), runs, 3, (900, 500)), {}),
        "sweep_scores": (boards.scores(one, one.points(), runs, 800), {}),
        "sweep_map": (boards.heat(pair, pair.points(), runs), {}),
        "sweep_parallel": (boards.parallel(pair, pair.points(), runs), {}),
        "sweep_panels": (boards.panels(one, one.points(), runs, "loss", 900), {"panels": 6}),
        "sweep_seeds": ({**boards.seeds(one, one.points(), runs, "loss"), "means": [told], "ensemble": [told]}, {}),
    }
    assert set(cases) == {name for name in FIGURES if name.startswith("sweep_")}
    for name, (values, choices) in cases.items():
        found = bind(FIGURES[name](LIGHT, **choices), {**values, "revision": "a"})
        drawn = Figure(found, skip_invalid=False)
        assert drawn.data, name
