"""The initial weights, in NumPy: the page's preview and the process that trains draw the same numbers from the seed.

The initialisers are Keras's (same limits and variances, another stream of random numbers) and those of the lectures.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from nnviz.spec import BatchNormalization, Dense, Dropout, RunSpec

Array = np.ndarray[Any, np.dtype[np.float32]]

TRUNCATED_STD = 0.87962566103423978
"""Standard deviation of N(0, 1) cut at ±2: Keras divides by it, so that what is drawn has the wanted variance."""
FANS: dict[str, tuple[float, str, str]] = {
    "glorot_uniform": (1.0, "mean", "uniform"),
    "glorot_normal": (1.0, "mean", "normal"),
    "he_uniform": (2.0, "in", "uniform"),
    "he_normal": (2.0, "in", "normal"),
    "lecun_uniform": (1.0, "in", "uniform"),
    "lecun_normal": (1.0, "in", "normal"),
}
"""Keras's VarianceScaling: variance = scale / fan."""


class LayerShape(NamedTuple):
    """One layer that has weights: `units` out of `inputs`; `activation` is None for a batch normalisation."""

    name: str
    kind: str
    inputs: int
    units: int
    activation: str | None

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """Shapes of its arrays in Keras's order: kernel, bias; or gamma, beta, moving mean, moving variance."""
        return [(self.inputs, self.units), (self.units,)] if self.kind == "dense" else [(self.units,)] * 4


def layer_shapes(spec: RunSpec) -> Iterator[LayerShape]:
    """The layers with weights from the input on, the output layer last. Names: "hidden layer 2", "output layer"."""
    width, hidden, norms = math.prod(spec.input_shape), 0, 0
    for layer in spec.model.layers:
        if isinstance(layer, Dense):
            hidden += 1
            activation = layer.activation or spec.model.activation
            yield LayerShape(f"hidden layer {hidden}", "dense", width, layer.units, activation)
            width = layer.units
        elif isinstance(layer, BatchNormalization):
            norms += 1
            yield LayerShape(f"batch normalisation {norms}", "batch_normalization", width, width, None)
    yield LayerShape("output layer", "dense", width, spec.outputs, spec.output_activation)


def initial_weights(spec: RunSpec) -> list[Array]:
    """float32 arrays in the order of Keras's `get_weights`: kernel [in, out] and bias [out] of each dense layer; gamma,
    beta, moving mean, moving variance of each batch normalisation. The same for the same `spec.seed`."""
    rng = np.random.Generator(np.random.Philox(np.random.SeedSequence([spec.seed, 1])))
    weights: list[Array] = []
    for layer in layer_shapes(spec):
        if layer.kind == "dense":
            weights += [
                _kernel(rng, spec.model.initializer, layer.inputs, layer.units),
                _bias(rng, spec.model.bias_initializer, layer.units),
            ]
        else:
            weights += [np.full(layer.units, value, np.float32) for value in (1, 0, 0, 1)]
    return weights


def weights_to_flat(spec: RunSpec, weights: list[Array]) -> Array:
    """float32 [total]: all arrays one after the other, each row-major; the order of the "network" frame's `weights`."""
    check_weights(spec, weights)
    return np.concatenate([np.asarray(w, np.float32).ravel() for w in weights])


def flat_to_weights(spec: RunSpec, flat: Array) -> list[Array]:
    """The arrays again, in `get_weights` order. Raises ValueError where the length is not the network's."""
    shapes = [shape for layer in layer_shapes(spec) for shape in layer.shapes]
    sizes = [math.prod(shape) for shape in shapes]
    if flat.shape != (sum(sizes),):
        raise ValueError(f"weights: this network has {sum(sizes)} numbers, not {flat.size}")
    parts = np.split(np.asarray(flat, np.float32), np.cumsum(sizes)[:-1])
    return [part.reshape(shape).copy() for part, shape in zip(parts, shapes, strict=True)]


def summary(spec: RunSpec) -> list[dict[str, Any]]:
    """What Keras's summary prints, without Keras: name, kind, output shape and number of weights of each layer."""
    named = iter(layer_shapes(spec))
    rows: list[dict[str, Any]] = [
        {"name": "inputs", "kind": "input", "output_shape": list(spec.input_shape), "parameters": 0}
    ]
    width, dropouts = math.prod(spec.input_shape), 0
    if len(spec.input_shape) > 1:
        rows.append({"name": "flatten", "kind": "flatten", "output_shape": [width], "parameters": 0})
    for layer in (*spec.model.layers, None):
        if isinstance(layer, Dropout):
            dropouts += 1
            rows.append({"name": f"dropout {dropouts}", "kind": "dropout", "output_shape": [width], "parameters": 0})
            continue
        shape = next(named)
        width = shape.units
        count = sum(math.prod(s) for s in shape.shapes)
        rows.append({"name": shape.name, "kind": shape.kind, "output_shape": [width], "parameters": count})
    return rows


def check_weights(spec: RunSpec, weights: list[Array]) -> None:
    """Raises ValueError where the arrays are not of this network's shapes."""
    shapes = [shape for layer in layer_shapes(spec) for shape in layer.shapes]
    if [w.shape for w in weights] != shapes:
        raise ValueError(f"weights: this network has arrays of {shapes}, not {[w.shape for w in weights]}")


def _kernel(rng: np.random.Generator, name: str, inputs: int, units: int) -> Array:
    shape = (inputs, units)
    if name in FANS:
        scale, mode, law = FANS[name]
        variance = scale / (inputs if mode == "in" else (inputs + units) / 2)
        if law == "uniform":
            limit = math.sqrt(3 * variance)
            return rng.uniform(-limit, limit, shape).astype(np.float32)
        return (_truncated(rng, shape) * (math.sqrt(variance) / TRUNCATED_STD)).astype(np.float32)
    if name == "uniform":
        return rng.uniform(-0.5, 0.5, shape).astype(np.float32)
    if name == "orthogonal":
        return _orthogonal(rng, shape)
    if name == "zeros":
        return np.zeros(shape, np.float32)
    std = {"random_normal": 1.0, "small_normal": 0.1, "scaled_normal": 1 / math.sqrt(inputs)}[name]
    return (rng.standard_normal(shape) * std).astype(np.float32)


def _bias(rng: np.random.Generator, name: str, units: int) -> Array:
    if name == "random_normal":
        return rng.standard_normal(units).astype(np.float32)
    return np.full(units, 0.1 if name == "tenth" else 0.0, np.float32)


def _truncated(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """N(0, 1) with everything beyond ±2 drawn again."""
    values = rng.standard_normal(shape)
    while (outside := np.abs(values) > 2).any():
        values[outside] = rng.standard_normal(int(outside.sum()))
    return values


def _orthogonal(rng: np.random.Generator, shape: tuple[int, int]) -> Array:
    """Rows or columns, whichever are fewer, orthonormal: Q of a normal matrix, signs from R's diagonal, as Keras."""
    q, r = np.linalg.qr(rng.standard_normal((max(shape), min(shape))))
    q = q * np.sign(np.diagonal(r))
    return np.asarray(q if shape[0] >= shape[1] else q.T, np.float32)
