"""The catalogue: every recipe refers to what there is, opens its room, and has claims that can hold and can fail."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from nnviz.experiments.catalogue import RECIPES
from nnviz.experiments.claims import Accuracy, Claim, Difference, Number, OneRun, Order, Printed, Stays, Within, judge
from nnviz.experiments.recipe import LECTURES, Recipe
from nnviz.experiments.results import VALUE, NothingThereError, Results, RunResult
from nnviz.jobs import JOBS
from nnviz.spec import RunSpec
from nnviz.spec.job import JobSpec
from nnviz.ui.convolution_setting import read_setting
from nnviz.ui.rooms import ROOMS
from nnviz.ui.view import read_view

ROWS = {
    "A": range(1, 13), "B": range(1, 22), "C": range(1, 8), "D": range(1, 7), "E": range(1, 9),
}  # fmt: skip
EACH = pytest.mark.parametrize("recipe", RECIPES.values(), ids=lambda recipe: recipe.id)
CLAIMS = [pytest.param(recipe, claim, id=f"{recipe.id}: {claim.what}") for recipe in RECIPES.values()
          for claim in recipe.claims]  # fmt: skip


def test_the_recipes_are_rows_of_the_lectures_in_their_order() -> None:
    known = [f"{lecture}{row}" for lecture in LECTURES for row in sorted(ROWS[lecture])]
    assert list(RECIPES) == [id for id in known if id in RECIPES]
    titles = [recipe.title for recipe in RECIPES.values()]
    assert len(set(titles)) == len(titles)


@EACH
def test_a_recipe_is_whole(recipe: Recipe) -> None:
    assert re.fullmatch(Recipe.ids, recipe.id)
    assert recipe.lecture
    for text in (recipe.look, recipe.figure, recipe.title):
        assert text.strip()
        assert text == text.strip()
    assert recipe.look.endswith((".", "!", "…"))
    assert recipe.guess.question.endswith("?")
    assert recipe.seconds > 0
    whats = [claim.what for claim in recipe.claims]
    assert len(set(whats)) == len(whats), "two claims of one name"
    for case in recipe.cases:
        assert re.fullmatch(r"[a-z0-9][a-z0-9 _-]*", case.name), "a name of references is lower-case"
        assert JOBS[case.plain.get("job", "train")].spec is type(case.spec)
        assert case.title
    recipe.members(quick=True)


@EACH
def test_less_data_is_less_work(recipe: Recipe) -> None:
    for case in recipe.cases:
        whole, quick = case.member(0), case.member(0, quick=True)
        if isinstance(whole, RunSpec) and isinstance(quick, RunSpec):
            assert work(quick) <= work(whole)


def work(spec: RunSpec) -> int:
    return spec.data.training_samples * spec.training.epochs


# ---- its room -----------------------------------------------------------------------------------------


@EACH
def test_its_place_opens_in_its_room(recipe: Recipe) -> None:
    """With the setting of its first case, or of the case that the link means; a link is all read, without complaint."""
    room = ROOMS[recipe.place.room]
    if recipe.place.room == "convolution":
        assert read_setting(recipe.place.link)[2] == []
        return
    if room.spec is None:
        return
    shown = [case.spec for case in recipe.cases if room.shows(case.spec)]
    link = dict(recipe.place.link) or (room.write(shown[0]) if shown else {})
    spec, problems = room.read(link, room.view_type.names())
    assert problems == []
    assert read_view(room.view_type, link, {}, room.hide_names())[1] == []
    assert room.shows(spec)
    if shown and not recipe.place.link:
        assert same(spec, shown[0])


@EACH
def test_each_case_can_be_opened_somewhere(recipe: Recipe) -> None:
    for case in recipe.cases:
        rooms = [room for room in ROOMS.values() if room.spec is not None and room.shows(case.spec)]
        assert rooms, f"no room shows {case.name}"
        spec, problems = rooms[0].read(rooms[0].write(case.spec))
        assert (problems, same(spec, case.spec)) == ([], True)


def same(one: JobSpec, other: JobSpec) -> bool:
    return one.model_dump() == other.model_dump()


# ---- its claims ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told(RunResult):
    """A run with numbers and curves by reference."""

    told: Mapping[str, Any] = field(default_factory=dict)

    def number(self, path: str) -> float:
        if path not in self.told:
            raise NothingThereError(path)
        return float(self.told[path])

    def curve(self, column: str) -> tuple[list[float], list[float]]:
        y = [float(value) for value in self.told[column]]
        return [float(x) for x in range(1, len(y) + 1)], y


def results_of(recipe: Recipe, told: Mapping[str, Any], seeds: int = 1) -> Results:
    """Results of a recipe in which these references have these values; a list of numbers is one for each seed."""
    values = {name.removeprefix(f"{VALUE}:"): one for name, one in told.items() if name.startswith(f"{VALUE}:")}
    of_runs: dict[str, dict[str, Any]] = {case.name: {} for case in recipe.cases}
    for reference, value in told.items():
        case, colon, path = reference.rpartition(":")
        if case != VALUE:
            of_runs[case if colon else recipe.cases[0].name][path] = value
    end = {"event": "finished", "test": {"n": 10_000}}
    runs = {
        case.name: [Told("run", case.spec, end, told=_of_seed(of_runs[case.name], seed)) for seed in range(seeds)]
        for case in recipe.cases
    }
    return Results(runs, values)


def _of_seed(told: Mapping[str, Any], seed: int) -> dict[str, Any]:
    return {path: value[seed] if isinstance(value, tuple) else value for path, value in told.items()}


def fitting(claim: Claim) -> tuple[dict[str, Any], dict[str, Any]]:
    """What its references may be: (so that it holds with the lecture's own figure, so that it must not)."""
    match claim:
        case Accuracy():
            return {claim.of: claim.lecture}, {claim.of: claim.lecture / 2}
        case Difference():
            one, other = claim.of
            near = (claim.lecture - 0.001, claim.lecture + 0.001)
            return {one: near, other: (0.0, 0.0)}, {one: (0.0, 0.0), other: near}
        case Number():
            off = 3 * (claim.within * abs(claim.lecture) if claim.share else claim.within) + 1e-6
            return {claim.of: claim.lecture}, {claim.of: claim.lecture + (off if claim.better != "higher" else -off)}
        case OneRun():
            both = (claim.lecture - 1, claim.lecture + 1)
            names = dict.fromkeys((claim.of, *claim.pooled))
            return dict.fromkeys(names, both), dict.fromkeys(names, tuple(one + 200 for one in both))
        case Printed():
            return {claim.of: claim.lecture}, {claim.of: disturbed(claim.lecture, 10.0**-claim.places)}
        case Order():
            falling = {one: -place * (claim.by + 1) for place, one in enumerate(claim.of)}
            return falling, {one: -value for one, value in falling.items()}
        case Within():
            low, high = claim.low, claim.high
            inside = (low + high) / 2 if low is not None and high is not None else low if high is None else high
            beyond = low - abs(low) - 1e-6 if low is not None else high + abs(high or 0) + 1e-6  # type: ignore[operator]
            return {claim.of: inside}, {claim.of: beyond}
        case Stays():
            flat = [1.0] * (int(claim.epochs) + 2)
            return {claim.of: flat}, {claim.of: [1.0, *[1 + 2 * claim.share] * len(flat)]}
    pytest.fail(f"say here what fits a {type(claim).__name__}, and what does not")


def disturbed(value: Any, by: float) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return f"{value} not"
    if isinstance(value, Sequence):
        return [disturbed(value[0], by), *value[1:]]
    return value + by


@pytest.mark.parametrize(("recipe", "claim"), CLAIMS)
def test_a_claim_holds_with_the_lectures_figure_and_fails_with_another(recipe: Recipe, claim: Claim) -> None:
    good, bad = (results_of(recipe, told, seeds=2) for told in fitting(claim))
    assert [one.verdict for one in judge([claim], good)] == ["reproduced"]
    (failed,) = judge([claim], bad)
    assert failed.verdict == "not reproduced"
    assert failed.how
    assert failed.why == claim.why
    (missing,) = judge([claim], replace(good, runs={}, values={}))
    assert (missing.verdict, missing.ours) == ("not reproduced", None)
