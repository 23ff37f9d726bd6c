"""What made-up samples are drawn with."""

from __future__ import annotations

import numpy as np

from nnviz.sets.base import Floats

RADIUS = 5.0


def polar(r: Floats, angle: Floats) -> Floats:
    """Places [n, 2] at the distances r [n]; angles from the upright, clockwise."""
    return np.stack([r * np.sin(angle), r * np.cos(angle)], axis=1)


def stream(seed: int, number: int) -> np.random.Generator:
    """Independent random numbers for each (seed, number): Philox is counter-based, its key is the pair."""
    return np.random.Generator(np.random.Philox(key=np.array([seed, number], np.uint64)))
