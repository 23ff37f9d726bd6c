"""The fair queue: order, fairness between visitors, lanes, and that the places shown are the order served."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.engine.queue import LANES, FairQueue, Lane


def serve(queue: FairQueue, running: dict[str, int], owner: dict[str, str]) -> list[str]:
    """Take everything, as an engine with a slot for each would."""
    under_way, taken = Counter(running), []
    while name := queue.take(under_way, "interactive") or queue.take(under_way, "group"):
        under_way[owner[name]] += 1
        taken.append(name)
    return taken


def test_one_visitors_runs_keep_their_order() -> None:
    queue = FairQueue()
    for name in "abc":
        queue.push(name, "ann")
    assert queue.order({}) == ["a", "b", "c"]
    assert queue.take({}, "interactive") == "a"
    assert queue.order({"ann": 1}) == ["b", "c"]


def test_a_visitor_with_many_runs_delays_another_by_one() -> None:
    queue = FairQueue()
    for i in range(100):
        queue.push(f"ann{i}", "ann")
    queue.push("bob0", "bob")
    queue.push("bob1", "bob")
    assert queue.order({})[:5] == ["ann0", "bob0", "ann1", "bob1", "ann2"]


def test_the_visitor_with_the_fewest_running_goes_first() -> None:
    queue = FairQueue()
    queue.push("a", "ann")
    queue.push("b", "bob")
    assert queue.take({"ann": 2, "bob": 1}, "interactive") == "b"


def test_coming_back_at_once_does_not_overtake() -> None:
    queue = FairQueue()
    queue.push("a1", "ann")
    queue.push("b1", "bob")
    assert queue.take({}, "interactive") == "a1"
    queue.push("a2", "ann")
    assert queue.order({}) == ["b1", "a2"]


def test_a_place_does_not_get_worse_when_another_visitors_run_is_paused() -> None:
    queue = FairQueue()
    for name in ("a1", "a2"):
        queue.push(name, "ann")
    assert queue.take({}, "interactive") == "a1"
    queue.push("b1", "bob")
    assert queue.order({"ann": 1}) == ["b1", "a2"]
    assert queue.order({}) == ["b1", "a2"]


def test_interactive_runs_go_before_groups() -> None:
    queue = FairQueue()
    queue.push("sweep", "ann", "group")
    queue.push("click", "bob")
    assert queue.order({}) == ["click", "sweep"]
    assert queue.take({}, "group") == "sweep"


def test_removal_and_membership() -> None:
    queue = FairQueue()
    queue.push("a", "ann")
    with pytest.raises(ValueError, match="waits already"):
        queue.push("a", "ann")
    assert "a" in queue
    assert len(queue) == 1
    assert queue.remove("a")
    assert not queue.remove("a")
    assert queue.take({}, "interactive") is None
    assert len(queue) == 0


entries = st.lists(st.tuples(st.sampled_from(["ann", "bob", "cem", "dee"]), st.sampled_from(LANES)), max_size=30)


@given(entries, st.dictionaries(st.sampled_from(["ann", "bob", "cem", "dee"]), st.integers(0, 5)), st.data())
def test_the_places_shown_are_the_order_served(
    waiting: list[tuple[str, Lane]], running: dict[str, int], data: st.DataObject
) -> None:
    queue, owner = FairQueue(), {}
    for i, (visitor, lane) in enumerate(waiting):
        queue.push(f"r{i}", visitor, lane)
        owner[f"r{i}"] = visitor
    gone = data.draw(st.sets(st.sampled_from(sorted(owner)))) if owner else set()
    for name in gone:
        assert queue.remove(name)
    shown = queue.order(running)
    assert sorted(shown) == sorted(owner.keys() - gone)
    assert serve(queue, running, owner) == shown


@given(entries)
def test_nobody_gets_two_ahead_of_a_visitor_who_waits(waiting: list[tuple[str, Lane]]) -> None:
    """With nothing running before: while a visitor still waits, no other has been served more than once more often."""
    queue, owner = FairQueue(), {}
    for i, (visitor, _) in enumerate(waiting):
        queue.push(f"r{i}", visitor)
        owner[f"r{i}"] = visitor
    left, served = Counter(owner.values()), Counter[str]()
    for name in queue.order({}):
        served[owner[name]] += 1
        left[owner[name]] -= 1
        for visitor in left:
            if left[visitor] > 0:
                assert max(served.values()) - served[visitor] <= 1
