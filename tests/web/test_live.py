"""The live socket, against a real server with a real engine and store; and its doors, against whatever comes."""

from __future__ import annotations

import asyncio
import json
from contextlib import ExitStack
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from websockets.exceptions import ConnectionClosed, InvalidStatus

from nnviz.events import Frame, decode_frame, frame_header
from nnviz.models.weights import flat_to_weights
from nnviz.spec import RunSpec
from nnviz.web.hub import Hub, LiveRun
from nnviz.web.limits import limits
from nnviz.web.live import (
    MAX_UNFINISHED,
    MAX_UNFINISHED_EACH,
    MAX_UNFINISHED_THERE,
    SUBMITS_A_MINUTE,
    TOO_BIG,
    TRY_LATER,
    Rate,
    SubmitLimit,
    check_room,
)
from nnviz.web.messages import MAX_MESSAGE, MESSAGES, Refusal, parse
from tests.engines import until
from tests.serving import Browser, Server

SPEC: dict[str, Any] = {"model": {"layers": [{"units": 3}, {"kind": "batch_normalization"}, {"units": 2}]}, "seed": 5}
SLOW = {"steps": 5, "fps": 10.0}


def shown(browser: Browser, run: str, step: int) -> Frame:
    """The newest picture of a run's network, as soon as it is of this step: pictures come behind the words."""
    while True:
        for data in reversed(browser.frames):
            about = frame_header(data)
            if (about["run"], about["view"]) == (run, "network") and about["step"] >= step:
                return decode_frame(data)
        browser.read()


def test_a_run_from_submit_to_stop_and_a_second_browser_that_comes_later(server: Server) -> None:
    with server.browser() as mine, server.browser() as other:
        run = mine.submit(SPEC, speed=SLOW)
        about = mine.until("run", run=run)
        assert about["mine"]
        assert about["speed"] == SLOW
        assert about["spec"] == RunSpec.model_validate(SPEC).model_dump(mode="json")
        assert mine.until("history")["columns"]["step"] == []
        while not any(e["event"] == "metrics" and e["step"] >= 20 for e in mine.events):
            mine.read()

        other.say(do="watch", run=run)
        about = other.until("run")
        assert not about["mine"]
        assert about["started"]["parameters"] == RunSpec.model_validate(SPEC).parameters
        columns = other.until("history")["columns"]
        assert columns["step"][0] == 0
        assert columns["step"][-1] >= 20
        assert len({len(column) for column in columns.values()}) == 1
        after = other.until("metrics")["step"]
        assert after > columns["step"][-1]
        while len({decode_frame(f).view for f in other.frames}) < 2:
            other.read()

        for command in ({"do": "pause"}, {"do": "stop"}, {"do": "set", "learning_rate": 1.0}):
            other.say(**command)
            assert "only the visitor who started this run" in other.until("error")["message"]
        mine.say(do="set", learning_rate=0.5)
        assert other.until("status", detail={"learning_rate": 0.5})["run"] == run
        mine.say(do="pause")
        other.until("status", status="paused")
        mine.say(do="stop")
        assert other.until("finished")["reason"] == "stopped"
        mine.until("finished")
        mine.say(do="play")
        assert "ended" in mine.until("error")["message"]
        everything = json.dumps(other.events)
        assert mine.visitor not in everything


def test_runs_under_way_are_bounded_however_many_visitors_one_makes_up() -> None:
    async def fill() -> None:
        hub = Hub()
        for number in range(MAX_UNFINISHED_EACH):
            check_room(hub, "ann")
            hub.add(LiveRun(f"ann {number}", {}, "ann"))
        with pytest.raises(Refusal, match="stop some"):
            check_room(hub, "ann")
        hub.publish("ann 0", {"event": "finished", "reason": "stopped"})
        check_room(hub, "ann")
        for number in range(MAX_UNFINISHED - MAX_UNFINISHED_EACH + 1):
            check_room(hub, f"visitor {number}")
            hub.add(LiveRun(f"{number}", {}, f"visitor {number}"))
        with pytest.raises(Refusal, match="try again later"):
            check_room(hub, "one more")
        hub = Hub()
        for number in range(MAX_UNFINISHED_THERE):
            check_room(hub, f"visitor {number}", "192.0.2.1")
            run = LiveRun(f"{number}", {}, f"visitor {number}")
            run.address = "192.0.2.1"
            hub.add(run)
        with pytest.raises(Refusal, match="try again later"):
            check_room(hub, "one more", "192.0.2.1")
        check_room(hub, "one more", "192.0.2.2")

    asyncio.run(fill())


