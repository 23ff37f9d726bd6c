"""All of a network's weights as a frame, from which the server answers questions about single images."""

from __future__ import annotations

from nnviz.events import Frame
from nnviz.models.weights import Array, weights_to_flat
from nnviz.spec import RunSpec

SMALL = 200_000
"""Bytes up to which the weights accompany every other frame."""
RATE = 2e6
"""Bytes a second of larger ones: a click is answered with weights of a second ago."""


def weights_frame(spec: RunSpec, weights: list[Array], step: int, epoch: float) -> Frame:
    """View "weights", for the server only: weights float32 [total] as `weights_to_flat`. meta: family."""
    return Frame("weights", step, epoch, {"family": spec.model.family}, {"weights": weights_to_flat(spec, weights)})


def weights_interval(weights: list[Array]) -> float:
    """Seconds between two such frames, at least."""
    size = sum(w.nbytes for w in weights)
    return 0.0 if size <= SMALL else size / RATE
