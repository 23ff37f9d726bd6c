"""Your model: what a script of the visitor's trains, with nnviz.keras."""

from nnviz.ui.page import show

show("model")
