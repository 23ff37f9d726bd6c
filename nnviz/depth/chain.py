"""A chain of four neurons, one in each layer, and its gradient: a product that has two more factors in each layer.

z₁ = w₁x + b₁, zₗ = wₗaₗ₋₁ + bₗ, aₗ = f(zₗ), L = ½(a₄ − t)². By the chain rule

    ∂L/∂b₁ = f′(z₁) · w₂ · f′(z₂) · w₃ · f′(z₃) · w₄ · f′(z₄) · ∂L/∂a₄

and ∂L/∂bₗ is the same product without its first factors. Of a sigmoid f′ is at most 1/4, so where no weight is beyond
±1, ∂L/∂b₁ is less than (1/4)³ = 0.0156 of ∂L/∂b₄ (M. Nielsen, Neural Networks and Deep Learning, chapter 5).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from nnviz.activations import ACTIVATIONS, HIDDEN
from nnviz.depth.verdict import EXPLODING, VANISHING, state
from nnviz.depth.words import short
from nnviz.neuron.outputs import nodes, output, slope
from nnviz.part import Part

NEURONS = 4
MOST = 10.0
Number = Annotated[float, Field(ge=-MOST, le=MOST)]
Four = Annotated[tuple[Number, ...], Field(min_length=NEURONS, max_length=NEURONS)]
SUB = "₀₁₂₃₄"


class Chain(Part):
    """Weights and biases from the first neuron to the last, the input x, the target t, and the function of all."""

    w: Four = (0.9, -0.7, 1.0, 0.8)
    b: Four = (0.5, -0.3, 0.2, -0.6)
    x: Number = 1.0
    t: Number = 0.0
    function: Annotated[str, HIDDEN] = "sigmoid"


def forward(chain: Chain) -> tuple[list[float], list[float], list[float]]:
    """(z, a, f′(z)) of the four neurons."""
    z, a, slopes = [], [], []
    before = chain.x
    for w, b in zip(chain.w, chain.b, strict=True):
        z.append(w * before + b)
        before = float(output(chain.function, z[-1]))
        a.append(before)
        slopes.append(float(slope(chain.function, z[-1])))
    return z, a, slopes


def bias_gradients(w: Sequence[float], slopes: Sequence[float], error: float) -> list[float]:
    """∂L/∂b₁ … ∂L/∂b₄ from the last to the first: f′(z₄) · ∂L/∂a₄, then wₗ₊₁ and f′(zₗ) more for each layer.

    error: ∂L/∂a₄ = a₄ − t.
    """
    found = [slopes[-1] * error]
    for i in range(len(w) - 2, -1, -1):
        found.insert(0, slopes[i] * w[i + 1] * found[0])
    return found


def factors(w: Sequence[float], slopes: Sequence[float], error: float, layer: int) -> list[float]:
    """Those whose product is ∂L/∂b of the neuron `layer` (0 the first): f′(zₗ), wₗ₊₁, f′(zₗ₊₁), …, ∂L/∂a₄."""
    found = [slopes[layer]]
    for i in range(layer + 1, len(w)):
        found += [w[i], slopes[i]]
    return [*found, error]


@cache
def steepest(function: str) -> float:
    """The largest |f′(z)|, of a sigmoid 1/4."""
    return float(np.abs(slope(function, nodes())).max())


def answer(chain: Chain) -> dict[str, Any]:
    """All that the page shows of a chain. z, a, slopes: of each neuron; loss; error: ∂L/∂a₄; gradients: ∂L/∂b, and
    weights: ∂L/∂w, of each; names of the factors, rows: those of each ∂L/∂b, the first ones of the later neurons
    null; ratio: ∂L/∂b₁ / ∂L/∂b₄, None where the latter is 0; most: how large |∂L/∂b| can be of each, given ∂L/∂b₄ and
    the weights; state and words: nnviz.depth.verdict."""
    z, a, slopes = forward(chain)
    error = a[-1] - chain.t
    gradients = bias_gradients(chain.w, slopes, error)
    before = [chain.x, *a[:-1]]
    peak = steepest(chain.function)
    most = [
        abs(gradients[-1]) * math.prod(abs(w) * peak for w in chain.w[layer + 1 :]) for layer in range(NEURONS)
    ]  # fmt: skip
    f = ACTIVATIONS[chain.function].symbol or "f"
    return {
        "z": z, "a": a, "slopes": slopes, "loss": 0.5 * error**2, "error": error, "gradients": gradients,
        "weights": [g * v for g, v in zip(gradients, before, strict=True)],
        "names": [*(name for i in range(NEURONS) for name in ([f"w{SUB[i + 1]}"] * (i > 0) + [f"{f}′(z{SUB[i + 1]})"])),
                  "∂L/∂a₄"],
        "rows": [[None] * (2 * i) + factors(chain.w, slopes, error, i) for i in range(NEURONS)],
        "ratio": gradients[0] / gradients[-1] if gradients[-1] else None,
        "most": most, "bound": math.prod(abs(w) * peak for w in chain.w[1:]), "steepest": peak,
        "state": state(gradients[0], gradients[-1]), "words": words(chain, gradients, peak),
    }  # fmt: skip


def words(chain: Chain, gradients: Sequence[float], peak: float) -> str:
    """What the numbers say, in sentences."""
    f, first, last = ACTIVATIONS[chain.function].symbol or "f", gradients[0], gradients[-1]
    bound = math.prod(abs(w) * peak for w in chain.w[1:])
    if not last:
        return f"No gradient at all: {f}′(z₄) or the error a₄ − t is 0, and nothing can come back through it."
    ratio = abs(first / last)
    told = f"∂L/∂b₁ is {short(ratio)} of ∂L/∂b₄"
    limit = f"{f}′ is at most {short(peak)}, so with these weights it can be at most {short(bound)}."
    if chain.function == "sigmoid" and max(map(abs, chain.w[1:])) <= 1:
        limit = "σ′ is at most 1/4 and no weight behind the first is beyond ±1: it must be below (1/4)³ = 0.0156."
    found = state(first, last)
    if found == "vanishing":
        return f"Vanishing: {told}, less than 1/64. The first neuron hardly learns. {limit}"
    if found == "exploding":
        wild = "A step that suits the last is wild for the first."
        return f"Exploding: {told}, more than {EXPLODING:g} times. {wild} {limit}"
    return f"Healthy: {told}, between {short(VANISHING)} and {EXPLODING:g}. {limit}"


def centred(weight: float, function: str = "sigmoid", x: float = 1.0) -> Chain:
    """A chain in which every z is 0, where a sigmoid is steepest: bₗ = −w · aₗ₋₁."""
    at_zero = float(output(function, 0.0))
    b = tuple(-weight * before for before in (x, *[at_zero] * (NEURONS - 1)))
    return Chain(w=(weight,) * NEURONS, b=b, x=x, function=function)
