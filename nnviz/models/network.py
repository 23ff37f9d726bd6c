"""A spec's network in NumPy: its layers as functions that give their result and the way back.

Dropout lets everything through. A batch normalisation takes its moving mean and variance, as a trained network does
(inference mode), or those of the batch, as it does while it trains. Numbers keep the precision that they come in:
float32 everywhere but in tests, which compare with finite differences.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from nnviz.initializers import Array
from nnviz.layers.base import Apply, Back, Placed, activated
from nnviz.layers.dense import Dense, dense, dense_first
from nnviz.spec import RunSpec


class Stage(NamedTuple):
    """A layer in its place, the number of its arrays, and what it does."""

    placed: Placed
    arrays: int
    apply: Apply


def network(spec: RunSpec, *, training: bool = False) -> list[Stage]:
    """The layers of `spec.plan`. The output layer gives its sums, the logits: what follows depends on the loss.

    training: a batch normalisation takes the mean and variance of the batch that comes through.
    """
    *before, output = spec.plan
    layers = [Stage(placed, len(placed.arrays), placed.layer.apply(placed, training)) for placed in before]
    return [*layers, Stage(output, 2, dense)]


def without_input_gradient(layers: list[Stage]) -> list[Stage]:
    """The same, but that nobody learns ∂L/∂x: a first dense layer, which has no use for it, saves a third of its
    products. The gradient that it hands on is empty."""
    at = next(i for i, layer in enumerate(layers) if layer.arrays)
    placed = layers[at].placed
    if not isinstance(placed.layer, Dense):
        return layers
    output = at == len(layers) - 1
    first = Stage(placed, 2, dense_first if output else activated(dense_first, placed.activation))
    return [*layers[:at], first, *layers[at + 1 :]]


def walk(layers: list[Stage], weights: list[Array], x: Array) -> Iterator[tuple[Placed, Array, Back]]:
    """Layer by layer what it says of `x`, the logits last, and how to go back through it."""
    first = 0
    for layer in layers:
        x, back = layer.apply(x, *weights[first : first + layer.arrays])
        first += layer.arrays
        yield layer.placed, x, back
