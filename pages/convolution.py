"""The convolution room: slide a kernel over a digit by hand and see every sum in numbers."""

from nnviz.ui.page import show

show("convolution")
