"""The lectures' recipes in the server: begun as a group, and what the Lectures room asks: GET /nnviz/recipes, all that
there are, and POST /nnviz/recipe, how far one is and, when it has ended, what is made of it.

Which runs a group has says of which recipe they are, and how large: nothing else is kept of it, so that a server that
starts anew goes on with it as with every group.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from nnviz.engine.admission import MemoryLimitError
from nnviz.events import finite
from nnviz.experiments import curves
from nnviz.experiments.claims import Claim
from nnviz.experiments.guesses import ChoiceGuess, CurveGuess, Guess, NumberGuess
from nnviz.experiments.recipe import EACH_EPOCH, LECTURES, Recipe
from nnviz.experiments.results import NothingThereError, Results, RunResult
from nnviz.experiments.table import between, figure
from nnviz.spec.job import JobSpec
from nnviz.statuses import ALIVE, STATUSES
from nnviz.web.group_runs import find_group, submit_group
from nnviz.web.groups import LiveGroup
from nnviz.web.json_errors import BAD, MISSING, Problem, asked, json_errors
from nnviz.web.message import RunId
from nnviz.web.messages import Refusal
from nnviz.web.services import Services, services

JSON = "application/json"
MAX_BODY = 1024
MOST = 400
"""Points of a curve on the page."""
WELL = frozenset({"finished", "diverged"})
"""Ends of runs that say something about a recipe."""


class Ask(BaseModel):
    """A group of runs of a recipe; of a recipe without runs its id. column: of the curves, None for the recipe's."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    group: RunId | None = None
    recipe: str | None = Field(None, max_length=20)
    column: str | None = Field(None, max_length=40)


def recipe_routes() -> list[BaseRoute]:
    return [
        Route("/nnviz/recipes", json_errors(list_recipes)),
        Route("/nnviz/recipe", json_errors(ask_recipe), methods=["POST"]),
    ]


def find_recipe(id: str) -> Recipe | None:
    # Imported when somebody asks: it checks the specifications of all recipes' runs.
    from nnviz.experiments.catalogue import RECIPES

    return RECIPES.get(id.upper())


def unknown(id: str) -> str:
    from nnviz.experiments.catalogue import RECIPES

    ids = list(RECIPES)
    return f"recipe: there is no recipe {id[:20]!r}; there are {ids[0]} to {ids[-1]}, {len(ids)} in all"


# ---- what there is


async def list_recipes(_request: Request) -> Response:
    """JSON: {lectures: {letter: title}, recipes: [`_told`]}."""
    here = services()
    body = await asyncio.to_thread(_all, here)
    return Response(body, media_type=JSON, headers={"Cache-Control": "no-cache"})


def _all(here: Services) -> bytes:
    from nnviz.experiments.catalogue import RECIPES
    from nnviz.experiments.recorded import recorded, stale

    known = recorded()
    old = set(stale(RECIPES, known))
    told = [_told(recipe, known.get(id) if id not in old else None) for id, recipe in RECIPES.items()]
    return _json({"lectures": LECTURES, "recipes": told, "cores": here.engine.cores})


def _told(recipe: Recipe, entry: Mapping[str, Any] | None) -> dict[str, Any]:
    """A recipe as the page has it. unjudged: what less data cannot judge; recorded: what came of it on our machine."""
    # Of a record the page shows what it shows of a run of its own.
    shown = entry and {
        **{name: entry[name] for name in ("date", "machine", "quick", "seeds", "verdict", "seconds", "lines", "axis")},
        "claims": [_claim(**claim) for claim in entry["claims"]], **_column(entry["column"]),
    }  # fmt: skip
    return {
        "id": recipe.id, "title": recipe.title, "question": recipe.question, "look": recipe.look,
        "figure": recipe.figure, "ours": list(recipe.ours), "room": recipe.place.room,
        "claims": [{"what": claim.what, "lecture": _lecture(claim)} for claim in recipe.claims],
        "unjudged": [claim.what for claim in recipe.claims if not claim.judged_quickly],
        "guess": _guess(recipe.guess), "seconds": recipe.seconds, "seeds": recipe.seeds,
        "runs": len(recipe.members()), "single": len(recipe.members(1)), "smaller": _smaller(recipe),
        "recorded": shown,
    }  # fmt: skip


def _smaller(recipe: Recipe) -> bool:
    """Whether it can be done on less data."""
    return any(case.quick for case in recipe.cases)


