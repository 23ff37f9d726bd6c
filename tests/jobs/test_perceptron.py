"""The job `perceptron`: its course under commands, and through the engine."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnviz.control import QueueControl
from nnviz.events import Done, Frame, Row
from nnviz.jobs import read_spec
from nnviz.jobs.perceptron import run
from nnviz.neuron.spec import PerceptronSpec


def said(control: QueueControl | None = None, **fields: Any) -> list[Any]:
    spec = read_spec({"job": "perceptron", **fields})
    assert isinstance(spec, PerceptronSpec)
    return list(run(spec, control))


def test_alone_it_tells_every_moment_and_its_outcome() -> None:
    events = said(learning_rate=1, test=0.2, initializer="zeros")
    rows, done = [e for e in events if isinstance(e, Row)], events[-1]
    assert isinstance(done, Done)
    assert done.reason == "separated"
    assert [row.step for row in rows] == list(range(1, len(rows) + 1))
    assert rows[-1].values["wrong"] == done.result["ours"]["wrong"] == 0
    assert np.allclose(done.result["library"]["weights"], [[-3.5, 7.9]])


def test_what_cannot_be_separated_ends_with_its_passes() -> None:
    done = said(species=["versicolor", "virginica"], epochs=4)[-1]
    assert (done.reason, done.result["ours"]["passes"]) == ("passes", 4)


def test_at_a_pass_a_frame_each_frame_is_a_pass() -> None:
    """However many updates it has."""
    control = QueueControl({"do": "set", "speed": {"epochs": 1, "fps": 60}})
    told = said(control, species=["setosa", "versicolor", "virginica"], epochs=5)
    frames = [event for event in told if isinstance(event, Frame)]
    assert [frame.epoch for frame in frames] == [0, 1, 2, 3, 4, 5]
    assert {frame.meta["kind"] for frame in frames[1:]} == {"pass"}
    assert [frame.step for frame in frames] == [0, 4, 9, 15, 20, 24]


def test_an_epoch_is_one_pass_and_a_step_one_update() -> None:
    control = QueueControl({"do": "pause"}, {"do": "step", "n": 1, "unit": "epoch"})
    events = run(PerceptronSpec(), control)
    shown = []
    for event in events:
        if isinstance(event, Frame):
            shown.append(event)
        elif event.name == "status" and event.status == "paused" and shown[-1].step:
            break
    assert (shown[-1].meta["kind"], shown[-1].meta["errors"]) == ("pass", [[1]])
    control.send({"do": "step", "n": 1})
    shown = [event for event in (next(events) for _ in range(3)) if isinstance(event, Frame)]
    assert (shown[-1].meta["kind"], shown[-1].meta["updates"]) == ("update", 2)
    control.send({"do": "step", "n": 2, "unit": "epoch"})
    for event in events:
        if isinstance(event, Frame):
            break
    assert (event.meta["kind"], event.meta["errors"]) == ("pass", [[1], [3], [3]])
    control.send({"do": "stop"})
    assert list(events)[-1].reason == "stopped"
