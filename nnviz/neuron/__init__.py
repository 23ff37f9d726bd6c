"""One neuron: what it answers, which functions it can be, what a small change of a weight does, how Rosenblatt's rule
teaches it. Pure: NumPy and SciPy, no page, no engine."""
