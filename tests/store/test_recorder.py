"""What of a run's frames becomes a film."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest

from nnviz.events import Frame, decode_frame, encode_frame
from nnviz.store import recorder as module
from nnviz.store import thinning
from nnviz.store.recorder import Recorder
from nnviz.store.store import Store


class Shelf:
    """The store's side."""

    def __init__(self) -> None:
        self.frames: list[tuple[str, int]] = []
        self.numbers: list[int] = []

    def add_frame(self, _run: str, seq: int, data: bytes) -> None:
        frame = decode_frame(data)
        self.frames.append((frame.view, frame.step))
        self.numbers.append(seq)

    def add_event(self, _run: str, _event: dict[str, Any]) -> None: ...

    def of(self, view: str) -> list[int]:
        return [step for name, step in self.frames if name == view]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


def picture(step: int, view: str = "filters", size: int = 4) -> bytes:
    return encode_frame(Frame(view, step, 0.0, {}, {"x": np.zeros(size, np.uint8)}), "r")


def status(word: str) -> dict[str, Any]:
    return {"event": "status", "status": word}


FINISHED = {"event": "finished", "reason": "epochs"}


def test_each_view_is_recorded_as_its_steps_grow(clock: list[float]) -> None:
    shelf = Shelf()
    recorder = Recorder(cast(Store, shelf))
    for step in range(0, 2000, 5):
        for view in ("filters", "predictions"):
            recorder.keep("r", picture(step, view))
        clock[0] += 0.05
    recorder.keep("r", FINISHED)
    for view in ("filters", "predictions"):
        steps = shelf.of(view)
        assert steps[0] == 0
        assert steps[-1] == 1995
        assert 30 < len(steps) < 80
        late = np.diff([s for s in steps if s > 600][:-1])
        assert (late > 600 * 0.05).all()
    assert shelf.numbers == sorted(set(shelf.numbers))


@pytest.mark.parametrize("frame_first", [True, False])
def test_where_a_run_rests_its_newest_frame_is_kept_whichever_comes_first(
    clock: list[float], frame_first: bool
) -> None:
    shelf = Shelf()
    recorder = Recorder(cast(Store, shelf))
    recorder.keep("r", picture(1000))
    clock[0] += 0.1
    for message in (picture(1001), status("paused")) if frame_first else (status("paused"), picture(1001)):
        recorder.keep("r", message)
    assert shelf.of("filters") == [1000, 1001]
    recorder.keep("r", status("running"))
    clock[0] += 0.3
    recorder.keep("r", picture(1002))
    assert shelf.of("filters") == [1000, 1001]
    recorder.keep("r", FINISHED)
    assert shelf.of("filters") == [1000, 1001, 1002]


def test_large_weights_are_written_seldom_but_at_the_end(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thinning, "LARGE_WEIGHTS", 500)
    shelf = Shelf()
    recorder = Recorder(cast(Store, shelf))
    for step in range(0, 6000, 10):
        recorder.keep("r", picture(step, "weights", 1000))
        clock[0] += 0.125
    assert shelf.of("weights") == [0, 2400, 4800]
    recorder.keep("r", status("paused"))
    for step in range(6000, 6010):  # single steps, quickly
        recorder.keep("r", picture(step, "weights", 1000))
        recorder.keep("r", status("paused"))
        clock[0] += 0.125
    assert shelf.of("weights") == [0, 2400, 4800, 5990]
    recorder.keep("r", FINISHED)
    assert shelf.of("weights") == [0, 2400, 4800, 5990, 6009]
