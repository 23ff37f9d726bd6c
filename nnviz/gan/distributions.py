"""What a generator is to imitate: distributions of points in the plane, from −3 to 3 in both directions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float32]]
Random = np.random.Generator

HALF = 3.0
"""The plane that is shown goes from −HALF to HALF."""
DRAWN, DIGITS = "drawn", "digits"
"""Points painted by hand, and pictures of 8×8: what a spec may name besides DISTRIBUTIONS."""
BRUSH = 0.08
"""Standard deviation around each point painted by hand."""


class Distribution(NamedTuple):
    """title: in the controls. words: what it is. draw(rng, n) → float32 [n, 2]. centres [m, 2] and sigma: of its modes,
    normal distributions of equal weight; None and 0 where it has none that can be counted."""

    title: str
    words: str
    draw: Callable[[Random, int], Array]
    centres: Array | None = None
    sigma: float = 0.0


def mixture(title: str, words: str, centres: Any, sigma: float) -> Distribution:
    """Normal distributions of equal weight around the centres, each with this standard deviation."""
    places = np.asarray(centres, np.float32)

    def draw(rng: Random, n: int) -> Array:
        which = rng.integers(len(places), size=n)
        return places[which] + np.float32(sigma) * rng.standard_normal((n, 2), np.float32)

    return Distribution(title, words, draw, places, sigma)


def painted(points: Any) -> Distribution:
    """Around points [m, 2] painted by hand: each as often as the others."""
    made = mixture("drawn by hand", "the points that you painted", points, BRUSH)
    return made._replace(centres=None, sigma=0.0)


def _circle(radius: Any, angle: Any) -> Array:
    return np.asarray(np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1), np.float32)


def _noisy(places: Any, rng: Random, sigma: float) -> Array:
    return np.asarray(places + sigma * rng.standard_normal(places.shape), np.float32)


def _circles(rng: Random, n: int) -> Array:
    return _noisy(_circle(np.where(rng.random(n) < 0.5, 1.0, 2.2), 2 * np.pi * rng.random(n)), rng, 0.05)


def _moons(rng: Random, n: int) -> Array:
    """scikit-learn's make_moons, half as large again and centred."""
    angle, lower = np.pi * rng.random(n), rng.random(n) < 0.5
    moons = np.where(lower[:, None], np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], 1), _circle(1.0, angle))
    return _noisy(1.5 * (moons - np.array([0.5, 0.25])), rng, 0.08)


def _spiral(rng: Random, n: int) -> Array:
    """Two arms of a turn and a half; the root makes them equally dense all along."""
    along, arm = np.sqrt(rng.random(n)), rng.integers(2, size=n)
    return _noisy(_circle(2.4 * along, 3 * np.pi * along + np.pi * arm), rng, 0.05)


def _line(rng: Random, n: int) -> Array:
    along = rng.uniform(-2.2, 2.2, n)
    return _noisy(np.stack([along, 0.5 * along], 1), rng, 0.05)


DISTRIBUTIONS: dict[str, Distribution] = {
    "ring": mixture(
        "8 Gaussians on a ring", "eight normal distributions on a circle of radius 2, each with σ = 0.1",
        [(2 * np.cos(np.pi * k / 4), 2 * np.sin(np.pi * k / 4)) for k in range(8)], 0.1,
    ),
    "grid": mixture(
        "25 Gaussians on a grid", "five times five normal distributions, one apart, each with σ = 0.05",
        [(x, y) for y in range(-2, 3) for x in range(-2, 3)], 0.05,
    ),
    "circles": Distribution("two rings", "two circles, of radius 1 and 2.2, with some noise", _circles),
    "moons": Distribution("two moons", "two half circles that reach into each other", _moons),
    "spiral": Distribution("a spiral", "two arms of one and a half turns", _spiral),
    "line": Distribution("a line", "points along a line, with some noise", _line),
    "gaussian": mixture(
        "one Gaussian", "one normal distribution with σ = 0.2, away from where the generator starts", [(2.0, 1.6)], 0.2
    ),
}  # fmt: skip
"""Name in the spec → distribution, in the order of the controls."""
