"""A spec's network in NumPy: its layers as functions that give their result and the way back.

Inference mode: dropout lets everything through, a batch normalisation takes its moving mean and variance. Numbers keep
the precision that they come in: float32 everywhere but in tests, which compare with finite differences.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from nnviz.models.activations import ACTIVATIONS
from nnviz.models.convolution import POOLS, Back, convolve
from nnviz.models.recurrent import lstm, simple_rnn
from nnviz.models.weights import ARRAYS, Array
from nnviz.spec import Placed, RunSpec

EPSILON = 1e-3
"""Keras's BatchNormalization adds it to the variance."""
Apply = Callable[..., tuple[Array, Back]]
"""(input, the layer's arrays in `get_weights` order…) → (output, way back)"""


class Layer(NamedTuple):
    """A layer in its place, the number of its arrays, and what it does."""

    placed: Placed
    arrays: int
    apply: Apply


def network(spec: RunSpec) -> list[Layer]:
    """The layers of `spec.plan`. The output layer gives its sums, the logits: what follows depends on the loss."""
    *before, output = spec.plan
    layers = [Layer(placed, len(ARRAYS.get(placed.kind, ())), _function(placed)) for placed in before]
    return [*layers, Layer(output, 2, dense)]


def without_input_gradient(layers: list[Layer]) -> list[Layer]:
    """The same, but that nobody learns ∂L/∂x: a first dense layer, which has no use for it, saves a third of its
    products. The gradient that it hands on is empty."""
    at = next(i for i, layer in enumerate(layers) if layer.arrays)
    placed = layers[at].placed
    if placed.kind != "dense":
        return layers
    output = at == len(layers) - 1
    first = Layer(placed, 2, dense_first if output else _activated(dense_first, placed.activation))
    return [*layers[:at], first, *layers[at + 1 :]]


def walk(layers: list[Layer], weights: list[Array], x: Array) -> Iterator[tuple[Placed, Array, Back]]:
    """Layer by layer what it says of `x`, the logits last, and how to go back through it."""
    first = 0
    for layer in layers:
        x, back = layer.apply(x, *weights[first : first + layer.arrays])
        first += layer.arrays
        yield layer.placed, x, back


def dense(x: Array, kernel: Array, bias: Array) -> tuple[Array, Back]:
    """z = x·W + b"""
    return x @ kernel + bias, lambda dz: (dz @ kernel.T, [x.T @ dz, dz.sum(0)])


def dense_first(x: Array, kernel: Array, bias: Array) -> tuple[Array, Back]:
    """As `dense`, but ∂L/∂x is left out: an empty array."""
    return x @ kernel + bias, lambda dz: (dz[:0, :0], [x.T @ dz, dz.sum(0)])


def normalize(x: Array, gamma: Array, beta: Array, mean: Array, variance: Array) -> tuple[Array, Back]:
    """γ·(x − mean) / √(variance + ε) + β for each channel; the moving mean and variance have no gradient."""
    spread = 1 / np.sqrt(variance + np.float32(EPSILON))
    scale = gamma * spread

    def back(dy: Array) -> tuple[Array, list[Array]]:
        axes = tuple(range(x.ndim - 1))
        dgamma = (dy * (x - mean) * spread).sum(axes)
        return dy * scale, [dgamma, dy.sum(axes), np.zeros_like(mean), np.zeros_like(variance)]

    return (x - mean) * scale + beta, back


def _function(layer: Placed) -> Apply:
    part: Any = layer.part
    if layer.kind == "dense":
        return _activated(dense, layer.activation)
    if layer.kind == "conv2d":
        return _activated(partial(convolve, strides=part.strides, padding=part.padding), layer.activation)
    if layer.kind in POOLS:
        pool, size = POOLS[layer.kind], part.pool_size
        return lambda x: pool(x, size, part.strides or size, part.padding)
    if layer.kind == "simple_rnn":
        return partial(simple_rnn, activation=part.activation, sequence=layer.sequence)
    if layer.kind == "lstm":
        return partial(lstm, sequence=layer.sequence)
    if layer.kind == "batch_normalization":
        return normalize
    return partial(_reshape, shape=layer.output_shape)  # flatten, rows; a dropout's shape is the same


def _activated(linear: Apply, name: str | None) -> Apply:
    """a = f(z) of what `linear` gives."""
    f, f_back = ACTIVATIONS[name or "linear"]

    def apply(x: Array, *arrays: Array) -> tuple[Array, Back]:
        z, back = linear(x, *arrays)
        a = f(z)
        return a, lambda da: back(f_back(z, a, da))

    return apply


def _reshape(x: Array, shape: tuple[int, ...]) -> tuple[Array, Back]:
    return x.reshape(-1, *shape), lambda dy: (dy.reshape(x.shape), [])
