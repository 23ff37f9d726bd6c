"""scikit-learn's two moons."""

from __future__ import annotations

import numpy as np

from nnviz.sets.base import Draw, PlaneSet, Points


def points(draw: Draw) -> Points:
    """scikit-learn's make_moons, stretched to ±5 by ±3.75."""
    angle = np.pi * draw.along
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    place = (np.where((draw.group == 0)[:, None], upper, lower) - [0.5, 0.25]) * [10 / 3, 5]
    return place + draw.normal() * 2 * draw.noise, draw.group


MOONS = PlaneSet(
    title="Moons",
    about="Two half-moons reach into each other: a gently curved boundary parts them.",
    points=points,
)
