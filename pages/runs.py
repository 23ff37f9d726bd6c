"""Runs: every run of this home, to come back to and to compare."""

from nnviz.ui.page import show

show("runs")
