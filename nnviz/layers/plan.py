"""The plan of a network: every layer from input to output with its shapes and sizes, none of it built.

What does not fit is refused with the layer's number before anything is started.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from nnviz.initializers import Shape
from nnviz.layers.base import Layer, Placed
from nnviz.layers.dense import Dense
from nnviz.layers.flatten import Flatten, Rows


def plan(
    layers: Sequence[Layer], input_shape: Shape, activation: str, outputs: int, output_activation: str
) -> tuple[Placed, ...]:
    """All layers from the first to the output layer. Raises ValueError for a layer that cannot stand where it does."""
    counts: Counter[str] = Counter()
    placed: list[Placed] = []
    shape = input_shape

    def put(layer: Layer, function: str | None, name: str = "", where: str = "", states: bool = False) -> None:
        """`where`: in the spec, of the layers that it names."""
        nonlocal shape
        counts[layer.kind] += 1
        name = name or (f"{layer.name} {counts[layer.kind]}" if layer.numbered else layer.name)
        whole = _output(layer, shape, where)
        output = whole[-1:] if layer.gives == "states" and not states else whole
        arrays = tuple(_shape(layer, sizes, shape[-1], whole[-1]) for sizes in layer.arrays.values())
        placed.append(Placed(layer, bool(where), name, shape, output, function, arrays, whole, states))
        shape = output

    for i, layer in enumerate(layers):
        where = f"layers.{i}"
        before = f"what comes from {placed[-1].name}" if placed else "the input"
        if layer.takes == "numbers" and len(shape) > 1:
            put(Flatten(), None)
        if layer.takes == "picture" and len(shape) != 3:
            raise ValueError(f"{where}: {layer.kind} needs a picture, and {before} is none")
        if layer.takes == "rows" and len(shape) == 1:
            raise ValueError(f"{where}: {layer.kind} reads rows, and {before} has none")
        if layer.takes == "rows" and len(shape) == 3:
            put(Rows(), None)
        follows = next((later for later in layers[i + 1 :] if later.gives != "same"), None)
        states = layer.gives == "states" and follows is not None and follows.takes == "rows"
        put(layer, layer.function(activation), where=where, states=states)
    if len(shape) > 1:
        put(Flatten(), None)
    put(Dense(units=outputs), output_activation, name="output layer")
    return tuple(placed)


def punished(placed: Sequence[Placed], on: str | int) -> tuple[Placed, ...]:
    """The same layers with those marked that a regulariser is `on`: "all" with a kernel, the "output" layer, or the
    so-manieth of those with a kernel, from 1. Raises ValueError where there are not as many."""
    kernels = [i for i, layer in enumerate(placed) if layer.kernel]
    if isinstance(on, int) and not 1 <= on <= len(kernels):
        raise ValueError(
            f"regularizer.on: there is no layer {on} with a kernel; allowed are 1 to {len(kernels)}, all, output"
        )
    chosen = kernels if on == "all" else [kernels[-1 if isinstance(on, str) else on - 1]]
    return tuple(layer._replace(punished=i in chosen) for i, layer in enumerate(placed))


def _output(layer: Layer, shape: Shape, where: str) -> Shape:
    """What comes of the input `shape`, at every time step where there are some. Raises ValueError, about the layer at
    `where` in the spec."""
    size = int(getattr(layer, layer.size)) if layer.size else shape[-1]
    if layer.gives == "flat":
        return (math.prod(shape),)
    if layer.gives == "size":
        return (size,)
    if layer.gives == "states":
        return (shape[0], size)
    if layer.gives == "same":
        return shape
    if layer.gives == "rows":
        return (shape[0], math.prod(shape[1:]))
    window = int(getattr(layer, layer.window))
    strides, padding = getattr(layer, "strides", 1) or window, getattr(layer, "padding", "valid")
    sides = tuple(_places(side, window, strides, padding) for side in shape[:2])
    if min(sides) < 1:
        raise ValueError(
            f"{where}.{layer.window}: {window}×{window} is larger than the picture there, {shape[0]}×{shape[1]}; "
            f"allowed are at most {min(shape[:2])}, or padding 'same'"
        )
    return (*sides, size)


def _places(n: int, window: int, strides: int, padding: str) -> int:
    """Places of a window along a side of n, as TensorFlow counts them."""
    return -(-n // strides) if padding == "same" else (n - window) // strides + 1


def _shape(layer: Layer, sizes: str, inputs: int, size: int) -> Shape:
    """Of an array, from what `Layer.arrays` says."""
    window = getattr(layer, layer.window) if layer.window else 1
    known = {"inputs": inputs, "size": size, "gates": layer.gates * size, "window": window}
    return tuple(known[word] for word in sizes.split())