def test_a_reload_shows_the_same_run(server: Server) -> None:
    with server.browser() as first:
        run = first.submit(SPEC, play=False)
        first.until("status", status="paused")
        first.say(do="step", n=3)
        first.until("metrics", step=3)
        shown(first, run, 3)
    with server.browser(visitor=first.visitor) as again:
        again.say(do="watch", run=run)
        assert again.until("run")["mine"]
        assert again.until("history")["columns"]["step"][-1] == 3
        while len({decode_frame(f).view for f in again.frames}) < 2:
            again.read()
        assert max(f for f in again.frames if decode_frame(f).view == "network") in first.frames
        again.say(do="step", n=2)
        again.until("metrics", step=5)
        again.say(do="stop")
        again.until("finished")


def test_twenty_viewers_get_the_same_bytes(server: Server) -> None:
    with server.browser() as mine:
        run = mine.submit(SPEC, play=False)
        mine.until("status", status="paused")
        others = [server.browser() for _ in range(20)]
        for other in others:
            other.say(do="watch", run=run)
            other.until("history")
        mine.say(do="step", n=7)
        frames, texts = set(), set()
        for other in others:
            other.until("metrics", step=7)
            while not other.frames or decode_frame(other.frames[-1]).step < 7:
                other.read()
            frames.add(other.frames[-1])
            texts.add(json.dumps(next(e for e in other.events if e["event"] == "metrics")))
            other.close()
        assert len(frames) == 1
        assert len(texts) == 1
        mine.say(do="stop")
        mine.until("finished")


def test_training_goes_on_from_anothers_weights_with_edits(server: Server) -> None:
    spec = RunSpec.model_validate(SPEC)
    with server.browser() as mine:
        first = mine.submit(SPEC, play=False)
        mine.until("status", status="paused")
        mine.say(do="step", n=4)
        mine.until("metrics", step=4)
        before = flat_to_weights(spec, shown(mine, first, 4).arrays["weights"])
        mine.say(do="stop")
        mine.until("finished")
        edit = {"do": "edit", "layer": 1, "what": "kernel", "row": 2, "column": 1, "value": 0.75}
        second = mine.submit(SPEC, play=False, **{"from": first}, edits=[edit])
        assert second != first
        mine.until("status", status="paused")
        got = flat_to_weights(spec, shown(mine, second, 0).arrays["weights"])
        before[6][2, 1] = 0.75  # behind kernel, bias and the four arrays of the batch normalisation
        for was, now in zip(before, got, strict=True):
            np.testing.assert_array_equal(was, now)
        mine.say(do="edit", layer=0, what="bias", column=99, value=0.0)
        assert "allowed are 0 to 2" in mine.until("error", field="column")["message"]
        mine.say(do="stop")
        mine.until("finished")

        mine.say(do="submit", spec={}, **{"from": first})
        assert "another shape" in mine.until("error", field="from")["message"]
        mine.say(do="submit", spec=SPEC, **{"from": "nobody-knows-this"})
        mine.until("error", field="from")


@pytest.mark.parametrize("origin", ["http://evil.example", "null", None, "http://127.0.0.1:1", "http://[bad"])
def test_other_origins_are_refused(server: Server, origin: str | None) -> None:
    with pytest.raises(InvalidStatus) as refused:
        server.browser(origin=origin)
    assert refused.value.response.status_code == 403


BAD = [
    ("{", None, "JSON"),
    ("[1]", None, "not a list"),
    ('{"do": 7}', "do", "hello, watch, film"),
    ('{"do": "hello", "visitor": "short"}', "visitor", "22,128"),
    ('{"do": "watch", "run": "../../etc"}', "run", "pattern"),
    ('{"do": "watch", "run": "0123456789"}', "run", "no such run"),
    ('{"do": "watch", "run": "0123456789", "more": 1}', "more", "no such field"),
    ('{"do": "submit"}', "spec", "required"),
    ('{"do": "submit", "spec": {"data": {"noise": 7}}}', "spec.data.noise", "a number from 0 to 1"),
    ('{"do": "submit", "spec": {"data": {"noise": NaN}}}', None, "NaN"),
    ('{"do": "submit", "spec": {"trainig": {}}}', "spec.trainig", "no such field"),
    ('{"do": "submit", "spec": {"model": {"layers": [{"units": 0}]}}}', "spec.model.layers.0.units", "from 1 to 2,048"),
    ('{"do": "submit", "spec": {}, "speed": {"fps": 1e9}}', "speed.fps", "60"),
    ('{"do": "submit", "spec": {}, "edits": [{"do": "edit", "layer": 3, "what": "bias", "column": 0, "value": 0}]}',
     "edits.0.layer", "0 to 2"),
    ('{"do": "step", "n": -1}', "n", "allowed is a whole number"),
    ('{"do": "ack", "n": "x"}', "n", "whole number"),
    ('{"do": "pause"}', "run", "watch a run"),
    ("[" * 30_000, None, "JSON"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "field", "word"), BAD)
