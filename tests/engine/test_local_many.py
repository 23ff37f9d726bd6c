"""Many runs at once: slots, places, and how many may rest."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import pytest

from nnviz.engine.limits import Limits
from nnviz.engine.local import LocalEngine
from tests.engine.conftest import Make
from tests.engines import FOREVER, SHORT, Ear, status_of, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals and /proc as Linux has them")


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory, ear: Ear) -> Iterator[LocalEngine]:
    """Trains one run at a time."""
    engine = LocalEngine(tmp_path_factory.mktemp("home"), ear, workers=1)
    yield engine
    engine.close()


def test_a_full_engine_shows_places_and_keeps_what_is_said_to_those_who_wait(narrow: LocalEngine, ear: Ear) -> None:
    engine = narrow
    one = engine.submit(FOREVER, visitor="ann")
    ear.status(one, "running")
    two = engine.submit(FOREVER, visitor="ann")
    three = engine.submit(FOREVER, visitor="ann")
    bob = engine.submit(FOREVER, visitor="bob")
    sweep = engine.submit(SHORT, visitor="cem", group="g")
    until(lambda: status_of(engine, sweep) == ("waiting", 4))
    assert [status_of(engine, run)[1] for run in (bob, two, three)] == [1, 2, 3]
    assert ear.status(bob, "waiting")["detail"]["place"] == 1

    engine.send(two, {"do": "stop"})  # never had a process
    assert ear.end(two)["reason"] == "stopped"
    until(lambda: status_of(engine, three) == ("waiting", 2))

    engine.send(bob, {"do": "set", "learning_rate": 0.5})
    engine.watch(bob, 1)
    heard = ear.count(one)
    engine.send(one, {"do": "pause"})  # gives up its slot
    ear.status(one, "paused", heard)
    row = ear.wait(bob, lambda m: isinstance(m, dict) and m["event"] == "metrics" and m["step"] > 0)
    assert isinstance(row, dict)
    assert row["learning_rate"] == pytest.approx(0.5)

    engine.send(one, {"do": "play"})  # and waits for another
    detail = ear.status(one, "waiting", heard)["detail"]
    assert detail["place"] in {1, 2}
    for run in (three, bob):
        engine.send(run, {"do": "stop"})
        ear.end(run)
    ear.wait(one, lambda m: isinstance(m, dict) and m.get("status") == "running", heard)
    assert status_of(engine, sweep) == ("waiting", 1)  # one more interactive run was before it
    engine.send(one, {"do": "stop"})
    ear.end(one)
    assert ear.end(sweep)["reason"] == "epochs"


def test_a_waiting_run_can_be_paused_and_played_again(narrow: LocalEngine, ear: Ear) -> None:
    engine = narrow
    one = engine.submit(FOREVER, visitor="ann")
    ear.status(one, "running")
    two = engine.submit(FOREVER, visitor="ann")
    until(lambda: status_of(engine, two) == ("waiting", 1))
    engine.send(two, {"do": "pause"})
    ear.status(two, "paused")  # it needs no slot for that
    heard = ear.count(two)
    engine.send(two, {"do": "play"})
    ear.status(two, "waiting", heard)
    engine.send(two, {"do": "pause"})
    ear.status(two, "paused", heard)
    engine.send(two, {"do": "play"})
    engine.send(one, {"do": "stop"})
    ear.status(two, "running", heard)
    engine.send(two, {"do": "stop"})
    ear.end(two)


def test_steps_of_a_paused_run_take_a_slot(narrow: LocalEngine, ear: Ear) -> None:
    engine = narrow
    many = {"do": "step", "n": 90_000, "unit": "epoch"}  # a million steps may be done before the next line
    one = engine.submit(FOREVER, visitor="ann", play=False)
    ear.status(one, "paused")
    engine.send(one, many)  # free: begins at once
    engine.send(one, {"do": "set", "learning_rate": 0.01})  # its answer, "paused", gives nothing back
    ear.wait(one, lambda m: isinstance(m, dict) and m.get("detail", {}).get("learning_rate") == 0.01)
    two, three = (engine.submit(FOREVER, visitor=name, play=False) for name in ("bob", "cem"))
    ear.status(two, "paused")
    ear.status(three, "paused")
    heard = ear.count(two)
    for command in ({"do": "step", "n": 3}, {"do": "step", "n": 4}):
        engine.send(two, command)
    assert ear.status(two, "waiting", heard)["detail"] == {"place": 1}
    engine.send(three, many)
    until(lambda: status_of(engine, three) == ("waiting", 2))
    engine.send(three, {"do": "pause"})
    until(lambda: status_of(engine, three) == ("paused", None))
    assert ear.metrics(two)[-1]["step"] == 0
    engine.send(one, {"do": "pause"})  # its slot goes to the one that waits
    ear.wait(two, lambda m: isinstance(m, dict) and m["event"] == "metrics" and m["step"] == 7, heard)
    until(lambda: status_of(engine, two) == ("paused", None))
    engine.send(one, {"do": "step"})  # which has given it back
    until(lambda: status_of(engine, one) == ("paused", None))
    assert ear.metrics(three)[-1]["step"] == 0
    late = engine.submit(SHORT, visitor="dan")
    assert ear.end(late)["reason"] == "epochs"
    for run in (one, two, three):
        engine.send(run, {"do": "stop"})
        ear.end(run)


def test_steps_asked_for_before_there_is_a_process(narrow: LocalEngine, ear: Ear) -> None:
    engine = narrow
    one = engine.submit(FOREVER, visitor="ann")
    ear.status(one, "running")
    two = engine.submit(FOREVER, visitor="bob", play=False)
    engine.send(two, {"do": "step", "n": 5})  # in the same breath
    until(lambda: status_of(engine, two) == ("waiting", 1))
    engine.send(one, {"do": "stop"})
    ear.wait(two, lambda m: isinstance(m, dict) and m["event"] == "metrics" and m["step"] == 5)
    until(lambda: status_of(engine, two) == ("paused", None))
    assert ear.metrics(two)[-1]["step"] == 5
    engine.send(two, {"do": "stop"})
    ear.end(two)


def test_paused_runs_are_bounded_and_the_watched_are_spared(make: Make, ear: Ear) -> None:
    engine = make(limits=Limits(paused=2, grace=2.0))
    watched, forgotten = (engine.submit(FOREVER, visitor="ann", play=False) for _ in range(2))
    engine.watch(watched, 1)
    engine.watch(forgotten, 1)
    for run in (watched, forgotten):
        ear.status(run, "paused")
    third = engine.submit(FOREVER, visitor="bob", play=False)
    assert ear.wait(third, lambda m: isinstance(m, dict) and m.get("detail") == {"place": 1})
    playing = engine.submit(SHORT, visitor="cem")  # has its slot all the same
    assert ear.end(playing)["reason"] == "epochs"
    assert [status_of(engine, run)[0] for run in (watched, forgotten, third)] == ["paused", "paused", "waiting"]
    left = time.monotonic()
    engine.watch(forgotten, 0)
    assert ear.end(forgotten)["reason"] == "stopped"
    assert time.monotonic() - left >= 2.0
    assert any("make room" in event.get("detail", {}).get("message", "") for event in ear.events(forgotten))
    ear.status(third, "paused")
    assert status_of(engine, watched)[0] == "paused"


def test_a_paused_run_that_nobody_watches_is_stopped_in_the_end(make: Make, ear: Ear) -> None:
    engine = make(limits=Limits(idle=1.0))
    watched, forgotten = (engine.submit(FOREVER, visitor="ann", play=False) for _ in range(2))
    engine.watch(watched, 1)
    ear.status(watched, "paused")
    assert ear.end(forgotten)["reason"] == "stopped"
    assert any("nobody watched" in event.get("detail", {}).get("message", "") for event in ear.events(forgotten))
    assert status_of(engine, watched)[0] == "paused"
    engine.watch(watched, 0)
    assert ear.end(watched)["reason"] == "stopped"
