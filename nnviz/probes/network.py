"""A 2-D network as a frame: the output and each neuron's output everywhere in the plane, and every weight."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnviz.data.dataset import Dataset
from nnviz.events import Frame
from nnviz.models.forward import forward
from nnviz.models.metrics import threshold
from nnviz.models.weights import Array, layer_shapes, weights_to_flat
from nnviz.spec import RunSpec

GRID = 64
"""Points along each side of the boundary."""


def map_size(neurons: int) -> int:
    """Points along each side of a neuron's map: the more neurons, the smaller each is drawn and may be."""
    return 24 if neurons <= 80 else 16 if neurons <= 160 else 12


class NetworkProbe:
    """Frames of one run's network; keeps the grid's inputs, which do not change.

    View "network":
      boundary float32 [outputs, 64, 64]; row 0 is the lowest x2, column 0 the lowest x1; values at the cells' centres.
      maps uint8 [N, S, S], the activation of each dense neuron in order, the output's last: (u8 − 128) / 127 · peak.
      peak float32 [N], the largest |activation| in each map.
      weights float32 [total] as `weights_to_flat`; `offset` of each layer in meta says where its kernel begins.
    """

    def __init__(self, spec: RunSpec, data: Dataset) -> None:
        self.spec = spec
        layers = [layer for layer in layer_shapes(spec) if layer.kind == "dense"]
        neurons = sum(layer.units for layer in layers)
        self.size = map_size(neurons)
        self._fine = data.features(cells(data.domain, GRID))
        self._coarse = data.features(cells(data.domain, self.size))
        self.meta: dict[str, Any] = {
            "layers": _describe(spec),
            "domain": [list(axis) for axis in data.domain],
            "sizes": self.size,
            "grid": GRID,
            "inputs": list(spec.data.inputs),
            "output_activation": spec.output_activation,
            "targets": list(spec.targets),
            "threshold": threshold(spec),
        }

    def frame(self, weights: list[Array], step: int, epoch: float) -> Frame:
        """The network with `weights` (of `get_weights` order) after `step` updates."""
        boundary = forward(self.spec, weights, self._fine)[-1]
        maps = np.concatenate(forward(self.spec, weights, self._coarse), axis=1).T
        peak = np.abs(maps).max(axis=1)
        with np.errstate(invalid="ignore", over="ignore"):
            levels = np.rint(maps / np.where(peak > 0, peak, 1)[:, None] * 127) + 128
        arrays = {
            "boundary": np.ascontiguousarray(boundary.T.reshape(-1, GRID, GRID)),
            "maps": np.nan_to_num(levels, nan=128).astype(np.uint8).reshape(-1, self.size, self.size),
            "peak": peak.astype(np.float32),
            "weights": weights_to_flat(self.spec, weights),
        }
        return Frame("network", step, epoch, self.meta, arrays)


def cells(domain: Any, n: int) -> Array:
    """The centres of n × n cells over the domain: float32 [n·n, 2], x1 running fastest, from the lowest corner."""
    x1, x2 = (low + (np.arange(n) + 0.5) * ((high - low) / n) for low, high in domain)
    grid = np.stack(np.meshgrid(x1, x2), axis=-1)
    return grid.reshape(-1, 2).astype(np.float32)


def _describe(spec: RunSpec) -> list[dict[str, Any]]:
    """For each dense layer: units, inputs, activation, and where its kernel begins in `weights`; the numbers between
    the layer before and that place are those of batch normalisations."""
    rows: list[dict[str, Any]] = []
    offset = 0
    for layer in layer_shapes(spec):
        if layer.kind == "dense":
            row = {"units": layer.units, "inputs": layer.inputs, "activation": layer.activation, "offset": offset}
            rows.append(row)
        offset += sum(int(np.prod(shape)) for shape in layer.arrays)
    return rows
