"""Adadelta (Zeiler, 2012)."""

from __future__ import annotations

from typing import ClassVar, Literal

from nnviz.optimizers.base import EPSILON, At, InPlace, Memory, Optimizer, Rho, Tensor, Updated


class Adadelta(Optimizer):
    """Δ = −√(E[Δ²] + ε) / √(E[g²] + ε)·g, w ← w + η·Δ: its steps have the weights' own unit.

    Keras's default rate is 0.001 today and was 1.0 in the lectures' time: with 0.001 it hardly learns.
    """

    name: Literal["adadelta"] = "adadelta"
    rho: Rho = 0.95

    label: ClassVar = "Adadelta"
    rates: ClassVar = (1.0, 1.0)

    def memory(self) -> list[float | str]:
        return [0.0, 0.0]

    def update(self, w: Tensor, g: Tensor, s: Memory, at: At) -> Updated:
        lr, _, xp = at
        squares = self.rho * s[0] + (1 - self.rho) * g * g
        delta = -xp.sqrt(s[1] + EPSILON) * g / xp.sqrt(squares + EPSILON)
        return w + lr * delta, [squares, self.rho * s[1] + (1 - self.rho) * delta * delta]

    def in_place(self) -> InPlace:
        import tensorflow as tf

        def update(w: Tensor, s: list[Tensor], g: Tensor, lr: Tensor, _: Tensor) -> None:
            tf.raw_ops.ResourceApplyAdadelta(
                var=w, accum=s[0], accum_update=s[1], lr=lr, rho=self.rho, epsilon=EPSILON, grad=g
            )

        return update
