"""The double donuts of the lectures."""

from __future__ import annotations

import numpy as np

from nnviz.sets.base import Draw, PlaneSet, Points
from nnviz.sets.drawing import polar


def points(draw: Draw) -> Points:
    """Two rings side by side, the core of each of the other ring's class."""
    left = draw.uniform(0, 1) < 0.5
    core = left == (draw.group == 1)
    u = draw.uniform(0, 1)
    r = np.where(core, 1.0 * np.sqrt(u), 1.8 + 0.9 * u)
    centre = np.stack([np.where(left, -2.9, 2.9), np.zeros(len(u))], axis=1)
    return centre + polar(r, draw.uniform(0, 2 * np.pi)) + draw.shake(2), draw.group


DONUTS = PlaneSet(
    title="Double donuts",
    about="Two rings, the core of each belonging to the other ring's class: two islands, and"
    " a border between the rings.",
    points=points,
)
