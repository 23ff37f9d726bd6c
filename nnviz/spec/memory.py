"""What a run may need of memory, worked out from its layers before anything is started: an upper bound, in bytes.

What training keeps of a batch for the way back counts most: a recurrent layer keeps the sums and states of every gate
at every time step, a hundred times what it hands on. The factors were measured on real runs (Linux, TensorFlow 2.21):
their peaks lie between half of the bound and all of it, where they are beyond what the libraries take.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import NamedTuple

from nnviz.layers.base import Placed
from nnviz.spec.data import DataSpec

FLOAT = 4
MB = 2**20
NUMPY, TENSORFLOW = 40 * MB, 140 * MB
"""What a process comes to have beyond what is imported when it begins: TensorFlow's runtime, its threads and graphs."""
IN_NUMPY = 2.0
"""So many times that where NumPy trains: nobody there finds out what may be overwritten."""
WEIGHTS = 16
"""Copies of the weights: gradients, up to three of the optimiser's, those that a chunk of steps begins and ends with,
and what is made of them to be looked at."""
EVALUATED = 8_000_000
"""Numbers that the layers give for the samples that are evaluated at a time, at most; each is there twice."""
SVM_CACHE, SVM_COPIES = 500 * MB, 24
"""scikit-learn's cache of kernel values, and bytes for each pixel of a training image: float64 twice, float32 twice."""


def output_size(layer: Placed) -> int:
    """Numbers that a layer gives for one sample; a recurrent one at every time step, though it may hand on the last."""
    return math.prod(layer.whole)


def activations(plan: tuple[Placed, ...]) -> int:
    """Numbers that all layers give for one sample."""
    return sum(map(output_size, plan))


class Need(NamedTuple):
    """What the memory of a training hangs on. `plan`: of a network, with shapes; of an SVM, none."""

    data: DataSpec
    input_shape: tuple[int, ...]
    plan: tuple[Placed, ...]
    family: str
    batch_size: int

    @property
    def memory(self) -> int:
        """Bytes that the process of a run comes to have of its own at most."""
        data, pixels = self.data, math.prod(self.input_shape)
        if not self.plan:
            kernel = min(SVM_CACHE, data.train**2 * FLOAT)
            return NUMPY + self._samples + data.train * (pixels * SVM_COPIES + 45 * FLOAT) + kernel + 32 * MB
        scratch = self.family == "scratch"
        step = 3 * pixels + (IN_NUMPY if scratch else 1.0) * sum(one.layer.kept * output_size(one) for one in self.plan)
        evaluated = min(EVALUATED, (data.train + data.test) * activations(self.plan))
        numbers = WEIGHTS * self._parameters + self.batch_size * step + 2 * evaluated
        return int((NUMPY if scratch else TENSORFLOW) + self._samples + FLOAT * numbers)

    def too_large(self, most: int) -> tuple[str, str]:
        """(field, words) for a run that may need more than `most` bytes: what to change, and to what."""
        words = (
            f"this run may need {in_words(self.memory)} of memory, and {in_words(most)} is the most that it may have "
            "here"
        )
        if not self.plan:
            return "data.train", f"{words}; take fewer images"
        if batch := self.batch_within(most):
            return "training.batch_size", f"{words}; allowed are at most {batch:,}"
        if FLOAT * WEIGHTS * self._parameters < self._samples:
            return "data.train", f"{words}; take fewer samples"
        return "model.layers", f"{words}, whatever the batch size; take fewer units or filters"

    def batch_within(self, most: int) -> int:
        """The largest batch size with which it needs at most so many bytes; 0 where none will do."""
        return bisect_right(range(1, self.batch_size + 1), most, key=lambda size: self._replace(batch_size=size).memory)

    @property
    def _parameters(self) -> int:
        return sum(one.parameters for one in self.plan)

    @property
    def _samples(self) -> int:
        """Bytes of the data: training images stay uint8 unless they are turned, grained or not scaled, the others are
        floats, also in the order in which they are shown."""
        data = self.data
        each = 13 if data.rotate or data.noise or not data.scale else 3
        numbers = data.training_samples * each + (2 * data.validation + 3 * data.test) * FLOAT
        return math.prod(self.input_shape) * numbers


def in_words(size: int) -> str:
    """Bytes as a person says them."""
    return f"{size / 2**30:.1f} GB" if size >= 2**30 else f"{round(size / MB)} MB"
