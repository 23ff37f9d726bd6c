"""The table of a network's layers, before anything is built."""

from __future__ import annotations

import math
from typing import Any

from nnviz.spec import RunSpec


def summary(spec: RunSpec) -> list[dict[str, Any]]:
    """What Keras's summary prints, without Keras: for the input and each layer {name, kind, output_shape (without the
    batch), parameters (all its numbers, a batch normalisation's moving ones too), activation (None: it has none)}."""
    first = {"name": "inputs", "kind": "input", "output_shape": list(spec.input_shape), "parameters": 0}
    layers = [
        {
            "name": layer.name,
            "kind": layer.kind,
            "output_shape": list(layer.output_shape),
            "parameters": sum(math.prod(shape) for shape in layer.arrays),
            "activation": layer.activation,
        }
        for layer in spec.plan
    ]
    return [{**first, "activation": None}, *layers]
