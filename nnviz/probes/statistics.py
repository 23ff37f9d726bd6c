"""How a network's layers are doing over time: gradients, weights and activations in numbers, weights as histograms."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from nnviz.data.dataset import Dataset
from nnviz.events import Frame
from nnviz.models.backward import descend
from nnviz.models.losses import targets
from nnviz.models.network import network
from nnviz.models.weights import Array, layer_shapes, of_layers
from nnviz.probes.history import History
from nnviz.spec import RunSpec

COLUMNS = 64
"""Times that a frame shows, at most."""
HISTOGRAM_BYTES = 60_000
BINS = 40
SAMPLE, FEWEST = 64, 8
"""Training images that gradients and activations are measured on."""
WORK = 15e6
"""Multiply-adds that the sample's way forward may take: 22 images for 784-512-512-10."""
DRAWN = 10_000
"""Weights of a layer that a histogram counts; of more, evenly chosen ones."""
SATURATED = 0.98
CENTRES = {"tanh": (0.0, 1.0), "softsign": (0.0, 1.0), "sigmoid": (0.5, 0.5), "hard_sigmoid": (0.5, 0.5)}
"""The middle of what an activation can say, and how far it can be from there."""


class _Column(NamedTuple):
    """At one time: of each layer the numbers [6, L] in the order of NUMBERS, and the counts of its weights [L, 40]
    on the ranges [L] of that time."""

    step: int
    epoch: float
    numbers: Array
    counts: Array
    ranges: Array


NUMBERS = ("gradient", "norm_w", "mean", "std", "zero", "saturated")


class Statistics:
    """Of one run. Measured on the first training images: the same ones each time, so that curves do not tremble."""

    def __init__(self, spec: RunSpec, data: Dataset) -> None:
        self.spec = spec
        self.n = min(data.n_train, SAMPLE, max(FEWEST, int(WORK / max(1, spec.multiply_adds))))
        self._x = data.inputs("train", slice(self.n))
        self._y = targets(spec, data.labels("train")[: self.n])
        self._network = network(spec)
        self._layers = [layer for layer in layer_shapes(spec) if layer.kernel]
        most = max(2, min(COLUMNS, HISTOGRAM_BYTES // (BINS * len(self._layers))))
        self._columns: History[_Column] = History(most)
        self._ranges = np.zeros(len(self._layers), np.float32)
        self._last = -1

    def add(self, weights: list[Array], step: int, epoch: float, rate: float = 0.0) -> None:
        """Measure the network with `weights` after `step` updates; `rate` is its regulariser's."""
        column = _Column(
            step, round(epoch, 4), self._numbers(weights, rate), self._counts(weights), self._ranges.copy()
        )
        (self._columns.replace if step == self._last else self._columns.add)(column)
        self._last = step

    def frame(self) -> Frame:
        """View "statistics", self-contained: T ≤ 64 times, evenly out of all, and L layers with a kernel.

        meta: layers (names), activations (their functions), step and epoch (lists [T]), sample (images measured on).
        float32 [L, T]: gradient, root mean square of ∂loss/∂kernel; norm_w, root mean square of the kernel; of the
        layer's activations mean, std, zero (share of exact zeros: of a ReLU, what does not fire), saturated (share
        within 2 % of the ends of what a sigmoid or tanh can say; 0 for functions without ends).
        hist uint8 [L, T, 40]: the kernel's histogram at each time, √(count / largest count) · 255, over range float32
        [L, 2], the same at all times.
        """
        columns = self._columns.rows
        numbers = np.stack([column.numbers for column in columns], axis=-1)
        counts = np.stack([_widened(c.counts, c.ranges, self._ranges) for c in columns], axis=1)
        largest = counts.max(-1, keepdims=True)
        hist = np.sqrt(counts / np.maximum(largest, 1)) * 255 + 0.5
        meta = {
            "layers": [layer.name for layer in self._layers],
            "activations": [layer.activation for layer in self._layers],
            "step": [column.step for column in columns],
            "epoch": [column.epoch for column in columns],
            "sample": self.n,
        }
        arrays: dict[str, Array] = dict(zip(NUMBERS, numbers.astype(np.float32), strict=True))
        arrays["hist"] = hist.astype(np.uint8)
        arrays["range"] = np.stack([-self._ranges, self._ranges], axis=1)
        return Frame("statistics", columns[-1].step, columns[-1].epoch, meta, arrays)

    def _numbers(self, weights: list[Array], rate: float) -> Array:
        """float32 [6, L] in the order of NUMBERS."""
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            made = descend(self.spec, self._network, weights, self._x, self._y, rate)
        kernels = [w[0] for layer, w in of_layers(self.spec, weights) if layer.kernel]
        slopes = [g[0] for layer, g in of_layers(self.spec, made.gradients) if layer.kernel]
        said = {placed.name: a for placed, a in made.said}
        said[self._layers[-1].name] = made.outputs
        rows = []
        with np.errstate(over="ignore", invalid="ignore"):
            for layer, w, g in zip(self._layers, kernels, slopes, strict=True):
                a = said[layer.name]
                middle, reach = CENTRES.get(layer.activation or "", (0.0, np.inf))
                saturated = 0.0 if reach == np.inf else float((np.abs(a - middle) > SATURATED * reach).mean())
                rows.append((_rms(g), _rms(w), float(a.mean()), float(a.std()), float((a == 0).mean()), saturated))
        return np.array(rows, np.float32).T

    def _counts(self, weights: list[Array]) -> Array:
        """float32 [L, 40], on the ranges, which grow to hold every weight."""
        kernels = [w[0] for layer, w in of_layers(self.spec, weights) if layer.kernel]
        counts = np.zeros((len(kernels), BINS), np.float32)
        for i, kernel in enumerate(kernels):
            flat = kernel.ravel()
            peak = max(float(flat.max()), -float(flat.min()), 1e-6)
            if peak > self._ranges[i] and np.isfinite(peak):
                # A power of two: a range that doubles joins bins in pairs, and what was counted before stays exact.
                self._ranges[i] = 2.0 ** np.ceil(np.log2(peak))
            flat = flat[:: -(-flat.size // DRAWN)]
            with np.errstate(over="ignore", invalid="ignore"):
                places = ((flat / self._ranges[i] + 1) * np.float32(BINS / 2)).clip(0, BINS - 1)
            counts[i] = np.bincount(np.nan_to_num(places).astype(np.int64), minlength=BINS)
        return counts


def _rms(values: Array) -> float:
    flat = values.ravel()
    return float(np.sqrt(np.dot(flat, flat) / flat.size))


def _widened(counts: Array, before: Array, now: Array) -> Array:
    """Counts [L, 40] on the ranges of before, on those of now, which are wider by powers of two."""
    if (before == now).all():
        return counts
    counts = counts.copy()
    for i, (old, new) in enumerate(zip(before, now, strict=True)):
        while 0 < old < new:
            middle = counts[i].reshape(-1, 2).sum(1)
            counts[i] = 0
            counts[i, BINS // 4 : BINS // 4 + BINS // 2] = middle
            old *= 2
    return counts
