"""What one neuron answers to its net input z = Σ w·x + b: the steps of a perceptron, and every activation function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nnviz.activations import ACTIVATIONS, HIDDEN

Step = Literal["step_above", "step", "bipolar_step"]
STEPS: dict[str, tuple[str, float]] = {
    "step_above": ("Step: 1 where z > 0", 0.0),
    "step": ("Step: 1 where z ≥ 0", 0.0),
    "bipolar_step": ("Bipolar step: −1, or 1 where z ≥ 0", -1.0),
}
"""Title, and the output of a perceptron that does not fire; the output of one that does is 1."""
SMOOTH: tuple[str, ...] = tuple(HIDDEN)
DIGITS = 9
"""A net input is rounded to so many decimals: 0.1 + 0.2 − 0.3 is 0, and whether z = 0 fires is the step's to say."""
Array = NDArray[np.float64]


def net_input(x: Any, weights: Sequence[float], bias: float) -> Array:
    """z = Σ w·x + b for points x [..., n]."""
    z: Array = np.round(np.asarray(x, np.float64) @ np.asarray(weights, np.float64) + bias, DIGITS)
    return z + 0.0  # no negative zero


def output(name: str, z: Any) -> Array:
    """f(z) of a step or an activation, element by element. Raises KeyError for a name that neither has."""
    z = np.asarray(z, np.float64)
    if name in STEPS:
        fires = z > 0 if name == "step_above" else z >= 0
        return np.where(fires, 1.0, STEPS[name][1])
    return np.asarray(ACTIVATIONS[name].f(np.atleast_1d(z)), np.float64).reshape(z.shape)


def slope(name: str, z: Any) -> Array:
    """f′(z), element by element. A step's is 0 wherever it has one."""
    z = np.asarray(z, np.float64)
    if name in STEPS:
        return np.zeros_like(z)
    return np.asarray(ACTIVATIONS[name].slope(np.atleast_1d(z)), np.float64).reshape(z.shape)


@dataclass(frozen=True)
class Change:
    """What a small change of the weights and the bias does to an output O = f(z).

    gradient: ∂O/∂w for each weight (f′(z) · x), and ∂O/∂b = f′(z) last. predicted: Σ ∂O/∂w Δw + ∂O/∂b Δb. true: the
    output after the change less the one before. error: predicted − true.
    """

    before: float
    after: float
    gradient: tuple[float, ...]
    predicted: float
    true: float
    error: float


def change(name: str, x: Sequence[float], weights: Sequence[float], bias: float, delta: Sequence[float]) -> Change:
    """delta: Δw for each weight, Δb last. Source: the first-order Taylor expansion of O in w and b."""
    z, moved = net_input(x, weights, bias), net_input(x, np.add(weights, delta[:-1]).tolist(), bias + delta[-1])
    before, after = float(output(name, z)), float(output(name, moved))
    gradient = tuple(float(slope(name, z)) * v for v in (*x, 1.0))
    predicted = sum(g * d for g, d in zip(gradient, delta, strict=True))
    return Change(before, after, gradient, predicted, after - before, predicted - (after - before))


def nodes() -> Array:
    """Where `table` samples: every sixteenth from −10 to 10, where the functions bend, every whole number to ±80; the
    places where a function has a kink (0, ±3, 6) are among them."""
    fine, coarse = np.arange(-160, 161) / 16, np.arange(11, 81, dtype=np.float64)
    return np.concatenate([-coarse[::-1], fine, coarse])


def table(name: str) -> dict[str, list[float]]:
    """A function as the browser reads it between two nodes, as the cubic with these values and slopes at its ends
    (Hermite's): {z, value, slope, left, right}, left and right being the slopes just beside each node, which differ
    from its own at a kink.

    So the page can follow the pointer without a second copy of the formula; the error is below 2·10⁻⁶."""
    z, beside = nodes(), 1e-7
    parts = {
        "z": z,
        "value": output(name, z),
        "slope": slope(name, z),
        "left": slope(name, z - beside),
        "right": slope(name, z + beside),
    }
    return {part: np.round(values, 8).tolist() for part, values in parts.items()}
