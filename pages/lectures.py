"""Lectures: the lectures' experiments, guessed first, then run and held against their figures."""

from nnviz.ui.page import show

show("lectures")
