"""What the weights of a Keras model look like, and how large its gradients are: for each kernel a picture and a row of
numbers. A kernel is every trainable array with two axes or more, whatever layer it belongs to."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnviz.events import Array, Frame
from nnviz.keras.describe import attempt
from nnviz.probes.filters import BYTES, FIRST, HEADER, KERNELS, SIDE, Picture, pictures_frame
from nnviz.probes.history import History
from nnviz.probes.statistics import BINS, COLUMNS, HISTOGRAM_BYTES, Column, columns_frame, counted, rms

MOST = 30
"""Kernels; of more the first ones are shown."""
NUMBERS = ("gradient", "weight_rms")


class Kernels:
    """Of one model that is built. picture: [height, width] of what the first kernel's inputs are a picture of."""

    def __init__(self, model: Any, picture: tuple[int, int] | None = None) -> None:
        trainable: list[Any] = attempt(lambda: list(model.trainable_variables), [])
        found = [one for one in trainable if len(one.shape) >= 2 and 0 not in one.shape]
        self.left_out = len(found) - MOST
        self.variables = found[:MOST]
        self.names = _names(self.variables)
        self._picture = picture
        most = max(2, min(COLUMNS, HISTOGRAM_BYTES // (BINS * max(1, len(self.variables)))))
        self._columns: History[Column] = History(most)
        self._ranges = np.zeros(len(self.variables), np.float32)
        self._last = -1

    def read(self) -> list[Array]:
        """The numbers now, float32."""
        return [to_numpy(one).astype(np.float32, copy=False) for one in self.variables]

    def filters(self, step: int, epoch: float) -> Frame:
        """View "filters", as nnviz.probes.filters has it."""
        kernels, pictures = self.read(), list[Picture]()
        room = BYTES - HEADER * (1 + len(kernels))
        for n, (name, kernel) in enumerate(zip(self.names, kernels, strict=True)):
            picture = _picture(name, n, kernel, room // (len(kernels) - n), self._picture if n == 0 else None)
            room -= picture.values.size + 4 * (1 if picture.matrix else len(picture.values))
            pictures.append(picture)
        return pictures_frame(pictures, step, epoch)

    def statistics(self, gradients: list[Array] | None, step: int, epoch: float, sample: int) -> Frame:
        """View "statistics", as nnviz.probes.statistics has it, but only its gradient (None: not measured), weight_rms
        and hist; meta.sample: samples that the gradient was measured on."""
        kernels = self.read()
        with np.errstate(over="ignore", invalid="ignore"):
            slopes = [np.nan if gradients is None else rms(g) for g in gradients or kernels]
            numbers = np.array([slopes, [rms(kernel) for kernel in kernels]], np.float32)
        counts = counted(kernels, self._ranges)  # the ranges grow first
        column = Column(step, round(epoch, 4), numbers, counts, self._ranges.copy())
        (self._columns.replace if step == self._last else self._columns.add)(column)
        self._last = step
        meta = {"layers": self.names, "activations": [None] * len(kernels), "ends": [None] * len(kernels),
                "sample": sample}  # fmt: skip
        return columns_frame(self._columns.rows, self._ranges, NUMBERS, meta)


def to_numpy(given: Any) -> Array:
    """A tensor or variable of any backend."""
    from keras import ops

    return np.asarray(ops.convert_to_numpy(given))


def _names(variables: list[Any]) -> list[str]:
    """The layers' paths without the model's own name; with the array's, where a layer has several."""
    paths = [str(getattr(one, "path", None) or one.name).split("/") for one in variables]
    if len({path[0] for path in paths}) == 1 and all(len(path) > 2 for path in paths):
        paths = [path[1:] for path in paths]
    owners = ["/".join(path[:-1]) or path[-1] for path in paths]
    full = [owner if owners.count(owner) == 1 else "/".join(path) for owner, path in zip(owners, paths, strict=True)]
    return [name[-60:] if full.count(name) == 1 else f"{name[-56:]} {n}" for n, name in enumerate(full)]


def _picture(name: str, index: int, kernel: Array, share: int, shape: tuple[int, int] | None) -> Picture:
    """As much of a kernel as `share` bytes hold."""
    units = kernel.shape[-1]
    if kernel.ndim == 4 and max(kernel.shape[:2]) <= SIDE:
        height, width, channels, filters = kernel.shape
        if channels == 1:
            shown = max(1, min(filters, FIRST // (height * width), share // (height * width)))
            return Picture(name, "conv2d", None, index, units, np.moveaxis(kernel[:, :, 0, :shown], -1, 0))
        side = max(1, min(KERNELS, int((share / (height * width)) ** 0.5)))
        cut = kernel[:, :, :side, :side]
        return Picture(name, "conv2d", None, index, units, np.ascontiguousarray(np.transpose(cut, (3, 2, 0, 1))))
    flat = kernel.reshape(-1, units)
    if shape is not None and flat.shape[0] == shape[0] * shape[1]:
        shown = max(1, min(units, min(FIRST, share) // flat.shape[0]))
        return Picture(name, "dense", None, index, units, np.moveaxis(flat[:, :shown].reshape(*shape, shown), -1, 0))
    side = max(1, min(SIDE, int(share**0.5)))
    return Picture(name, "dense", None, index, units, flat[:side, :side], matrix=True)
