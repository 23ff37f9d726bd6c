"""TensorFlow Playground's exclusive or."""

from __future__ import annotations

import numpy as np

from nnviz.sets.base import Draw, PlaneSet, Points


def points(draw: Draw) -> Points:
    side = np.where(draw.uniform(0, 1) < 0.5, -1.0, 1.0)
    signs = np.stack([side, np.where(draw.group == 1, side, -side)], axis=1)
    place = signs * (draw.rng.uniform(0, 5, signs.shape) + 0.3)
    seen = place + draw.shake(5)
    return place, seen[:, 0] * seen[:, 1] >= 0


XOR = PlaneSet(
    title="Exclusive or",
    about="A sample's class is whether x₁ and x₂ have the same sign: what a single neuron cannot learn from x₁ and x₂.",
    points=points,
)
