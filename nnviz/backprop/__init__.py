"""Backpropagation by hand: a small network, every operation of one way forward and one way back, the formula of each
number with the numbers that made it, and the same gradient by other means. Pure: no page, no engine."""
