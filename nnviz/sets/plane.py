"""TensorFlow Playground's plane, a regression."""

from __future__ import annotations

from nnviz.sets.base import Draw, PlaneSet, Points


def points(draw: Draw) -> Points:
    place = draw.rng.uniform(-6, 6, (len(draw.group), 2))
    return place, (place + draw.shake(6)).sum(axis=1) / 10


PLANE = PlaneSet(
    title="Plane",
    about="The target rises evenly with x₁ + x₂: a single linear neuron learns it.",
    classes=(0,),
    points=points,
)
