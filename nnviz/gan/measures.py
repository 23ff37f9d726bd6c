"""How far generated samples are from real ones, in numbers: a distance, two shares, and the modes that are covered.

All of COUNT generated samples and as many real ones, which no batch contains.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnviz.gan.distributions import DISTRIBUTIONS, Array, Distribution
from nnviz.gan.game import MEASURE, Game
from nnviz.sets.drawing import stream

COUNT = 500
"""Samples of each kind."""
DIRECTIONS = 48
"""Along which the samples are compared for the sliced distance."""
DRAWS = 10
NEIGHBOURS = 5
"""The neighbourhood of a real sample reaches to its fifth nearest real one."""
LEAST_SHARE = 0.25
"""Of the samples that a mode would have if all were equal: with fewer it does not count as covered."""
INSIDE = 3.0
"""Standard deviations around a mode's centre, within which 98.9 % of its own samples lie."""


@dataclass(frozen=True)
class Measured:
    """distance: sliced Wasserstein. precision: the share of generated samples that lie in the neighbourhood of a real
    one; coverage: the share of real samples that have a generated one in theirs. counts [m]: samples within 3σ of each
    mode, for distributions that have modes."""

    distance: float
    precision: float
    coverage: float
    counts: Any = None

    @property
    def covered(self) -> Any:
        """bool [m]: which modes are covered; None without modes."""
        return None if self.counts is None else covered(self.counts)

    @property
    def share(self) -> float:
        """How much of the data is imitated: of its modes, or, without any, of its samples."""
        return self.coverage if self.counts is None or len(self.counts) < 2 else float(self.covered.mean())


class Measure:
    """What the samples of a game are compared with. real [COUNT, d]; latent [COUNT, k]: always the same; floor: how far
    other draws of real samples are from them, the mean of ten: below it no generator can be told to be better than
    another."""

    def __init__(self, game: Game) -> None:
        spec, rng = game.spec, stream(game.spec.seed, MEASURE)
        self.modes: Distribution | None = DISTRIBUTIONS.get(spec.data)
        self.real = game.real(rng, COUNT)
        self.latent = game.latent(rng, COUNT)
        self.directions = directions(self.real.shape[1])
        self._profile = np.sort(self.real @ self.directions, axis=0)
        apart = squared_distances(self.real, self.real)
        self._reach = np.partition(apart, NEIGHBOURS, axis=1)[:, NEIGHBOURS]
        draws = [game.real(rng, COUNT) for _ in range(DRAWS)]
        self.floor = float(np.mean([sliced_wasserstein(self._profile, one, self.directions) for one in draws]))

    def of(self, fake: Array) -> Measured:
        """Of generated samples [COUNT, d]."""
        near = squared_distances(self.real, fake) <= self._reach[:, None]
        counts = None
        if self.modes is not None and self.modes.centres is not None:
            counts = mode_counts(fake, self.modes.centres, self.modes.sigma)
        distance = sliced_wasserstein(self._profile, fake, self.directions)
        return Measured(distance, float(near.any(0).mean()), float(near.any(1).mean()), counts)


def sliced_wasserstein(profile: Array, fake: Array, along: Array) -> float:
    """The sliced Wasserstein-1 distance: in each direction [d, k] the samples [n, d] of both kinds are sorted, and the
    mean way from one to the other is taken; then the mean of all directions (Bonneel, 2015). profile [n, k]: the real
    ones along the directions, sorted."""
    return float(np.abs(np.sort(fake @ along, axis=0) - profile).mean())


def directions(size: int) -> Array:
    """float32 [size, DIRECTIONS]: unit vectors; in the plane evenly spaced, else at random, always the same."""
    if size == 2:
        angle = np.pi * (np.arange(DIRECTIONS) + 0.5) / DIRECTIONS
        return np.asarray(np.stack([np.cos(angle), np.sin(angle)]), np.float32)
    drawn = stream(0, MEASURE).standard_normal((size, DIRECTIONS))
    return np.asarray(drawn / np.linalg.norm(drawn, axis=0), np.float32)


def squared_distances(a: Array, b: Array) -> Array:
    """float32 [n, m]: |a|² − 2·a·b + |b|² of each pair."""
    far = (a * a).sum(1)[:, None] - 2 * (a @ b.T) + (b * b).sum(1)
    return np.asarray(np.maximum(far, 0), np.float32)


def mode_counts(fake: Array, centres: Array, sigma: float) -> Any:
    """int [m]: how many of the samples lie within 3σ of each mode's centre."""
    inside = squared_distances(fake, centres) <= (INSIDE * sigma) ** 2
    return inside.sum(0)


def covered(counts: Any, n: int = COUNT) -> Any:
    """bool [m]: modes with at least a quarter of n/m samples within 3σ."""
    return np.asarray(counts) >= LEAST_SHARE * n / len(counts)
