"""Kernels: how alike two samples are, as scikit-learn's SVC has them. The one place of their formulas in NumPy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = TypeVar("Floats", bound=NDArray[np.floating[Any]])
KernelName = Literal["rbf", "linear", "poly", "sigmoid"]


@dataclass(frozen=True)
class Kernel:
    """One of scikit-learn's kernels with its numbers. coef0 is η in the lectures' (γ x·x′ + η)^d."""

    name: KernelName
    gamma: float = 1.0
    degree: int = 3
    coef0: float = 0.0

    def __call__(self, x: Floats, s: Floats) -> Floats:
        """k(x, s) of each row of x [n, d] with each row of s [m, d]: [n, m], of their dtype."""
        dot: Any = x @ s.T
        gamma, coef0 = dot.dtype.type(self.gamma), dot.dtype.type(self.coef0)
        if self.name == "linear":
            values = dot
        elif self.name == "poly":
            values = (gamma * dot + coef0) ** self.degree
        elif self.name == "sigmoid":
            values = np.tanh(gamma * dot + coef0)
        else:
            squares = np.square(x).sum(-1)[:, None] + np.square(s).sum(-1) - 2 * dot  # ‖x − s‖²
            values = np.exp(-gamma * np.maximum(squares, 0))
        return values  # type: ignore[no-any-return]

    def slope(self, x: Floats, s: Floats) -> Floats:
        """∂k/∂(x·s) [n, m]: with it ∂k/∂x = slope · s, and for "rbf" slope · (s − x)."""
        dot: Any = x @ s.T
        gamma, coef0 = dot.dtype.type(self.gamma), dot.dtype.type(self.coef0)
        if self.name == "linear":
            values = np.ones_like(dot)
        elif self.name == "poly":
            values = gamma * self.degree * (gamma * dot + coef0) ** (self.degree - 1)
        elif self.name == "sigmoid":
            values = gamma * (1 - np.square(np.tanh(gamma * dot + coef0)))
        else:
            values = 2 * gamma * self(x, s)
        return values  # type: ignore[no-any-return]
