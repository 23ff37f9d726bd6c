"""L2 pooling."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np

from nnviz.initializers import Array
from nnviz.layers.base import Back, Placed
from nnviz.layers.pooling import Pool, Pooling
from nnviz.layers.windows import Frame, margins, reduced, spread


class L2Pooling2D(Pooling):
    """√Σa² over the window."""

    kind: Literal["l2_pooling2d"] = "l2_pooling2d"

    label: ClassVar = "L2 pooling"
    about: ClassVar = "√Σa² of each window"
    name: ClassVar = "L2 pooling"
    token: ClassVar = "l2p{pool_size}"
    brief: ClassVar = "l2{pool_size}"
    kept: ClassVar = 3.0

    def pool(self) -> Pool:
        return l2_pool

    def keras(self, placed: Placed, activation: Any, regularizer: Any, seed: int) -> Any:  # noqa: ARG002
        return _l2_pooling(self.pool_size, self.strides or self.pool_size, self.padding)


def l2_pool(x: Array, size: int, strides: int, padding: str) -> tuple[Array, Back]:
    """√Σa² under each window; the gradient a / √Σa² is taken as 0 where all are 0."""
    frame = Frame(x.shape, size, strides, padding)
    y = np.sqrt(reduced(np.add, frame.pad(x * x), frame))

    def back(dy: Array) -> tuple[Array, list[Array]]:
        return x * spread(np.where(y > 0, dy / np.where(y > 0, y, 1), 0), frame), []

    return y, back


def _l2_pooling(size: int, strides: int, padding: str) -> Any:
    """√Σa² over the window, which Keras has not; its gradient is taken as 0 where all of them are 0."""
    import keras
    import tensorflow as tf

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
