"""Which runs a recipe needs, what came of it, and `nnviz reproduce` through the real door."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from nnviz.experiments.catalogue import RECIPES
from nnviz.experiments.claims import Number, Within
from nnviz.experiments.recipe import Case, Place, Recipe
from nnviz.experiments.reproduce import Reproduction, judged
from nnviz.experiments.results import NothingThereError, Results
from nnviz.store.store import Store
from tests.experiments.recipes import a_run
from tests.experiments.tiny_recipes import FALSE, NARROW, SHORT, TINY, WIDE, circle, tiny
from tests.test_cli import ROOT, complaint, lines, nnviz

pytestmark = [pytest.mark.usefixtures("home"), pytest.mark.timeout(600)]
PARTS = {"recipe", "title", "claims", "verdict", "seconds", "quick", "seeds", "runs"}
OF_A_CLAIM = {"what", "lecture", "ours", "low", "high", "verdict", "how", "why"}


# ---- which runs there are to do -----------------------------------------------------------------------


def test_a_run_that_two_recipes_have_is_done_once(home: Path) -> None:
    with Store(home) as store:
        both = Reproduction(store, [SHORT, FALSE])
        assert [len(Reproduction(store, [one]).works) for one in (SHORT, FALSE)] == [4, 2]
        assert len(both.works) == 4
        assert [work.recipe for work in both.to_do()] == [SHORT] * 4
        assert len(Reproduction(store, [SHORT], seeds=3).works) == 6
        assert len(Reproduction(store, [SHORT], quick=True).works) == 2
        assert len(Reproduction(store, [SHORT], seeds=2, quick=True).works) == 4
        assert both.done == 0


def test_seeds_are_other_runs_and_quick_ones_are_smaller() -> None:
    assert [WIDE.member(seed).model_dump()["seed"] for seed in range(3)] == [0, 1, 2]
    assert [WIDE.member(0, quick).training.epochs for quick in (False, True)] == [20, 5]  # type: ignore[attr-defined]
    race = Case("race", "four", {"job": "descent"}, seeded=False)
    recipe = tiny("E94", (race, NARROW), Within(what="x", of="race:steps", lecture="x", low=1), seeds=5)
    assert [case for case, _ in recipe.members()] == ["race"] + ["narrow"] * 5


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"cases": (WIDE, WIDE)}, "one name"),
        ({"question": "It does."}, "question mark"),
        ({"claims": ()}, "no claim"),
        ({"values": ("better by",)}, "does not name"),
        ({"claims": (Number(what="x", of="broad:loss@last", lecture=1, within=1),)}, "names nothing"),
        ({"cases": (Case("wide", "x", circle(0)),)}, "epochs"),
        ({"cases": (Case("wide", "x", circle(1), quick={"training.epochs": -1}),)}, "epochs"),
    ],
)
def test_what_is_wrong_in_a_recipe_is_said_when_it_is_made(more: dict[str, Any], said: str) -> None:
    good: dict[str, Any] = {
        "id": "E95", "title": "T", "question": "Does it?", "look": "L", "figure": "F", "place": Place("playground"),
        "cases": (WIDE,), "guess": SHORT.guess,
        "claims": (Within(what="x", of="wide:test.accuracy", lecture="x", low=0),),
    }  # fmt: skip
    Recipe(**good)
    with pytest.raises(ValueError, match=f"(?s)recipe E95: .*{said}"):
        Recipe(**good | more)


def test_a_recipe_whose_run_failed_says_so() -> None:
    """Its function has nothing to measure, and each claim says what is missing; no other error comes of it."""

    def measure(results: Results) -> dict[str, float]:
        return {"better by": results.mean("wide:test.accuracy") - results.mean("narrow:test.accuracy")}

    recipe = tiny("E96", SHORT.cases, *SHORT.claims, measure=measure, values=("better by",))
    failed = a_run(circle(20), event="failed", message="no memory")
    found = judged(
        recipe, Results({"wide": [a_run(circle(20, 8), test={"accuracy": 0.9, "n": 250})], "narrow": [failed]})
    )
    assert found.verdict == "not reproduced"
    assert "test.accuracy" in found.problem
    assert [one.verdict for one in found.judged] == ["reproduced", "not reproduced", "not reproduced"]
    assert "was not measured (test.accuracy: this run has none" in found.judged[2].how
    with pytest.raises(NothingThereError):
        found.results.mean("value:better by")


# ---- nnviz reproduce ----------------------------------------------------------------------------------


def command(*words: str) -> dict[str, Any]:
    """What subprocess needs for `nnviz reproduce …` with the tiny recipes in the catalogue."""
    program = [sys.executable, "-m", "tests.experiments.tiny_recipes", "reproduce", *words]
    return {"args": program, "env": dict(os.environ), "cwd": ROOT, "text": True}


def reproduce(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(**command(*words), capture_output=True, timeout=300, check=False)


@contextmanager
def begun(*words: str, told: int) -> Iterator[tuple[subprocess.Popen[str], list[dict[str, Any]]]]:
    """The command, and what it told of the first recipes, while it is at the next one."""
    with subprocess.Popen(**command(*words, "--json"), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield process, [json.loads(process.stdout.readline()) for _ in range(told)]


def runs_of(told: dict[str, Any]) -> set[str]:
    return {run for ids in told["runs"].values() for run in ids}


def recorded(home: Path) -> dict[str, str]:
    """Status of each run of the home, by its id."""
    with Store(home) as store:
        ids = [run for group in store.groups.newest() for run in store.groups.members(group.id)]
        return {id: row.status for id in ids if (row := store.get_run(id)) is not None}


def test_stopped_and_killed_in_its_midst_it_goes_on_and_trains_nothing_twice(home: Path) -> None:
    with begun("E91", "E97", told=1) as (process, (first,)):
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (130, "")
    assert "stopped; 4 of 5 runs are done and kept. The same command goes on with the rest" in err
    assert len(err.splitlines()) == 1
    assert first.keys() == PARTS
    assert {"recipe": "E91", "verdict": "reproduced", "quick": False, "seeds": 2}.items() <= first.items()
    assert [claim.keys() for claim in first["claims"]] == [OF_A_CLAIM] * 3
    assert [claim["lecture"] for claim in first["claims"]] == [33, "yes", 0.5]
    assert {case: len(ids) for case, ids in first["runs"].items()} == {"wide": 2, "narrow": 2}

    with begun("E91", "E92", "E97", told=2) as (process, (kept, next_one)):
        family = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.communicate(timeout=120)
    assert (kept["recipe"], kept["runs"]) == ("E91", first["runs"]), "what Ctrl-C left is there"
    assert next_one["recipe"] == "E92"
    assert family
    assert psutil.wait_procs(family, timeout=60)[1] == [], "no child outlives the command"

    done = reproduce("E91", "E92", "E93", "--json")
    assert done.returncode == 0, done.stderr
    told = {one["recipe"]: one for one in lines(done.stdout)}
    assert (told["E91"]["runs"], told["E92"]["runs"]) == (first["runs"], next_one["runs"]), "nor what kill left"
    assert told["E93"]["runs"]["wide"] == first["runs"]["wide"], "one run of two recipes"
    assert told["E93"]["verdict"] == "better"
    statuses = recorded(home)
    assert {statuses[run] for run in runs_of(first) | runs_of(next_one)} == {"finished"}
    assert len(statuses) <= 7  # five, and those of E97 that did not end

    table = reproduce("e93", "E91").stdout
    assert "hidden neurons help" in table
    assert table.index("E91") < table.index("E93")
    markdown = reproduce("E91", "--markdown").stdout.splitlines()
    assert markdown[0].startswith("|  | setting | lecture | ours |")
    assert len({line.count("|") for line in markdown}) == 1
    assert len(markdown) == 2 + len(SHORT.claims)


def test_quick_says_what_it_judges_and_a_claim_that_does_not_hold_ends_with_5(home: Path) -> None:
    done = reproduce("E91", "E93", "--quick", "--json")
    assert done.returncode == 5
    short, false = sorted(lines(done.stdout), key=lambda one: str(one["recipe"]))
    assert [claim["verdict"] for claim in short["claims"]] == ["reproduced", "not judged", "not judged"]
    assert (short["quick"], short["seeds"], short["verdict"]) == (True, 1, "reproduced")
    assert (false["verdict"], false["claims"][0]["how"]) == ("not reproduced", "on less data at least 1.1")
    table = reproduce("E93", "--quick")
    assert table.returncode == 5
    assert "not reproduced" in table.stdout
    assert "With --quick: less data" in table.stdout
    assert len(recorded(home)) == 2

    anew = reproduce("E93", "--quick", "--again", "--json")
    assert runs_of(lines(anew.stdout)[0]).isdisjoint(runs_of(false))
    assert len(recorded(home)) == 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("Z9",), "ID: there is no recipe 'Z9'; `nnviz recipes` lists them"),
        (("B16", "A99"), "ID: there is no recipe 'A99'; `nnviz recipes` lists them"),
        ((), "ID: name the recipes, for example B16 A2, or say --all; `nnviz recipes` lists them"),
        (("B16", "--all"), "ID: name the recipes, for example B16 A2, or say --all; `nnviz recipes` lists them"),
    ],
)
def test_a_bad_request_starts_nothing(words: tuple[str, ...], said: str, home: Path) -> None:
    done = nnviz("reproduce", *words)
    assert done.returncode == 2
    assert complaint(done) == said
    assert recorded(home) == {}


def test_seeds_have_limits() -> None:
    done = nnviz("reproduce", "B16", "--seeds", "0")
    assert done.returncode == 2
    assert "--seeds" in done.stderr


def test_the_catalogue_is_listed() -> None:
    done = nnviz("recipes", "--json")
    assert done.returncode == 0, done.stderr
    told = lines(done.stdout)
    assert [one["recipe"] for one in told] == list(RECIPES)
    assert all(one.keys() == {
        "recipe", "lecture", "title", "question", "figure", "runs", "seconds", "claims", "ours"
    } for one in told)  # fmt: skip
    table = nnviz("recipes").stdout
    for recipe in RECIPES.values():
        assert f"{recipe.id} " in table
        assert recipe.lecture in table


def test_the_tiny_recipes_are_none_of_the_catalogue() -> None:
    assert TINY.keys().isdisjoint(RECIPES)
