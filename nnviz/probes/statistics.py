"""How a network's layers are doing over time: gradients, weights and activations in numbers, weights as histograms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from nnviz.activations import ends_of
from nnviz.data.dataset import Dataset
from nnviz.events import Frame
from nnviz.layers import BatchNormalization
from nnviz.models.backward import Descent, descend
from nnviz.models.forward import activations
from nnviz.models.metrics import targets
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


class Column(NamedTuple):
    """At one time: of each layer the numbers [6, L] in the order of NUMBERS, and the counts of its weights [L, 40]
    on the ranges [L] of that time."""

    step: int
    epoch: float
    numbers: Array
    counts: Array
    ranges: Array


NUMBERS = ("gradient", "weight_rms", "mean", "std", "zero", "saturated")


class Statistics:
    """Of one run. Measured on the first training images: the same ones each time, so that curves do not tremble."""

    def __init__(self, spec: RunSpec, data: Dataset) -> None:
        self.spec = spec
        self.n = min(data.n_train, SAMPLE, max(FEWEST, int(WORK / max(1, spec.multiply_adds))))
        self._x = data.inputs("train", slice(self.n))
        self._y = targets(spec, data.labels("train")[: self.n])
        self._network = network(spec, training=True)
        self._normalizes = any(isinstance(layer, BatchNormalization) for layer in spec.network.layers)
        self._layers = [layer for layer in layer_shapes(spec) if layer.kernel]
        most = max(2, min(COLUMNS, HISTOGRAM_BYTES // (BINS * len(self._layers))))
        self._columns: History[Column] = History(most)
        self._ranges = np.zeros(len(self._layers), np.float32)
        self._last = -1

    def add(self, weights: list[Array], step: int, epoch: float, rate: float = 0.0) -> None:
        """Measure the network with `weights` after `step` updates; `rate` is its regulariser's."""
        column = Column(step, round(epoch, 4), self._numbers(weights, rate), self._counts(weights), self._ranges.copy())
        (self._columns.replace if step == self._last else self._columns.add)(column)
        self._last = step

    def frame(self) -> Frame:
        """View "statistics", self-contained: T ≤ 64 times, evenly out of all, and L layers with a kernel.

        meta: layers (names), activations (their functions), step and epoch (lists [T]), sample (images measured on),
        ends (of each layer [low, high], None for functions without ends).
        float32 [L, T]: gradient, root mean square of ∂loss/∂kernel, the sample as one batch of the training but
        without dropout: batch normalisations take its mean and variance; weight_rms, root mean square of the kernel; of
        the layer's activations, as the network answers (inference mode), mean, std, zero (share of exact zeros: of a
        ReLU, what does not fire), saturated (share below `ends[0]` or above `ends[1]`).
        hist uint8 [L, T, 40]: the kernel's histogram at each time, √(count / largest count) · 255, over range float32
        [L, 2], the same at all times.
        """
        meta = {
            "layers": [layer.name for layer in self._layers],
            "activations": [layer.activation for layer in self._layers],
            "sample": self.n,
            "ends": [ends_of(layer.activation) for layer in self._layers],
        }
        return columns_frame(self._columns.rows, self._ranges, NUMBERS, meta)

    @property
    def course(self) -> tuple[dict[str, Any], dict[str, Array]]:
        """What has been measured so far, for `go_on`: plain values, and arrays."""
        rows = self._columns.rows
        arrays = {
            f"statistics.{name}": np.stack([getattr(row, name) for row in rows]).astype(np.float32)
            for name in ("numbers", "counts", "ranges") if rows
        }  # fmt: skip
        times = [[row.step, row.epoch] for row in rows]
        return {"times": times, "pace": list(self._columns.pace)}, arrays

    def go_on(self, course: dict[str, Any], arrays: Mapping[str, Array]) -> None:
        """With what another process of the same run has measured."""
        parts = [arrays[f"statistics.{name}"] for name in ("numbers", "counts", "ranges")] if course["times"] else []
        rows = [Column(*time, *of) for time, of in zip(course["times"], zip(*parts, strict=True), strict=True)]
        self._columns.go_on(rows, tuple(course["pace"]))
        if rows:
            self._ranges, self._last = rows[-1].ranges.copy(), rows[-1].step

    def _numbers(self, weights: list[Array], rate: float) -> Array:
        """float32 [6, L] in the order of NUMBERS."""
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            made = descend(self.spec, self._network, weights, self._x, self._y, rate)
        kernels = [w[0] for layer, w in of_layers(self.spec, weights) if layer.kernel]
        slopes = [g[0] for layer, g in of_layers(self.spec, made.gradients) if layer.kernel]
        outputs = self._activations(weights, made)
        rows = []
        with np.errstate(over="ignore", invalid="ignore"):
            for layer, w, g in zip(self._layers, kernels, slopes, strict=True):
                a = outputs[layer.name]
                low, high = ends_of(layer.activation) or (-np.inf, np.inf)
                saturated = float(((a < low) | (a > high)).mean())
                rows.append((rms(g), rms(w), float(a.mean()), float(a.std()), float((a == 0).mean()), saturated))
        return np.array(rows, np.float32).T

    def _activations(self, weights: list[Array], made: Descent) -> dict[str, Array]:
        """Layer's name → its activations in inference mode, which is how `made` went unless the network normalises."""
        if self._normalizes:
            return {placed.name: a for placed, a in activations(self.spec, weights, self._x)}
        return {**{placed.name: a for placed, a in made.activations}, self._layers[-1].name: made.outputs}

    def _counts(self, weights: list[Array]) -> Array:
        """float32 [L, 40], on the ranges, which grow to hold every weight."""
        return counted([w[0] for layer, w in of_layers(self.spec, weights) if layer.kernel], self._ranges)


def columns_frame(columns: list[Column], ranges: Array, numbers: Sequence[str], meta: dict[str, Any]) -> Frame:
    """The frame of `Statistics.frame` from its columns: `numbers` names the first axis of theirs."""
    measured = np.stack([column.numbers for column in columns], axis=-1)
    counts = np.stack([_widened(c.counts, c.ranges, ranges) for c in columns], axis=1)
    largest = counts.max(-1, keepdims=True)
    hist = np.sqrt(counts / np.maximum(largest, 1)) * 255 + 0.5
    times = {"step": [column.step for column in columns], "epoch": [column.epoch for column in columns]}
    arrays: dict[str, Array] = dict(zip(numbers, measured.astype(np.float32), strict=True))
    arrays["hist"] = hist.astype(np.uint8)
    arrays["range"] = np.stack([-ranges, ranges], axis=1)
    return Frame("statistics", columns[-1].step, columns[-1].epoch, {**meta, **times}, arrays)


def counted(kernels: Sequence[Array], ranges: Array) -> Array:
    """float32 [L, 40]: how many of each kernel's numbers lie where on its range; `ranges` [L] grow to hold them all."""
    counts = np.zeros((len(kernels), BINS), np.float32)
    for i, kernel in enumerate(kernels):
        flat = kernel.ravel()
        peak = max(float(flat.max()), -float(flat.min()), 1e-6)
        if peak > ranges[i] and np.isfinite(peak):
            # A power of two: a range that doubles joins bins in pairs, and what was counted before stays exact.
            ranges[i] = 2.0 ** np.ceil(np.log2(peak))
        flat = flat[:: -(-flat.size // DRAWN)]
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            places = ((flat / ranges[i] + 1) * np.float32(BINS / 2)).clip(0, BINS - 1)
        counts[i] = np.bincount(np.nan_to_num(places).astype(np.int64), minlength=BINS)
    return counts


def rms(values: Array) -> float:
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