def _lecture(claim: Claim) -> str:
    value = getattr(claim, "lecture", "")
    return figure(float(value) if isinstance(value, int) else value) if isinstance(value, float | int | str) else (
        str(value))  # fmt: skip


def _guess(guess: Guess) -> dict[str, Any]:
    told: dict[str, Any] = {"question": guess.question}
    if isinstance(guess, NumberGuess):
        return {**told, "kind": "number", "low": guess.low, "high": guess.high, "step": guess.step, "unit": guess.unit}
    if isinstance(guess, ChoiceGuess):
        return {**told, "kind": "choice", "options": list(guess.options)}
    assert isinstance(guess, CurveGuess)
    column = guess.of.rpartition(":")[2]
    return {**told, "kind": "curve", "epochs": guess.epochs, "low": guess.low, "high": guess.high, **_column(column)}


def _column(column: str | None) -> dict[str, Any]:
    return {"column": column, "label": curves.label(column or ""), "share": column in curves.SHARES}


# ---- begun


async def recipe_specs(here: Services, id: str, seeds: int | None, quick: bool) -> tuple[Recipe, list[JobSpec]]:
    """The recipe and its runs, checked. Raises Refusal."""

    def make() -> tuple[Recipe, list[JobSpec]]:
        recipe = find_recipe(id)
        if recipe is None:
            raise Refusal("recipe", unknown(id))
        if not recipe.cases:
            raise Refusal("recipe", f"recipe: {recipe.id} has no runs, it is computed")
        specs = [spec for _, spec in recipe.members(seeds, quick)]
        try:
            for spec in specs:
                here.engine.check(spec)
        except MemoryLimitError as fault:
            raise Refusal("recipe", f"recipe: {fault}") from None
        return recipe, specs

    return await asyncio.to_thread(make)


def submit_recipe(here: Services, recipe: Recipe, specs: Sequence[JobSpec], *, visitor: str) -> LiveGroup:
    """Queue its runs as one group: no await in between."""
    return submit_group(
        here, f"{recipe.id} {recipe.title}", specs, visitor=visitor, room=recipe.place.room, recipe=recipe.id,
        speed=EACH_EPOCH,
    )  # fmt: skip


# ---- asked


async def ask_recipe(request: Request) -> Response:
    """JSON: `_board`. Computed once for all who watch, as long as nothing has happened."""
    body, here = await asked(request, Ask, MAX_BODY), services()
    if body.group is None:
        recipe = find_recipe(body.recipe or "")
        if recipe is None:
            raise Problem(MISSING, "recipe", unknown(body.recipe or ""))
        if recipe.cases:
            raise Problem(BAD, "group", f"group: {recipe.id} has runs; say of which group")
        found: Recipe = recipe
        return Response(
            await here.compute.result(("recipe", found.id), lambda: _computed(found)), media_type=JSON
        )  # fmt: skip
    group = await find_group(here, body.group)
    if group is None:
        words = "group: there are no such runs; were they deleted, or is the link another server's?"
        raise Problem(MISSING, "group", words)
    live = {run: (member.status, member.columns.to_json()) for run, member in group.members().items()}
    state = ("over", *group.runs) if group.over else (id(group), group.version)
    key = ("recipe", group.id, state, body.column)
    board = await here.compute.result(key, lambda: _board(here, group.id, live, body.column, group.over))
    return Response(board, media_type=JSON)


def _computed(recipe: Recipe) -> bytes:
    return _json({"recipe": recipe.id, "quick": False, "runs": [], "over": True, **_verdict(recipe, Results({}))})


