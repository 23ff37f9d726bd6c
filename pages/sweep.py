"""Sweep: one setting with some of its values varied, all runs side by side."""

from nnviz.ui.page import show

show("sweep")
