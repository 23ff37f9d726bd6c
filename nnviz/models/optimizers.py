"""One update of each optimiser as a formula on tensors: (w, g, what it remembers) → (w, what it remembers).

Keras's optimisers keep variables and visit every weight array on its own; as pure functions over one long vector the
same formulas trace in a third of the time and run in a fraction of the operations, and the loop around them can be
run again from any state. Held equal to Keras's optimisers by tests, step by step.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from nnviz.spec import SGD, Adadelta, Adagrad, Adam, Adamax, AdamW, Decay, Ftrl, Lion, Nadam, RMSprop

EPSILON = 1e-7
"""Keras's default in every optimiser."""
Tensor = Any
Memory = list[Tensor]
Updated = tuple[Tensor, Memory]


class At(NamedTuple):
    """Where an update stands: the learning rate now, the step's number from 1, and numpy or tensorflow to compute with.

    The two numbers are float32 of that library.
    """

    rate: Tensor
    t: Tensor
    xp: Any


Update = Callable[[Any, Tensor, Tensor, Memory, At], Updated]


def _sgd(o: SGD, w: Tensor, g: Tensor, s: Memory, at: At) -> Updated:
    if o.momentum == 0:
        return w - at.rate * g, []
    v = o.momentum * s[0] - at.rate * g
    return (w + o.momentum * v - at.rate * g if o.nesterov else w + v), [v]


def _rmsprop(o: RMSprop, w: Tensor, g: Tensor, s: Memory, at: At) -> Updated:
    lr, _, xp = at
    rest = iter(s)
    kept = [o.rho * next(rest) + (1 - o.rho) * g * g]
    spread = kept[0]
    if o.centered:
        mean = o.rho * next(rest) + (1 - o.rho) * g
        kept.append(mean)
        spread = spread - mean * mean
    step = lr * g / xp.sqrt(spread + EPSILON)
    if o.momentum > 0:
        step = o.momentum * next(rest) + step
        kept.append(step)
    return w - step, kept


def _adagrad(_: Adagrad, w: Tensor, g: Tensor, s: Memory, at: At) -> Updated:
    lr, _, xp = at
    total = s[0] + g * g
    return w - lr * g / xp.sqrt(total + EPSILON), [total]


def _adadelta(o: Adadelta, w: Tensor, g: Tensor, s: Memory, at: At) -> Updated:
    lr, _, xp = at
    squares = o.rho * s[0] + (1 - o.rho) * g * g
    delta = -xp.sqrt(s[1] + EPSILON) * g / xp.sqrt(squares + EPSILON)
    return w + lr * delta, [squares, o.rho * s[1] + (1 - o.rho) * delta * delta]


def _adam(o: Adam | AdamW, w: Tensor, g: Tensor, s: Memory, at: At) -> Updated:
    lr, t, xp = at
    if isinstance(o, AdamW):
        w = w - w * o.weight_decay * lr
    m = s[0] + (g - s[0]) * (1 - o.beta_1)
    v = s[1] + (g * g - s[1]) * (1 - o.beta_2)
    alpha = lr * xp.sqrt(1 - o.beta_2**t) / (1 - o.beta_1**t)
    if isinstance(o, Adam) and o.amsgrad:
        top = xp.maximum(s[2], v)
        return w - alpha * m / (xp.sqrt(top) + EPSILON), [m, v, top]
    return w - alpha * m / (xp.sqrt(v) + EPSILON), [m, v]


def _adamax(o: Adamax, w: Tensor, g: Tensor, s: Memory, at: At) -> Updated:
    lr, t, xp = at
    m = s[0] + (g - s[0]) * (1 - o.beta_1)
    u = xp.maximum(o.beta_2 * s[1], xp.abs(g))
    return w - lr * m / ((1 - o.beta_1**t) * (u + EPSILON)), [m, u]


def _nadam(o: Nadam, w: Tensor, g: Tensor, s: Memory, at: At) -> Updated:
    lr, t, xp = at
    now, soon = o.beta_1 * (1 - 0.5 * 0.96**t), o.beta_1 * (1 - 0.5 * 0.96 ** (t + 1))
    product = s[2] * now
    m = s[0] + (g - s[0]) * (1 - o.beta_1)
    v = s[1] + (g * g - s[1]) * (1 - o.beta_2)
    m_hat = soon * m / (1 - product * soon) + (1 - now) * g / (1 - product)
    return w - lr * m_hat / (xp.sqrt(v / (1 - o.beta_2**t)) + EPSILON), [m, v, product]


def _ftrl(_: Ftrl, w: Tensor, g: Tensor, s: Memory, at: At) -> Updated:
    """Without its own L1 and L2 terms, Keras's defaults."""
    lr, _, xp = at
    total = s[0] + g * g
    linear = s[1] + g - (xp.sqrt(total) - xp.sqrt(s[0])) / lr * w
    return -linear / (xp.sqrt(total) / lr), [total, linear]


def _lion(o: Lion, w: Tensor, g: Tensor, s: Memory, at: At) -> Updated:
    lr, _, xp = at
    return w - lr * xp.sign(o.beta_1 * s[0] + (1 - o.beta_1) * g), [o.beta_2 * s[0] + (1 - o.beta_2) * g]


