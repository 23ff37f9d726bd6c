"""RMSprop (Hinton, Coursera lecture 6e, 2012)."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from nnviz.optimizers.base import EPSILON, At, InPlace, Memory, Momentum, Optimizer, Rho, Tensor, Updated


class RMSprop(Optimizer):
    """w ← w − η·g / √(E[g²] + ε), where E[g²] is a running mean; centred: less E[g]²."""

    name: Literal["rmsprop"] = "rmsprop"
    rho: Rho = 0.9
    momentum: Momentum = 0.0
    centered: bool = Field(
        False, title="Centred", description="divide by the gradients' variance instead of their mean square"
    )

    label: ClassVar = "RMSprop"
    rates: ClassVar = (0.01, 0.001)

    def memory(self) -> list[float | str]:
        return [0.0] * (1 + bool(self.centered) + (self.momentum > 0))

    def update(self, w: Tensor, g: Tensor, s: Memory, at: At) -> Updated:
        lr, _, xp = at
        rest = iter(s)
        kept = [self.rho * next(rest) + (1 - self.rho) * g * g]
        spread = kept[0]
        if self.centered:
            mean = self.rho * next(rest) + (1 - self.rho) * g
            kept.append(mean)
            spread = spread - mean * mean
        step = lr * g / xp.sqrt(spread + EPSILON)
        if self.momentum > 0:
            step = self.momentum * next(rest) + step
            kept.append(step)
        return w - step, kept

    def in_place(self) -> InPlace | None:
        import tensorflow as tf

        def update(w: Tensor, s: list[Tensor], g: Tensor, lr: Tensor, _: Tensor) -> None:
            tf.raw_ops.ResourceApplyRMSProp(
                var=w, ms=s[0], mom=s[1], lr=lr, rho=self.rho, momentum=self.momentum, epsilon=EPSILON, grad=g
            )

        return update if self.momentum > 0 and not self.centered else None
