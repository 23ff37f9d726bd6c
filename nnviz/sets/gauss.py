"""TensorFlow Playground's Gaussians, and more than two of them."""

from __future__ import annotations

import numpy as np

from nnviz.sets.base import MANY, Draw, PlaneSet, Points
from nnviz.sets.drawing import polar


def points(draw: Draw) -> Points:
    """Two: centres ±(2, 2), as TensorFlow Playground; more: on a circle of radius 4. Variance 0.5, 4 at noise 0.5."""
    if draw.classes == 2:
        centres = np.array([[-2.0, -2.0], [2.0, 2.0]])
    else:
        centres = polar(np.full(draw.classes, 4.0), 2 * np.pi * np.arange(draw.classes) / draw.classes)
    return centres[draw.group] + np.sqrt(0.5 + 7 * draw.noise) * draw.normal(), draw.group


GAUSS = PlaneSet(
    title="Gaussians",
    about="Each class is one round cloud; a straight line parts two of them until noise makes them overlap.",
    classes=MANY,
    points=points,
)
