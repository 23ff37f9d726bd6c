"""Linear layers stay linear, and inputs of one scale are learned faster: two facts about sums of products.

(x W₁ + b₁) W₂ + b₂ = x (W₁ W₂) + (b₁ W₂ + b₂): any stack of layers without an activation is one layer. And gradient
descent on a mean squared error goes as fast as its smallest curvature allows: at the rate 1/λ_max an error along the
flattest direction shrinks by 1 − λ_min/λ_max in each step, λ being the eigenvalues of the inputs' second moments.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from nnviz.activations import ACTIVATIONS, HIDDEN
from nnviz.depth.words import short
from nnviz.neuron.outputs import output
from nnviz.part import Part

MAX_LAYERS, STEPS, SAMPLES = 6, 100, 200
Array = NDArray[np.float64]


class Stack(Part):
    """So many layers of two neurons, a function between them, weights from a seed; and how many times as wide the
    second input of a regression is as its first."""

    layers: int = Field(3, ge=1, le=MAX_LAYERS)
    function: Annotated[str, HIDDEN] = "linear"
    seed: int = Field(0, ge=0, le=2**31 - 1)
    spread: float = Field(10.0, ge=1, le=100)


def weights(stack: Stack) -> list[tuple[Array, Array]]:
    """(W [2, 2], b [2]) of each layer, from N(0, 1)."""
    rng = np.random.default_rng(stack.seed)
    return [(rng.standard_normal((2, 2)), rng.standard_normal(2)) for _ in range(stack.layers)]


def through(layers: list[tuple[Array, Array]], function: str, x: Array) -> Array:
    """The outputs [n, 2] of x [n, 2]: the function behind every layer but the last."""
    for i, (w, b) in enumerate(layers):
        z = x @ w + b
        x = z if i == len(layers) - 1 else output(function, z)
    return x


def product(layers: list[tuple[Array, Array]]) -> tuple[Array, Array]:
    """The one layer (W [2, 2], b [2]) that a stack without activations is."""
    w, b = np.eye(2), np.zeros(2)
    for own, shift in layers:
        w, b = w @ own, b @ own + shift
    return w, b


def regression(spread: float) -> tuple[Array, Array]:
    """Inputs [n, 2], x₁ ~ N(0, 1) and x₂ ~ N(0, spread²), and y = 2 x₁ + 3 x₂ / spread."""
    x = np.random.default_rng(0).standard_normal((SAMPLES, 2)) * (1, spread)
    return x, x @ (2, 3 / spread)


def scaled(x: Array) -> Array:
    """Each column with mean 0 and standard deviation 1."""
    return np.asarray((x - x.mean(0)) / x.std(0))


def descend(x: Array, y: Array) -> tuple[Array, float]:
    """Losses ½·mean (x w − y)² before each step and after the last [STEPS + 1] of gradient descent from w = 0 at the
    rate 1/λ_max, and the condition number λ_max/λ_min of xᵀx/n."""
    moments = x.T @ x / len(x)
    low, high = np.linalg.eigvalsh(moments)
    w, losses = np.zeros(2), []
    for _ in range(STEPS + 1):
        error = x @ w - y
        losses.append(float(np.mean(error**2) / 2))
        w = w - x.T @ error / len(x) / high
    return np.array(losses), float(high / low)


def answer(stack: Stack) -> dict[str, Any]:
    """matrices: {w, b} of each layer; product {w, b}; x and stacked, single: the first output along (x, 1), of the
    stack and of the one layer; apart: how far both are, at most; losses {unscaled, scaled} [STEPS + 1] and conditions;
    about, scales: words."""
    layers = weights(stack)
    w, b = product(layers)
    x = np.linspace(-3, 3, 121)
    points = np.stack([x, np.ones_like(x)], 1)
    stacked, single = through(layers, stack.function, points)[:, 0], (points @ w + b)[:, 0]
    apart = float(np.abs(stacked - single).max())
    inputs, y = regression(stack.spread)
    raw, bad = descend(inputs, y)
    even, good = descend(scaled(inputs), y - y.mean())
    same = apart <= 1e-9 * max(1.0, float(np.abs(single).max()))
    name, n = ACTIVATIONS[stack.function].label, stack.layers
    about = (
        f"{n} {'layer is' if n == 1 else 'layers are'} one: the stack and x·W + b differ by at most {short(apart)}."
        if same
        else f"With {name} between the layers it is no straight line any more: up to {short(apart)} away from it."
    )
    return {
        "matrices": [{"w": own.tolist(), "b": shift.tolist()} for own, shift in layers],
        "product": {"w": w.tolist(), "b": b.tolist()}, "x": x.tolist(), "stacked": stacked.tolist(),
        "single": single.tolist(), "apart": apart, "same": same, "about": about,
        "losses": {"unscaled": raw.tolist(), "scaled": even.tolist()},
        "conditions": {"unscaled": bad, "scaled": good},
        "scales": (
            f"Unscaled, λₘₐₓ/λₘᵢₙ is {short(bad)} and after {STEPS} steps the loss is {short(raw[-1] / raw[0])} of "
            f"the first; scaled, {short(good)} and {short(even[-1] / even[0])}. Both go at their best rate, 1/λₘₐₓ."
        ),
    }  # fmt: skip
