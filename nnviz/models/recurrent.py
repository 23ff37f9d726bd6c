"""Recurrent layers, as Keras's SimpleRNN and LSTM, each with backpropagation through time beside it.

x is [n, time, inputs]; the result is the last state [n, units], or with `sequence` all of them [n, time, units].
"""

from __future__ import annotations

import numpy as np

from nnviz.models.activations import ACTIVATIONS, sigmoid
from nnviz.models.convolution import Back
from nnviz.models.weights import Array


def simple_rnn(
    x: Array, kernel: Array, recurrent: Array, bias: Array, activation: str, sequence: bool
) -> tuple[Array, Back]:
    """h ← f(x·W + h·U + b), from h = 0."""
    f, f_back = ACTIVATIONS[activation]
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
            from_later = from_later + _from_above(dh, t, x.shape[1], sequence)
            dsums[:, t] = f_back(sums[:, t], states[:, t], from_later)
            from_later = dsums[:, t] @ recurrent.T
        return dsums @ kernel.T, _gradients(x, states, dsums)

    return states if sequence else h, back


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
            dh_now = dh_later + _from_above(dh, t, x.shape[1], sequence)
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
        return dsums @ kernel.T, _gradients(x, states, dsums)

    return states if sequence else h, back


def _from_above(dh: Array, t: int, times: int, sequence: bool) -> Array | float:
    """What the layer above says of the state after row t."""
    if sequence:
        return np.asarray(dh[:, t])
    return dh if t == times - 1 else 0.0


def _gradients(x: Array, states: Array, dsums: Array) -> list[Array]:
    """Of kernel, recurrent kernel and bias, from ∂L/∂(sum before each gate) at every time."""
    flat = dsums.reshape(-1, dsums.shape[-1])
    before = np.concatenate([np.zeros_like(states[:, :1]), states[:, :-1]], axis=1)
    return [
        x.reshape(-1, x.shape[-1]).T @ flat,
        before.reshape(-1, before.shape[-1]).T @ flat,
        flat.sum(0),
    ]
