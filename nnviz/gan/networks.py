"""A small dense network in NumPy, forward and back; its weights are one vector, so that an update is one formula."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from nnviz.activations import ACTIVATIONS
from nnviz.gan.distributions import Array, Random
from nnviz.initializers import INITIALIZERS

CORNERED = ("relu", "leaky_relu", "elu", "selu", "gelu", "silu", "softplus", "relu6", "mish")
"""Activations that lose about half of what they get: He's initialiser suits them, Glorot's the others."""


class Network:
    """sizes: of the input, each hidden layer, the output. activation: of the hidden layers; output: of the last.

    weights, gradient: float32 [parameters], kernels and biases one after the other; `back` fills the gradient. kernels,
    biases: the weights of each layer, views of them.
    """

    def __init__(self, sizes: Sequence[int], activation: str, output: str, rng: Random) -> None:
        hidden = len(sizes) - 2
        self.functions = [ACTIVATIONS[activation]] * hidden + [ACTIVATIONS[output]]
        self.weights = np.zeros(parameters(sizes), np.float32)
        self.gradient = np.zeros_like(self.weights)
        self.kernels, self.biases = _views(self.weights, sizes)
        self.slopes = _views(self.gradient, sizes)
        initializer = INITIALIZERS["he_normal" if activation in CORNERED else "glorot_normal"]
        for layer, kernel in enumerate(self.kernels):
            drawn = INITIALIZERS["glorot_normal"] if layer == hidden else initializer
            kernel[...] = drawn.draw(rng, kernel.shape)
        self.sums: list[Array] = []
        self.outputs: list[Array] = []

    def forward(self, x: Array) -> Array:
        """x [n, inputs] → [n, outputs]: a = f(a·W + b), layer by layer. Sums z and outputs a are kept for `back`."""
        self.sums, self.outputs = [], [x]
        for kernel, bias, function in zip(self.kernels, self.biases, self.functions, strict=True):
            z = self.outputs[-1] @ kernel
            z += bias
            self.sums.append(z)
            self.outputs.append(function.f(z))
        return self.outputs[-1]

    def back(self, da: Array, learn: bool = True) -> Array:
        """∂L/∂x [n, inputs] from ∂L/∂a [n, outputs] of the last `forward`. learn: ∂L/∂w is filled in, too."""
        kernels, biases = self.slopes
        for layer in reversed(range(len(self.kernels))):
            dz = self.functions[layer].back(self.sums[layer], self.outputs[layer + 1], da)
            if learn:
                np.matmul(self.outputs[layer].T, dz, out=kernels[layer])
                np.sum(dz, axis=0, out=biases[layer])
            da = dz @ self.kernels[layer].T
        return da


def parameters(sizes: Sequence[int]) -> int:
    return sum((inputs + 1) * units for inputs, units in pairwise(sizes))


def _views(flat: Array, sizes: Sequence[int]) -> tuple[list[Array], list[Array]]:
    """Kernels [inputs, units] and biases [units] of all layers as parts of one vector."""
    shapes = [shape for inputs, units in pairwise(sizes) for shape in ((inputs, units), (units,))]
    ends = np.cumsum([math.prod(shape) for shape in shapes])[:-1]
    parts = [part.reshape(shape) for part, shape in zip(np.split(flat, ends), shapes, strict=True)]
    return parts[::2], parts[1::2]
