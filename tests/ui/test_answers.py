"""What a control says of an older answer is told from what a visitor chose: Streamlit sends both as changes."""

from __future__ import annotations

import pytest

from nnviz.ui import session
from nnviz.ui.answers import KEPT, Answers


def acts(n: int, shown: object) -> list[dict[str, object]]:
    return [{"n": n, "do": "change", "changes": {}, "shown": shown}]


@pytest.fixture
def answers() -> Answers:
    """Answer 2 has moved the start from 1.0 to 2.0; the page may not show it everywhere yet."""
    made = Answers()
    for value in (1.0, 2.0):
        made.begin()
        made.give("w_start", value)
        made.give("w_steps", 500)
    return made


def test_what_a_control_had_shown_before_is_old_while_the_page_is_behind(answers: Answers) -> None:
    assert answers.is_old("w_start", 1.0, acts(1, shown=1))
    assert not answers.is_old("w_start", 1.0, acts(1, shown=2)), "the page had all of the answer: somebody chose it"
    assert not answers.is_old("w_start", 3.0, acts(1, shown=1)), "it was never shown: somebody chose it"
    assert not answers.is_old("w_steps", 600, acts(1, shown=1))
    assert not answers.is_old("w_other", 1.0, acts(1, shown=1))


def test_acts_that_were_taken_say_nothing_of_the_page(answers: Answers) -> None:
    answers.taken = acts(1, shown=1)
    assert not answers.is_old("w_start", 1.0, acts(1, shown=1)), "the control alone was used, later"
    assert answers.is_old("w_start", 1.0, acts(2, shown=1))
    assert not answers.is_old("w_start", 1.0, None)


def test_between_two_answers_each_of_them_may_be_shown(answers: Answers) -> None:
    answers.begin()
    answers.give("w_start", 4.0)
    assert all(answers.is_old("w_start", value, acts(1, shown=1)) for value in (1.0, 2.0))
    assert [answers.is_old("w_start", value, acts(1, shown=2)) for value in (1.0, 2.0)] == [False, True]


@pytest.mark.parametrize("shown", [None, "1", 1.0, True, -1, 99])
def test_a_page_that_says_nothing_of_use_is_not_behind(answers: Answers, shown: object) -> None:
    assert answers.shown(acts(1, shown)) == 2
    assert not answers.is_old("w_start", 1.0, acts(1, shown))


@pytest.mark.parametrize("said", [None, [], "x", [1], {"n": 1}])
def test_whatever_comes_in_place_of_acts(answers: Answers, said: object) -> None:
    assert answers.shown(said) == 2


def test_only_so_many_are_remembered(answers: Answers) -> None:
    for _ in range(2 * KEPT):
        answers.begin()
    assert len(answers.given) == KEPT


def test_a_callback_is_not_called_for_an_old_value(answers: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    said, called = {"w_start": 1.0, session.STAGE: {"acts": acts(1, shown=1)}}, list[str]()
    monkeypatch.setattr(session, "answers", lambda: answers)
    monkeypatch.setattr(session, "widget_value", said.get)
    assert session.visitors_value("w_start") == 2.0
    control = session.used("w_start", called.append, "a word")
    assert (control["key"], control["args"]) == ("w_start", ("a word",))
    control["on_change"]("old")
    said["w_start"] = 3.0
    assert session.visitors_value("w_start") == 3.0
    control["on_change"]("chosen")
    assert called == ["chosen"]
