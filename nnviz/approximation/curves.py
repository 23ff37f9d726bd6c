"""Functions of one variable to be learned: prepared ones, and what a visitor types."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnviz.surfaces.formula import FormulaError, check, formula

Array = NDArray[np.float64]
CURVES: dict[str, tuple[str, str]] = {
    "sine": ("sine", "sin(2*x)"),
    "parabola": ("parabola", "x**2/4 - 1"),
    "corner": ("corner", "abs(x) - 1.5"),
    "step": ("step", "tanh(8*x)"),
    "bump": ("bump", "2*exp(-x**2) - 0.5"),
    "chirp": ("faster and faster", "sin(x**2)"),
}
"""Title and formula of each."""
OWN, DRAWN = "formula", "drawn"
DOMAIN, SHOWN = 3.0, 5.0
"""The samples lie between −3 and 3; what the network says is shown from −5 to 5."""
MOST = 10.0
"""A function lies between −10 and 10 where it is sampled."""


def height(text: str, x: Array) -> Array:
    """f(x) of a formula in x; nan where it has no value. Raises FormulaError."""
    check(text, ("x",))
    return formula(text).value(x, np.zeros_like(x))


def check_curve(text: str) -> None:
    """Raises FormulaError where a formula has no value between −3 and 3, or a greater one than ±10."""
    y = height(text, np.linspace(-DOMAIN, DOMAIN, 601))
    if not (np.abs(y) <= MOST).all():
        raise FormulaError(None, f"between x = −3 and 3 it must have values from −{MOST:g} to {MOST:g} everywhere")


def through(points: tuple[float, ...], x: Array) -> Array:
    """A curve drawn by hand: straight from point to point, which are as far apart as each other; nan outside."""
    at = np.linspace(-DOMAIN, DOMAIN, len(points))
    return np.interp(x, at, points, left=np.nan, right=np.nan)
