"""TensorFlow Playground's hills and valleys, a regression."""

from __future__ import annotations

import numpy as np

from nnviz.sets.base import Draw, PlaneSet, Points

BUMPS = ((-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1))


def points(draw: Draw) -> Points:
    """Six cones of radius 2 and height ±1; where two meet, the stronger wins."""
    place = draw.rng.uniform(-6, 6, (len(draw.group), 2))
    seen = place + draw.shake(6)
    bumps = np.array(BUMPS, float)
    heights = bumps[:, 2] * np.clip(1 - np.linalg.norm(seen[:, None] - bumps[None, :, :2], axis=2) / 2, 0, 1)
    return place, heights[np.arange(len(seen)), np.abs(heights).argmax(axis=1)]


MULTI_GAUSS = PlaneSet(
    title="Hills and valleys",
    about="Three hills and three valleys on a flat field: the target is the height.",
    classes=(0,),
    points=points,
)
