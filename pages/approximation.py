"""Approximation: a function learned in pieces, a polynomial and its weight decay, and truth tables."""

from nnviz.ui.page import show

show("approximation")
