"""What the engine is made of, one piece at a time: framing, the child's two lanes, the film's schedule, the logs."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from nnviz.engine.child import ChildControl, Film, in_words
from nnviz.engine.logs import KEEP_BYTES, KEEP_FILES, Logs
from nnviz.engine.protocol import Channel, Decoder, Kind, ProtocolError, pack, pack_json
from nnviz.events import Finished, Frame, Metrics, decode_frame
from nnviz.spec import RunSpec

messages = st.lists(st.tuples(st.sampled_from(Kind), st.binary(max_size=200)), max_size=10)


@given(messages, st.data())
def test_messages_survive_any_splitting(sent: list[tuple[Kind, bytes]], data: st.DataObject) -> None:
    stream = b"".join(pack(kind, payload) for kind, payload in sent)
    decoder, heard = Decoder(), []
    while stream:
        n = data.draw(st.integers(1, len(stream)))
        heard += decoder.feed(stream[:n])
        stream = stream[n:]
    assert heard == sent


@pytest.mark.parametrize("rubbish", [b"\xff\0\0\0\0", b"\x06\xff\xff\xff\xff", b"GET / HTTP/1.1"])
def test_what_is_no_message_is_refused(rubbish: bytes) -> None:
    with pytest.raises(ProtocolError):
        list(Decoder().feed(rubbish))


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
        control.say(row(step))
        control.say(frame("network", step))
        control.say(frame("data", step))
    assert heard(engine) == ["metrics 0", "network 0", "data 0", "metrics 1", "metrics 2", "metrics 3"]
    engine.send(pack(Kind.CREDIT))
    control.poll()
    assert heard(engine) == ["network 3"]
    engine.send(pack(Kind.CREDIT))
    engine.send(pack(Kind.CREDIT))
    control.poll()
    assert heard(engine) == ["data 3"]
    control.say(frame("network", 4))
    assert heard(engine) == ["network 4"]


def test_the_newest_frames_go_out_before_the_last_word(ends: tuple[ChildControl, Channel]) -> None:
    control, engine = ends
    for step in range(3):
        control.say(frame("network", step))
    control.say(LAST)
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
    control.say(frame("network", 0))
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
    film, shots = Film(), []
    for i in range(6000):  # ten minutes of 10 steps a second
        step, now = i * 10, i * 0.1
        if film.due(step, now):
            film.taken(step, now)
            shots.append((step, now))
    times = [now for _, now in shots]
    gaps = np.diff(times)
    assert shots[0] == (0, 0.0)
    assert gaps.min() >= Film.shortest - 1e-6
    assert gaps.max() <= Film.longest + 0.1
    assert 60 <= len(shots) <= 110


def test_faults_are_told_in_words() -> None:
    class ResourceExhaustedError(Exception):
        """As TensorFlow calls it."""

    assert "not enough memory" in in_words(MemoryError())
    assert "not enough memory" in in_words(ResourceExhaustedError("OOM when allocating tensor\n\nstack…"))
    assert in_words(ModuleNotFoundError("No module named 'tensorflow'")).endswith("No module named 'tensorflow'")
    assert in_words(FileNotFoundError(2, "No such file or directory", "t.csv")) == "No such file or directory: t.csv"
    assert in_words(ZeroDivisionError("division by zero")) == "ZeroDivisionError: division by zero"
    assert len(in_words(RuntimeError("x" * 10_000))) <= 400
    with pytest.raises(ValidationError) as caught:
        RunSpec.model_validate({"seed": -1})
    assert in_words(caught.value).startswith("seed: ")


def test_logs_are_kept_short_and_not_for_ever(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    for i in range(KEEP_FILES + 20):
        (folder / f"old{i:03}.log").write_text("x")
        os.utime(folder / f"old{i:03}.log", (i, i))
    logs = Logs(tmp_path)
    assert sorted(path.name for path in folder.iterdir())[0] == "old020.log"
    logs.path("long").write_bytes(b"a" * 100_000 + b"the end")
    logs.trim("long")
    kept = logs.path("long").read_bytes()
    assert len(kept) == KEEP_BYTES
    assert kept.endswith(b"athe end")
    logs.end("long", keep=True)
    assert not (folder / "old020.log").exists()
    logs.path("well").write_text("only noise")
    logs.end("well", keep=False)
    assert not logs.path("well").exists()


def test_a_home_that_cannot_be_written_costs_only_the_logs(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where a folder should be")
    logs = Logs(tmp_path / "home")
    logs.trim("run")
    logs.end("run", keep=True)


def test_the_engine_leaves_tensorflow_out_of_the_web_process() -> None:
    code = (
        "import sys, nnviz.engine.local, nnviz.bench.engine;"
        "sys.exit(any(name.partition('.')[0] in {'tensorflow', 'keras'} for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
