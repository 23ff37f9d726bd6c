"""A job added from outside the package goes the way of every run: spec, engine, store, live socket, command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nnviz.control import QueueControl
from nnviz.events import Event, Frame, Status
from nnviz.jobs import SpecError, read_spec
from nnviz.spec import RunSpec
from tests.jobs.counting import Counting, CountSpec, command

SLOW = {"steps": 1, "fps": 0.5}


# --- the specification ------------------------------------------------------------------------------------------------


def test_a_spec_names_its_job_and_without_one_is_a_trainings() -> None:
    assert read_spec({"job": "count", "to": 7}) == CountSpec(to=7)
    assert read_spec({"seed": 3}) == read_spec({"seed": 3, "job": "train"}) == RunSpec(seed=3)
    assert "job" not in RunSpec().model_dump(mode="json")
    assert "job" not in json.loads(RunSpec().model_dump_json())
    assert read_spec(CountSpec(to=7).model_dump(mode="json")) == CountSpec(to=7)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"job": "cook"}, "job: allowed are train"),
        ({"job": ["train"]}, "job: allowed are train"),
        ({"job": "count", "to": 0}, "to: allowed is a whole number from 1 to 1,000,000"),
        ({"job": "count", "data": {}}, "data: no such field; there are to, fail_at, pace"),
        ({"job": "train", "to": 3}, "to: no such field; there are data, model, training, seed"),
        ([], "spec: should be an object"),
    ],
)
def test_faults_name_the_field_and_what_is_allowed(raw: Any, words: str) -> None:
    with pytest.raises(SpecError) as caught:
        read_spec(raw)
    assert str(caught.value).startswith(words)


def test_without_a_control_it_goes_to_its_end_and_makes_no_frames() -> None:
    events = [item.to_json() for item in Counting(CountSpec(to=3), None).events() if isinstance(item, Event)]
    assert [event.get("square") for event in events] == [1.0, 4.0, 9.0, None]
    assert events[-1] == {"event": "finished", "reason": "counted", "steps": 3, "seconds": events[-1]["seconds"],
                          "result": {"sum": 6}}  # fmt: skip


def test_steps_and_epochs_add_up_and_it_rests_after_them() -> None:
    control = QueueControl({"do": "pause"}, {"do": "step", "n": 2}, {"do": "step", "n": 3})
    said: list[Any] = []
    rests: list[int] = []
    for item in Counting(CountSpec(to=1000), control).events():
        said.append(item)
        if isinstance(item, Status) and item.status == "paused" and not item.detail:
            shown = [frame.step for frame in said if isinstance(frame, Frame)]
            rests.append(shown[-1])
            if len(rests) == 2:
                control.send({"do": "step", "unit": "epoch"})
            if len(rests) == 3:
                control.send({"do": "edit", "layer": 0, "what": "bias", "column": 0, "value": 1.0})
                control.send({"do": "nonsense"})
                control.send({"do": "stop"})
    errors = [item.detail["error"] for item in said if isinstance(item, Status) and "error" in item.detail]
    assert rests == [0, 5, 10]
    assert errors[0].startswith("edit: there is nothing in this run")
    assert errors[1].startswith("do: allowed are")
    assert (said[-1].reason, said[-1].steps) == ("stopped", 10)


# --- the command line -------------------------------------------------------------------------------------------------


def test_the_command_line_does_it_and_records_it(tmp_path: Path) -> None:
    spec = tmp_path / "spec.json"
    spec.write_text('{"job": "count"}')
    done = command(tmp_path / "home", "train", str(spec), "--set", "to=4", "--json")
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line.get("square") for line in lines[:4]] == [1.0, 4.0, 9.0, 16.0]
    assert (lines[-1]["event"], lines[-1]["result"]) == ("finished", {"sum": 10})
    shown = json.loads(command(tmp_path / "home", "runs", "show", lines[-1]["run"]).stdout)
    assert (shown["status"], shown["spec"], shown["result"]["result"]) == (
        "finished",
        {"job": "count", "to": 4, "fail_at": None, "pace": 0.0},
        {"sum": 10},
    )
    told = command(tmp_path / "home", "train", str(spec), "--set", "to=4").stdout
    assert all(word in told for word in ("natural numbers", "up to 4", "counted, 4 steps", "sum"))
    wrong = command(tmp_path / "home", "train", str(spec), "--set", "job=cook")
    assert (wrong.returncode, "job: allowed are train" in wrong.stderr) == (2, True)
