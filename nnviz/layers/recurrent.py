"""What the recurrent layers share: they read x [n, time, inputs], with backpropagation through time beside it.

The result is the last state [n, units], or with `sequence` all of them [n, time, units].
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from nnviz.initializers import Array
from nnviz.layers.base import Layer, Placed


class Recurrent(Layer):
    """Reads a picture row by row; Keras's layer has the name of the class."""

    takes: ClassVar = "rows"
    gives: ClassVar = "states"
    size: ClassVar = "units"
    arrays: ClassVar = {"kernel": "inputs gates", "recurrent_kernel": "size gates", "bias": "gates"}

    def keras(self, placed: Placed, activation: Any, regularizer: Any, seed: int) -> Any:  # noqa: ARG002
        from keras import layers

        # Unrolled: a loop inside the training loop's loop costs several times as much at every row.
        return getattr(layers, type(self).__name__)(
            placed.units, activation=activation, return_sequences=placed.sequence, unroll=True,
            kernel_regularizer=regularizer,
        )  # fmt: skip


def from_above(dh: Array, t: int, times: int, sequence: bool) -> Array | float:
    """What the layer above says of the state after row t."""
    if sequence:
        return np.asarray(dh[:, t])
    return dh if t == times - 1 else 0.0


def gradients(x: Array, states: Array, dsums: Array) -> list[Array]:
    """Of kernel, recurrent kernel and bias, from ∂L/∂(sum before each gate) at every time."""
    flat = dsums.reshape(-1, dsums.shape[-1])
    before = np.concatenate([np.zeros_like(states[:, :1]), states[:, :-1]], axis=1)
    return [
        x.reshape(-1, x.shape[-1]).T @ flat,
        before.reshape(-1, before.shape[-1]).T @ flat,
        flat.sum(0),
    ]
