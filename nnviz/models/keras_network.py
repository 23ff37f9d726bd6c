"""The Keras network of a spec. keras is imported inside the functions: nobody pays for it by importing this module.

Nothing here may exist at module level that touches TensorFlow's runtime: a process that has done so cannot be forked.
"""

from __future__ import annotations

from typing import Any

from nnviz import activations, regularizers
from nnviz.models.weights import Array
from nnviz.spec import RunSpec


def build(spec: RunSpec, weights: list[Array] | None = None) -> Any:
    """A `keras.Sequential` for `spec` with `weights` (of `get_weights` order) or Keras's own.

    The kernels under the spec's regulariser carry it. Dropout is seeded by `spec.seed`.
    """
    import keras

    layers: list[Any] = [keras.Input(spec.input_shape)]
    seed, regularizer = spec.seed, spec.network.regularizer
    for placed in spec.plan:
        penalty = regularizers.in_keras(regularizer.name, regularizer.rate) if placed.punished else None
        layers.append(placed.layer.keras(placed, activations.in_keras(placed.activation), penalty, seed))
        seed += placed.own
    model = keras.Sequential(layers)
    if weights is not None:
        model.set_weights(weights)
    return model
