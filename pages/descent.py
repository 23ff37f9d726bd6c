"""Descent: optimisers race down a surface that the visitor chooses."""

from nnviz.ui.page import show

show("descent")
