"""Logic gates of two or three inputs, and a neuron's weights for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product


@dataclass(frozen=True)
class Gate:
    """fires: the wanted output for inputs of 0 and 1. weights, bias, step: a neuron to begin with, which computes the
    gate where any can (bias = −threshold). inputs: what the inputs are called."""

    title: str
    inputs: tuple[str, ...]
    fires: Callable[..., bool]
    weights: tuple[float, ...]
    bias: float
    about: str
    step: str = "step_above"

    @property
    def target(self) -> str:
        """A 0 or 1 for each row of the truth table."""
        return "".join(str(int(self.fires(*row))) for row in truth_rows(len(self.inputs)))


def truth_rows(n: int) -> list[tuple[int, ...]]:
    """All inputs of 0 and 1 as a truth table lists them: the last input changes fastest."""
    return list(product((0, 1), repeat=n))


_TWO, _THREE = ("x₁", "x₂"), ("x₁", "x₂", "x₃")
GATES: dict[str, Gate] = {
    "and": Gate("AND", _TWO, lambda a, b: a and b, (2, 2), -3, "Both inputs are needed."),
    "or": Gate("OR", _TWO, lambda a, b: a or b, (2, 2), -1, "One input is enough."),
    "nand": Gate(
        "NAND", _TWO, lambda a, b: not (a and b), (-2, -2), 3,
        "Not both. From NAND gates alone every other function can be built, so networks of perceptrons can.",
    ),
    "nor": Gate("NOR", _TWO, lambda a, b: not (a or b), (-2, -2), 1, "Neither of them."),
    "xor": Gate(
        "XOR", _TWO, lambda a, b: a != b, (2, 2), -1,
        "One of them but not both. Try as long as you like: one neuron cannot do it, two layers can.",
    ),
    "ice_cream": Gate(
        "Eat ice cream?", ("coins", "hot", "big lunch"), lambda coins, hot, lunch: coins and (hot or not lunch),
        (4, 2, -2), -3,
        "Without coins never; with them, unless a big lunch was eaten on a day that is not hot. "
        "The lecture's perceptron fires where Σ w·x is greater than the threshold.",
    ),
    "by_hand": Gate(
        "Lecture's by hand", _THREE, lambda a, b, c: a + b + c >= 2, (0.3, 0.3, 0.3), -0.4,
        "Three weights of 0.3 and a threshold of 0.4: it fires from two inputs on. "
        "This lecture's step fires at u = Σ w·x − threshold ≥ 0; take the bipolar step for −1 and 1.",
        "step",
    ),
    "parity": Gate(
        "XOR of three", _THREE, lambda a, b, c: (a + b + c) % 2, (2, 2, 2), -1,
        "An odd number of them: no plane separates these corners of the cube.",
    ),
}  # fmt: skip
