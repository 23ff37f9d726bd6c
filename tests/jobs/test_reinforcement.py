"""The job `reinforcement`: what is learned against what is exact, changes under way, frames."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from nnviz.control import QueueControl
from nnviz.events import Frame, Row, Status, decode_frame, encode_frame
from nnviz.jobs import JOBS, read_spec
from nnviz.reinforcement.learning import Course
from nnviz.reinforcement.picture import picture
from nnviz.reinforcement.planning import solve
from nnviz.reinforcement.spec import AGENTS, ENVIRONMENTS, ReinforcementSpec
from nnviz.reinforcement.worlds import WORLDS


def spec_of(**fields: Any) -> ReinforcementSpec:
    spec = read_spec({"job": "reinforcement", **fields})
    assert isinstance(spec, ReinforcementSpec)
    return spec


def said(control: QueueControl | None = None, **fields: Any) -> list[Any]:
    return list(JOBS["reinforcement"].run(spec_of(**fields), control))


def test_a_table_comes_to_the_exact_values() -> None:
    """With every action tried again and again, Q-learning converges (Watkins and Dayan, 1992): in a world without
    chance a rate of 1 ends in the exact values."""
    spec = spec_of(learning_rate=1, epsilon=1, episodes=40, limit=1000, agents=2)
    course = Course(spec)
    while not course.done:
        course.advance()
    exact = solve(spec.world, spec.discount)
    q, _ = course.agents.everywhere(np.arange(course.place.cells))
    np.testing.assert_allclose(q[:, exact.known], np.broadcast_to(exact.q, q.shape)[:, exact.known], atol=1e-9)
    told = picture(course, 1).meta["told"]
    assert [one["most"] < 1e-9 and one["right"] == one["of"] for one in told] == [True, True]
    assert [(one["ends"], one["moves"]) for one in told] == [("goal", 14)] * 2


def test_slippery_ground_comes_near_the_exact_values() -> None:
    spec = spec_of(grid=WORLDS["small"].grid, **WORLDS["small"].setting)
    spec = spec.model_copy(update={"epsilon": 1.0, "learning_rate": 0.03, "episodes": 1200, "agents": 3})
    course = Course(spec)
    while not course.done:
        course.advance()
    assert max(one["off"] for one in picture(course, 1).meta["told"]) < 0.1


def test_sarsa_goes_the_safe_way_and_q_learning_along_the_edge() -> None:
    """Sutton and Barto, example 6.6: Q-learning finds the shorter way, and falls more often while it explores."""
    cliff = {"grid": WORLDS["cliff"].grid, **WORLDS["cliff"].setting, "episodes": 300, "agents": 10, "seed": 1}
    ends = {}
    for agent in ("q_learning", "sarsa"):
        course = Course(spec_of(agent=agent, **cliff))
        while not course.done:
            course.advance()
        course.agents.epsilon[:] = 0
        moves = [one["moves"] for one in picture(course, 1).meta["told"]]
        ends[agent] = float(np.median(moves)), float(np.mean(course.returns[:, -100:]))
    assert ends["q_learning"][0] == 13
    assert ends["sarsa"][0] > 13
    assert ends["sarsa"][1] > ends["q_learning"][1]


def test_rows_are_of_the_episodes_that_are_behind_all() -> None:
    events = said(episodes=12, agents=3)
    rows, done = [event for event in events if isinstance(event, Row)], events[-1]
    assert [row.values["episode"] for row in rows] == list(range(1, 13))
    assert [row.step for row in rows] == sorted({row.step for row in rows})
    assert all(row.values["low"] <= row.values["return"] <= row.values["high"] for row in rows)
    assert set(rows[0].values) | {"step"} == set(JOBS["reinforcement"].columns)
    assert (done.reason, done.result["episodes"]) == ("episodes", 12)


def test_exploration_and_rate_change_while_it_trains() -> None:
    control = QueueControl({"do": "set", "speed": {"steps": 1, "fps": 60}})
    events = JOBS["reinforcement"].run(spec_of(epsilon=0.5, epsilon_decay=0.9, episodes=3), control)
    seen: list[tuple[float, float]] = []
    for event in events:
        if isinstance(event, Frame):
            seen.append((event.meta["epsilon"][0], event.meta["rate"]))
        if len(seen) == 3:
            control.send({"do": "set", "epsilon": 0.75, "learning_rate": 0.5})
            break
    told = next(event for event in events if isinstance(event, Status))
    assert told.detail == {"epsilon": 0.75, "learning_rate": 0.5}
    frame = next(event for event in events if isinstance(event, Frame))
    assert (seen[0], (frame.meta["epsilon"][0], frame.meta["rate"])) == ((0.5, 0.2), (0.75, 0.5))
    control.send({"do": "set", "epsilon": 2})
    fault = next(event for event in events if isinstance(event, Status))
    assert "epsilon" in fault.detail["error"]
    control.send({"do": "stop"})
    assert list(events)[-1].reason == "stopped"


@pytest.mark.parametrize("agent", AGENTS)
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_frame_travels_and_is_of_its_documented_shape(environment: str, agent: str) -> None:
    frames = [
        event
        for event in said(QueueControl(), environment=environment, agent=agent, episodes=4, limit=50, agents=2)
        if isinstance(event, Frame)
    ]
    first, last = decode_frame(encode_frame(frames[0], "a")), decode_frame(encode_frame(frames[-1], "a"))
    json.dumps(last.meta, allow_nan=False)
    assert (first.meta["episode"], last.meta["episode"]) == (0, 4)
    assert [len(lines) > 0 for lines in last.meta["updates"]] == [agent != "dqn" or last.step >= 100] * 2
    if environment == "grid":
        cells = int(np.isnan(last.arrays["walls"]).sum()) - 1  # but the goal
        assert last.arrays["numbers"].shape == (2, cells, 5)
        assert last.arrays["values"].shape == (2, 6, 9)
        assert first.arrays["numbers"][..., 4].sum() == 0
        assert last.arrays["numbers"][..., 4].sum() == last.meta["visits"]
    else:
        assert last.arrays["policy"].shape == last.arrays["value"].shape == (2, 21, 21)
        assert last.arrays["play"].shape[1] == last.arrays["pushes"].shape[1] + 1 == max(last.meta["lengths"]) + 1
        assert np.abs(last.arrays["play"][:, 0] / last.meta["scale"]).max() <= 0.05
