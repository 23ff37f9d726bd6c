"""The reinforcement room: its link holds everything, each environment has its own numbers, the brush is checked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from nnviz.reinforcement.spec import AGENTS, DEFAULTS, ENVIRONMENTS, ReinforcementSpec
from nnviz.reinforcement.worlds import WORLDS
from nnviz.ui.room import RoomState
from nnviz.ui.rooms.reinforcement import ROOM, _of_world
from tests.strategies import part
from tests.ui.conftest import link_of, open_room


def state(**query: str) -> RoomState:
    spec, problems = ROOM.read(query)
    assert problems == []
    return RoomState(ROOM, spec)


@given(
    part(ReinforcementSpec, job=some.just("reinforcement"), grid=some.sampled_from([w.grid for w in WORLDS.values()]))
)
def test_a_link_holds_everything(plain: dict[str, Any]) -> None:
    spec = ReinforcementSpec.model_validate(plain)
    assert ROOM.read(ROOM.write(spec)) == (spec, [])


@pytest.mark.parametrize("agent", AGENTS)
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_each_combination_begins_with_its_own_numbers(environment: str, agent: str) -> None:
    here, wanted = state(), DEFAULTS[environment, agent]
    here.change({"environment": environment})
    here.change({"agent": agent})
    assert {name: getattr(here.spec, name) for name in wanted} == wanted
    assert ROOM.write(here.spec).keys() <= {"environment", "agent"}
    assert here.spec == ReinforcementSpec.model_validate({"environment": environment, "agent": agent})
    here.change({"environment": "grid"})
    here.change({"agent": "q_learning"})
    assert here.spec == ReinforcementSpec()


def test_a_world_brings_its_rewards_and_a_short_link() -> None:
    here = state()
    for name, world in WORLDS.items():
        here.change(_of_world(name))
        assert ROOM.write(here.spec).keys() <= {"grid", "slip", "step_reward", "goal_reward", "pit_reward"} | {
            *world.setting
        }
        here.change({"agent": "sarsa"})
        assert here.spec.discount == world.setting.get("discount", 0.95)
        here.change({"agent": "q_learning"})


def test_what_may_change_under_way_keeps_the_run() -> None:
    here = state()
    here.show("run")
    here.change({"epsilon": 0.4})
    here.change({"learning_rate": 0.5})
    assert here.run == "run"
    assert ROOM.with_live(ReinforcementSpec(), {"epsilon": 0.4, "learning_rate": 0.5, "speed": {}}) == here.spec
    here.change({"discount": 0.9})
    assert here.run is None
    assert here.memory is not None
    assert here.memory["change"] == "Discount 0.95 → 0.9."


def test_the_brush_paints_and_what_it_may_not_is_told() -> None:
    here = state(grid="S2-2G")
    act = ROOM.acts["paint"]
    act(here, {"cells": [[1, 2], [2, 1]], "kind": "X"})
    assert here.spec.grid == "SX1-X1G"
    act(here, {"cells": [[1, 1], [1, 3]], "kind": "W"})
    assert (here.spec.grid, len(here.notes)) == ("SXW-X1G", 1)
    act(here, {"cells": [[2, 3]], "kind": "."})
    assert "needs a goal" in here.problems.pop()
    act(here, {"cells": [[2, 2]], "kind": "S"})
    assert here.spec.grid == "1XW-XSG"
    ROOM.acts["resize"](here, {"rows": 3, "columns": 4})
    assert here.spec.grid == "1XW1-XSG1-4"
    ROOM.acts["resize"](here, {"rows": 13, "columns": 4})
    assert "2 to 12 rows" in here.problems.pop()
    for wild in ({}, {"cells": 3, "kind": "W"}, {"cells": [[0, 1], ["a", 1], [99, 1], 4], "kind": "W"},
                 {"cells": [[1, 1]], "kind": "Q"}, {"rows": "3"}, {"rows": 10**9, "columns": 4}):  # fmt: skip
        act(here, wild)
        ROOM.acts["resize"](here, wild)
    assert (here.spec.grid, here.problems) == ("1XW1-XSG1-4", [])


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("query", [{}, {"environment": "cartpole", "agent": "reinforce"}])
def test_the_page_opens(query: dict[str, str]) -> None:
    page = open_room("reinforcement", {**query, "grid": "S1-3G"})
    assert ["as long as the first" in warning.value for warning in page.warning] == [True]
    assert link_of(page) == query
