"""Dropout (Srivastava and others, 2014)."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar, Literal

from pydantic import Field

from nnviz.layers.base import Apply, Layer, Placed, reshaped


class Dropout(Layer):
    """In training each number is left out with probability `rate`, and the others grow by 1 / (1 − rate)."""

    kind: Literal["dropout"] = "dropout"
    rate: float = Field(0.2, ge=0, lt=1)

    label: ClassVar = "Dropout"
    about: ClassVar = "leaves out some of the numbers at random while it trains"
    name: ClassVar = "dropout"
    token: ClassVar = "d{rate}"
    brief: ClassVar = ""
    follows: ClassVar = True
    identity: ClassVar = True
    batchwise: ClassVar = True
    kept: ClassVar = 1.6

    def apply(self, placed: Placed, training: bool) -> Apply:  # noqa: ARG002
        """NumPy lets everything through, also in training."""
        return partial(reshaped, shape=placed.output_shape)

    def keras(self, placed: Placed, activation: Any, regularizer: Any, seed: int) -> Any:  # noqa: ARG002
        return _dropout(self.rate, seed)


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
