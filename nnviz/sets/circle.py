"""TensorFlow Playground's circle."""

from __future__ import annotations

import numpy as np

from nnviz.sets.base import Draw, PlaneSet, Points
from nnviz.sets.drawing import RADIUS, polar


def points(draw: Draw) -> Points:
    inside = draw.group == 1
    u = draw.uniform(0, 1)
    r = np.where(inside, u * 0.5, 0.7 + u * 0.3) * RADIUS
    place = polar(r, draw.uniform(0, 2 * np.pi))
    seen = place + draw.shake(RADIUS)
    return place, np.hypot(seen[:, 0], seen[:, 1]) < RADIUS * 0.5


CIRCLE = PlaneSet(
    title="Circle",
    about="One class lies in a disc, the other in a ring around it: no straight line parts them, x₁² + x₂² does.",
    points=points,
)
