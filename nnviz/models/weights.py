"""The layers that have weights, and the initial ones, in NumPy: the page's preview and the process that trains draw the
same numbers from the seed."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from nnviz.initializers import BIASES, INITIALIZERS, Array
from nnviz.layers.base import Placed
from nnviz.spec import RunSpec

__all__ = [
    "Array", "check_weights", "flat_to_weights", "initial_weights", "layer_shapes", "of_layers", "untrained_arrays",
    "views", "weights_to_flat",
]  # fmt: skip


def layer_shapes(spec: RunSpec) -> Iterator[Placed]:
    """The layers with weights from the input on, the output layer last. Names: "hidden layer 2", "output layer"."""
    return (layer for layer in spec.plan if layer.arrays)


def of_layers(spec: RunSpec, weights: list[Array]) -> Iterator[tuple[Placed, list[Array]]]:
    """Each layer that has weights with its own arrays out of `weights`."""
    arrays = iter(weights)
    for layer in layer_shapes(spec):
        yield layer, [next(arrays) for _ in layer.arrays]


def initial_weights(spec: RunSpec) -> list[Array]:
    """float32 arrays in the order of Keras's `get_weights`. The same for the same `spec.seed`.

    Kernels and biases by the spec's initialisers; more in `Layer.initial`.
    """
    rng = np.random.Generator(np.random.Philox(np.random.SeedSequence([spec.seed, 1])))
    kernel, bias = INITIALIZERS[spec.network.initializer], BIASES[spec.network.bias_initializer]
    drawn = (placed.layer.initial(placed.arrays, rng, kernel, bias) for placed in layer_shapes(spec))
    return [array for own in drawn for array in own]


def untrained_arrays(spec: RunSpec, start: bytes | None = None) -> dict[str, Array]:
    """The arrays of a "weights" frame of a network before its training: the seed's, or those that it starts from, as
    bytes of float32."""
    flat = weights_to_flat(spec, initial_weights(spec)) if start is None else np.frombuffer(start, np.float32)
    return {"weights": flat}


def weights_to_flat(spec: RunSpec, weights: list[Array]) -> Array:
    """float32 [total]: all arrays one after the other, each row-major; the order of the "network" frame's `weights`."""
    check_weights(spec, weights)
    return np.concatenate([np.asarray(w, np.float32).ravel() for w in weights])


def flat_to_weights(spec: RunSpec, flat: Array) -> list[Array]:
    """The arrays again, in `get_weights` order. Raises ValueError where the length is not the network's."""
    shapes = [shape for layer in layer_shapes(spec) for shape in layer.arrays]
    total = sum(math.prod(shape) for shape in shapes)
    if flat.shape != (total,):
        raise ValueError(f"weights: this network has {total} numbers, not {flat.size}")
    return [view.copy() for view in views(spec, np.asarray(flat, np.float32))]


def views(spec: RunSpec, flat: Array) -> list[Array]:
    """The arrays in `get_weights` order as views of the vector [total]."""
    shapes = [shape for layer in layer_shapes(spec) for shape in layer.arrays]
    parts = np.split(flat, np.cumsum([math.prod(shape) for shape in shapes])[:-1])
    return [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]


def check_weights(spec: RunSpec, weights: list[Array]) -> None:
    """Raises ValueError where the arrays are not of this network's shapes."""
    shapes = [shape for layer in layer_shapes(spec) for shape in layer.arrays]
    if [w.shape for w in weights] != shapes:
        raise ValueError(f"weights: this network has arrays of {shapes}, not {[w.shape for w in weights]}")
