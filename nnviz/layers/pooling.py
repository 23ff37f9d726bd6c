"""What the kinds of pooling share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from pydantic import Field

from nnviz.initializers import Array
from nnviz.layers.base import Apply, Back, Layer, Padding, Placed

Pool = Callable[[Array, int, int, str], tuple[Array, Back]]
"""(x [n, h, w, c], size, strides, padding) → (y [n, h', w', c], way back)"""


class Pooling(Layer):
    """One number for each window of pool_size × pool_size, feature map by feature map."""

    pool_size: int = Field(2, ge=1, le=8)
    strides: int | None = Field(None, ge=1, le=8, description="null: as the pool size")
    padding: Padding = "valid"

    takes: ClassVar = "picture"
    gives: ClassVar = "windows"
    window: ClassVar = "pool_size"
    derived: ClassVar = True
    kept: ClassVar = 2.0

    def pool(self) -> Pool:
        """What it does in NumPy."""
        raise NotImplementedError

    def apply(self, placed: Placed, training: bool) -> Apply:  # noqa: ARG002
        pool = self.pool()
        return lambda x: pool(x, self.pool_size, self.strides or self.pool_size, self.padding)

    def keras(self, placed: Placed, activation: Any, regularizer: Any, seed: int) -> Any:  # noqa: ARG002
        from keras import layers

        return getattr(layers, type(self).__name__)(self.pool_size, self.strides, self.padding)
