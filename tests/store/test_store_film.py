"""The store's films of several views: how a run looked at a step, and what is kept of its weights."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnviz.events import Frame, decode_frame, encode_frame
from nnviz.spec import RunSpec
from nnviz.store import thinning
from nnviz.store.store import Store

SPEC = RunSpec.model_validate({"data": {"name": "digits"}})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path) as opened:
        yield opened


def frame(step: int, view: str, size: int = 10) -> bytes:
    return encode_frame(Frame(view, step, step / 10, {}, {"a": np.zeros(size, np.float32)}), "r")


def test_how_a_run_looked_at_a_step(store: Store) -> None:
    store.create_run("r", SPEC, "v")
    for seq, (view, step) in enumerate([("a", 0), ("b", 0), ("a", 10), ("weights", 10), ("a", 20), ("b", 25)]):
        store.add_frame("r", seq, frame(step, view))

    def steps(**which: Any) -> dict[str, int]:
        return {view: decode_frame(data).step for view, data in store.newest_frames("r", **which).items()}

    assert steps() == {"a": 20, "b": 25, "weights": 10}
    assert steps(step=24) == {"a": 20, "b": 0, "weights": 10}
    assert steps(step=9) == {"a": 0, "b": 0}
    assert steps(step=10, leave_out={"weights"}) == {"a": 10, "b": 0}
    assert store.find_frame("r", "a") == (4, 20)
    assert store.find_frame("r", "a", 19) == (2, 10)
    assert store.find_frame("r", "weights", 9) is None
    assert [decode_frame(data).step for data in store.film_frames("r", "a")] == [0, 10, 20]
    newest = store.newest_frame("r", "b")
    assert newest is not None
    assert decode_frame(newest).step == 25
    assert store.newest_frame("r", "c") is None


def test_of_large_weights_only_the_newest_stays(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thinning, "LARGE_WEIGHTS", 1000)
    store.create_run("r", SPEC, "v")
    for seq in range(30):
        store.add_frame("r", 2 * seq, frame(seq, "weights", 1000))
        store.add_frame("r", 2 * seq + 1, frame(seq, "filters", 1000))
        assert store.flush()
    assert store.film("r", "weights") == [(58, 29, 2.9)]
    assert len(store.film("r", "filters")) == 30
