"""The job `unfold`: a stack of layers learns to part two classes, and every plane on the way is shown. A step is an
epoch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nnviz.events import Event, Frame, Row, Started
from nnviz.jobs.job import Job
from nnviz.jobs.steps import Stepwise
from nnviz.tensors.spec import UnfoldSpec

if TYPE_CHECKING:
    from nnviz.control import Control


class UnfoldRun(Stepwise):
    def __init__(self, spec: UnfoldSpec, control: Control | None) -> None:
        from nnviz.tensors.unfold import Unfolding

        super().__init__(control)
        self.spec, self.unfolding = spec, Unfolding(spec)

    def advance(self) -> Iterator[Event]:
        self.unfolding.epoch()
        loss, accuracy = self.unfolding.score
        yield Row(self.step + 1, {"epoch": self.step + 1, "loss": loss, "accuracy": accuracy})

    def frames(self) -> Iterator[Frame]:
        yield self.unfolding.frame(self.step)

    def ended(self) -> str | None:
        return "diverged" if self.unfolding.diverged else "trained" if self.step >= self.spec.epochs else None

    def result(self) -> dict[str, Any]:
        loss, accuracy = self.unfolding.score
        return {"loss": loss, "accuracy": accuracy}


def run(spec: UnfoldSpec, control: Control | None = None, **_: Any) -> Iterator[Event | Frame]:
    """Frames of view "unfold" (nnviz.tensors.unfold); the reason of `Done`: trained, diverged, stopped."""
    yield Started(parameters=spec.parameters, layers=[])
    yield from UnfoldRun(spec, control).events()


UNFOLD = Job(
    title="unfolding", spec=UnfoldSpec, run=run, columns=("step", "epoch", "loss", "accuracy"),
    words={"idle": "not trained yet: press Train", "running": "training"},
)  # fmt: skip
