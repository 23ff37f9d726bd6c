"""Lion (Chen and others, 2023)."""

from __future__ import annotations

from typing import ClassVar, Literal

from nnviz.optimizers.base import At, Beta1, Beta2, Memory, Optimizer, Tensor, Updated


class Lion(Optimizer):
    """w ← w − η·sign(β₁·m + (1 − β₁)·g): every weight moves by the learning rate."""

    name: Literal["lion"] = "lion"
    beta_1: Beta1 = 0.9
    beta_2: Beta2 = 0.99

    label: ClassVar = "Lion"
    rates: ClassVar = (0.003, 0.0003)

    def memory(self) -> list[float | str]:
        return [0.0]

    def update(self, w: Tensor, g: Tensor, s: Memory, at: At) -> Updated:
        lr, _, xp = at
        step = lr * xp.sign(self.beta_1 * s[0] + (1 - self.beta_1) * g)
        return w - step, [self.beta_2 * s[0] + (1 - self.beta_2) * g]
