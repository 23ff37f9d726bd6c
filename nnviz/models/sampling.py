"""The order in which a run takes its samples: the same from the same seed, whoever trains."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nnviz.spec import RunSpec

Indices = np.ndarray[Any, np.dtype[np.int32]]
BUFFER = 131_072
"""Indices drawn at a time: as many whole epochs as fit, at least one."""


class Order:
    """Every sample once in each epoch, in a new order unless the spec says otherwise.

    batch: samples of a step; rest: of an epoch's last step where that has fewer, else 0.
    """

    def __init__(self, spec: RunSpec, n: int) -> None:
        self.samples = n
        self.batch = min(spec.training.batch_size, n)
        self.steps_per_epoch = math.ceil(n / self.batch)
        self.rest = n % self.batch
        self.epochs = max(1, BUFFER // (self.steps_per_epoch * self.batch))
        self.steps = self.epochs * self.steps_per_epoch
        self._shuffle = spec.training.shuffle
        self.drawn = False
        self._random = np.random.Generator(np.random.Philox(np.random.SeedSequence([spec.seed, 2])))

    def draw(self, epochs: int | None = None) -> Indices:
        """The samples of the next `epochs` (None: the object's own): int32 [steps, batch]; a last batch that is smaller
        is filled up with 0. Two draws of one epoch each are the same as one of two."""
        self._before = self._random.bit_generator.state
        self.drawn = True
        order = np.zeros((epochs or self.epochs, self.steps_per_epoch * self.batch), np.int32)
        order[:, : self.samples] = np.arange(self.samples, dtype=np.int32)
        if self._shuffle:
            order[:, : self.samples] = self._random.permuted(order[:, : self.samples], axis=1)
        return order.reshape(-1, self.batch)

    @property
    def position(self) -> dict[str, Any] | None:
        """The random generator as it was before the newest draw, in plain numbers; None before the first."""
        return _plain(self._before) if self.drawn else None

    def go_to(self, position: dict[str, Any]) -> None:
        """The next draw is the one before which this was the `position`. Raises what NumPy raises for what is none."""
        self._random.bit_generator.state = _arrays(position)


def _plain(state: Any) -> Any:
    """The generator's state as JSON can say it."""
    if isinstance(state, dict):
        return {key: _plain(value) for key, value in state.items()}
    return state.tolist() if isinstance(state, np.ndarray) else state


def _arrays(state: Any) -> Any:
    if isinstance(state, dict):
        return {key: _arrays(value) for key, value in state.items()}
    return np.array(state, np.uint64) if isinstance(state, list) else state
