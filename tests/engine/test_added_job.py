"""A job added from outside the package in the engine: its events and frames, the process that it leaves, its faults."""

from __future__ import annotations

from nnviz.engine.local import LocalEngine
from nnviz.spec import RunSpec
from tests.engines import Ear, pid_of
from tests.jobs.counting import CountSpec


def test_the_engine_runs_it_and_gives_its_process_to_the_next(forking: LocalEngine, ear: Ear) -> None:
    first = forking.submit(CountSpec(to=500, job="count"), visitor="ann")
    assert (ear.end(first)["result"], ear.end(first)["steps"]) == ({"sum": 125_250}, 500)
    assert [event["square"] for event in ear.metrics(first)] == [float(n**2) for n in range(1, 501)]
    last = ear.frames(first, "number")[-1]
    assert (last.step, last.arrays["digits"].tolist()) == (500, [5, 0, 0])
    second = forking.submit(CountSpec(to=1_000_000), visitor="ann", play=False)
    ear.status(second, "paused")
    assert any(m.step == 0 for m in ear.frames(second, "number"))
    third = forking.submit(RunSpec.model_validate({"training": {"epochs": 2}}), visitor="ann")
    assert ear.end(third)["reason"] == "epochs"  # in the very process that has counted, or in one beside it
    assert pid_of(forking, second)
    forking.send(second, {"do": "stop"})
    assert ear.end(second)["reason"] == "stopped"


def test_a_fault_of_a_job_is_told_in_words(forking: LocalEngine, ear: Ear) -> None:
    run = forking.submit(CountSpec(fail_at=3), visitor="ann")
    assert ear.end(run) | {"seq": 0} == {
        "event": "failed", "message": "ZeroDivisionError: it was to fail here", "run": run, "seq": 0,
    }  # fmt: skip
