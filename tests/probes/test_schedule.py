"""Pictures of a training network get the share of its time that they may have, and all of them get on."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from nnviz.probes.history import History
from nnviz.probes.schedule import DEAREST, Job, Schedule

CHUNK = 0.05


def simulate(costs: dict[str, float], jobs: dict[str, Job], seconds: float = 60.0) -> tuple[Counter[str], float]:
    """(how often each job was done, the share of the time that they took) of a training whose clock is ours.

    An elastic job takes all the credit it has.
    """
    schedule, now, spent = Schedule(jobs), 0.0, 0.0
    done: Counter[str] = Counter()
    while now < seconds:
        schedule.wish(*jobs)
        now += CHUNK
        schedule.earn(CHUNK)
        while (name := schedule.next(now)) is not None:
            cost = costs[name] if jobs[name].most is None else jobs[name].credit
            schedule.done(name, cost, now)
            now, spent = now + cost, spent + cost
            done[name] += 1
    return done, spent / now


@pytest.mark.parametrize(
    "costs",
    [
        {"filters": 0.001, "statistics": 0.003, "weights": 0.002},
        {"filters": 0.001, "statistics": 0.02, "weights": 0.01},
        {"filters": 0.0001, "statistics": 0.0001, "weights": 0.0001},
        {"filters": 0.04, "statistics": 0.04, "weights": 0.04},
    ],
)
def test_all_together_take_no_more_than_their_share(costs: dict[str, float]) -> None:
    done, share = simulate(costs, {name: Job(0.1) for name in costs})
    assert share <= 0.041
    assert min(done.values()) >= 0.8 * min(10 * 60, 0.04 * 60 / sum(costs.values()))


def test_nothing_is_made_more_often_than_its_interval_says() -> None:
    done, share = simulate({"a": 0.0001, "b": 0.0001}, {"a": Job(0.1), "b": Job(1.0)})
    assert 500 <= done["a"] <= 600
    assert 50 <= done["b"] <= 60
    assert share < 0.01, "what nobody needs is not spent"
    schedule = Schedule({"a": Job(0.0)})
    schedule.wish("a")
    assert schedule.next(1.0, interval=0.5) == "a"
    schedule.done("a", 0.0, 1.0)
    schedule.wish("a")
    assert schedule.next(1.4, interval=0.5) is None
    assert schedule.next(1.5, interval=0.5) == "a"


def test_an_elastic_job_takes_what_the_others_leave() -> None:
    elastic = {"cheap": Job(0.1), "elastic": Job(0.1, cost=0.002, most=0.02)}
    done, share = simulate({"cheap": 0.001}, elastic)
    assert 0.035 < share <= 0.041
    assert done["cheap"] > 400
    assert done["elastic"] > 240


def test_an_elastic_job_that_costs_more_than_it_may_use_has_its_turn_all_the_same() -> None:
    jobs = {"cheap": Job(0.1), "elastic": Job(0.1, cost=0.1, most=0.02)}
    done, share = simulate({"cheap": 0.001}, jobs)
    assert done["elastic"] >= 10
    assert done["cheap"] >= 10
    assert share <= 0.041


def test_what_is_cheap_moves_where_the_rest_must_be_slow() -> None:
    jobs = {"cheap": Job(0.01), "dear": Job(0.01), "dearer": Job(0.01)}
    done, share = simulate({"cheap": 0.001, "dear": 0.02, "dearer": 0.04}, jobs)
    assert done["cheap"] > 3 * done["dear"] > 3 * done["dearer"] > 0
    assert share <= 0.041


def test_one_dear_picture_does_not_silence_its_view() -> None:
    schedule = Schedule({"a": Job(0.1), "b": Job(0.1)})
    for name in ("a", "b"):
        schedule.wish(name)
        schedule.done(name, 0.001, 0.0)
    schedule.wish("a", "b")
    schedule.next(0.2)
    schedule.done("a", 10.0, 0.2)  # the machine was away
    schedule.wish("a", "b")
    now = 0.2
    while schedule.next(now) != "a":
        now += CHUNK
        schedule.earn(CHUNK)
        if schedule.next(now) == "b":
            schedule.done("b", 0.001, now)
            schedule.wish("b")
    assert now < 0.2 + 2.5 * DEAREST / 0.04


def test_what_nobody_wishes_is_not_made() -> None:
    schedule = Schedule({"a": Job(0.1)})
    schedule.earn(100.0)
    assert schedule.next(100.0) is None
    schedule.wish("a")
    assert schedule.next(100.0) == "a"
    schedule.made("a", 100.0)
    assert schedule.next(200.0) is None


@pytest.mark.parametrize("count", [1, 7, 8, 9, 1000, 4097])
def test_a_history_is_thinned_evenly_and_keeps_its_ends(count: int) -> None:
    history: History[tuple[int]] = History(8)
    for i in range(count):
        history.add((i,))
    rows = [row for (row,) in history.rows]
    assert rows[0] == 0
    assert rows[-1] == count - 1
    assert min(count, 4) <= len(rows) <= 8
    steps = {b - a for a, b in pairwise(rows[:-1])}
    assert len(steps) <= 1
    history.replace((-1,))
    assert history.rows[-1] == (-1,)
    assert len(history.rows) == len(rows)
