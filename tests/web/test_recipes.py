"""The lectures' recipes against a real server: refused, computed, run, killed and gone on with, judged."""

from __future__ import annotations

import json
import signal
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from nnviz.experiments.catalogue import RECIPES
from tests.serving import Browser, Server
from tests.web.test_sweeps import follow

E1 = RECIPES["E1"]


def ask(server: Server, **body: Any) -> dict[str, Any]:
    request = urllib.request.Request(f"{server.url}/nnviz/recipe", json.dumps(body).encode(), {"Origin": server.url})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            found: dict[str, Any] = json.loads(answer.read())
    except urllib.error.HTTPError as refused:
        found = {"status": refused.code, **json.loads(refused.read())}
    return found


def submit(browser: Browser, recipe: str, **more: Any) -> str:
    browser.say(do="recipe", recipe=recipe, **more)
    return str(browser.until("submitted_group")["group"])


def test_a_recipe_goes_on_after_the_server_was_killed_and_is_judged(tmp_path: Path) -> None:
    with Server(tmp_path) as first, first.browser() as browser:
        group = submit(browser, "E1")
        assert ask(first, group=group)["recipe"] == "E1"  # it is recorded
        first.stop(signal.SIGKILL)
    with Server(tmp_path) as second, second.browser() as browser:
        browser.say(do="watch_group", group=group)
        assert follow(browser) == ["finished"] * len(E1.cases)
        found = ask(second, group=group)
        assert (found["recipe"], found["over"], found["quick"], found["verdict"]) == ("E1", True, False, "reproduced")
        assert [run["case"] for run in found["runs"]] == [case.name for case in E1.cases]
        assert [one["what"] for one in found["claims"]] == [claim.what for claim in E1.claims]
        assert found["claims"][0]["ours"] == "[0, 0, 0]"
        assert 1 <= found["answer"] <= 50
        assert (found["column"], found["label"]) == ("wrong", "told wrongly")
        assert [line["name"] for line in found["lines"]] == [case.title for case in E1.cases]
        other = ask(second, group=group, column="updates")
        assert other["column"] == "updates"
        assert other["lines"] != found["lines"]

        # A run of it in its room.
        browser.say(do="watch", run=found["runs"][0]["run"])
        assert browser.until("run")["room"] == E1.place.room

        # What was stopped is not judged.
        group = submit(browser, "B16", quick=True)
        browser.say(do="group", group=group, command="stop")
        follow(browser)
        found = ask(second, group=group)
        assert found["unfit"].startswith(RECIPES["B16"].cases[0].title)
        assert (found["quick"], "verdict" in found) == (True, False)

        # What is no recipe's is said.
        browser.say(do="submit_group", spec={"job": "perceptron"}, members=[{}])
        group = str(browser.until("submitted_group")["group"])
        assert ask(second, group=group)["message"] == "group: its runs are no recipe's"


def test_what_there_is_is_told_and_what_there_is_not_refused(server: Server) -> None:
    told = json.loads(server.get("/nnviz/recipes"))
    assert [one["id"] for one in told["recipes"]] == list(RECIPES)
    by_id = {one["id"]: one for one in told["recipes"]}
    assert "training accuracy" in " ".join(by_id["B16"]["unjudged"])
    assert (by_id["B16"]["smaller"], by_id["A4"]["runs"]) == (True, 0)
    assert by_id["A4"]["guess"]["kind"] == "number"

    found = ask(server, recipe="a4")
    assert (found["verdict"], found["answer"], found["over"], found["runs"]) == ("reproduced", 3, True, [])
    assert "there is no recipe 'Z9'" in ask(server, recipe="Z9")["message"]
    assert ask(server, recipe="E1")["status"] == 400
    assert "there are no such runs" in ask(server, group="nosuchgroup")["message"]
    with server.browser() as browser:
        for recipe, words in (("Z9", "there is no recipe 'Z9'"), ("A4", "A4 has no runs")):
            browser.say(do="recipe", recipe=recipe)
            refused = browser.until("error")
            assert refused["field"] == "recipe"
            assert words in refused["message"]


@pytest.mark.parametrize("recipe", [recipe for recipe in RECIPES.values() if recipe.cases], ids=lambda one: one.id)
def test_runs_say_which_recipe_and_size_they_are_of(recipe: Any) -> None:
    from nnviz.web.json_errors import Problem
    from nnviz.web.recipes import _sized

    for seeds, quick in ((None, False), (2, False), (None, True)):
        members = recipe.members(seeds, quick)
        found, size = _sized(recipe, [spec for _, spec in members])
        assert found == members
        assert size == quick or [spec for _, spec in recipe.members(len(members), True)] != members
    with pytest.raises(Problem, match="some of its runs have been deleted"):
        _sized(recipe, [None])