def _board(
    here: Services, id: str, live: Mapping[str, tuple[str, curves.Columns]], column: str | None, over: bool
) -> bytes:
    """{recipe, quick, seeds, runs: [{run, case, title, seed, status, words, share}], columns: [[name, label]], column,
    label, share, axis, lines, over, elapsed}; and when all have come to an end: verdict, claims, answer, problem,
    seconds; or `unfit`, why nothing is judged. share: how much of a run is done."""
    here.store.flush()
    row = here.store.groups.get(id)
    recipe = find_recipe(row.recipe) if row is not None and row.recipe is not None else None
    if row is None or recipe is None:
        raise Problem(BAD, "group", "group: its runs are no recipe's")
    kept = {run: here.store.get_run(run) for run in live}
    specs = [one.spec if one is not None else None for one in kept.values()]
    members, quick = _sized(recipe, specs)
    cases = [case for case, _ in members]
    columns = [(case, run, live[run][1]) for case, run in zip(cases, live, strict=True)]
    there = curves.shown(each for *_, each in columns)
    drawn = column if column in there else curves.main_column(recipe, there)
    runs, count = [], dict.fromkeys(cases, 0)
    for (case, spec), (run, (status, each)) in zip(members, live.items(), strict=True):
        result = (one.result if (one := kept[run]) is not None else None) or {}
        runs.append({
            "run": run, "case": case, "title": recipe.case(case).title, "seed": count[case], "status": status,
            "words": str(result.get("message") or STATUSES.get(status, status)),
            "share": 1.0 if status not in ALIVE else _share(spec, each),
        })  # fmt: skip
        count[case] += 1
    told = {
        "recipe": recipe.id, "quick": quick, "seeds": max(count.values()), "runs": runs, "over": over,
        "columns": [[name, curves.label(name)] for name in there], **_column(drawn),
        "axis": curves.axis(each for *_, each in columns), "lines": curves.lines(recipe, columns, drawn, MOST),
        "elapsed": time.time() - row.created,
    }  # fmt: skip
    if over:
        told |= _ended(here, recipe, members, [(run, status) for run, (status, _) in live.items()], quick)
    return _json(told)


def _sized(recipe: Recipe, specs: Sequence[JobSpec | None]) -> tuple[list[tuple[str, JobSpec]], bool]:
    """(case, specification) of each of these runs, and whether they are the small ones."""
    seeded = sum(case.seeded for case in recipe.cases)
    for quick in (False, True):
        rest = len(specs) - (len(recipe.cases) - seeded)
        if seeded and (rest <= 0 or rest % seeded):
            break
        members = recipe.members(rest // seeded if seeded else 1, quick)
        if [spec for _, spec in members] == list(specs):
            return members, quick
    words = "group: some of its runs have been deleted, or this recipe is another one by now: run it again"
    raise Problem(BAD, "group", words)


def _share(spec: JobSpec, columns: curves.Columns) -> float:
    """How much of a run is done, as far as its epochs tell."""
    plain = spec.model_dump()
    epochs = plain.get("epochs") or plain.get("training", {}).get("epochs")
    newest = next((value for value in reversed(columns.get("epoch") or ()) if value is not None), None)
    return min(1.0, newest / epochs) if epochs and newest else 0.0


def _ended(
    here: Services, recipe: Recipe, members: Sequence[tuple[str, JobSpec]], runs: Sequence[tuple[str, str]], quick: bool
) -> dict[str, Any]:
    from nnviz.experiments.reproduce import run_result

    found: dict[str, list[RunResult]] = {case.name: [] for case in recipe.cases}
    for (case, spec), (run, status) in zip(members, runs, strict=True):
        if status not in WELL:
            row = here.store.get_run(run)
            said = str(((row.result if row else None) or {}).get("message") or STATUSES.get(status, status))
            return {"unfit": f"{recipe.case(case).title}: {said}"}
        found[case].append(run_result(here.store, run, spec))
    return _verdict(recipe, Results(found, quick=quick))


def _verdict(recipe: Recipe, results: Results) -> dict[str, Any]:
    from nnviz.experiments.reproduce import judged

    found = judged(recipe, results)
    answer: Any = None
    with contextlib.suppress(NothingThereError):
        answer = recipe.guess.answer(found.results)
    return {
        "verdict": found.verdict, "claims": [_claim(**one.to_json()) for one in found.judged], "answer": answer,
        "problem": found.problem, "seconds": found.seconds,
    }  # fmt: skip


def _claim(**claim: Any) -> dict[str, Any]:
    """A judged claim with its numbers in words; those that a bar can show stay numbers."""
    from nnviz.experiments.claims import Judged

    one = Judged(**claim)
    bars = [value if isinstance(value, int | float) else None for value in (one.lecture, one.ours)]
    return {
        "what": one.what, "lecture": figure(one.lecture), "ours": figure(one.ours), "between": between(one),
        "how": one.how, "verdict": one.verdict, "why": one.why, "bars": bars,
    }  # fmt: skip


def _json(value: Any) -> bytes:
    return json.dumps(finite(value), separators=(",", ":"), allow_nan=False).encode()
