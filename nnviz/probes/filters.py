"""What the weights look like: the first layer's as small pictures, the others' as matrices, all within one frame."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.events import Frame
from nnviz.layers import Placed
from nnviz.models.weights import Array, of_layers
from nnviz.spec import RunSpec

BYTES = 98_000
"""Of a frame; with what the arrays are rounded up by it stays below 100 KB."""
HEADER = 400
"""Bytes of the header for each layer."""
FIRST = 40_000
"""Bytes of the first layer's pictures: 51 of 28×28."""
SIDE = 128
"""A matrix shows at most so many rows and columns."""
KERNELS = 16
"""A deeper convolution shows at most so many filters, of so many channels each."""
MOST_UNITS = 1024
"""The output weights are sent as numbers up to so many units before them."""


@dataclass(frozen=True)
class Picture:
    """Some of a kernel's numbers, `values` [shown, …] with a peak each; `matrix`: one picture of them all."""

    name: str
    kind: str
    activation: str | None
    index: int
    total: int
    values: Array
    matrix: bool = False


def filters_frame(spec: RunSpec, weights: list[Array], step: int, epoch: float) -> Frame:
    """View "filters" of a network that reads pictures, with `weights` in `get_weights` order.

    meta.layers, from the input on: name, kind, activation, total and shown (units or filters), picture [height, width]
    of one of its pictures, array ("w0" …), peak ("peak0" …), index (its place in `spec.plan`), matrix (bool).
    w{i} uint8, (u8 − 128) / 127 · peak, is
      [shown, height, width] where the first layer is dense: what each unit wants to see of the picture;
      [shown, k, k] of a first convolution; [shown, channels, k, k] of a deeper one, cut to 16 × 16;
      [rows, columns] of a kernel [in, out] of any other layer, cut to 128 × 128 or what there is room for.
    peak{i} float32 [shown], the largest |weight| in each; [1] of a matrix.
    output float32 [units, classes], the output layer's kernel, with meta.output {units, from_layer}, where the last
    hidden layer is dense and of at most 1,024 units; else meta.output is None.
    """
    output = _output(spec, weights)
    pictures = _pictures(spec, weights, BYTES - (0 if output is None else output[1].nbytes))
    return pictures_frame(pictures, step, epoch, output)


def pictures_frame(
    pictures: Iterable[Picture], step: int, epoch: float, output: tuple[dict[str, Any], Array] | None = None
) -> Frame:
    """The same of any pictures of kernels. output: what stands in meta.output, and the array."""
    arrays: dict[str, Any] = {} if output is None else {"output": output[1]}
    rows: list[dict[str, Any]] = []
    for i, picture in enumerate(pictures):
        arrays[f"w{i}"], arrays[f"peak{i}"] = levels(picture.values, whole=picture.matrix)
        rows.append({
            "name": picture.name, "kind": picture.kind, "activation": picture.activation,
            "total": picture.total, "shown": picture.values.shape[1 if picture.matrix else 0],
            "picture": list(picture.values.shape[-2:]), "array": f"w{i}", "peak": f"peak{i}", "index": picture.index,
            "matrix": picture.matrix,
        })  # fmt: skip
    meta = {"layers": rows, "output": None if output is None else output[0]}
    return Frame("filters", step, epoch, meta, arrays)


