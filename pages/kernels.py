"""Kernels: a support vector machine as a sum of bumps, and the search for its numbers."""

from nnviz.ui.page import show

show("kernels")
