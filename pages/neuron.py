"""The neuron: what one of them computes, and how Rosenblatt taught it."""

from nnviz.ui.page import show

show("neuron")
