"""The playground: a small network learns 2-D data before your eyes."""

from nnviz.ui.page import show

show("playground")
