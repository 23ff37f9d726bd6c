"""The Keras network of a spec. keras is imported inside the functions: nobody pays for it by importing this module.

Nothing here may exist at module level that touches TensorFlow's runtime: a process that has done so cannot be forked.
"""

from __future__ import annotations

from typing import Any

from nnviz.models.weights import Array
from nnviz.spec import BatchNormalization, Dense, RunSpec


def build(spec: RunSpec, weights: list[Array] | None = None) -> Any:
    """A `keras.Sequential` for `spec` with `weights` (of `get_weights` order) or Keras's own.

    Kernels carry the spec's regulariser. Dropout is seeded by `spec.seed`.
    """
    import keras

    def dense(units: int, activation: str) -> Any:
        regularizer = spec.model.regularizer
        kernel: Any = None
        if regularizer.name != "none":
            kernel = {"l1": keras.regularizers.L1, "l2": keras.regularizers.L2}[regularizer.name](regularizer.rate)
        return keras.layers.Dense(units, activation=activation, kernel_regularizer=kernel)

    layers: list[Any] = [keras.Input(spec.input_shape)]
    if len(spec.input_shape) > 1:
        layers.append(keras.layers.Flatten())
    for i, layer in enumerate(spec.model.layers):
        if isinstance(layer, Dense):
            layers.append(dense(layer.units, layer.activation or spec.model.activation))
        elif isinstance(layer, BatchNormalization):
            layers.append(keras.layers.BatchNormalization())
        else:
            layers.append(keras.layers.Dropout(layer.rate, seed=spec.seed + i))
    layers.append(dense(spec.outputs, spec.output_activation))
    model = keras.Sequential(layers)
    if weights is not None:
        model.set_weights(weights)
    return model


def loss_function(spec: RunSpec) -> Any:
    """f(targets, outputs) → loss of each sample: Keras's own, or ½Σ(o − t)² which Keras has not."""
    if spec.training.loss == "half_squared_error":

        def half_squared_error(t: Any, o: Any) -> Any:
            from keras import ops

            return 0.5 * ops.sum(ops.square(o - t), axis=-1)

        return half_squared_error
    import keras

    return getattr(keras.losses, spec.training.loss)
