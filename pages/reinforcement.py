"""Reinforcement: agents learn from rewards, in a grid world and with a pole on a cart."""

from nnviz.ui.page import show

show("reinforcement")
