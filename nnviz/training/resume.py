"""How a run that has ended goes on: the frame that it emits at its end, and what another process makes of it.

At its end a run emits a frame of the view "state": the loop's checkpoint, and what its curves were made of. The server
keeps the newest, puts the weights and the last row of metrics in, and gives it to the process that takes the run up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from nnviz.events import Frame, Metrics
from nnviz.loops.checkpoint import Checkpoint
from nnviz.models.weights import Array, flat_to_weights
from nnviz.spec import RunSpec

STATE = "state"
"""The view."""
FORKED = "forked"
"""In place of why a run ended, of one that goes on from a picture of another's film."""
MAX_BYTES = 8_000_000
"""Of a checkpoint's arrays. Of larger ones the optimiser's memory is left out: it would fill the store."""


@dataclass(frozen=True)
class Resume:
    """A run after `row.step` updates: its weights, in `get_weights` order, and all else that it needs to go on.

    checkpoint: None where the run ended without one (its process was killed): the optimiser begins anew.
    reason: why it ended. curves: what the run's own probes keep.
    """

    row: Metrics
    weights: list[Array]
    checkpoint: Checkpoint | None = None
    reason: str | None = None
    curves: Frame | None = None
    live: dict[str, Any] = field(default_factory=dict)

    @property
    def forgetful(self) -> bool:
        """Whether something that the optimiser remembered has been lost."""
        return self.checkpoint is None or bool(self.curves and not self.curves.meta["whole"])


def state_frame(
    step: int, epoch: float, checkpoint: Checkpoint, curves: tuple[dict[str, Any], dict[str, Array]]
) -> Frame:
    """View "state". meta: checkpoint, curves (plain values of the run's own), whole (nothing had to be left out)."""
    whole = checkpoint.size <= MAX_BYTES
    plain, arrays = (checkpoint if whole else checkpoint.without_optimizer()).pack()
    meta, more = curves
    return Frame(STATE, step, epoch, {"checkpoint": plain, "curves": meta, "whole": whole}, {**arrays, **more})


def complete(
    state: Frame | None, weights: Array, row: dict[str, Any], reason: str | None, live: dict[str, Any]
) -> Frame:
    """What a process needs to take a run up: its state, if there is one, with all weights (float32, flat) and the
    row of metrics of that step."""
    meta = {} if state is None else state.meta
    arrays = {} if state is None else state.arrays
    more = {"row": row, "reason": reason, "live": live}
    return Frame(STATE, row["step"], row["epoch"], {**meta, **more}, {**arrays, "weights": weights})


def resume_of(spec: RunSpec, frame: Frame) -> Resume:
    """The inverse of `complete`. Raises ValueError for weights that are not this network's."""
    meta, arrays = frame.meta, frame.arrays
    checkpoint = Checkpoint.unpack(meta["checkpoint"], arrays) if "checkpoint" in meta else None
    return Resume(
        Metrics(**meta["row"]), flat_to_weights(spec, arrays["weights"]), checkpoint, meta["reason"],
        frame if checkpoint else None, meta["live"],
    )  # fmt: skip
