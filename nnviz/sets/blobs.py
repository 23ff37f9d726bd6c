"""Clouds at random places."""

from __future__ import annotations

import numpy as np

from nnviz.sets.base import MANY, Draw, PlaneSet, Points
from nnviz.sets.drawing import stream


def points(draw: Draw) -> Points:
    """Gaussians around places that the seed chooses, each the farthest of a few candidates from those before it."""
    rng = stream(draw.seed, 2)
    centres = rng.uniform(-4.2, 4.2, (1, 2))
    while len(centres) < draw.classes:
        candidates = rng.uniform(-4.2, 4.2, (12, 2))
        distance = np.linalg.norm(candidates[:, None] - centres[None], axis=2).min(axis=1)
        centres = np.vstack([centres, candidates[distance.argmax()]])
    return centres[draw.group] + (0.5 + 2 * draw.noise) * draw.normal(), draw.group


BLOBS = PlaneSet(
    title="Blobs",
    about="Clouds at places that the seed chooses, one for each class.",
    classes=MANY,
    points=points,
)
