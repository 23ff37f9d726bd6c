"""The job `perceptron`: Rosenblatt's rule learns the iris flowers. A step is an update, or the end of a pass."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nnviz.events import Event, Frame, Row
from nnviz.jobs.job import Job
from nnviz.jobs.steps import Stepwise
from nnviz.neuron.spec import PerceptronSpec

if TYPE_CHECKING:
    from nnviz.control import Control


class PerceptronRun(Stepwise):
    """The whole course takes a few milliseconds: it is computed at the start, and told at the visitor's pace."""

    def __init__(self, spec: PerceptronSpec, control: Control | None) -> None:
        from nnviz.neuron.pictures import course

        super().__init__(control)
        self.spec = spec
        self.course = list(course(spec))

    def advance(self) -> Iterator[Event]:
        moment = self.course[self.step + 1]
        yield Row(self.step + 1, {"epoch": moment["passes"], "updates": moment["updates"], "wrong": moment["wrong"]})

    def frames(self) -> Iterator[Frame]:
        from nnviz.neuron.pictures import frame

        yield frame(self.spec, self.course[self.step], self.step, last=self.step + 1 == len(self.course))

    def ended(self) -> str | None:
        if self.step + 1 < len(self.course):
            return None
        return "separated" if not any(self.course[-1]["errors"][-1]) else "passes"

    def unit_end(self, done: int, n: int) -> int:
        """The step at which the n-th pass from here is complete."""
        ends = [i for i, moment in enumerate(self.course) if moment["kind"] == "pass" and i > done]
        return ends[min(n, len(ends)) - 1] if ends else done

    def result(self) -> dict[str, Any]:
        from nnviz.neuron.pictures import outcome

        return outcome(self.spec, self.course[self.step])


def run(spec: PerceptronSpec, control: Control | None = None, **_: Any) -> Iterator[Event | Frame]:
    """Frames of view "perceptron" (nnviz.neuron.pictures); the reason of `Done`: separated, passes, stopped."""
    yield from PerceptronRun(spec, control).events()


PERCEPTRON = Job(
    title="perceptron", spec=PerceptronSpec, run=run, columns=("step", "epoch", "updates", "wrong"),
    words={"idle": "at the start: press Learn", "running": "learning"},
)  # fmt: skip
