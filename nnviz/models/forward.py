"""The network's forward pass in NumPy: what frames and metrics are made of, without TensorFlow.

For a playground's network this takes microseconds where a call of Keras takes milliseconds, and it can run before
TensorFlow is there. Held equal to Keras by tests, layer by layer and activation by activation.
"""

from __future__ import annotations

import numpy as np

from nnviz.activations import ACTIVATIONS
from nnviz.layers import Placed
from nnviz.models.network import network, walk
from nnviz.models.weights import Array
from nnviz.spec import RunSpec
from nnviz.spec.memory import output_size

BLOCK = 2_000_000
"""Numbers that the widest layer may say at a time: 60,000 images need no gigabyte."""
ROWS = 8192


def forward(spec: RunSpec, weights: list[Array], x: Array) -> list[Array]:
    """Activations float32 [n, units] of every dense layer, the output layer last, for inputs `x` [n, …].

    A batch normalisation that follows a layer comes after what is reported: this is the neuron's own output.
    """
    return [a for layer, a in activations(spec, weights, x) if layer.kind == "dense"]


def activations(spec: RunSpec, weights: list[Array], x: Array) -> list[tuple[Placed, Array]]:
    """The output of every layer of `spec.plan` for the inputs `x` [n, …]: float32 [n, *output_shape]."""
    with np.errstate(over="ignore", invalid="ignore"):  # a network that is about to diverge is drawn all the same
        found = [(placed, a) for placed, a, _ in walk(network(spec), weights, np.asarray(x, np.float32))]
        found[-1] = (found[-1][0], _output(spec, found[-1][1]))
    return found


def outputs_and_logits(spec: RunSpec, weights: list[Array], x: Array) -> tuple[Array, Array]:
    """The output layer's activation and the sum before it, both float32 [n, outputs]."""
    with np.errstate(over="ignore", invalid="ignore"):
        for _, z, _ in walk(network(spec), weights, np.asarray(x, np.float32)):
            logits = z
        return _output(spec, logits), logits


def predict(spec: RunSpec, weights: list[Array], x: Array, rows: int | None = None) -> tuple[Array, Array]:
    """As `outputs_and_logits`, `rows` at a time: as many as fit a few megabytes, unless said."""
    if rows is None:
        rows = max(1, min(ROWS, BLOCK // max(map(output_size, spec.plan))))
    if len(x) <= rows:
        return outputs_and_logits(spec, weights, x)
    outputs = np.empty((len(x), spec.outputs), np.float32)
    logits = np.empty_like(outputs)
    for i in range(0, len(x), rows):
        part = slice(i, i + rows)
        outputs[part], logits[part] = outputs_and_logits(spec, weights, x[part])
    return outputs, logits


def _output(spec: RunSpec, logits: Array) -> Array:
    return np.asarray(ACTIVATIONS[spec.output_activation].f(logits), np.float32)
