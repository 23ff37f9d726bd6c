"""A fitted kernel SVM of two classes: its decision as a sum of bumps, on the plane, along a line and at one place."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.data import Dataset
from nnviz.kernels.spec import CACHE, KernelSpec
from nnviz.models.kernels import Kernel
from nnviz.models.svm import solve
from nnviz.spec import SVMSpec
from nnviz.stopping import accuracy_interval

Float64 = NDArray[np.float64]
Labels = NDArray[np.int64]
BLOCK = 50_000
"""Kernel values at a time: those that stay in the processor's own memory are ten times as fast."""
FREE = 1e-6
"""Of C: a support vector with |α| that near to C is held by C."""


@dataclass(frozen=True)
class Fitted:
    """kernel: with its numbers. vectors [m, 2]: the support vectors; index [m]: their rows of the training samples;
    weights [m]: y·α of each, positive for class 1; b: the intercept. steps: of the solver; seconds: of the fit."""

    kernel: Kernel
    C: float
    vectors: Float64
    index: NDArray[np.int64]
    weights: Float64
    b: float
    steps: int
    seconds: float

    @property
    def held(self) -> NDArray[np.bool_]:
        """Support vectors inside the margin or beyond it: α = C, more is not allowed."""
        return np.abs(self.weights) >= self.C * (1 - FREE)


def fit(spec: KernelSpec, svm: SVMSpec, x: Float64, y: Labels, most_steps: int) -> Fitted:
    """scikit-learn's SVC as what its decision is made of. Raises ValueError where y has a single class."""
    began = time.perf_counter()
    svc, gamma = solve(svm, x, y, most_steps=most_steps, cache=CACHE)
    return Fitted(
        kernel=spec.function(gamma), C=svm.C, vectors=np.asarray(svc.support_vectors_, np.float64),
        index=np.asarray(svc.support_, np.int64), weights=np.asarray(svc.dual_coef_[0], np.float64),
        b=float(svc.intercept_[0]), steps=int(svc.n_iter_[0]), seconds=time.perf_counter() - began,
    )  # fmt: skip


def decision(svm: Fitted, x: Float64) -> Float64:
    """f(x) = Σ yᵢ αᵢ k(x, xᵢ) + b over the support vectors xᵢ, [n] for places x [n, 2]: class 1 where it is positive;
    ±1 are the margins."""
    found = np.empty(len(x))
    rows = max(1, BLOCK // len(svm.vectors))
    for i in range(0, len(x), rows):
        found[i : i + rows] = svm.kernel(x[i : i + rows], svm.vectors) @ svm.weights
    return found + svm.b


def bumps(svm: Fitted, x: Float64) -> Float64:
    """yᵢ αᵢ k(x, xᵢ), what each support vector adds to the decision: [n, m]."""
    return svm.kernel(x, svm.vectors) * svm.weights


def right(svm: Fitted, x: Float64, y: Labels) -> NDArray[np.bool_]:
    """Which samples are told right [n]."""
    found: NDArray[np.bool_] = (decision(svm, x) > 0) == (y == 1)
    return found


def score(svm: Fitted, x: Float64, y: Labels) -> dict[str, Any]:
    """accuracy, n, and low and high of its 95 % interval."""
    correct, n = int(right(svm, x, y).sum()), len(y)
    low, high = accuracy_interval(correct, n)
    return {"accuracy": correct / n, "n": n, "low": low, "high": high}


def cells(domain: Any, n: int) -> Float64:
    """The middles of n × n cells [n², 2] over a domain, row by row, the lowest x2 first."""
    sides = [low + (np.arange(n) + 0.5) * (high - low) / n for low, high in domain]
    return np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, 2)


def part(data: Dataset, split: Any, most: int | None = None) -> tuple[Float64, Labels]:
    """Places as they are, and class numbers, of the first `most` samples of a split."""
    x, y = data.x[data.rows(split)][:most], data.labels(split)[:most]
    return x.astype(np.float64), y.astype(np.int64)
