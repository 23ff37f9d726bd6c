"""Long short-term memory, as Keras's LSTM."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from nnviz.activations import sigmoid
from nnviz.initializers import Array, Initializer, Random, Shape
from nnviz.layers.base import Apply, Back, Placed
from nnviz.layers.recurrent import Recurrent, from_above, gradients


class LSTM(Recurrent):
    """Reads a picture row by row, with Keras's gates (sigmoid) and activation (tanh)."""

    kind: Literal["lstm"] = "lstm"
    units: int = Field(64, ge=1, le=512)

    label: ClassVar = "LSTM"
    about: ClassVar = "reads row by row, with gates that choose what to keep"
    name: ClassVar = "LSTM layer"
    token: ClassVar = "lstm{units}"
    gates: ClassVar = 4
    kept: ClassVar = 11.0

    def function(self, common: str) -> str | None:  # noqa: ARG002
        return "tanh"

    def initial(self, arrays: tuple[Shape, ...], rng: Random, kernel: Initializer, bias: Initializer) -> list[Array]:
        """The forget gate's bias is 1, so that it begins by remembering (Keras's unit_forget_bias; Jozefowicz and
        others, 2015)."""
        drawn = super().initial(arrays, rng, kernel, bias)
        drawn[-1][self.units : 2 * self.units] = 1
        return drawn

    def apply(self, placed: Placed, training: bool) -> Apply:  # noqa: ARG002
        return partial(lstm, sequence=placed.sequence)


def lstm(x: Array, kernel: Array, recurrent: Array, bias: Array, sequence: bool) -> tuple[Array, Back]:
    """Gates i, f, o = σ(…) and candidate g = tanh(…), side by side in the arrays in Keras's order i, f, g, o;
    c ← f·c + i·g, h ← o·tanh c (Hochreiter and Schmidhuber, 1997, with the forget gate of Gers et al., 2000)."""
    driven = x @ kernel + bias
    gates = np.empty_like(driven)
    units = len(recurrent)
    g = slice(2 * units, 3 * units)
    cells = np.empty((*x.shape[:2], units), driven.dtype)
    states = np.empty_like(cells)
    h = c = np.zeros_like(cells[:, 0])
    for t in range(x.shape[1]):
        z = driven[:, t] + h @ recurrent
        now = gates[:, t]
        now[:] = sigmoid(z)
        now[:, g] = np.tanh(z[:, g])
        i, f, candidate, o = np.split(now, 4, axis=-1)
        cells[:, t] = c = f * c + i * candidate
        states[:, t] = h = o * np.tanh(c)

    def back(dh: Array) -> tuple[Array, list[Array]]:
        dsums = np.empty_like(gates)
        dh_later: Array = np.zeros_like(h)
        dc_later: Array = np.zeros_like(h)
        for t in reversed(range(x.shape[1])):
            dh_now = dh_later + from_above(dh, t, x.shape[1], sequence)
            i, f, candidate, o = np.split(gates[:, t], 4, axis=-1)
            squashed = np.tanh(cells[:, t])
            before = cells[:, t - 1] if t else np.zeros_like(h)
            dc = dc_later + dh_now * o * (1 - squashed**2)
            dsums[:, t] = np.concatenate(
                [
                    dc * candidate * i * (1 - i),
                    dc * before * f * (1 - f),
                    dc * i * (1 - candidate**2),
                    dh_now * squashed * o * (1 - o),
                ],
                axis=-1,
            )
            dh_later, dc_later = dsums[:, t] @ recurrent.T, dc * f
        return dsums @ kernel.T, gradients(x, states, dsums)

    return states if sequence else h, back