def test_bad_messages_are_explained_and_the_connection_kept(
    server: Server, text: str, field: str | None, word: str
) -> None:
    with server.browser() as mine:
        mine.socket.send(text)
        error = mine.until("error", field=field)
        assert word in error["message"]
        mine.say(do="hello", visitor=mine.visitor)
        mine.until("welcome")


def test_a_submit_needs_a_hello_and_bytes_are_no_message(server: Server) -> None:
    with server.browser(hello=False) as stranger:
        stranger.say(do="submit", spec={})
        assert stranger.until("error", field="visitor")
        stranger.socket.send(b"abc")
        assert "not bytes" in stranger.until("error")["message"]
        stranger.say(do="hello", visitor=stranger.visitor)
        stranger.until("welcome")


def test_too_large_a_message_and_a_flood_end_the_connection(server: Server) -> None:
    with server.browser() as mine:
        mine.socket.send("x" * (MAX_MESSAGE + 1))
        mine.until("error")
        with pytest.raises(ConnectionClosed) as closed:
            mine.read()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == TOO_BIG
    with server.browser() as mine, pytest.raises(ConnectionClosed):
        flood(mine)


def flood(browser: Browser) -> None:
    for _ in range(5_000):
        browser.say(do="ack", n=0)
    while True:
        browser.read()


def test_only_so_many_connections_from_one_address(server: Server) -> None:
    until(lambda: json.loads(server.get("/nnviz/about"))["viewers"] == 0)  # of the tests before
    with ExitStack() as stack:
        for _ in range(limits().sessions_each):
            browser = stack.enter_context(server.browser(hello=False))
            browser.say(do="hello", visitor=browser.visitor)
            browser.until("welcome")
        last = stack.enter_context(server.browser(hello=False))
        assert "viewers" in last.until("error")["message"]
        with pytest.raises(ConnectionClosed) as closed:
            last.read()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == TRY_LATER
    until(lambda: json.loads(server.get("/nnviz/about"))["viewers"] == 0)


def test_limits_of_rate() -> None:
    limit = SubmitLimit()
    assert all(limit.take("a", 100.0 + i / 100) for i in range(SUBMITS_A_MINUTE))
    assert not limit.take("a", 110.0)
    assert limit.take("b", 110.0)
    assert limit.take("a", 161.0)
    bucket = Rate(rate=0.0, burst=2)
    assert [bucket.take() for _ in range(3)] == [True, True, False]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
FIELDS = st.sampled_from(
    ["visitor", "run", "spec", "play", "speed", "from", "edits", "n", "unit", "learning_rate", "layer", "value"]
)
MESSAGE = st.builds(
    lambda do, rest: json.dumps({**rest, "do": do}),
    st.sampled_from([*MESSAGES, "x"]) | JSON,
    st.dictionaries(FIELDS | st.text(max_size=5), JSON, max_size=4),
)


@given(st.text(max_size=200) | MESSAGE | JSON.map(json.dumps))
def test_whatever_comes_is_a_message_or_a_refusal(text: str) -> None:
    answer = message_or_refusal(text)
    if isinstance(answer, Refusal):
        assert answer.message
        json.dumps(answer.to_json(), allow_nan=False).encode()


def message_or_refusal(text: str) -> BaseModel | Refusal:
    try:
        return parse(text)
    except Refusal as refusal:
        return refusal


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=200) | MESSAGE)
def test_whatever_comes_over_the_wire_is_answered(server: Server, text: str) -> None:
    # A stranger, who may start nothing.
    with server.browser(hello=False) as stranger:
        stranger.socket.send(text)
        stranger.say(do="the end")
        while "'the end'" not in stranger.read().get("message", ""):  # type: ignore[union-attr]
            pass
        assert all("server failed" not in event.get("message", "") for event in stranger.events)
