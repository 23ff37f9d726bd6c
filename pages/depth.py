"""Depth: why deep networks are hard to train, from a chain of four neurons on."""

from nnviz.ui.page import show

show("depth")
