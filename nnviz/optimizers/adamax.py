"""Adamax: Adam with the infinity norm (Kingma and Ba, 2015, section 7)."""

from __future__ import annotations

from typing import ClassVar, Literal

from nnviz.optimizers.base import EPSILON, At, Beta1, Beta2, Memory, Optimizer, Tensor, Updated


class Adamax(Optimizer):
    """w ← w − η·m̂ / (u + ε) with u ← max(β₂·u, |g|)."""

    name: Literal["adamax"] = "adamax"
    beta_1: Beta1 = 0.9
    beta_2: Beta2 = 0.999

    label: ClassVar = "Adamax"
    rates: ClassVar = (0.01, 0.002)

    def memory(self) -> list[float | str]:
        return [0.0, 0.0]

    def update(self, w: Tensor, g: Tensor, s: Memory, at: At) -> Updated:
        lr, t, xp = at
        m = s[0] + (g - s[0]) * (1 - self.beta_1)
        u = xp.maximum(self.beta_2 * s[1], xp.abs(g))
        return w - lr * m / ((1 - self.beta_1**t) * (u + EPSILON)), [m, u]
