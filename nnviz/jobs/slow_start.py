"""The job `slow_start`: networks 1-1-1 learn from weights of the visitor's. Its specification is `SlowStartSpec`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from nnviz.control import Control
from nnviz.depth.slow import Course, SlowStartSpec
from nnviz.events import Done, Event, Frame, Row, Started
from nnviz.jobs.job import Job


def run(spec: SlowStartSpec, control: Control | None, *, home: Path | None = None) -> Iterator[Event | Frame]:
    """The whole course at once, in less than a second: one frame has every moment of it, so that a page goes to any of
    them without asking. The rows' loss is the first network's."""
    del home  # nothing of it is needed
    yield Started(parameters=spec.parameters, layers=[])
    began, course = time.perf_counter(), Course(spec)
    while course.step < spec.steps:
        if control is not None and any(command.get("do") == "stop" for command in control.poll()):
            break
        for _ in range(spec.steps_per_epoch):
            course.advance()
        epoch = course.step // spec.steps_per_epoch
        yield Row(course.step, {"epoch": epoch, "loss": course.losses()[0]})
    if control is not None:
        yield course.frame()
    reason = "learned" if course.step == spec.steps else "stopped"
    ends = [{"network": n.label, "loss": loss} for n, loss in zip(spec.networks, course.losses(), strict=True)]
    yield Done(reason, course.step, time.perf_counter() - began, {"networks": ends})


SLOW_START = Job(
    title="slow start", spec=SlowStartSpec, run=run, columns=("step", "epoch", "loss"),
    words={"idle": "press Learn", "running": "learning…"},
)  # fmt: skip
