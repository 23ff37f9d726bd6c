"""The child's two lanes: events lose nothing, of frames the newest wins; commands, viewers and the film's pace."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import numpy as np
import pytest

from nnviz.engine.child_control import ChildControl, FilmPace
from nnviz.engine.protocol import Channel, Kind, pack, pack_json
from nnviz.events import Finished, Frame, Metrics, decode_frame


def frame(view: str, step: int) -> Frame:
    return Frame(view, step, step / 25, {}, {"a": np.full(4, step, np.float32)})


def row(step: int) -> Metrics:
    return Metrics(step / 25, step, 0.5, None, None, None, 0.0, 0.03, 0.0, False)


LAST = Finished("stopped", 1.0, 9, 0.1, 3, {}, None)


@pytest.fixture
def ends() -> Iterator[tuple[ChildControl, Channel]]:
    """A child's control and the engine's end of its socket."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ChildControl(Channel(theirs), "r", [{"do": "pause"}], 0), Channel(ours)


def heard(engine: Channel) -> list[str]:
    """What has come since last time, as "view step" of frames and "name step" of events."""
    words = []
    for kind, payload in engine.receive(0.0):
        if kind is Kind.FRAME:
            picture = decode_frame(payload)
            words.append(f"{picture.view} {picture.step}")
        else:
            event = json.loads(payload)
            words.append(f"{event['event']} {event.get('step', '')}".strip())
    return words


def test_frames_wait_for_credit_and_the_newest_wins_while_no_event_is_dropped(
    ends: tuple[ChildControl, Channel],
) -> None:
    control, engine = ends
    for step in range(4):
        control.send(row(step))
        control.send(frame("network", step))
        control.send(frame("data", step))
    assert heard(engine) == ["metrics 0", "network 0", "data 0", "metrics 1", "metrics 2", "metrics 3"]
    engine.send(pack(Kind.CREDIT))
    control.poll()
    assert heard(engine) == ["network 3"]
    engine.send(pack(Kind.CREDIT))
    engine.send(pack(Kind.CREDIT))
    control.poll()
    assert heard(engine) == ["data 3"]
    control.send(frame("network", 4))
    assert heard(engine) == ["network 4"]


def test_the_newest_frames_go_out_before_the_last_word(ends: tuple[ChildControl, Channel]) -> None:
    control, engine = ends
    for step in range(3):
        control.send(frame("network", step))
    control.send(LAST)
    assert heard(engine) == ["network 0", "network 2", "finished"]


def test_commands_come_in_order_and_once(ends: tuple[ChildControl, Channel]) -> None:
    control, engine = ends
    engine.send(pack_json(Kind.COMMAND, {"do": "step"}))
    engine.send(pack(Kind.CREDIT))
    assert control.poll() == [{"do": "pause"}, {"do": "step"}]
    assert control.wait(0.0) == []
    engine.send(pack_json(Kind.COMMAND, {"do": "stop"}))
    assert control.wait(None) == [{"do": "stop"}]


def test_viewers_make_frames_wanted(ends: tuple[ChildControl, Channel]) -> None:
    control, engine = ends
    control.send(frame("network", 0))
    assert not control.wants_frames()
    engine.send(pack_json(Kind.VIEWERS, 2))
    control.poll()
    assert control.wants_frames()
    engine.send(pack_json(Kind.VIEWERS, 0))
    control.poll()
    assert not control.wants_frames()


def test_a_lost_engine_ends_the_wait(ends: tuple[ChildControl, Channel]) -> None:
    control, engine = ends
    control.poll()
    engine._socket.close()
    with pytest.raises(EOFError):
        control.wait(None)


def test_the_film_thins_out_with_the_steps_and_never_stops() -> None:
    film, shots = FilmPace(), []
    for i in range(6000):  # ten minutes of 10 steps a second
        step, now = i * 10, i * 0.1
        if film.due(step, now):
            film.taken(step, now)
            shots.append((step, now))
    times = [now for _, now in shots]
    gaps = np.diff(times)
    assert shots[0] == (0, 0.0)
    assert gaps.min() >= FilmPace.shortest - 1e-6
    assert gaps.max() <= FilmPace.longest + 0.1
    assert 60 <= len(shots) <= 110
