"""What is kept of a training that nobody watched: the frames of its last network."""

from __future__ import annotations

from collections.abc import Iterator

from nnviz.data import Dataset
from nnviz.events import Frame
from nnviz.loops.loop import Loop
from nnviz.models.metrics import penalty
from nnviz.probes import NetworkProbe, Predictions, filters_frame, judge, weights_frame
from nnviz.spec import RunSpec


def last_frames(spec: RunSpec, data: Dataset, loop: Loop, seconds: float) -> Iterator[Frame]:
    """Views network (points), or filters, weights and predictions (images); seconds: of training."""
    weights, step, epoch = loop.weights, loop.step, loop.epoch
    if not data.is_image:
        yield NetworkProbe(spec, data).frame(weights, step, epoch)
        return
    yield filters_frame(spec, weights, step, epoch)
    yield weights_frame(spec, weights, step, epoch)
    said = Predictions(spec, data, validation=True)
    said.evaluate(judge(spec, loop.predict), step)
    yield said.frame(epoch, seconds, penalty(spec, weights, loop.regularization_rate))
