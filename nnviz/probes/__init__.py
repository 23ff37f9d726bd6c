"""Probes: pictures of a model at a step. numpy in, `Frame` out; no TensorFlow, no page."""

from nnviz.probes.data import data_frame
from nnviz.probes.network import NetworkProbe

__all__ = ["NetworkProbe", "data_frame"]
