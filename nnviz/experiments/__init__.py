"""Experiments of several runs: what is swept, in which order, and what came of it. Data and pure functions, used by the
rooms and by the command line alike."""
