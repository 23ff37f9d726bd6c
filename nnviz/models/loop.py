"""What trains a network step by step: the compiled loop on Keras's layers, or the same in nothing but NumPy."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from nnviz.data.dataset import UInt8
from nnviz.models.weights import Array
from nnviz.spec import RunSpec

LIMIT = 1e30
"""A loss or a weight beyond it will not come back: as good as infinite."""


class Chunk(NamedTuple):
    """What came of a `run`: the steps done.

    `bad` is None, or the first weights that were not finite (or that follow a loss that was not), after the update
    number `bad_step`; the loop itself then stands before that update.
    """

    steps: int
    bad: list[Array] | None = None
    bad_step: int = 0


class Loop(Protocol):
    """Trains on inputs float32 [n, …] and targets float32 [n, outputs], `run` by `run`.

    `learning_rate` (before decay) and `regularization_rate` may be set at any time; `weights` too, which leaves the
    optimiser's memory as it is. No step before `handover` has to wait for a compiler.
    """

    step: int
    steps_per_epoch: int
    handover: int
    learning_rate: float
    regularization_rate: float

    @property
    def epoch(self) -> float:
        """Whole passes over the training samples; fractional within one."""

    @property
    def rate(self) -> float:
        """The learning rate of the next step, decay included."""

    @property
    def weights(self) -> list[Array]:
        """Copies in `get_weights` order."""

    @weights.setter
    def weights(self, arrays: list[Array]) -> None: ...

    @property
    def running(self) -> tuple[float, float]:
        """(loss, accuracy), the means over this epoch's steps so far that Keras's fit reports; needs `accuracy`."""

    def busy(self) -> bool:
        """Whether `run` would block, as a compiler is still at work."""

    def warming_up(self) -> bool:
        """Whether something has yet to be compiled while slower code does the steps."""

    def run(self, steps: int) -> Chunk:
        """Do `steps` updates, or fewer when a number stops being finite."""

    def predict(self, x: Array) -> tuple[Array, Array]:
        """(outputs, logits), both float32 [n, outputs], of the network as it is now, in inference mode."""


def training_loop(
    spec: RunSpec,
    weights: list[Array],
    x: Array | UInt8,
    y: Array,
    *,
    mean: Array | None = None,
    accuracy: bool = False,
) -> Loop:
    """The loop of the spec's family, from `weights`. With `accuracy` it counts correct answers (one output per class).

    x: inputs, or images as uint8, which are inputs × 255; these lose `mean` when they are floats.

    TensorFlow is imported here, unless the family is "scratch".
    """
    if spec.network.family == "scratch":
        from nnviz.models.scratch_loop import ScratchLoop

        return ScratchLoop(spec, weights, x, y, mean=mean, accuracy=accuracy)
    from nnviz.models.compiled_loop import CompiledLoop

    return CompiledLoop(spec, weights, x, y, mean=mean, accuracy=accuracy)
