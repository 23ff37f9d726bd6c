"""Backpropagation: every number of a small network, forward and back."""

from nnviz.ui.page import show

show("backpropagation")
