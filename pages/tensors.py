"""Tensors: arrays and their shapes, what fits together, and layers as maps of the plane."""

from nnviz.ui.page import show

show("tensors")
