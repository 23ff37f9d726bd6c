"""Other shapes of the same numbers."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar, Literal

from nnviz.layers.base import Apply, Layer, Placed, reshaped


class _Reshape(Layer):
    numbered: ClassVar = False
    token: ClassVar = "flat"
    brief: ClassVar = ""
    derived: ClassVar = True
    identity: ClassVar = True
    kept: ClassVar = 0.0

    def apply(self, placed: Placed, training: bool) -> Apply:  # noqa: ARG002
        return partial(reshaped, shape=placed.output_shape)

    def keras(self, placed: Placed, activation: Any, regularizer: Any, seed: int) -> Any:  # noqa: ARG002
        from keras import layers

        return layers.Reshape(placed.output_shape)


class Flatten(_Reshape):
    """Put in by itself where a dense layer follows a picture."""

    kind: Literal["flatten"] = "flatten"

    label: ClassVar = "Flatten"
    about: ClassVar = "a picture becomes a list of numbers"
    name: ClassVar = "flatten"
    gives: ClassVar = "flat"


class Rows(_Reshape):
    """[h, w, c] → [h, w·c]: put in by itself where a recurrent layer reads a picture; no spec names it."""

    kind: Literal["rows"] = "rows"

    label: ClassVar = "Rows"
    about: ClassVar = "one row of the picture after the other"
    name: ClassVar = "rows"
    gives: ClassVar = "rows"
