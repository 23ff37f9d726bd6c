"""Digits: a network learns handwriting, and shows what it has learned, where it errs, and why."""

from nnviz.ui.page import show

show("digits")
