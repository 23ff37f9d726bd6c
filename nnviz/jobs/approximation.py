"""The job `approximation`: a network learns a function of one variable. A step is an epoch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nnviz.approximation.spec import ApproximationSpec
from nnviz.events import Event, Frame, Row, Started
from nnviz.jobs.job import Job
from nnviz.jobs.steps import Stepwise

if TYPE_CHECKING:
    from nnviz.control import Control


class ApproximationRun(Stepwise):
    def __init__(self, spec: ApproximationSpec, control: Control | None) -> None:
        from nnviz.approximation.learning import Approximation

        super().__init__(control)
        self.spec, self.learning = spec, Approximation(spec)

    def advance(self) -> Iterator[Event]:
        self.learning.epoch(self.step + 1)
        loss, held = self.learning.losses
        rival = self.learning.rival
        other = (None, None) if rival is None else rival.losses
        values = {"loss": loss, "val_loss": held, "rival_loss": other[0], "rival_val_loss": other[1]}
        yield Row(self.step + 1, {"epoch": self.step + 1, **values})

    def frames(self) -> Iterator[Frame]:
        yield self.learning.frame(self.step)

    def ended(self) -> str | None:
        if self.learning.diverged:
            return "diverged"
        waited = self.step - self.learning.best[1]
        if self.spec.patience and waited >= self.spec.patience:
            return "early_stopping"
        return "learned" if self.step >= self.spec.epochs else None

    def result(self) -> dict[str, Any]:
        loss, held = self.learning.losses
        return {"loss": loss, "val_loss": held, "best_epoch": self.learning.best[1]}


def run(spec: ApproximationSpec, control: Control | None = None, **_: Any) -> Iterator[Event | Frame]:
    """Frames of view "approximation" (nnviz.approximation.learning); the reason of `Done`: learned, early_stopping,
    diverged, stopped."""
    yield Started(parameters=spec.parameters, layers=[])
    yield from ApproximationRun(spec, control).events()


APPROXIMATION = Job(
    title="approximation", spec=ApproximationSpec, run=run,
    columns=("step", "epoch", "loss", "val_loss", "rival_loss", "rival_val_loss"),
    words={"idle": "not trained yet: press Train", "running": "training"},
)  # fmt: skip
