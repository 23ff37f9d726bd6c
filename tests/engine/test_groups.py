"""Groups in the engine: fair between visitors, as many at once as cores, stopped and held as one, members that die."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from nnviz.engine.local import LocalEngine
from tests.engine.conftest import Make
from tests.engines import TERMINAL, Ear, pid_of, status_of, until
from tests.jobs.counting import CountSpec
from tests.serving import PATIENCE

ENDLESS = CountSpec(to=1_000_000)
SLOW = {"steps": 1, "fps": 5.0}
CORES = len(os.sched_getaffinity(0))


def test_as_many_members_at_once_as_cores_and_one_word_stops_all(forking: LocalEngine, ear: Ear) -> None:
    runs = [forking.submit(ENDLESS, visitor="ann", group="g", speed=SLOW) for _ in range(CORES + 3)]
    for run in runs[:CORES]:
        ear.status(run, "running")
    click = forking.submit(CountSpec(to=5), visitor="bob")
    assert ear.end(click)["reason"] == "counted"  # though all the group's slots are taken
    assert [status_of(forking, run)[0] for run in runs] == ["running"] * CORES + ["waiting"] * 3
    forking.send_group("g", "stop")
    assert {ear.end(run)["reason"] for run in runs} == {"stopped"}
    assert not any(event["event"] == "metrics" for run in runs[CORES:] for event in ear.events(run))


def test_a_held_group_begins_nothing_more_until_it_is_let_go(forking: LocalEngine, ear: Ear) -> None:
    forking.send_group("h", "pause")
    runs = [forking.submit(CountSpec(to=3), visitor="ann", group="h") for _ in range(4)]
    other = forking.submit(CountSpec(to=3), visitor="ann", group="i")
    assert ear.end(other)["reason"] == "counted"
    assert {status_of(forking, run)[0] for run in runs} == {"waiting"}
    forking.send_group("h", "play")
    assert {ear.end(run)["reason"] for run in runs} == {"counted"}


def test_a_member_that_is_paused_while_it_waits_begins_paused(forking: LocalEngine, ear: Ear) -> None:
    forking.send_group("p", "pause")
    run, other = (forking.submit(CountSpec(to=3), visitor="ann", group="p") for _ in range(2))
    forking.send(run, {"do": "pause"})
    forking.send_group("p", "play")
    assert ear.end(other)["reason"] == "counted"
    ear.status(run, "paused")
    assert not ear.metrics(run)
    forking.send(run, {"do": "play"})
    assert ear.end(run)["reason"] == "counted"


class Order:
    """A listener that keeps which run began or ended, in the engine's own order."""

    def __init__(self) -> None:
        self._heard = threading.Condition()
        self._order: list[tuple[str, str]] = []

    def __call__(self, run: str, message: dict[str, Any] | bytes) -> None:
        if isinstance(message, dict):
            begins = message["event"] == "status" and message["status"] == "starting"
            if begins or message["event"] in TERMINAL:
                with self._heard:
                    self._order.append((run, "begins" if begins else "ends"))
                    self._heard.notify_all()

    def until(self, run: str, what: str) -> list[tuple[str, str]]:
        """All so far, as soon as this has come."""
        with self._heard:
            assert self._heard.wait_for(lambda: (run, what) in self._order, PATIENCE), self._order
            return [*self._order]


@pytest.fixture
def narrow(tmp_path: Path) -> Iterator[tuple[LocalEngine, Order]]:
    """It trains one run at a time, so that who waits for whom is an order of events."""
    order = Order()
    engine = LocalEngine(tmp_path, order, workers=1)
    yield engine, order
    engine.close()


def test_two_visitors_groups_take_turns_and_a_click_waits_for_one_member(narrow: tuple[LocalEngine, Order]) -> None:
    engine, order = narrow
    first = engine.submit(ENDLESS, visitor="cem", speed=SLOW)
    order.until(first, "begins")  # while it trains, all others come
    long = 6
    turns = [("ann", ENDLESS if i == long else CountSpec(to=5)) for i in range(8)] + [("bob", CountSpec(to=5))] * 8
    runs = {engine.submit(spec, visitor=who, group=who, speed=SLOW): who for who, spec in turns}
    engine.send(first, {"do": "stop"})
    member = [*runs][long]
    so_far = order.until(member, "begins")
    click = engine.submit(CountSpec(to=5), visitor="dan")
    engine.send(member, {"do": "stop"})
    waited = order.until(click, "begins")
    # All that it waited for is the end of the one member that was at work when it came.
    assert waited[len(so_far) : waited.index((click, "begins"))] == [(member, "ends")]

    everything = [order.until(run, "ends") for run in runs][-1]
    begun = [runs[run] for run, what in everything if what == "begins" and run in runs]
    assert len(begun) == len(runs)
    assert all(abs(begun[:n].count("ann") - begun[:n].count("bob")) <= 1 for n in range(len(begun)))


def test_a_killed_member_is_told_and_the_others_go_on(forking: LocalEngine, ear: Ear) -> None:
    victim = forking.submit(ENDLESS, visitor="ann", group="k", speed=SLOW)
    rest = [forking.submit(CountSpec(to=4), visitor="ann", group="k") for _ in range(3)]
    ear.status(victim, "running")
    os.kill(pid_of(forking, victim), signal.SIGKILL)
    end = ear.end(victim)
    assert (end["event"], end["signal"]) == ("crashed", signal.SIGKILL)
    assert {ear.end(run)["reason"] for run in rest} == {"counted"}


def test_a_dead_zygote_costs_a_group_no_more_than_the_members_at_work(make: Make, ear: Ear) -> None:
    engine = make(method="fork")
    runs = [engine.submit(ENDLESS, visitor="ann", group="z", speed=SLOW) for _ in range(CORES)]
    rest = [engine.submit(CountSpec(to=3), visitor="ann", group="z") for _ in range(4)]
    for run in runs:
        ear.status(run, "running")
    zygote = psutil.Process(pid_of(engine, runs[0])).parent()
    assert zygote is not None
    zygote.kill()
    assert {ear.end(run)["event"] for run in runs} == {"crashed"}
    assert {ear.end(run)["reason"] for run in rest} == {"counted"}
    assert engine.method == "fork"


def test_an_engine_that_closes_leaves_its_groups_interrupted(tmp_path: Path) -> None:
    heard: dict[str, list[dict[str, Any]]] = {}

    def listen(run: str, message: dict[str, Any] | bytes) -> None:
        if isinstance(message, dict):
            heard.setdefault(run, []).append(message)

    engine = LocalEngine(tmp_path, listen)
    runs = [engine.submit(ENDLESS, visitor="ann", group="g", speed=SLOW) for _ in range(CORES + 1)]
    alone = engine.submit(ENDLESS, visitor="ann", speed=SLOW)
    until(lambda: all(status_of(engine, run)[0] == "running" for run in [*runs[:CORES], alone]))
    engine.close()
    assert {heard[run][-1]["event"] for run in runs} == {"interrupted"}
    assert heard[alone][-1]["reason"] == "stopped"
