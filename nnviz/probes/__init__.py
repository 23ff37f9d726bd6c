"""Probes: pictures of a model at a step. numpy in, `Frame` out; no TensorFlow, no page."""

from nnviz.probes.data import data_frame
from nnviz.probes.filters import filters_frame, support_frame
from nnviz.probes.network import NetworkProbe
from nnviz.probes.predictions import Predictions
from nnviz.probes.sample import judge
from nnviz.probes.statistics import Statistics
from nnviz.probes.weights import weights_frame

__all__ = [
    "NetworkProbe", "Predictions", "Statistics", "data_frame", "filters_frame", "judge", "support_frame",
    "weights_frame",
]  # fmt: skip
