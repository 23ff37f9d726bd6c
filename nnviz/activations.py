"""Activation functions, as Keras defines them: each with its gradient, its JavaScript and its words in one entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from nnviz.part import Names

ALPHA, SCALE = 1.6732632423543772, 1.0507009873554805
"""Of SELU (Klambauer et al., 2017)."""
HALF, ONE, ZERO = np.float32(0.5), np.float32(1), np.float32(0)
"""In float32: a Python number is converted at each call."""


@dataclass(frozen=True)
class Activation:
    """a = f(z), element by element (softmax: along the last axis).

    back(z, a, da) = ∂L/∂z, from ∂L/∂a and what the way forward has computed already. label, symbol: in the controls,
    and in a formula (symbol "" leaves the sum as it is). formula: of z, as a page prints it. js: the same as a
    JavaScript expression of z, for what follows the pointer; `sigmoid`, `softplus` and `erf` are functions there, and
    "" is a function that no page computes. hidden, output: whether it may stand behind a hidden layer, and the output.
    keras: what gives Keras's function; None: Keras knows it by the name of the entry. ends: below the first and above
    the second it is within a hundredth of all that it can say from one of its ends: saturated.
    """

    label: str
    symbol: str
    formula: str
    js: str
    f: Callable[[Any], Any]
    back: Callable[[Any, Any, Any], Any]
    write: Callable[[Any, Any], Any] | None = None
    write_back: Callable[[Any, Any, Any, Any], Any] | None = None
    hidden: bool = True
    output: bool = False
    keras: Callable[[], Any] | None = None
    ends: tuple[float, float] | None = None

    def slope(self, z: Any) -> Any:
        """f′(z) of the array z, element by element; where f has a kink, the value that training uses."""
        return self.back(z, self.f(z), np.ones_like(z))

    def into(self, z: Any, a: Any) -> None:
        """f(z) into the array a."""
        if self.write is not None:
            self.write(z, a)
        else:
            a[...] = self.f(z)

    def back_into(self, z: Any, a: Any, da: Any, spare: Any) -> None:
        """∂L/∂z instead of ∂L/∂a into the array da; `spare`, of the same shape, may be written over."""
        if self.write_back is not None:
            self.write_back(z, a, da, spare)
        else:
            da[...] = self.back(z, a, da)


def sigmoid(z: Any) -> Any:
    """1 / (1 + e⁻ᶻ) = (1 + tanh(z/2)) / 2, without overflow."""
    return _write_sigmoid(z, None)


def _write_sigmoid(z: Any, a: Any) -> Any:
    a = np.tanh(np.multiply(z, HALF, a), a)
    a = np.add(a, ONE, a)
    return np.multiply(a, HALF, a)


def _write_sigmoid_back(_: Any, a: Any, da: Any, spare: Any) -> None:
    np.multiply(da, a, da)
    np.multiply(da, np.subtract(ONE, a, spare), da)


def _write_tanh_back(_: Any, a: Any, da: Any, spare: Any) -> None:
    np.subtract(ONE, np.multiply(a, a, spare), spare)
    np.multiply(da, spare, da)


def _nothing(*_: Any) -> None:
    pass


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
    "relu": Activation(
        "ReLU", "ReLU", "max(0, z)", "Math.max(0, z)",
        lambda z: np.maximum(z, 0),
        lambda z, _, da: da * (z > 0),
        lambda z, a: np.maximum(z, ZERO, out=a),
        lambda z, _, da, __: np.multiply(da, np.greater(z, ZERO), da),
    ),
    "tanh": Activation(
        "Tanh", "tanh", "tanh z", "Math.tanh(z)",
        np.tanh, lambda _, a, da: da * (1 - a * a), np.tanh, _write_tanh_back, output=True,
        ends=(-0.98, 0.98),
    ),
    "sigmoid": Activation(
        "Sigmoid", "σ", "1 / (1 + e⁻ᶻ)", "sigmoid(z)",
        sigmoid, lambda _, a, da: da * a * (1 - a), _write_sigmoid, _write_sigmoid_back, output=True,
        ends=(0.01, 0.99),
    ),
    "linear": Activation(
        "Linear", "", "z", "z",
        lambda z: z, lambda _, __, da: da, lambda z, a: np.copyto(a, z), _nothing, output=True,
    ),
    "leaky_relu": Activation(
        "Leaky ReLU", "leaky ReLU", "z, or 0.2·z below 0", "z > 0 ? z : 0.2 * z",
        lambda z: np.where(z > 0, z, 0.2 * z), lambda z, _, da: np.where(z > 0, da, 0.2 * da),
    ),
    "elu": Activation(
        "ELU", "ELU", "z, or eᶻ − 1 below 0", "z > 0 ? z : Math.expm1(z)",
        lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))), lambda z, a, da: np.where(z > 0, da, da * (a + 1)),
    ),
    "selu": Activation(
        "SELU", "SELU", "1.0507·z, or 1.7581·(eᶻ − 1) below 0", f"{SCALE} * (z > 0 ? z : {ALPHA} * Math.expm1(z))",
        _selu, lambda z, a, da: np.where(z > 0, SCALE * da, da * (a + SCALE * ALPHA)),
    ),
    "gelu": Activation(
        "GELU", "GELU", "z·Φ(z), Φ of the normal distribution", "0.5 * z * (1 + erf(z / Math.SQRT2))",
        lambda z: z * _normal_cdf(z), _gelu_back,
    ),
    "silu": Activation("SiLU (swish)", "SiLU", "z·σ(z)", "z * sigmoid(z)", lambda z: z * sigmoid(z), _silu_back),
    "softplus": Activation(
        "Softplus", "softplus", "ln(1 + eᶻ)", "softplus(z)", softplus, lambda z, _, da: da * sigmoid(z)
    ),
    "softsign": Activation(
        "Softsign", "softsign", "z / (1 + |z|)", "z / (1 + Math.abs(z))",
        lambda z: z / (1 + np.abs(z)), lambda z, _, da: da / (1 + np.abs(z)) ** 2,
        ends=(-0.98, 0.98),
    ),
    "hard_sigmoid": Activation(
        "Hard sigmoid", "hard σ", "z/6 + ½, cut at 0 and 1", "Math.min(1, Math.max(0, z / 6 + 0.5))",
        lambda z: np.clip(z / 6 + 0.5, 0, 1), lambda z, _, da: da * ((z > -3) & (z < 3)) * (1 / 6),
        ends=(0.01, 0.99),
    ),
    "relu6": Activation(
        "ReLU6", "ReLU6", "z, cut at 0 and 6", "Math.min(6, Math.max(0, z))",
        lambda z: np.clip(z, 0, 6), lambda z, _, da: da * ((z > 0) & (z < 6)),
    ),
    "mish": Activation(
        "Mish", "mish", "z·tanh(ln(1 + eᶻ))", "z * Math.tanh(softplus(z))",
        lambda z: z * np.tanh(softplus(z)), _mish_back,
    ),
    "softmax": Activation(
        "Softmax", "softmax", "eᶻ / Σeᶻ over the outputs", "", softmax, _softmax_back, hidden=False, output=True
    ),
}  # fmt: skip
"""Every activation that a spec may name, in the order of the controls."""
HIDDEN = Names(ACTIVATIONS, fits=lambda activation: activation.hidden)
OUTPUT = Names(ACTIVATIONS, "auto", fits=lambda activation: activation.output)
ActivationName = Annotated[str, HIDDEN]
OutputName = Annotated[str, OUTPUT]


def ends_of(name: str | None) -> tuple[float, float] | None:
    """`Activation.ends`; None also where a layer has no activation, or one that is not known here."""
    activation = ACTIVATIONS.get(name or "")
    return activation.ends if activation else None


def in_keras(name: str | None) -> Any:
    """What a Keras layer takes as its `activation`."""
    keras = None if name is None else ACTIVATIONS[name].keras
    return name if keras is None else keras()
