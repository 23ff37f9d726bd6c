"""What a recurrent network makes of a picture row by row: its state after each row, what it would answer if it stopped
there, one unit's sums in numbers, and how far back the loss's gradient reaches.

Pure: a network's weights and a picture in, one frame out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from nnviz.activations import ACTIVATIONS, sigmoid
from nnviz.events import Frame
from nnviz.initializers import Array
from nnviz.layers.base import Back, Placed
from nnviz.layers.lstm import LSTM
from nnviz.layers.recurrent import Recurrent
from nnviz.losses import LOSSES
from nnviz.models.metrics import targets
from nnviz.models.network import network
from nnviz.models.predictor import comparable
from nnviz.models.weights import of_layers
from nnviz.spec import RunSpec

GATES = ("input gate i", "forget gate f", "candidate g", "output gate o")
"""In the order of Keras's arrays."""


class Read(NamedTuple):
    """What a recurrent layer did with rows x [T, inputs]: states h [T, units]; sums before activation and gates
    [T, gates · units], and the two products that they are made of; gates and cells (LSTM only)."""

    placed: Placed
    arrays: list[Array]
    x: Array
    states: Array
    driven: Array
    remembered: Array
    gates: Array | None
    cells: Array | None

    @property
    def sums(self) -> Array:
        """z = x·W + h·U + b"""
        found: Array = self.driven + self.remembered + self.arrays[2]
        return found


def is_recurrent(spec: RunSpec) -> bool:
    return spec.is_network and any(isinstance(layer, Recurrent) for layer in spec.network.layers)


def read(placed: Placed, arrays: list[Array], x: Array) -> Read:
    """x [T, inputs] by a recurrent layer, from the state 0."""
    kernel, recurrent, bias = arrays
    states = placed.layer.apply(placed._replace(sequence=True), False)(x[None], *arrays)[0][0]
    before = np.concatenate([np.zeros_like(states[:1]), states[:-1]])
    driven, remembered = x @ kernel, before @ recurrent
    if not isinstance(placed.layer, LSTM):
        return Read(placed, arrays, x, states, driven, remembered, None, None)
    sums, units = driven + remembered + bias, placed.units
    gates = sigmoid(sums)
    gates[:, 2 * units : 3 * units] = np.tanh(sums[:, 2 * units : 3 * units])
    i, f, g, _ = np.split(gates, 4, axis=1)
    cells = np.empty_like(states)
    c = np.zeros_like(states[0])
    for t in range(len(x)):
        cells[t] = c = f[t] * c + i[t] * g[t]
    return Read(placed, arrays, x, states, driven, remembered, gates, cells)


def gradients_back(made: Read, dh: Array) -> tuple[Array, Array | None]:
    """(∂L/∂h_t, ∂L/∂c_t or None), each [T, units], from ∂L/∂h [T, units] that comes from above the layer.

    The layer's own way back gives them: with a further input for each sum, whose weight is 1 and which is 0, its
    gradient by the inputs has ∂L/∂z_t, and ∂L/∂h_(t−1) = ∂L/∂z_t · Uᵀ + what comes from above.
    """
    kernel, recurrent, bias = made.arrays
    sums = kernel.shape[1]
    wider = np.concatenate([kernel, np.eye(sums, dtype=kernel.dtype)])
    padded = np.concatenate([made.x, np.zeros((len(made.x), sums), made.x.dtype)], axis=1)
    _, back = made.placed.layer.apply(made.placed._replace(sequence=True), False)(padded[None], wider, recurrent, bias)
    dz = back(dh[None])[0][0, :, -sums:]
    states = dh.copy()
    states[:-1] += dz[1:] @ recurrent.T
    if made.gates is None or made.cells is None:
        return states, None
    _, f, _, o = np.split(made.gates, 4, axis=1)
    cells = states * o * (1 - np.tanh(made.cells) ** 2)
    for t in reversed(range(len(cells) - 1)):
        cells[t] += cells[t + 1] * f[t + 1]  # the sum c_t = f·c_(t−1) + i·g passes it on times f, and no weight
    return states, cells


