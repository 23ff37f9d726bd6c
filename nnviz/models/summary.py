"""The table of a network's layers, before anything is built."""

from __future__ import annotations

import math
from typing import Any

from nnviz.models.weights import layer_shapes
from nnviz.spec import Placed, RunSpec


def summary(spec: RunSpec) -> list[dict[str, Any]]:
    """What Keras's summary prints, without Keras: for the input and each layer {name, kind, output_shape (without the
    batch), parameters (all its numbers, a batch normalisation's moving ones too), activation (None: it has none)}."""
    sizes = {layer.name: sum(math.prod(shape) for shape in layer.arrays) for layer in layer_shapes(spec)}
    inputs = Placed("input", None, "inputs", spec.input_shape, spec.input_shape, None, 0, 0)
    return [
        {
            "name": layer.name,
            "kind": layer.kind,
            "output_shape": list(layer.output_shape),
            "parameters": sizes.get(layer.name, 0),
            "activation": layer.activation,
        }
        for layer in (inputs, *spec.plan)
    ]
