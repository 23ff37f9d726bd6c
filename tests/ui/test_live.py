"""What a room's script does reaches the owner of the setting: each act once, in order, whatever comes with it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from nnviz.store.store import Store
from nnviz.ui import live, session
from nnviz.ui.answers import Answers
from nnviz.ui.room import RoomState
from nnviz.ui.rooms import ROOMS

JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False) | some.text(max_size=10),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
ACT = some.fixed_dictionaries(
    {
        "n": JSON | some.integers(0, 10),
        "do": some.sampled_from(["change", "run", "view", "back", "add", "remove", "wild"]) | JSON,
    },
    optional=dict.fromkeys(("changes", "id", "revision", "view", "x1", "x2", "label"), JSON),
)


@pytest.fixture
def here(store: Store, monkeypatch: pytest.MonkeyPatch) -> RoomState:  # noqa: ARG001 (a page has one)
    """The playground's state, as a callback finds it."""
    state, answers = RoomState(ROOMS["playground"]), Answers()
    monkeypatch.setattr(session, "current", lambda: state)
    monkeypatch.setattr(session, "answers", lambda: answers)
    return state


def say(monkeypatch: pytest.MonkeyPatch, acts: object) -> None:
    """What Streamlit hands to the callback."""
    monkeypatch.setattr(session, "widget_value", lambda key: {"acts": acts} if key == session.STAGE else None)
    live._acts()


def test_each_act_is_done_once_and_in_order(here: RoomState, monkeypatch: pytest.MonkeyPatch) -> None:
    first = {"n": 1, "do": "change", "changes": {"layers": [{"kind": "dense", "units": 5}]}}
    second = {"n": 2, "do": "change", "changes": {"seed": 7}}
    third = {"n": 3, "do": "change", "changes": {"layers": [{"kind": "dense", "units": 6}]}}
    for said in ([first], [first, second], [second], [second, third]):  # as a quick series comes in
        say(monkeypatch, said)
    assert [layer.units for layer in here.spec.network.layers] == [6]
    assert (here.spec.seed, here.heard, here.revision) == (7, 3, 3)
    say(monkeypatch, [first])
    assert [layer.units for layer in here.spec.network.layers] == [6], "an old message came late"


def test_the_address_of_a_page_that_is_behind_is_no_link(here: RoomState, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = session.answers()
    first, again = {"n": 1, "do": "change", "changes": {"seed": 1}, "shown": 1}, {"n": 1, "do": "again", "shown": 1}
    answers.begin()
    say(monkeypatch, [first])
    answers.begin()
    here.link = {"seed": "1"}
    say(monkeypatch, [first, again])
    assert (here.spec.seed, here.heard, here.link) == (1, 1, None)
    here.link = {"seed": "1"}
    say(monkeypatch, [{**again, "shown": 2}])
    assert here.link == {"seed": "1"}


def test_a_run_of_an_earlier_setting_is_not_taken(here: RoomState, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = here.revision
    say(
        monkeypatch,
        [{"n": 1, "do": "change", "changes": {"seed": 7}}, {"n": 2, "do": "run", "id": "r1", "revision": asked}],
    )
    assert here.run is None
    say(monkeypatch, [{"n": 3, "do": "run", "id": "r2", "revision": here.revision}])
    assert here.run == "r2"
    say(monkeypatch, [{"n": 4, "do": "change", "changes": {"learning_rate": 0.1}}])
    assert here.run == "r2", "a run goes on under another rate"
    say(monkeypatch, [{"n": 5, "do": "change", "changes": {"seed": 8}}, {"n": 6, "do": "back"}])
    assert (here.run, here.spec.seed) == ("r2", 7)


def test_two_samples_put_down_in_one_breath_are_both_there(here: RoomState, monkeypatch: pytest.MonkeyPatch) -> None:
    total = here.spec.data.train + here.spec.data.validation
    say(monkeypatch, [{"n": n, "do": "add", "x1": n / 10, "x2": 0.5, "label": 1} for n in (1, 2)])
    assert here.spec.data.name == "table"
    assert here.spec.data.train + here.spec.data.validation == total + 2


@given(acts=some.lists(ACT, max_size=4) | JSON)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_comes_the_room_stays_a_valid_one(
    here: RoomState, monkeypatch: pytest.MonkeyPatch, acts: object
) -> None:
    say(monkeypatch, acts)
    assert here.room.shows(here.spec)
    assert here.room.read(here.room.write(here.spec)) == (here.spec, [])
    assert isinstance(here.heard, int)