def support_frame(spec: RunSpec, arrays: dict[str, Array]) -> Frame:
    """View "filters" of an SVM from the arrays of its fit: the support vectors that weigh most.

    meta.layers has one entry, of kind "support_vectors"; w0 uint8 [shown, height, width] and peak0 as of a network;
    coefficient float32 [shown], the sum of the |dual coefficients| of each; label uint8 [shown], its class.
    """
    height, width = spec.input_shape[:2]
    weight = np.abs(arrays["dual"]).sum(0)
    labels = np.repeat(arrays["classes"].astype(np.uint8), arrays["counts"].astype(np.int64))
    heaviest = np.argsort(-weight, kind="stable")[: (BYTES - 2 * HEADER) // (height * width + 9)]
    vectors = arrays["support"][heaviest].astype(np.float32).reshape(-1, height, width)
    if arrays["support"].dtype == np.uint8:
        vectors /= 255
    w0, peak0 = levels(vectors)
    row = {
        "name": "support vectors", "kind": "support_vectors", "activation": None, "total": len(weight),
        "shown": len(heaviest), "picture": [height, width], "array": "w0", "peak": "peak0", "index": 0, "matrix": False,
    }  # fmt: skip
    shown: dict[str, Any] = {
        "w0": w0, "peak0": peak0, "coefficient": weight[heaviest].astype(np.float32),
        "label": labels[heaviest],
    }  # fmt: skip
    return Frame("filters", 1, 1.0, {"layers": [row], "output": None}, shown)


def levels(values: Array, whole: bool = False) -> tuple[NDArray[np.uint8], Array]:
    """(uint8, peak float32 [shown]): each of `values` [shown, …], or all of them (`whole`), by its largest |value|."""
    flat = values.reshape(1 if whole else len(values), -1)
    with np.errstate(invalid="ignore", over="ignore"):
        peak = np.maximum(flat.max(1, initial=0), -flat.min(1, initial=0)).astype(np.float32)
        scaled = flat * (np.float32(127) / np.where(peak > 0, peak, np.float32(1)))[:, None]
        # Rounding to nearest of what is 1 … 255 by cutting off: a quarter of the time of np.rint.
        u8 = np.nan_to_num(scaled + np.float32(128.5), nan=128).astype(np.uint8)
    return u8.reshape(values.shape), peak


def _pictures(spec: RunSpec, weights: list[Array], room: int) -> list[Picture]:
    """The kernels, cut to what `room` bytes hold, their part of the header included."""
    places = {layer.name: i for i, layer in enumerate(spec.plan)}
    kernels: list[tuple[Placed, str, Array]] = []
    for layer, arrays in of_layers(spec, weights):
        if layer.kernel:
            kernels.append((layer, layer.name, arrays[0]))
        if len(arrays) == 3:
            kernels.append((layer, f"{layer.name}, recurrent weights", arrays[1]))
    room -= HEADER * (1 + len(kernels))
    picture_shape = _reads_picture(spec, kernels[0][0])
    found: list[Picture] = []
    for n, (layer, name, kernel) in enumerate(kernels):
        index, share = places[layer.name], room // (len(kernels) - n)
        if n == 0 and (shape := picture_shape):
            shown = max(1, min(layer.units, (min(FIRST, room) if len(kernels) > 1 else room) // int(np.prod(shape))))
            cut = kernel.reshape(*shape, -1)[..., :shown]
            picture = Picture(name, layer.kind, layer.activation, index, layer.units, np.moveaxis(cut, -1, 0))
        elif layer.kind == "conv2d":
            side = max(1, min(KERNELS, int((share / kernel[..., 0, 0].size) ** 0.5)))
            cut = kernel[:, :, :side, :side]
            picture = Picture(name, layer.kind, layer.activation, index, layer.units, np.transpose(cut, (3, 2, 0, 1)))
        else:
            side = max(1, min(SIDE, int(share**0.5)))
            picture = Picture(
                name, layer.kind, layer.activation, index, kernel.shape[1], kernel[:side, :side], matrix=True
            )
        found.append(picture)
        room -= picture.values.size + 4 * (1 if picture.matrix else len(picture.values))
    return found


def _reads_picture(spec: RunSpec, first: Placed) -> tuple[int, ...] | None:
    """[height, width] of the pictures that the first layer's weights make; None where they make none."""
    if first.kind == "conv2d":
        return first.arrays[0][:2]
    flattened = [layer.input_shape for layer in spec.plan if layer.kind == "flatten"]
    return flattened[0][:2] if first.kind == "dense" and len(flattened[0]) == 3 else None


def _output(spec: RunSpec, weights: list[Array]) -> tuple[dict[str, Any], Array] | None:
    """The output layer's kernel and what it reads, where that is a dense hidden layer of some size."""
    layers = [layer for layer, _ in of_layers(spec, weights) if layer.kernel]
    if len(layers) < 2 or layers[-2].kind != "dense" or layers[-2].units > MOST_UNITS:
        return None
    return {"units": layers[-2].units, "from_layer": layers[-2].name}, weights[-2]
