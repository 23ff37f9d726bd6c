"""The layers that have weights, and the initial ones, in NumPy: the page's preview and the process that trains draw the
same numbers from the seed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from nnviz.models import initializers
from nnviz.models.initializers import Array, Shape
from nnviz.spec import AnyLayer, Placed, RunSpec

__all__ = [
    "ARRAYS", "Array", "LayerShape", "check_weights", "flat_to_weights", "initial_weights", "layer_shapes", "of_layers",
    "views", "weights_to_flat",
]  # fmt: skip

ARRAYS: dict[str, tuple[str, ...]] = {
    "dense": ("kernel", "bias"),
    "conv2d": ("kernel", "bias"),
    "simple_rnn": ("kernel", "recurrent_kernel", "bias"),
    "lstm": ("kernel", "recurrent_kernel", "bias"),
    "batch_normalization": ("gamma", "beta", "moving_mean", "moving_variance"),
}
"""The arrays of each kind of layer that has any, as Keras names and orders them."""


class LayerShape(NamedTuple):
    """One layer that has weights.

    inputs, units: of a dense layer its numbers; of a convolution channels and filters; of a recurrent layer the numbers
    in a row and its units; of a batch normalisation both the channels. `activation` is None for a batch normalisation.
    arrays: the shapes of its arrays in the order of Keras's `get_weights`, named in ARRAYS. part: None: output layer.
    """

    name: str
    kind: str
    inputs: int
    units: int
    activation: str | None
    arrays: list[Shape]
    input_shape: Shape
    output_shape: Shape
    part: AnyLayer | None

    @property
    def kernel(self) -> bool:
        """Whether its first array is a kernel, which a regulariser punishes."""
        return self.kind != "batch_normalization"

    @property
    def trained(self) -> int:
        """How many of its arrays the gradient moves: all but a batch normalisation's moving mean and variance."""
        return len(self.arrays) if self.kernel else 2


def layer_shapes(spec: RunSpec) -> Iterator[LayerShape]:
    """The layers with weights from the input on, the output layer last. Names: "hidden layer 2", "output layer"."""
    for layer in spec.plan:
        if layer.kind in ARRAYS:
            inputs, units = layer.input_shape[-1], layer.output_shape[-1]
            yield LayerShape(
                layer.name, layer.kind, inputs, units, layer.activation, _shapes(layer, inputs, units),
                layer.input_shape, layer.output_shape, layer.part,
            )  # fmt: skip


def _shapes(layer: Placed, inputs: int, units: int) -> list[Shape]:
    if layer.kind == "conv2d":
        size = layer.part.kernel_size  # type: ignore[union-attr]
        return [(size, size, inputs, units), (units,)]
    if layer.kind == "simple_rnn":
        return [(inputs, units), (units, units), (units,)]
    if layer.kind == "lstm":
        return [(inputs, 4 * units), (units, 4 * units), (4 * units,)]
    return [(units,)] * 4 if layer.kind == "batch_normalization" else [(inputs, units), (units,)]


def of_layers(spec: RunSpec, weights: list[Array]) -> Iterator[tuple[LayerShape, list[Array]]]:
    """Each layer that has weights with its own arrays out of `weights`."""
    arrays = iter(weights)
    for layer in layer_shapes(spec):
        yield layer, [next(arrays) for _ in layer.arrays]


def initial_weights(spec: RunSpec) -> list[Array]:
    """float32 arrays in the order of Keras's `get_weights`, as ARRAYS names them. The same for the same `spec.seed`.

    Kernels and biases by the spec's initialisers; recurrent kernels orthogonal and an LSTM's forget bias 1, as Keras;
    a batch normalisation changes nothing yet.
    """
    rng = np.random.Generator(np.random.Philox(np.random.SeedSequence([spec.seed, 1])))
    weights: list[Array] = []
    for layer in layer_shapes(spec):
        if layer.kind == "batch_normalization":
            weights += [np.full(layer.units, value, np.float32) for value in (1, 0, 0, 1)]
            continue
        weights.append(initializers.kernel(rng, spec.network.initializer, layer.arrays[0]))
        if len(layer.arrays) == 3:
            weights.append(initializers.orthogonal(rng, layer.arrays[1]))
        draw = initializers.forget_bias if layer.kind == "lstm" else initializers.bias
        weights.append(draw(rng, spec.network.bias_initializer, layer.units))
    return weights


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
