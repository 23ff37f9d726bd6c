"""A model's numbers as NumPy arrays, named by layer and array."""

from __future__ import annotations

import io

import numpy as np

from nnviz.export.format import Files, Format, Source, is_recorded, is_training, needs, with_weights
from nnviz.models.weights import Array, of_layers
from nnviz.spec import RunSpec


def npz(spec: RunSpec, weights: list[Array]) -> bytes:
    """An .npz of a network's arrays in the order of `get_weights`: "hidden layer 1/kernel" …"""
    named = {
        f"{layer.name}/{name}": array
        for layer, arrays in of_layers(spec, weights)
        for name, array in zip(layer.layer.arrays, arrays, strict=True)
    }
    return packed(named)


def packed(arrays: dict[str, Array]) -> bytes:
    out = io.BytesIO()
    np.savez_compressed(out, allow_pickle=False, **arrays)
    return out.getvalue()


def make(source: Source) -> Files:
    """Of an SVM the arrays of nnviz.models.svm.fit."""
    spec, name = source.training, f"{source.name}-weights.npz"
    if not spec.is_network:
        return {name: packed(dict(source.weights_frame().arrays))}
    return {name: npz(spec, source.weights()[0])}


WEIGHTS = Format(
    "Weights as NumPy arrays", "every kernel and bias by its layer's name: np.load(…)", "npz", make,
    needs(is_training, is_recorded, with_weights),
)  # fmt: skip
