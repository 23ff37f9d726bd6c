"""Penalties on the kernels, added to the loss as Keras adds them: rate times the sum of `size` over all kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np


class Regularizer(NamedTuple):
    """label: in the controls. size(w, xp): of each weight, with numpy or tensorflow as `xp`; slope(w): its derivative,
    a NumPy array. Keras's regulariser has the name of the entry in capitals, unless `keras` gives another one."""

    label: str
    size: Callable[[Any, Any], Any]
    slope: Callable[[Any], Any]
    keras: Callable[[float], Any] | None = None


REGULARIZERS: dict[str, Regularizer] = {
    "l1": Regularizer("L1", lambda w, xp: xp.abs(w), np.sign),
    "l2": Regularizer("L2", lambda w, xp: xp.square(w), lambda w: w * np.float32(2)),
}


def in_keras(name: str, rate: float) -> Any:
    """Keras's regulariser, or None for "none"."""
    if name == "none":
        return None
    import keras

    return (REGULARIZERS[name].keras or getattr(keras.regularizers, name.upper()))(rate)