InPlace = Callable[[Tensor, list[Tensor], Tensor, Tensor, Tensor], None]
"""(handle of w, handles of what it remembers, g, learning rate, step number): the same update, one operation."""


def _sgd_in_place(o: SGD) -> InPlace | None:
    import tensorflow as tf

    def update(w: Tensor, _: list[Tensor], g: Tensor, lr: Tensor, __: Tensor) -> None:
        tf.raw_ops.ResourceApplyGradientDescent(var=w, alpha=lr, delta=g)

    return update if o.momentum == 0 else None


def _adam_in_place(o: Adam) -> InPlace | None:
    import tensorflow as tf

    def update(w: Tensor, s: list[Tensor], g: Tensor, lr: Tensor, t: Tensor) -> None:
        tf.raw_ops.ResourceApplyAdam(
            var=w, m=s[0], v=s[1], beta1_power=o.beta_1**t, beta2_power=o.beta_2**t, lr=lr,
            beta1=o.beta_1, beta2=o.beta_2, epsilon=EPSILON, grad=g,
        )  # fmt: skip

    return None if o.amsgrad else update


def _adadelta_in_place(o: Adadelta) -> InPlace:
    import tensorflow as tf

    def update(w: Tensor, s: list[Tensor], g: Tensor, lr: Tensor, _: Tensor) -> None:
        tf.raw_ops.ResourceApplyAdadelta(
            var=w, accum=s[0], accum_update=s[1], lr=lr, rho=o.rho, epsilon=EPSILON, grad=g
        )

    return update


def _rmsprop_in_place(o: RMSprop) -> InPlace | None:
    import tensorflow as tf

    def update(w: Tensor, s: list[Tensor], g: Tensor, lr: Tensor, _: Tensor) -> None:
        tf.raw_ops.ResourceApplyRMSProp(
            var=w, ms=s[0], mom=s[1], lr=lr, rho=o.rho, momentum=o.momentum, epsilon=EPSILON, grad=g
        )

    return update if o.momentum > 0 and not o.centered else None


class Rule(NamedTuple):
    """An optimiser: its update, and the memory it starts with: a number for each weight, or "scalar", one 1 for all.

    in_place: for large arrays, the update as TensorFlow's own operation; None, or a function that gives None, where
    there is none that does the same.
    """

    update: Update
    memory: Callable[[Any], list[float | str]]
    in_place: Callable[[Any], InPlace | None] | None = None


RULES: dict[str, Rule] = {
    "sgd": Rule(_sgd, lambda o: [0.0] if o.momentum else [], _sgd_in_place),
    "rmsprop": Rule(_rmsprop, lambda o: [0.0] * (1 + bool(o.centered) + (o.momentum > 0)), _rmsprop_in_place),
    "adagrad": Rule(_adagrad, lambda o: [o.initial_accumulator_value]),
    "adadelta": Rule(_adadelta, lambda _: [0.0, 0.0], _adadelta_in_place),
    "adam": Rule(_adam, lambda o: [0.0] * (3 if o.amsgrad else 2), _adam_in_place),
    "adamw": Rule(_adam, lambda _: [0.0, 0.0]),
    "adamax": Rule(_adamax, lambda _: [0.0, 0.0]),
    "nadam": Rule(_nadam, lambda _: [0.0, 0.0, "scalar"]),
    "ftrl": Rule(_ftrl, lambda _: [0.1, 0.0]),
    "lion": Rule(_lion, lambda _: [0.0]),
}


def clip(optimizer: Any, gradients: list[Tensor], xp: Any) -> list[Tensor]:
    """The gradients of the weight arrays, limited as the spec says; `xp` is numpy or tensorflow."""
    norm = xp.linalg.norm
    if optimizer.clipnorm is not None:
        return [g * (optimizer.clipnorm / xp.maximum(norm(g), optimizer.clipnorm)) for g in gradients]
    if optimizer.global_clipnorm is not None:
        total = norm(xp.stack([norm(g) for g in gradients]))
        return [g * (optimizer.global_clipnorm / xp.maximum(total, optimizer.global_clipnorm)) for g in gradients]
    if (most := optimizer.clipvalue) is not None:
        return [xp.minimum(xp.maximum(g, -most), most) for g in gradients]
    return gradients


def decay_factor(decay: Decay, step: Any, xp: Any) -> Any:
    """What the learning rate is multiplied by at `step` (float, from 0); `xp` is numpy or tensorflow.

    Keras's ExponentialDecay (and its staircase), InverseTimeDecay, CosineDecay with alpha = rate, and PolynomialDecay
    of power 1 that ends at rate · start.
    """
    t = step / decay.steps
    if decay.name == "exponential":
        return decay.rate**t
    if decay.name == "staircase":
        return decay.rate ** xp.floor(t)
    if decay.name == "inverse_time":
        return 1 / (1 + decay.rate * t)
    if decay.name == "cosine":
        return (1 - decay.rate) * 0.5 * (1 + xp.cos(math.pi * xp.minimum(t, 1.0))) + decay.rate
    if decay.name == "linear":
        return 1 - (1 - decay.rate) * xp.minimum(t, 1.0)
    return 1.0
