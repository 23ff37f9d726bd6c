"""The job `grid_search`: C and γ of a kernel SVM by cross-validation. A step is a fit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnviz.data import DataError, load
from nnviz.events import Event, Failed, Frame, Row, Started
from nnviz.jobs.job import Job
from nnviz.jobs.steps import Stepwise
from nnviz.kernels.spec import KernelSpec

if TYPE_CHECKING:
    from nnviz.control import Control
    from nnviz.kernels.search import Search


class SearchRun(Stepwise):
    def __init__(self, search: Search, control: Control | None) -> None:
        super().__init__(control)
        self.search = search
        self.unit = search.spec.folds

    def advance(self) -> Iterator[Event]:
        yield Row(self.step + 1, self.search.advance(self.step))

    def frames(self) -> Iterator[Frame]:
        yield self.search.frame(self.step)

    def ended(self) -> str | None:
        return "searched" if self.step == self.search.total else None

    def result(self) -> dict[str, Any]:
        return self.search.result()


def run(spec: KernelSpec, control: Control | None = None, *, home: Path | None = None) -> Iterator[Event | Frame]:
    """Frames of view "search" (nnviz.kernels.search); the reason of `Done`: searched, stopped."""
    from nnviz.kernels.search import Search

    yield Started(parameters=0, layers=[])
    try:
        yield from SearchRun(Search(spec, load(spec.samples, home)), control).events()
    except (DataError, ValueError, OSError) as fault:
        yield Failed(str(fault))


GRID_SEARCH = Job(
    title="grid search", spec=KernelSpec, run=run, columns=("step", "candidate", "fold", "score", "seconds"),
    words={"idle": "press Search", "running": "searching"},
)  # fmt: skip
