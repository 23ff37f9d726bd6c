"""Adagrad (Duchi, Hazan and Singer, 2011)."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from nnviz.optimizers.base import EPSILON, At, Memory, Optimizer, Tensor, Updated


class Adagrad(Optimizer):
    """w ← w − η·g / √(Σg² + ε): every weight slows down by itself."""

    name: Literal["adagrad"] = "adagrad"
    initial_accumulator_value: float = Field(
        0.1, ge=0, le=100, title="Accumulator at the start", description="the sum of squared gradients starts here"
    )

    label: ClassVar = "Adagrad"
    rates: ClassVar = (0.1, 0.03)

    def memory(self) -> list[float | str]:
        return [self.initial_accumulator_value]

    def update(self, w: Tensor, g: Tensor, s: Memory, at: At) -> Updated:
        lr, _, xp = at
        total = s[0] + g * g
        return w - lr * g / xp.sqrt(total + EPSILON), [total]
