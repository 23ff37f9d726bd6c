"""One way forward and one way back through a small network: all gradients come of these two.

Kernels are [units, inputs], as W in W·a + b; one sample, so that every array here is a vector or a matrix that fits
onto a blackboard. Float64 throughout.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nnviz.activations import ACTIVATIONS
from nnviz.backprop.spec import Array, BackpropSpec
from nnviz.losses import LOSSES


@dataclass(frozen=True)
class Layer:
    """kernel [units, inputs], bias [units], activation: its name."""

    kernel: Array
    bias: Array
    activation: str


@dataclass(frozen=True)
class Passed:
    """The way forward. z, a: of each layer [units], a[0] being the inputs. loss: of this sample."""

    z: list[Array]
    a: list[Array]
    loss: float


@dataclass(frozen=True)
class Back:
    """The way back, for each layer, first to last.

    by_output: ∂L/∂a [units]; of the last layer ∂L/∂o, None where the loss works on its sums z.
    slopes: f′(z) [units]; None of a softmax, and where the loss works on z.
    deltas: δ = ∂L/∂z [units].
    kernels, biases: ∂L/∂W [units, inputs] and ∂L/∂b [units].
    """

    by_output: list[Array | None]
    slopes: list[Array | None]
    deltas: list[Array]
    kernels: list[Array]
    biases: list[Array]

    @property
    def flat(self) -> Array:
        """The gradient in the order of `BackpropSpec.weights`."""
        both = zip(self.biases, self.kernels, strict=True)
        return np.concatenate([np.column_stack([bias, kernel]).ravel() for bias, kernel in both])


def layers_of(spec: BackpropSpec, weights: Array) -> list[Layer]:
    """The network with these weights, one array in the order of `BackpropSpec.weights`."""
    return list(_layers(spec, weights))


def _layers(spec: BackpropSpec, weights: Array) -> Iterator[Layer]:
    at = 0
    for inputs, units, name in zip(spec.layers, spec.layers[1:], spec.functions, strict=False):
        rows = weights[at : at + units * (inputs + 1)].reshape(units, inputs + 1)
        yield Layer(rows[:, 1:], rows[:, 0], name)
        at += rows.size


def forward(layers: list[Layer], x: Array, t: Array, loss: str) -> Passed:
    """z = W·a + b and a = f(z), layer by layer; then the loss. x [inputs], t [outputs]."""
    zs: list[Array] = []
    outputs = [x]
    for layer in layers:
        zs.append(layer.kernel @ outputs[-1] + layer.bias)
        outputs.append(ACTIVATIONS[layer.activation].f(zs[-1]))
    value = LOSSES[loss].of(t[None], outputs[-1][None], zs[-1][None])
    return Passed(zs, outputs, float(value[0]))


def back(layers: list[Layer], passed: Passed, t: Array, loss: str) -> Back:
    """δ = ∂L/∂z of the outputs, then δ of each layer before: Wᵀδ times f′(z); ∂L/∂W = δ·aᵀ, ∂L/∂b = δ.

    Source: Rumelhart, Hinton and Williams (1986).
    """
    by_output: list[Array | None] = []
    slopes: list[Array | None] = []
    deltas: list[Array] = []
    for number in reversed(range(len(layers))):
        activation, z, a = ACTIVATIONS[layers[number].activation], passed.z[number], passed.a[number + 1]
        elementwise = layers[number].activation != "softmax"
        if number + 1 < len(layers):
            by_output.append(layers[number + 1].kernel.T @ deltas[-1])
        else:
            by_output.append(_by_output(passed, t, loss))
        last = by_output[-1]
        if last is None:
            deltas.append(LOSSES[loss].back(t[None], a[None], z[None], lambda g: g)[0])
        else:
            deltas.append(activation.back(z, a, last))
        slopes.append(activation.slope(z) if elementwise and last is not None else None)
    for found in (by_output, slopes, deltas):
        found.reverse()
    kernels = [np.outer(delta, a) for delta, a in zip(deltas, passed.a, strict=False)]
    return Back(by_output, slopes, deltas, kernels, deltas)


def _by_output(passed: Passed, t: Array, loss: str) -> Array | None:
    """∂L/∂o; None where the loss goes to z at once."""
    asked: list[Array] = []

    def through(gradient: Array) -> Array:
        asked.append(gradient)
        return gradient

    LOSSES[loss].back(t[None], passed.a[-1][None], passed.z[-1][None], through)
    return asked[0][0] if asked else None


def loss_of(spec: BackpropSpec, weights: Array) -> float:
    """The loss of the spec's sample under these weights: one way forward."""
    return forward(layers_of(spec, weights), spec.x, spec.t, spec.loss).loss


def gradient_of(spec: BackpropSpec, weights: Array) -> tuple[float, Array]:
    """The loss, and its gradient by all weights: one way forward, one way back."""
    layers = layers_of(spec, weights)
    passed = forward(layers, spec.x, spec.t, spec.loss)
    return passed.loss, back(layers, passed, spec.t, spec.loss).flat