def recurrence(spec: RunSpec, weights: list[Array], x: Array, label: int | None, unit: int, step: int, epoch: float
               ) -> Frame:  # fmt: skip
    """View "recurrence" of one picture x [1, h, w, c], as the network is fed it; its class, where it has one.

    Of the last recurrent layer, of T rows and U units: states float32 [T, U]; of an LSTM cells [T, U], gates
    [4, T, U]; probabilities [T + 1, classes], of the network as if the picture ended after so many rows; of `unit` (the
    last one where there are fewer) terms [T, gates, 3]: x·W, h·U and b, and driving [T, inputs]: each x·W's products of
    its first gate; gradient_states, gradient_cells (LSTM) [T]: lengths of ∂L/∂h_t and ∂L/∂c_t, L the loss after the
    last row for the class, or for the answer where it has none. meta: kind, units, rows, activation, unit, label,
    of (the class of L), predicted, gates (names), layer (name), first (it reads the picture itself).
    """
    own = dict(of_layers(spec, weights))
    stages = {stage.placed: stage for stage in network(spec)}
    last = max(at for at, placed in enumerate(spec.plan) if isinstance(placed.layer, Recurrent))
    with np.errstate(over="ignore", invalid="ignore"):
        a = np.asarray(x, np.float32)
        for placed in spec.plan[:last]:
            a = stages[placed].apply(a, *own.get(placed, []))[0]
        made = read(spec.plan[last], own[spec.plan[last]], a[0])
        above = [stages[placed] for placed in spec.plan[last + 1 :]]
        ends = np.concatenate([np.zeros_like(made.states[:1]), made.states])
        outputs, logits, backs = _above(spec, above, own, ends)
        said = comparable(spec, outputs, logits)
        predicted = int(said[-1].argmax())
        of = predicted if label is None else label
        loss, f = LOSSES[spec.training.loss], ACTIVATIONS[spec.output_activation]
        wanted = np.repeat(targets(spec, np.array([of])), len(ends), axis=0)
        d = np.asarray(loss.back(wanted, outputs, logits, lambda do: f.back(logits, outputs, do)), np.float32)
        d[:-1] = 0  # L is that of the whole picture
        for back in reversed(backs):
            d, _ = back(d)
        states, cells = gradients_back(made, d[1:])
    unit = min(unit, made.placed.units - 1)
    arrays = {
        "states": made.states, "probabilities": said, "terms": _terms(made, unit), "gradient_states": _length(states),
        "driving": made.x * made.arrays[0][:, unit],
    }  # fmt: skip
    if made.gates is not None and made.cells is not None and cells is not None:
        arrays |= {"cells": made.cells, "gradient_cells": _length(cells)}
        arrays["gates"] = np.stack(np.split(made.gates, 4, axis=1))
    meta: dict[str, Any] = {
        "kind": made.placed.kind, "units": made.placed.units, "rows": len(made.x), "activation": made.placed.activation,
        "unit": unit, "label": label, "of": of, "predicted": predicted, "layer": made.placed.name,
        "gates": list(GATES) if made.gates is not None else [],
        "first": not any(placed.arrays for placed in spec.plan[:last]),
    }  # fmt: skip
    arrays = {name: np.ascontiguousarray(np.nan_to_num(array), np.float32) for name, array in arrays.items()}
    return Frame("recurrence", step, epoch, meta, arrays)


def _above(spec: RunSpec, stages: Iterable[Any], own: dict[Placed, list[Array]], states: Array
           ) -> tuple[Array, Array, list[Back]]:  # fmt: skip
    """(outputs, logits, the way back through each) of the layers above the states [n, units]."""
    backs = []
    a = states
    for stage in stages:
        a, back = stage.apply(a, *own.get(stage.placed, []))
        backs.append(back)
    return np.asarray(ACTIVATIONS[spec.output_activation].f(a), np.float32), a, backs


def _terms(made: Read, unit: int) -> Array:
    """float32 [T, gates, 3]: x·W, h·U and b of a unit."""
    places = np.arange(made.driven.shape[1] // made.placed.units) * made.placed.units + unit
    bias = np.broadcast_to(made.arrays[2][places], (len(made.x), len(places)))
    return np.stack([made.driven[:, places], made.remembered[:, places], bias], axis=-1)


def _length(vectors: Array) -> Array:
    return np.asarray(np.sqrt((vectors.astype(np.float64) ** 2).sum(1)))
