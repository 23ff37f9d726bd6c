"""Nadam: Adam with Nesterov's momentum (Dozat, 2016)."""

from __future__ import annotations

from typing import ClassVar, Literal

from nnviz.optimizers.base import EPSILON, At, Beta1, Beta2, Memory, Optimizer, Tensor, Updated


class Nadam(Optimizer):
    """As Adam, with the mean of g as it will be at the next step; β₁ grows towards its value (Dozat's μₜ)."""

    name: Literal["nadam"] = "nadam"
    beta_1: Beta1 = 0.9
    beta_2: Beta2 = 0.999

    label: ClassVar = "Nadam"
    rates: ClassVar = (0.01, 0.001)

    def memory(self) -> list[float | str]:
        return [0.0, 0.0, "scalar"]

    def update(self, w: Tensor, g: Tensor, s: Memory, at: At) -> Updated:
        lr, t, xp = at
        now, soon = self.beta_1 * (1 - 0.5 * 0.96**t), self.beta_1 * (1 - 0.5 * 0.96 ** (t + 1))
        product = s[2] * now
        m = s[0] + (g - s[0]) * (1 - self.beta_1)
        v = s[1] + (g * g - s[1]) * (1 - self.beta_2)
        m_hat = soon * m / (1 - product * soon) + (1 - now) * g / (1 - product)
        return w - lr * m_hat / (xp.sqrt(v / (1 - self.beta_2**t)) + EPSILON), [m, v, product]
