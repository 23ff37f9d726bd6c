"""Activation functions, each with its gradient beside it; as Keras defines them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

ALPHA, SCALE = 1.6732632423543772, 1.0507009873554805
"""Of SELU (Klambauer et al., 2017)."""


class Activation(NamedTuple):
    """a = f(z), element by element (softmax: along the last axis).

    back(z, a, da) = ∂L/∂z, from ∂L/∂a and what the way forward has computed already.
    """

    f: Callable[[Any], Any]
    back: Callable[[Any, Any, Any], Any]


def sigmoid(z: Any) -> Any:
    """1 / (1 + e⁻ᶻ) = (1 + tanh(z/2)) / 2, without overflow."""
    return 0.5 * (1 + np.tanh(0.5 * z))


def softplus(z: Any) -> Any:
    """log(1 + eᶻ), without overflow."""
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def softmax(z: Any) -> Any:
    """Along the last axis."""
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def _softmax_back(_: Any, a: Any, da: Any) -> Any:
    return a * (da - (da * a).sum(-1, keepdims=True))


def _selu(z: Any) -> Any:
    return np.where(z > 0, SCALE * z, (SCALE * ALPHA) * np.expm1(np.minimum(z, 0)))


def _normal_cdf(z: Any) -> Any:
    from scipy.special import erf  # a quarter of a second, which only who uses it waits for

    return 0.5 * (1 + erf(z * np.float32(0.5**0.5)))


def _gelu_back(z: Any, _: Any, da: Any) -> Any:
    return da * (_normal_cdf(z) + z * np.exp(-0.5 * z * z) * np.float32((2 * np.pi) ** -0.5))


def _silu_back(z: Any, a: Any, da: Any) -> Any:
    s = sigmoid(z)
    return da * (s + a * (1 - s))


def _mish_back(z: Any, _: Any, da: Any) -> Any:
    t = np.tanh(softplus(z))
    return da * (t + z * (1 - t * t) * sigmoid(z))


ACTIVATIONS: dict[str, Activation] = {
    "relu": Activation(lambda z: np.maximum(z, 0), lambda z, _, da: da * (z > 0)),
    "tanh": Activation(np.tanh, lambda _, a, da: da * (1 - a * a)),
    "sigmoid": Activation(sigmoid, lambda _, a, da: da * a * (1 - a)),
    "linear": Activation(lambda z: z, lambda _, __, da: da),
    "leaky_relu": Activation(lambda z: np.where(z > 0, z, 0.2 * z), lambda z, _, da: np.where(z > 0, da, 0.2 * da)),
    "elu": Activation(
        lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))), lambda z, a, da: np.where(z > 0, da, da * (a + 1))
    ),
    "selu": Activation(_selu, lambda z, a, da: np.where(z > 0, SCALE * da, da * (a + SCALE * ALPHA))),
    "gelu": Activation(lambda z: z * _normal_cdf(z), _gelu_back),
    "silu": Activation(lambda z: z * sigmoid(z), _silu_back),
    "softplus": Activation(softplus, lambda z, _, da: da * sigmoid(z)),
    "softsign": Activation(lambda z: z / (1 + np.abs(z)), lambda z, _, da: da / (1 + np.abs(z)) ** 2),
    "hard_sigmoid": Activation(
        lambda z: np.clip(z / 6 + 0.5, 0, 1), lambda z, _, da: da * ((z > -3) & (z < 3)) * (1 / 6)
    ),
    "relu6": Activation(lambda z: np.clip(z, 0, 6), lambda z, _, da: da * ((z > 0) & (z < 6))),
    "mish": Activation(lambda z: z * np.tanh(softplus(z)), _mish_back),
    "softmax": Activation(softmax, _softmax_back),
}
