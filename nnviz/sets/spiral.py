"""TensorFlow Playground's spiral, with two arms or more."""

from __future__ import annotations

import numpy as np

from nnviz.sets.base import MANY, Draw, PlaneSet, Points
from nnviz.sets.drawing import RADIUS, polar


def points(draw: Draw) -> Points:
    """One arm for each class; with more arms fewer turns, so that the gap between neighbours stays the same."""
    turns = 1.75 * 2 / draw.classes
    start = 2 * np.pi * (1 - draw.group) / draw.classes
    return polar(draw.along * RADIUS, turns * 2 * np.pi * draw.along + start) + draw.shake(1), draw.group


SPIRAL = PlaneSet(
    title="Spiral",
    about="Each class is one arm of a spiral: the hardest of these sets, as neighbouring arms wind around each other.",
    classes=MANY,
    points=points,
)
