"""Batch after batch through a network of dense layers and back, into arrays that are there already.

The same formulas as nnviz/models/backward.py, where they are written to be read. For a few hundred numbers a call into
NumPy costs more than its arithmetic, so here are as few of them as there can be, and none that makes an array.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.linalg.blas import sgemm

from nnviz.activations import ACTIVATIONS, Activation
from nnviz.layers import Dense, Flatten
from nnviz.losses import LOSSES
from nnviz.models.weights import Array, layer_shapes, views
from nnviz.spec import RunSpec


def fits(spec: RunSpec) -> bool:
    """Whether there is nothing but dense layers."""
    return all(isinstance(layer, Dense | Flatten) for layer in spec.network.layers)


FUSED = 4096
"""Numbers of a kernel from which on BLAS subtracts the gradient as it computes it: one pass over both less."""


class _Layer(NamedTuple):
    """Views of weights and gradients, and room [batch, units] for what the layer says; `_t`: transposed."""

    kernel: Array
    bias: Array
    kernel_t: Array
    kernel_gradient: Array
    bias_gradient: Array
    function: Activation
    z: Array
    a: Array
    a_t: Array
    da: Array
    da_t: Array
    spare: Array


class DensePass:
    """Of the network of `spec`, whose weights are the vector `flat`; `gradient` is room for theirs."""

    def __init__(self, spec: RunSpec, flat: Array, gradient: Array) -> None:
        names = [str(placed.activation) for placed in spec.plan if placed.kind == "dense"]
        self._functions = [ACTIVATIONS[name] for name in names]
        self._weights, self._gradients = views(spec, flat), views(spec, gradient)
        self._loss = LOSSES[spec.training.loss]
        self._layers: list[_Layer] = []
        self._batch = 0
        self._ones = np.empty(0, np.float32)
        self._small = [(flat[part], gradient[part]) for part in _small(spec)]

    def gradients(self, x: Array, y: Array, o: Array, z: Array) -> None:
        """For inputs x [batch, inputs] and targets y [batch, outputs]: outputs and logits into o and z, the mean loss's
        gradient into its vector. All float32 and contiguous."""
        self._go(x, y, o, z, 1.0, _into_gradient)

    def step(self, x: Array, y: Array, o: Array, z: Array, rate: float) -> None:
        """As `gradients`, but that these, `rate` times, are subtracted from the weights: a step of plain descent."""
        self._go(x, y, o, z, rate, _from_kernel)
        for weights, gradient in self._small:
            np.subtract(weights, gradient, weights)

    def _go(self, x: Array, y: Array, o: Array, z: Array, scale: float, descend: Callable[..., None]) -> None:
        if len(x) != self._batch:
            self._make_room(len(x))
        a, dot, add, ones = x, np.dot, np.add, self._ones
        *hidden, last = self._layers
        for layer in hidden:
            add(dot(a, layer.kernel, layer.z), layer.bias, layer.z)
            layer.function.into(layer.z, layer.a)
            a = layer.a
        add(dot(a, last.kernel, z), last.bias, z)
        last.function.into(z, o)
        da, f, slope = last.da, last.function, self._loss.slope
        if slope is not None:
            np.subtract(o, y, da)
            np.multiply(da, np.float32(scale * slope(y.shape[-1]) / len(x)), da)
            f.back_into(z, o, da, last.spare)
        else:
            np.multiply(self._loss.back(y, o, z, lambda do: f.back(z, o, do)), np.float32(scale / len(x)), da)
        for i in range(len(hidden), 0, -1):
            layer, before = self._layers[i], self._layers[i - 1]
            dot(ones, layer.da, layer.bias_gradient)
            dot(layer.da, layer.kernel_t, before.da)
            before.function.back_into(before.z, before.a, before.da, before.spare)
            descend(layer, before.a_t)
        first = self._layers[0]
        dot(ones, first.da, first.bias_gradient)
        descend(first, x.T)

    def _make_room(self, batch: int) -> None:
        def array(like: Array) -> Array:
            return np.empty((batch, like.shape[1]), np.float32)

        self._batch, self._ones, self._layers = batch, np.ones(batch, np.float32), []
        each = zip(*(iter(arrays[start::2]) for arrays in (self._weights, self._gradients) for start in (0, 1)),
                   self._functions, strict=True)  # fmt: skip
        for kernel, bias, kernel_gradient, bias_gradient, function in each:
            z, a, da, spare = (array(kernel) for _ in range(4))
            self._layers.append(
                _Layer(kernel, bias, kernel.T, kernel_gradient, bias_gradient, function, z, a, a.T, da, da.T, spare)
            )


def _into_gradient(layer: _Layer, a_t: Array) -> None:
    np.dot(a_t, layer.da, layer.kernel_gradient)


def _from_kernel(layer: _Layer, a_t: Array) -> None:
    """The kernel less its gradient; a small one's gradient waits to be subtracted with the others'."""
    if layer.kernel.size < FUSED:
        np.dot(a_t, layer.da, layer.kernel_gradient)
    else:
        sgemm(-1.0, layer.da_t, a_t, 1.0, layer.kernel_t, 0, 1, 1)  # all in Fortran's order, so that nothing is copied


def _small(spec: RunSpec) -> list[slice]:
    """Where the arrays below FUSED lie in the vector of all, those side by side as one."""
    found: list[slice] = []
    first = 0
    for layer in layer_shapes(spec):
        for shape in layer.arrays:
            end = first + math.prod(shape)
            if end - first < FUSED:
                if found and found[-1].stop == first:
                    found[-1] = slice(found[-1].start, end)
                else:
                    found.append(slice(first, end))
            first = end
    return found
