"""A network in training: its data, the loop that changes its weights, and the time that this took."""

from __future__ import annotations

from nnviz.data import Dataset
from nnviz.data.dataset import Split
from nnviz.loops.checkpoint import Checkpoint
from nnviz.loops.choice import training_loop
from nnviz.loops.loop import Loop, Samples
from nnviz.models.metrics import penalty, targets
from nnviz.models.weights import Array, of_layers
from nnviz.spec import RunSpec
from nnviz.training.resume import Resume


class Learner:
    """What all parts of a run look at. `start`: the weights that it begins with; `seconds` of training."""

    loop: Loop
    """From `build` on."""

    def __init__(self, spec: RunSpec, data: Dataset, start: list[Array]) -> None:
        self.spec, self.data, self.start = spec, data, start
        self.seconds = 0.0
        self._inputs: dict[Split, Array] = {}
        self._copied: tuple[int, list[Array]] = (0, start)

    def build(self, resume: Resume | None = None) -> None:
        """Make the loop, before its first step, or where the run was left, with the rates that it was left with."""
        codes, y = self.data.codes("train"), targets(self.spec, self.data.labels("train"))
        x, mean = (self.input("train"), None) if codes is None else (codes, self.data.mean)
        self.loop = loop = training_loop(self.spec, self.start, Samples(x, y, mean, self.data.is_image))
        if resume is None:
            return
        row, order = resume.row, loop.order
        samples = min(((row.step - 1) % order.steps_per_epoch + 1) * order.batch, order.samples)
        sums = (row.loss * samples, (row.accuracy or 0.0) * samples)
        loop.restore(row.step, resume.checkpoint or Checkpoint([], [], None, 0, sums))
        loop.learning_rate = resume.live.get("learning_rate", loop.learning_rate)
        loop.regularization_rate = resume.live.get("regularization_rate", loop.regularization_rate)
        self.seconds, self._copied = row.seconds, (row.step, self.start)

    def input(self, split: Split) -> Array:
        """What the network is fed of a split, computed once."""
        if split not in self._inputs:
            self._inputs[split] = self.data.inputs(split)
        return self._inputs[split]

    @property
    def epoch_ended(self) -> bool:
        return self.loop.step > 0 and self.loop.step % self.loop.steps_per_epoch == 0

    @property
    def weights(self) -> list[Array]:
        """Of this step, copied once for all that look at them."""
        if self._copied[0] != self.loop.step:
            self._copied = (self.loop.step, self.loop.weights)
        return self._copied[1]

    @property
    def penalty(self) -> float:
        """Of these weights, at the regulariser's rate of now."""
        if self.spec.network.regularizer.name == "none":
            return 0.0
        return penalty(self.spec, self.weights, self.loop.regularization_rate)

    def edit(self, layer: int, what: str, row: int, column: int, value: float) -> str | None:
        """Set one number of a dense layer (counted from 0) to a value; in words what is allowed, where it has none
        such."""
        dense = -1
        for found, (kernel, *rest) in of_layers(self.spec, weights := self.loop.weights):
            dense += found.kind == "dense"
            if found.kind != "dense" or dense != layer:
                continue
            if column >= found.units or (what == "kernel" and row >= found.inputs):
                return f"edit: the {found.name}'s kernel has (rows, columns) {(found.inputs, found.units)}"
            if what == "bias":
                rest[0][column] = value
            else:
                kernel[row, column] = value
            self.loop.weights = weights
            self._copied = (self.loop.step, weights)
            return None
        return f"edit.layer: allowed are 0 to {dense}"
