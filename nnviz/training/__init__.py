"""`train(spec, control)`: the run itself, a generator of its events, in the process that calls it.

TensorFlow is not touched before the untrained network has been shown: NumPy draws it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

from nnviz.control import Control
from nnviz.data import DataError, load
from nnviz.events import Event, Failed, Finished, Frame, Started
from nnviz.models.summary import summary
from nnviz.models.weights import Array, check_weights, initial_weights
from nnviz.probes import filters_frame, weights_frame
from nnviz.spec import RunSpec
from nnviz.training.last_frames import last_frames
from nnviz.training.resume import Resume
from nnviz.training.run import Run
from nnviz.training.svm import SVMRun

__all__ = ["train"]

LIBRARIES = {
    "network": ("tensorflow", "keras", "numpy"), "scratch": ("numpy",), "svm": ("scikit-learn", "numpy"),
}  # fmt: skip
"""Those that have a part in a run's numbers."""


def train(
    spec: RunSpec,
    control: Control | None = None,
    *,
    home: Path | None = None,
    start: list[Array] | None = None,
    resume: Resume | None = None,
    epochs: float | None = None,
    keep: bool = False,
) -> Iterator[Event | Frame]:
    """Train `spec`; yields Started, frames and metrics, and at the end exactly one of Finished, Diverged, Failed.

    Without a control: as fast as it goes, metrics once an epoch, and no frames, or, with `keep`, those of the network
    that it came to (`last_frames`). With one: its commands are obeyed between
    chunks of steps; it starts running unless a pause is waiting already. `start` are weights of `get_weights` order;
    with `resume` a run that has ended goes on instead. It ends after `epochs`, else the spec's; infinity: when stopped.
    `home` holds uploaded tables and images. What the data or the memory refuse is a Failed; a fault of the program is
    raised.
    """
    try:
        weights = _weights(spec, start if resume is None else resume.weights)
        yield Started(
            parameters=spec.parameters, layers=summary(spec), versions=dict(library_versions(spec.model.family))
        )
        if control is not None and spec.is_network and spec.data.is_image and resume is None:
            # Before the images are there, which takes longer: pictures of the weights need none.
            yield filters_frame(spec, weights, 0, 0.0)
            yield weights_frame(spec, weights, 0, 0.0)
        data = load(spec.data, home)
    except (DataError, ValueError, OSError) as fault:
        yield Failed(str(fault))
        return
    try:
        if not spec.is_network:
            yield from SVMRun(spec, control, data, keep).events()
            return
        run = Run(spec, control, data, weights, resume, epochs)
        for event in run.events():
            if keep and control is None and isinstance(event, Finished):
                yield from last_frames(spec, data, run.learner.loop, run.learner.seconds)
            yield event
    except Exception as fault:
        # TensorFlow's own kind of MemoryError, told by its name: importing it here would import TensorFlow.
        if not isinstance(fault, MemoryError) and type(fault).__name__ != "ResourceExhaustedError":
            raise
        yield Failed("out of memory: fewer samples, a smaller batch or a smaller network would fit")


@cache
def library_versions(family: str) -> dict[str, str]:
    """Name → version of the libraries that have a part in the numbers of this family's runs, read from disk once."""
    return {name: version(name) for name in LIBRARIES[family]}


def _weights(spec: RunSpec, start: list[Array] | None) -> list[Array]:
    """Raises ValueError for weights that are not this model's."""
    if not spec.is_network:
        if start is not None:
            raise ValueError("weights: an SVM starts from none")
        return []
    weights = initial_weights(spec) if start is None else start
    check_weights(spec, weights)
    return weights
