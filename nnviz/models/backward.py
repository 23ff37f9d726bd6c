"""Backpropagation in NumPy: the gradients of the loss, and of one class's logit by the pixels.

Inference mode, as the forward pass, unless said otherwise. Held equal to TensorFlow's gradients and to finite
differences by tests.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnviz.activations import ACTIVATIONS
from nnviz.layers.base import Back, Placed
from nnviz.losses import LOSSES
from nnviz.models.metrics import losses, penalty
from nnviz.models.network import Stage, network, walk
from nnviz.models.weights import Array, of_layers
from nnviz.regularizers import REGULARIZERS
from nnviz.spec import RunSpec


def gradients(
    spec: RunSpec, weights: list[Array], x: Array, y: Array, rate: float = 0.0, *, training: bool = False
) -> tuple[float, list[Array], Array]:
    """(mean loss, ∂loss/∂weights in `get_weights` order, ∂loss/∂x) for inputs x [n, …] and targets y [n, outputs].

    Zeros for a batch normalisation's moving mean and variance. `rate`: of the spec's regulariser; its penalty is then
    part of loss and gradients. `training`: batch normalisations take the mean and variance of these inputs, as in a
    step of the training, and the gradients go through them; without dropout all the same.
    """
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        made = descend(spec, network(spec, training=training), weights, np.asarray(x, np.float32), y, rate)
    loss = float(losses(spec, y, made.outputs, made.logits).mean()) + penalty(spec, weights, rate)
    return loss, made.gradients, made.dx


class Descent(NamedTuple):
    """One batch's way through the network and back."""

    outputs: Array
    gradients: list[Array]
    dx: Array
    activations: list[tuple[Placed, Array]]
    """The output of each layer on the way; of the output layer its logits."""

    @property
    def logits(self) -> Array:
        return self.activations[-1][1]


def descend(spec: RunSpec, layers: list[Stage], weights: list[Array], x: Array, y: Array, rate: float) -> Descent:
    """As `gradients` but for the loss, with the `layers` of `network(spec)`: for whoever goes there often.

    Numbers that overflow may warn.
    """
    f, loss = ACTIVATIONS[spec.output_activation], LOSSES[spec.training.loss]
    passed = list(walk(layers, weights, x))
    z = passed[-1][1]
    o = f.f(z)
    dz = np.asarray(loss.back(y, o, z, lambda do: f.back(z, o, do)) / len(x), z.dtype)
    dx, found = _back(passed, dz)
    add_penalty_gradient(spec, weights, found, rate)
    return Descent(o, found, dx, [(placed, a) for placed, a, _ in passed])


def input_gradient(spec: RunSpec, weights: list[Array], x: Array, classes: NDArray[np.int64]) -> Array:
    """∂ logit of `classes` [n] / ∂ inputs, float32 of x's shape [n, …]: what a change of each pixel would do.

    The logit is the sum before the output activation; of a single output, which speaks for class 1, it counts against
    class 0.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        passed = list(walk(network(spec), weights, np.asarray(x, np.float32)))
        if spec.outputs == 1:
            dz = np.where(np.asarray(classes)[:, None] == 1, 1.0, -1.0)
        else:
            dz = np.asarray(classes)[:, None] == np.arange(spec.outputs)
        return _back(passed, dz.astype(np.float32))[0]


def _back(passed: list[tuple[Placed, Array, Back]], da: Array) -> tuple[Array, list[Array]]:
    """(∂L/∂x, ∂L/∂weights) from ∂L/∂logits."""
    found: list[Array] = []
    for _, _, back in reversed(passed):
        if not da.size:  # nobody asks for ∂L/∂x, and no layer before this one has weights
            break
        da, own = back(da)
        found = own + found
    return da, found


def add_penalty_gradient(spec: RunSpec, weights: list[Array], found: list[Array], rate: float) -> None:
    """Add the penalty's gradient, rate · the slope of its size, to that of every kernel under the regulariser."""
    kind = spec.network.regularizer.name
    if kind == "none" or rate == 0:
        return
    slope = REGULARIZERS[kind].slope
    by_layer = zip(of_layers(spec, weights), of_layers(spec, found), strict=True)
    for (layer, (w, *_)), (_, (dw, *_)) in by_layer:
        if layer.punished:
            dw += slope(w) * np.float32(rate)
