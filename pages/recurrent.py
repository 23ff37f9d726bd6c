"""Recurrent: a network that reads a digit row by row, and what it remembers after each."""

from nnviz.ui.page import show

show("recurrent")
