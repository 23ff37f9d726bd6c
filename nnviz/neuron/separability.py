"""Can one neuron with a step compute this truth table? Decided by linear programming, with the proof of the answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from nnviz.neuron.gates import truth_rows


@dataclass(frozen=True)
class Separation:
    """Weights and bias of a neuron that computes the table: w·x + b > 0 exactly in the rows that fire."""

    weights: tuple[float, ...]
    bias: float


@dataclass(frozen=True)
class Contradiction:
    """Why no neuron computes the table. The rows that fire, each taken with its share, have the same mean as those
    that do not: w·mean + b would have to be greater than 0 and at most 0. shares: one for each row of the table, 1
    in sum over those that fire, and over those that do not."""

    shares: tuple[float, ...]
    mean: tuple[float, ...]


@cache
def separability(target: str) -> Separation | Contradiction:
    """target: "0110", a 0 or 1 for each row of `truth_rows`. Raises ValueError where that is no truth table of two or
    three inputs.

    Either a line (a plane) separates the two groups of points, or their convex hulls meet in a point: never both
    (the separating hyperplane theorem; as a linear program Farkas' lemma). Both sides are one program each.
    """
    from scipy.optimize import linprog  # a third of a second, which only who asks waits for

    inputs = {4: 2, 8: 3}.get(len(target))
    if inputs is None or set(target) - {"0", "1"}:
        raise ValueError("target: a truth table is 4 or 8 digits, 0 or 1, one for each row")
    x = np.array(truth_rows(inputs), float)
    sign = np.where(np.array(list(target)) == "1", 1.0, -1.0)
    # Variables w, b and the margin m; the largest m with sign · (w·x + b) ≥ m and |w| ≤ 2.
    rows = np.hstack([-sign[:, None] * x, -sign[:, None], np.ones((len(x), 1))])
    bounds = [(-2, 2)] * inputs + [(-10, 10), (None, 4)]
    found = linprog([0] * (inputs + 1) + [-1], A_ub=rows, b_ub=np.zeros(len(x)), bounds=bounds, method="highs")
    if -found.fun > 1e-9:
        *weights, bias, _ = (round(float(v), 9) + 0.0 for v in found.x)
        return Separation(tuple(weights), bias)
    # Shares λ ≥ 0: Σ sign · λ · x = 0, and each group's shares add up to 1.
    equal = np.vstack([(sign[:, None] * x).T, sign > 0, sign < 0])
    meet = linprog(np.zeros(len(x)), A_eq=equal, b_eq=[*[0] * inputs, 1, 1], bounds=(0, 1), method="highs")
    shares = meet.x.round(9) + 0.0
    mean = (shares * (sign > 0)) @ x
    return Contradiction(tuple(map(float, shares)), tuple(map(float, mean.round(9) + 0.0)))


@cache
def separable_functions(inputs: int) -> int:
    """How many of the truth tables of so many inputs one neuron can compute: 14 of 16, 104 of 256 (OEIS A000609).
    Hundreds of linear programs: for tests, the page quotes it."""
    rows = 2**inputs
    tables = (format(number, f"0{rows}b") for number in range(2**rows))
    return sum(isinstance(separability(table), Separation) for table in tables)
