"""A fully connected layer."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from nnviz.activations import ActivationName
from nnviz.initializers import Array
from nnviz.layers.base import Apply, Back, Layer, Placed, activated


class Dense(Layer):
    """a = f(x·W + b); `activation` None takes the model's."""

    kind: Literal["dense"] = "dense"
    units: int = Field(4, ge=1, le=2048)
    activation: ActivationName | None = None

    label: ClassVar = "Dense"
    about: ClassVar = "every neuron sees all numbers of the layer before"
    name: ClassVar = "hidden layer"
    token: ClassVar = "{units}"
    takes: ClassVar = "numbers"
    gives: ClassVar = "size"
    size: ClassVar = "units"
    arrays: ClassVar = {"kernel": "inputs size", "bias": "size"}
    derived: ClassVar = True
    kept: ClassVar = 2.0

    def function(self, common: str) -> str | None:
        return self.activation or common

    def apply(self, placed: Placed, training: bool) -> Apply:  # noqa: ARG002
        return activated(dense, placed.activation)

    def keras(self, placed: Placed, activation: Any, regularizer: Any, seed: int) -> Any:  # noqa: ARG002
        from keras import layers

        return layers.Dense(self.units, activation=activation, kernel_regularizer=regularizer)


def dense(x: Array, kernel: Array, bias: Array) -> tuple[Array, Back]:
    """z = x·W + b"""
    return x @ kernel + bias, lambda dz: (dz @ kernel.T, [x.T @ dz, dz.sum(0)])


def dense_first(x: Array, kernel: Array, bias: Array) -> tuple[Array, Back]:
    """As `dense`, but ∂L/∂x is left out: an empty array."""
    return x @ kernel + bias, lambda dz: (dz[:0, :0], [x.T @ dz, dz.sum(0)])
