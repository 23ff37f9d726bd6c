"""A race of optimisers down a surface: the update rules of the trainings, on two weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from nnviz.surfaces.racer import Racer
from nnviz.surfaces.spec import DescentSpec
from nnviz.surfaces.surface import Rows, Surface

Float32 = np.ndarray[Any, np.dtype[np.float32]]
Reason = Literal["steps", "tolerance", "diverged"]
FAR = 50.0
"""Widths of the map away from its middle, at which a racer counts as diverged."""
SHORT_STEPS = 5
"""In a row, each below the tolerance: then a racer has stopped. With momentum a single one may be a turning point."""


@dataclass(frozen=True)
class Path:
    """Where one racer was: `places` float32 [steps + 1, 2] from the start on, `heights` float32 [steps + 1]; and why it
    ended. The last place of one that diverged may be nan or infinite."""

    places: Float32
    heights: Float32
    reason: Reason

    @property
    def steps(self) -> int:
        return len(self.places) - 1


def race(spec: DescentSpec) -> list[Path]:
    """The path of every racer of `spec`, in their order. Takes some 50 µs a racer and step."""
    return [descend(spec, racer) for racer in spec.runners]


def descend(spec: DescentSpec, racer: Racer) -> Path:
    """One racer from the start to its end: diverged, SHORT_STEPS below the tolerance, or all steps.

    Computed in float32 as the trainings are.
    """
    surface, w = spec.place, np.array(spec.begin, np.float32)
    memory = racer.optimizer.start(w)
    batches = _batches(surface, racer.batch_size, spec.seed)
    places, short = [w], 0
    reason: Reason = "steps"
    with np.errstate(all="ignore"):
        for t in range(1, spec.steps + 1):
            gradient = np.array(surface.gradient(w[0], w[1], next(batches)), np.float32)
            w, memory = racer.optimizer.step(w, gradient, memory, t, racer.decay)
            places.append(w)
            if diverged(surface, w):
                reason = "diverged"
                break
            short = short + 1 if np.hypot(*(w - places[-2])) < spec.tolerance else 0
            if short == SHORT_STEPS:
                reason = "tolerance"
                break
        path = np.stack(places)
        return Path(path, surface.value(path[:, 0], path[:, 1]).astype(np.float32), reason)


def diverged(surface: Surface, w: Float32) -> bool:
    """Whether a place is no number, or far beyond the map: there is no way back from there."""
    low_x, high_x, low_y, high_y = surface.domain
    middle = np.array([low_x + high_x, low_y + high_y]) / 2
    return bool(not (np.abs(w - middle) <= FAR * np.array([high_x - low_x, high_y - low_y])).all())


def _batches(surface: Surface, size: int | None, seed: int) -> Iterator[Rows | None]:
    """The samples of each step, without end: all (None), or mini-batches in a new order in every epoch."""
    if size is None or surface.samples is None:
        while True:
            yield None
    rng, n = np.random.default_rng(seed), len(surface.samples.u)
    while True:
        order = rng.permutation(n)
        for first in range(0, n, size):
            yield order[first : first + size]
