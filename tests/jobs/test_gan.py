"""The job `gan`: its course under commands, each network alone, its rows, frames and figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnviz.figures
from nnviz.control import QueueControl
from nnviz.events import Done, Frame, Row, Status, encode_frame
from nnviz.gan.spec import GanSpec
from nnviz.jobs import JOBS
from nnviz.spec import RunSpec
from nnviz.store.store import Store

SMALL = {"generator": "8", "discriminator": "8"}


def said(control: QueueControl | None = None, **fields: Any) -> list[Any]:
    return list(JOBS["gan"].run(GanSpec.model_validate({**SMALL, **fields}), control))


def test_alone_it_goes_to_its_end_and_tells_what_came_of_it() -> None:
    events = said(steps=60)
    rows, done = [e for e in events if isinstance(e, Row)], events[-1]
    assert isinstance(done, Done)
    assert (done.reason, done.steps) == ("trained", 60)
    assert [row.step for row in rows] == [20, 40, 60]
    assert rows[-1].values["distance"] == done.result["distance"]
    assert set(rows[-1].values) | {"step"} == set(JOBS["gan"].columns)
    assert said(steps=60)[-1].result == done.result
    assert not [e for e in events if isinstance(e, Frame)]


def test_each_network_can_be_updated_alone_then_it_rests() -> None:
    control = QueueControl({"do": "pause"}, {"do": "only", "network": "discriminator", "n": 3})
    control.send({"do": "only", "network": "generator"})
    control.send({"do": "step"})
    found: list[Any] = []
    for item in JOBS["gan"].run(GanSpec.model_validate(SMALL), control):
        found.append(item)
        if isinstance(item, Frame) and item.step == 5:
            control.send({"do": "edit", "layer": 0, "what": "bias", "column": 0, "value": 1.0})
            control.send({"do": "stop"})
    frames = {item.step: item for item in found if isinstance(item, Frame)}
    told = {step: (frame.meta["updates"]["discriminator"], frame.meta["updates"]["generator"])
            for step, frame in frames.items()}  # fmt: skip
    assert told == {0: (0, 0), 3: (3, 0), 4: (3, 1), 5: (4, 2)}
    np.testing.assert_array_equal(frames[0].arrays["fake_x"], frames[3].arrays["fake_x"])
    assert (frames[0].arrays["map"] != frames[3].arrays["map"]).any()
    np.testing.assert_array_equal(frames[3].arrays["map"], frames[4].arrays["map"])
    assert (frames[3].arrays["fake_x"] != frames[4].arrays["fake_x"]).any()
    rows = [item for item in found if isinstance(item, Row)]
    assert [row.step for row in rows] == [1, 2, 3, 4, 5]
    assert rows[0].values["generator_loss"] is None  # there was none of it yet
    errors = [item.detail["error"] for item in found if isinstance(item, Status) and "error" in item.detail]
    assert errors == ["edit: there is nothing in this run to change by it"]


def test_weights_that_run_away_end_it_in_words() -> None:
    events = said(QueueControl(), optimizer="sgd", generator_rate=1, discriminator_rate=1, loss="least_squares",
                  activation="relu", steps=5000)  # fmt: skip
    frame = [e for e in events if isinstance(e, Frame)][-1]
    assert events[-1].reason == "diverged"
    assert encode_frame(frame, "run")
    assert all(value is None or np.isfinite(value) for value in events[-1].result.values())


def test_a_training_has_no_two_networks() -> None:
    control = QueueControl({"do": "pause"}, {"do": "only", "network": "generator"}, {"do": "stop"})
    events = JOBS["train"].run(RunSpec.model_validate({"training": {"epochs": 1}}), control)
    errors = [item.detail["error"] for item in events if isinstance(item, Status) and "error" in item.detail]
    assert errors == ["only: a training has one network, and no other part"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    with Store(home) as store:
        for run, fields in (("points", {"data": "drawn", "loss": "wasserstein"}), ("digits", {"data": "digits"})):
            spec = GanSpec.model_validate({**SMALL, **fields, "steps": 40})
            store.create_run(run, spec)
            for seq, emitted in enumerate(JOBS["gan"].run(spec, QueueControl()), 1):
                if isinstance(emitted, Frame):
                    store.add_frame(run, seq, encode_frame(emitted, run))
                else:
                    store.add_event(run, {**emitted.to_json(), "seq": seq})
        assert store.flush()
    return home


def test_a_stored_run_has_its_figures(home: Path) -> None:
    figure = nnviz.figures.gan_plane("points", home=home)
    by_name = {trace.name: trace for trace in figure.data}
    assert len(by_name["generated"].x) == len(by_name["real"].x) == 400
    assert list(by_name["painted"].x) == [-1, 1]
    for name, lines in (("gan_losses", 2), ("gan_scores", 2), ("gan_distance", 3)):
        drawn = getattr(nnviz.figures, name)("points", home=home)
        assert [list(trace.x) for trace in drawn.data] == [[20, 40]] * lines
    assert nnviz.figures.gan_losses("points", home=home, step=20).layout.shapes[-1].x0 == 20
    assert len(nnviz.figures.gan_losses("digits", home=home).data[0].y) == 2
    with pytest.raises(LookupError, match="makes pictures, not points"):
        nnviz.figures.gan_plane("digits", home=home)
