"""`train(spec, control)`: the run itself, a generator of what it says, in the process that calls it.

TensorFlow is not touched before the untrained network has been shown: NumPy draws it.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from nnviz.control import Control
from nnviz.data import DataError, Dataset, load
from nnviz.events import Event, Failed, Frame, Started
from nnviz.models.summary import summary
from nnviz.models.weights import Array, check_weights, initial_weights
from nnviz.probes import filters_frame, weights_frame
from nnviz.spec import RunSpec
from nnviz.training.images import ImageRun
from nnviz.training.points import PointRun
from nnviz.training.svm import SVMRun

__all__ = ["train"]

LIBRARIES = {
    "network": ("tensorflow", "keras", "numpy"), "scratch": ("numpy",), "svm": ("scikit-learn", "numpy"),
}  # fmt: skip
"""Those that have a part in a run's numbers."""


def train(
    spec: RunSpec, control: Control | None = None, *, home: Path | None = None, start: list[Array] | None = None
) -> Iterator[Event | Frame]:
    """Train `spec`; yields Started, frames and metrics, and at the end exactly one of Finished, Diverged, Failed.

    Without a control: as fast as it goes, no frames, metrics once an epoch. With one: its commands are obeyed between
    chunks of steps; it starts running unless a pause is waiting already. `start` are weights of `get_weights` order.
    `home` holds uploaded tables and images. What the data or the memory refuse is a Failed; a fault of the program is
    raised.
    """
    try:
        weights = _weights(spec, start)
        versions = {name: version(name) for name in LIBRARIES[spec.model.family]}
        yield Started(parameters=spec.parameters, layers=summary(spec), versions=versions)
        if control is not None and spec.is_network and spec.data.is_image:
            # Before the images are there, which takes longer: pictures of the weights need none.
            yield filters_frame(spec, weights, 0, 0.0)
            yield weights_frame(spec, weights, 0, 0.0)
        data = load(spec.data, home)
    except (DataError, ValueError, OSError) as fault:
        yield Failed(str(fault))
        return
    try:
        yield from _events(spec, control, data, weights)
    except Exception as fault:
        # TensorFlow's own kind of MemoryError, told by its name: importing it here would import TensorFlow.
        if not isinstance(fault, MemoryError) and type(fault).__name__ != "ResourceExhaustedError":
            raise
        yield Failed("out of memory: fewer samples, a smaller batch or a smaller network would fit")


def _weights(spec: RunSpec, start: list[Array] | None) -> list[Array]:
    """Raises ValueError for weights that are not this model's."""
    if not spec.is_network:
        if start is not None:
            raise ValueError("weights: an SVM starts from none")
        return []
    weights = initial_weights(spec) if start is None else start
    check_weights(spec, weights)
    return weights


def _events(spec: RunSpec, control: Control | None, data: Dataset, weights: list[Array]) -> Iterator[Event | Frame]:
    if not spec.is_network:
        return SVMRun(spec, control, data).events()
    return (ImageRun if data.is_image else PointRun)(spec, control, data, weights).events()
