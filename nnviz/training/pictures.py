"""What a training shows beside its rows of metrics, and when."""

from __future__ import annotations

from typing import Any

from nnviz.course import Emitted
from nnviz.models.weights import Array
from nnviz.training.resume import Resume
from nnviz.training.rows import Rows


class Pictures:
    """Nothing but rows, as of a run without a control; those that show something derive from it."""

    def __init__(self, rows: Rows) -> None:
        self.rows, self.learner = rows, rows.learner

    def untrained(self) -> Emitted:
        """The network of the start weights, without TensorFlow."""
        return iter(())

    def follow(self) -> None:
        """After every chunk of steps, before anything is emitted."""

    def due(self) -> Emitted:
        """After a chunk: the rows and frames whose time has come."""
        if self.learner.epoch_ended:
            yield self.rows.tell()

    def rest(self) -> Emitted:
        """The row and all frames of the step at which the run comes to rest; who comes later is shown these."""
        if self.rows.emitted != self.learner.loop.step:
            yield self.rows.tell()

    def again(self) -> Emitted:
        """The row and the frames of a step whose weights have been changed by hand."""
        yield self.rows.tell()

    def forked(self, resume: Resume) -> Emitted:  # noqa: ARG002  (for those that derive)
        """Of a run that has another's past, and this step's weights with changes, or another activation."""
        return iter(())

    @property
    def unfinished(self) -> bool:
        """Whether `more` has anything to do."""
        return False

    def more(self) -> Emitted:
        """At rest: a piece of what `rest` left out because it would have taken long."""
        return iter(())

    def close(self) -> None:
        """No thread makes frames any more."""

    def curves(self) -> tuple[dict[str, Any], dict[str, Array]]:
        """What `take_up` needs to go on with the frames that show a course: plain values, and arrays."""
        return {}, {}

    def take_up(self, resume: Resume) -> None:
        """Go on with such frames; nothing of this step is to be shown again."""
