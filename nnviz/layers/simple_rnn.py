"""The simple recurrent layer, as Keras's SimpleRNN."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from nnviz.activations import ACTIVATIONS, ActivationName
from nnviz.initializers import Array
from nnviz.layers.base import Apply, Back, Placed
from nnviz.layers.recurrent import Recurrent, from_above, gradients


class SimpleRNN(Recurrent):
    """Reads a picture row by row: h ← f(W·row + U·h + b)."""

    kind: Literal["simple_rnn"] = "simple_rnn"
    units: int = Field(64, ge=1, le=512)
    activation: ActivationName = "tanh"

    label: ClassVar = "Recurrent"
    about: ClassVar = "reads the picture row by row and remembers"
    name: ClassVar = "recurrent layer"
    token: ClassVar = "rnn{units}"
    kept: ClassVar = 4.0

    def function(self, common: str) -> str | None:  # noqa: ARG002
        return self.activation

    def apply(self, placed: Placed, training: bool) -> Apply:  # noqa: ARG002
        return partial(simple_rnn, activation=self.activation, sequence=placed.sequence)


def simple_rnn(
    x: Array, kernel: Array, recurrent: Array, bias: Array, activation: str, sequence: bool
) -> tuple[Array, Back]:
    """h ← f(x·W + h·U + b), from h = 0."""
    function = ACTIVATIONS[activation]
    f, f_back = function.f, function.back
    driven = x @ kernel + bias
    sums, states = np.empty_like(driven), np.empty_like(driven)
    h = np.zeros_like(driven[:, 0])
    for t in range(x.shape[1]):
        sums[:, t] = driven[:, t] + h @ recurrent
        states[:, t] = h = f(sums[:, t])

    def back(dh: Array) -> tuple[Array, list[Array]]:
        dsums = np.empty_like(sums)
        from_later: Array = np.zeros_like(h)
        for t in reversed(range(x.shape[1])):
            from_later = from_later + from_above(dh, t, x.shape[1], sequence)
            dsums[:, t] = f_back(sums[:, t], states[:, t], from_later)
            from_later = dsums[:, t] @ recurrent.T
        return dsums @ kernel.T, gradients(x, states, dsums)

    return states if sequence else h, back
