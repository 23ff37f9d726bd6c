"""The Keras network of a spec. keras is imported inside the functions: nobody pays for it by importing this module.

Nothing here may exist at module level that touches TensorFlow's runtime: a process that has done so cannot be forked.
"""

from __future__ import annotations

from typing import Any

from nnviz.models.weights import Array
from nnviz.spec import Placed, RunSpec


def build(spec: RunSpec, weights: list[Array] | None = None) -> Any:
    """A `keras.Sequential` for `spec` with `weights` (of `get_weights` order) or Keras's own.

    Kernels carry the spec's regulariser. Dropout is seeded by `spec.seed`.
    """
    import keras

    layers: list[Any] = [keras.Input(spec.input_shape)]
    own = 0
    for placed in spec.plan:
        layers.append(_layer(spec, placed, own))
        own += placed.part is not None
    model = keras.Sequential(layers)
    if weights is not None:
        model.set_weights(weights)
    return model


def _layer(spec: RunSpec, placed: Placed, number: int) -> Any:
    """The Keras layer of `placed`, the spec's own layer `number`."""
    from keras import layers

    part: Any = placed.part
    if placed.kind == "dense":
        units = placed.output_shape[0]
        return layers.Dense(units, activation=placed.activation, kernel_regularizer=_regularizer(spec))
    if placed.kind == "conv2d":
        return layers.Conv2D(
            part.filters, part.kernel_size, part.strides, part.padding,
            activation=placed.activation, kernel_regularizer=_regularizer(spec),
        )  # fmt: skip
    if placed.kind == "l2_pooling2d":
        return _l2_pooling(part.pool_size, part.strides or part.pool_size, part.padding)
    if placed.kind in {"max_pooling2d", "average_pooling2d"}:
        pooling = layers.MaxPooling2D if placed.kind == "max_pooling2d" else layers.AveragePooling2D
        return pooling(part.pool_size, part.strides, part.padding)
    if placed.kind in {"simple_rnn", "lstm"}:
        # Unrolled: a loop inside the training loop's loop costs several times as much at every row.
        recurrent = layers.LSTM if placed.kind == "lstm" else layers.SimpleRNN
        return recurrent(
            part.units, activation=placed.activation, return_sequences=placed.sequence, unroll=True,
            kernel_regularizer=_regularizer(spec),
        )  # fmt: skip
    if placed.kind == "batch_normalization":
        return layers.BatchNormalization()
    if placed.kind == "dropout":
        return _dropout(part.rate, spec.seed + number)
    return layers.Reshape(placed.output_shape)  # flatten, rows


def _regularizer(spec: RunSpec) -> Any:
    import keras

    kind, rate = spec.network.regularizer.name, spec.network.regularizer.rate
    return None if kind == "none" else {"l1": keras.regularizers.L1, "l2": keras.regularizers.L2}[kind](rate)


def _l2_pooling(size: int, strides: int, padding: str) -> Any:
    """√Σa² over the window, which Keras has not; its gradient is taken as 0 where all of them are 0."""
    import keras
    import tensorflow as tf

    from nnviz.models.convolution import margins

    class L2Pooling2D(keras.layers.Layer):  # type: ignore[misc]
        def call(self, a: Any) -> Any:
            edges = [margins(side, size, strides, padding)[1:] for side in a.shape[1:3]]
            squares = tf.pad(tf.square(a), [(0, 0), *edges, (0, 0)])
            total = size * size * tf.nn.avg_pool2d(squares, size, strides, "VALID")
            some = total > 0
            return tf.where(some, tf.sqrt(tf.where(some, total, 1.0)), 0.0)

        def compute_output_shape(self, shape: Any) -> Any:
            sides = (margins(side, size, strides, padding)[0] for side in shape[1:3])
            return (shape[0], *sides, shape[3])

    return L2Pooling2D()


BYTES = 256
NEAR = 0.005


def chances(rate: float) -> tuple[int, int]:
    """(d, n): a dropout of `rate` drops d numbers of n, n a random byte's or, where these are too few, two bytes'.

    Within half a per cent of the rate, and of what is left; the largest rates leave one number of 65,536.
    """
    dropped = round(rate * BYTES)
    if abs(dropped / BYTES - rate) <= NEAR * min(rate, 1 - rate):
        return dropped, BYTES
    return min(round(rate * BYTES**2), BYTES**2 - 1), BYTES**2


def _dropout(rate: float, seed: int) -> Any:
    """Dropout with a byte of randomness for each number, where Keras's takes four: a third of its time on large layers,
    where it is as dear as the convolution."""
    import keras
    import tensorflow as tf

    dropped, of = chances(rate)
    bits, each = (tf.uint8, 4) if of == BYTES else (tf.uint16, 2)

    class Dropout(keras.layers.Layer):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.seeds = keras.random.SeedGenerator(seed)

        def call(self, a: Any, training: bool = False) -> Any:
            if not training or dropped == 0:
                return a
            shape = tf.shape(a) if a.shape.num_elements() is None else a.shape
            n = a.shape.num_elements() or tf.size(a)
            words = tf.random.stateless_uniform(
                [-(-n // each)], tf.cast(self.seeds.next(), tf.int32), minval=None, maxval=None, dtype=tf.uint32
            )
            numbers = tf.reshape(tf.reshape(tf.bitcast(words, bits), [-1])[:n], shape)
            return a * (tf.cast(numbers >= dropped, a.dtype) * (of / (of - dropped)))

        def compute_output_shape(self, shape: Any) -> Any:
            return shape

    return Dropout()


def loss_function(spec: RunSpec) -> Any:
    """f(targets, outputs) → loss of each sample: Keras's own, or ½Σ(o − t)² which Keras has not."""
    if spec.training.loss == "half_squared_error":

        def half_squared_error(t: Any, o: Any) -> Any:
            from keras import ops

            return 0.5 * ops.sum(ops.square(o - t), axis=-1)

        return half_squared_error
    import keras

    return getattr(keras.losses, spec.training.loss)
