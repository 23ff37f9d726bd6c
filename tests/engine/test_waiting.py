"""Groups among those who wait: fair between visitors, a click before them, one place for each."""

from __future__ import annotations

from collections import Counter

from nnviz.engine.run import Run
from nnviz.engine.waiting import Waiting
from tests.jobs.counting import CountSpec


def run_of(name: str, visitor: str, group: str | None = None) -> Run:
    return Run(name, CountSpec(), 1, visitor, "group" if group else "interactive", True, None, [], 0.0, group=group)


def take_all(waiting: Waiting) -> list[str]:
    """With a slot for every run, as if none ended."""
    running, taken = Counter[str](), []
    while run := waiting.take(running, "interactive", lambda _: True) or waiting.take(running, "group", lambda _: True):
        running[run.visitor] += 1
        taken.append(run.id)
    return taken


def test_two_visitors_groups_take_turns_and_a_click_goes_before_both() -> None:
    waiting = Waiting()
    for n in range(5):
        waiting.push(run_of(f"a{n}", "ann", "A"))
    for n in range(2):
        waiting.push(run_of(f"b{n}", "bob", "B"))
    waiting.push(run_of("click", "cem"))
    assert take_all(waiting) == ["click", "a0", "b0", "a1", "b1", "a2", "a3", "a4"]


def test_a_visitors_second_group_waits_for_the_first_and_each_has_one_place() -> None:
    waiting = Waiting()
    first = [run_of(f"a{n}", "ann", "A") for n in range(3)]
    for run in [*first, *(run_of(f"b{n}", "ann", "B") for n in range(3))]:
        waiting.push(run)
    assert [(run.id, told["place"]) for run, told in waiting.news({})] == [("a0", 1), ("b0", 2)]
    assert [*waiting.news({})] == []
    waiting.hold("A", True)
    assert waiting.remove(first[1])
    taken = waiting.take({}, "group", lambda _: True)
    assert taken is not None
    assert taken.id == "b0"
    waiting.hold("A", False)
    assert sorted(take_all(waiting)) == ["a0", "a2", "b1", "b2"]
    assert len(waiting) == 0
