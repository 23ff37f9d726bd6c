"""Boolean functions of n inputs: how many there are, and a network for each (lectures.md, D3)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
MOST_INPUTS = 4


@dataclass(frozen=True)
class Network:
    """One hidden layer of steps (1 where z > 0) and one step behind it. kernel [inputs, units], bias [units]; the
    output fires where any hidden neuron does: weights of 1, bias −½. rows: the row of the table that makes each hidden
    neuron fire. negated: it was made for the rows that must not fire, and the output answers the opposite."""

    kernel: Ints
    bias: NDArray[np.float64]
    rows: tuple[int, ...]
    negated: bool

    def answers(self, x: Ints) -> Ints:
        """0 or 1 for inputs x [n, inputs]."""
        hidden = (x @ self.kernel + self.bias > 0).astype(np.int64)
        fires = hidden.sum(1) - 0.5 > 0
        return np.asarray(fires != self.negated, np.int64)

    @property
    def nodes(self) -> int:
        return len(self.rows) + 1


def counted(inputs: int) -> tuple[int, int]:
    """(rows of a truth table, functions): 2ⁿ and 2^(2ⁿ)."""
    return 2**inputs, 2 ** (2**inputs)


def rows(inputs: int) -> Ints:
    """[2ⁿ, n]: 00…0 first, the last input changes fastest."""
    return np.array(list(product((0, 1), repeat=inputs)), np.int64).reshape(-1, inputs)


def network(target: str) -> Network:
    """A network that computes the table `target`, a 0 or 1 for each row of `rows`: one hidden neuron for each row that
    is rarer, weights +1 where the row has a 1 and −1 where it has a 0, bias ½ − (its ones), so that it fires at that
    row alone. At most 2ⁿ⁻¹ hidden neurons. Source: the disjunctive (conjunctive) normal form."""
    inputs = len(target).bit_length() - 1
    if len(target) != 2**inputs or set(target) - {"0", "1"}:
        raise ValueError("target: a 0 or 1 for each of 2ⁿ rows")
    table = rows(inputs)
    ones = [i for i, bit in enumerate(target) if bit == "1"]
    zeros = [i for i, bit in enumerate(target) if bit == "0"]
    negated = len(zeros) < len(ones)
    chosen = zeros if negated else ones
    picked = table[chosen].reshape(-1, inputs)
    return Network((2 * picked - 1).T, 0.5 - picked.sum(1), tuple(chosen), negated)
