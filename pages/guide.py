"""The guide: what to try in each room, what the marks mean, the keys."""

from nnviz.ui.guide import guide

guide()
