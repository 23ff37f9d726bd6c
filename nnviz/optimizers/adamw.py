"""AdamW: Adam with decoupled weight decay (Loshchilov and Hutter, 2019)."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from nnviz.optimizers.adam import moments
from nnviz.optimizers.base import EPSILON, At, Beta1, Beta2, Memory, Optimizer, Tensor, Updated


class AdamW(Optimizer):
    """As Adam, from weights that have lost the share η·λ first."""

    name: Literal["adamw"] = "adamw"
    weight_decay: float = Field(
        0.004, ge=0, le=10, title="Weight decay",
        description="share of each weight, times the learning rate, that is taken away in every step",
    )  # fmt: skip
    beta_1: Beta1 = 0.9
    beta_2: Beta2 = 0.999

    label: ClassVar = "AdamW"
    rates: ClassVar = (0.01, 0.001)

    def memory(self) -> list[float | str]:
        return [0.0, 0.0]

    def update(self, w: Tensor, g: Tensor, s: Memory, at: At) -> Updated:
        w = w - w * self.weight_decay * at.rate
        m, v, alpha = moments(self.beta_1, self.beta_2, g, s, at)
        return w - alpha * m / (at.xp.sqrt(v) + EPSILON), [m, v]
