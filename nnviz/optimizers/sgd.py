"""Stochastic gradient descent, with momentum if wanted."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from nnviz.optimizers.base import At, InPlace, Memory, Momentum, Optimizer, Tensor, Updated


class SGD(Optimizer):
    """w ← w − η·g; with momentum μ (Polyak, 1964) w ← w + v, v ← μ·v − η·g; Nesterov's looks ahead."""

    name: Literal["sgd"] = "sgd"
    learning_rate: float = Field(0.03, gt=0, le=1000)
    momentum: Momentum = 0.0
    nesterov: bool = Field(
        False, title="Nesterov", description="look ahead: take the gradient where the momentum will carry the weights"
    )

    label: ClassVar = "SGD"
    rates: ClassVar = (0.03, 0.1)

    def memory(self) -> list[float | str]:
        return [0.0] if self.momentum else []

    def update(self, w: Tensor, g: Tensor, s: Memory, at: At) -> Updated:
        if self.momentum == 0:
            return w - at.rate * g, []
        v = self.momentum * s[0] - at.rate * g
        return (w + self.momentum * v - at.rate * g if self.nesterov else w + v), [v]

    def in_place(self) -> InPlace | None:
        import tensorflow as tf

        def update(w: Tensor, _: list[Tensor], g: Tensor, lr: Tensor, __: Tensor) -> None:
            tf.raw_ops.ResourceApplyGradientDescent(var=w, alpha=lr, delta=g)

        return update if self.momentum == 0 else None
