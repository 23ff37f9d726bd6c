"""The job `train`: a network or an SVM learns a data set. Its specification is `RunSpec`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnviz.jobs.job import Job
from nnviz.link import TrainingLink
from nnviz.spec import RunSpec

if TYPE_CHECKING:
    from nnviz.control import Control
    from nnviz.events import Event, Frame


def run(
    spec: RunSpec,
    control: Control | None,
    *,
    home: Path | None = None,
    start: bytes | None = None,
    resume: bytes | None = None,
    epochs: float | None = None,
    keep: bool = False,
) -> Iterator[Event | Frame]:
    """See `nnviz.training.train`. `start`: float32 of all weights; `resume`: a completed "state" frame, encoded.

    Raises ValueError for weights that are not of this network.
    """
    import numpy as np

    from nnviz.events import decode_frame
    from nnviz.models.weights import flat_to_weights, layer_shapes
    from nnviz.training import train
    from nnviz.training.resume import resume_of

    how: dict[str, Any] = {}
    if resume is not None:
        how["resume"] = resume_of(spec, decode_frame(resume))
    elif start is not None:
        needed = 4 * sum(math.prod(shape) for layer in layer_shapes(spec) for shape in layer.arrays)
        if len(start) != needed:
            raise ValueError(f"the weights to start from are {len(start):,} bytes; this network needs {needed}")
        how["start"] = flat_to_weights(spec, np.frombuffer(start, np.float32))
    return train(spec, control, home=home, epochs=epochs, keep=keep, **how)


def threads(spec: RunSpec, cores: int) -> int:
    from nnviz.loops.choice import useful_threads

    return useful_threads(spec, cores)


TRAIN = Job(
    title="training", spec=RunSpec, run=run, threads=threads, tensorflow=True, goes_on=True, keeps=True,
    columns=(
        "epoch", "step", "loss", "accuracy", "val_loss", "val_accuracy", "penalty", "learning_rate", "seconds",
        "recent_loss", "recent_accuracy",
    ),
    words={"idle": "untrained: press Train", "running": "training"},
    own_link=TrainingLink(),
)  # fmt: skip
