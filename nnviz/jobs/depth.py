"""The job `depth`: networks of many layers side by side. A step is a moment at which all of them are measured."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnviz.depth.deep_spec import DeepSpec
from nnviz.events import Event, Failed, Frame, Row, Started
from nnviz.jobs.job import Job
from nnviz.jobs.steps import Stepwise

if TYPE_CHECKING:
    from nnviz.control import Control
    from nnviz.depth.deep import DeepCourse


class DepthRun(Stepwise):
    """All networks go from moment to moment together."""

    def __init__(self, course: DeepCourse, control: Control | None) -> None:
        super().__init__(control)
        self.course = course

    def advance(self) -> Iterator[Event]:
        self.course.advance()
        loss, accuracy = self.course.scores()
        values = {"epoch": self.course.epochs[-1], "loss": loss, "accuracy": accuracy}
        yield Row(self.step + 1, {name: value for name, value in values.items() if math.isfinite(value)})

    def frames(self) -> Iterator[Frame]:
        yield self.course.frame()

    def ended(self) -> str | None:
        return "learned" if self.step + 1 >= len(self.course.steps) else None

    def result(self) -> dict[str, Any]:
        told = self.course.frame().meta["networks"]
        return {"networks": [{"network": one["label"], "state": one["states"][-1]} for one in told]}


def run(
    spec: DeepSpec, control: Control | None = None, *, home: Path | None = None, **_: Any
) -> Iterator[Event | Frame]:
    """Frames of view "depth" (nnviz.depth.deep), each with all moments so far; the reason of `Done`: learned, stopped.
    The rows' loss and accuracy are the first network's on the test images."""
    from nnviz.data import DataError
    from nnviz.depth.deep import DeepCourse

    yield Started(parameters=spec.parameters, layers=[])
    try:
        course = DeepCourse(spec, home)
    except DataError as fault:
        yield Failed(str(fault))
        return
    yield from DepthRun(course, control).events()


DEPTH = Job(
    title="deep networks", spec=DeepSpec, run=run, columns=("step", "epoch", "loss", "accuracy"), tensorflow=True,
    words={"idle": "press Train", "running": "training"},
)  # fmt: skip
