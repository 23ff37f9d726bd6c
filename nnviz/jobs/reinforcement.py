"""The job `reinforcement`: agents learn from their rewards. A step is one step of each; what counts as its epochs are
the episodes that are behind all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nnviz.control import Command, Set
from nnviz.events import Event, Frame, Row, Started, Status
from nnviz.jobs.job import Job
from nnviz.jobs.steps import Stepwise
from nnviz.reinforcement.spec import ReinforcementSpec

if TYPE_CHECKING:
    from nnviz.control import Control
    from nnviz.course import Emitted


class ReinforcementRun(Stepwise):
    """Learning rate and ε may be changed under way."""

    def __init__(self, spec: ReinforcementSpec, control: Control | None) -> None:
        from nnviz.reinforcement.learning import Course

        super().__init__(control)
        self.course = Course(spec)

    def advance(self) -> Iterator[Event]:
        if self.course.advance():
            yield Row(self.step + 1, self.course.row())

    def frames(self) -> Iterator[Frame]:
        from nnviz.reinforcement.picture import picture

        yield picture(self.course, self.step)

    def ended(self) -> str | None:
        return "episodes" if self.course.done else None

    def other(self, command: Command) -> Emitted:
        if not isinstance(command, Set):
            yield from super().other(command)
            return
        self.course.change(command.learning_rate, command.epsilon)
        if command.speed is not None:
            self.pace.speed = command.speed
        changed = command.model_dump(include={"learning_rate", "epsilon", "speed"}, exclude_none=True)
        yield Status(self.pace.status, changed)

    def result(self) -> dict[str, Any]:
        """episodes: behind all agents; recent: the median of what each earned in its last ten."""
        done = int(self.course.episodes.min())
        return {"episodes": done, "recent": self.course.row()["recent"] if done else None}


def run(spec: ReinforcementSpec, control: Control | None = None, **_: Any) -> Iterator[Event | Frame]:
    """Frames of view "reinforcement" (nnviz.reinforcement.grid_picture, cartpole_picture), a row for each episode; the
    reason of `Done`: episodes, stopped."""
    yield Started(parameters=spec.parameters, layers=[])
    yield from ReinforcementRun(spec, control).events()


REINFORCEMENT = Job(
    title="reinforcement learning", spec=ReinforcementSpec, run=run,
    columns=("step", "episode", "return", "low", "high", "recent", "epsilon"),
    words={"idle": "not trained yet: press Train", "running": "training"},
)  # fmt: skip
