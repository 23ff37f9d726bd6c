"""Adam (Kingma and Ba, 2015), and AMSGrad (Reddi, Kale and Kumar, 2018)."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from nnviz.optimizers.base import EPSILON, At, Beta1, Beta2, InPlace, Memory, Optimizer, Tensor, Updated


class Adam(Optimizer):
    """w ← w − η·m̂ / (√v̂ + ε), with running means m of g and v of g², both corrected for their start at 0."""

    name: Literal["adam"] = "adam"
    beta_1: Beta1 = 0.9
    beta_2: Beta2 = 0.999
    amsgrad: bool = Field(False, title="AMSGrad", description="never let the remembered squared gradient shrink")

    label: ClassVar = "Adam"
    rates: ClassVar = (0.01, 0.001)

    def memory(self) -> list[float | str]:
        return [0.0] * (3 if self.amsgrad else 2)

    def update(self, w: Tensor, g: Tensor, s: Memory, at: At) -> Updated:
        m, v, alpha = moments(self.beta_1, self.beta_2, g, s, at)
        if self.amsgrad:
            top = at.xp.maximum(s[2], v)
            return w - alpha * m / (at.xp.sqrt(top) + EPSILON), [m, v, top]
        return w - alpha * m / (at.xp.sqrt(v) + EPSILON), [m, v]

    def in_place(self) -> InPlace | None:
        import tensorflow as tf

        def update(w: Tensor, s: list[Tensor], g: Tensor, lr: Tensor, t: Tensor) -> None:
            tf.raw_ops.ResourceApplyAdam(
                var=w, m=s[0], v=s[1], beta1_power=self.beta_1**t, beta2_power=self.beta_2**t, lr=lr,
                beta1=self.beta_1, beta2=self.beta_2, epsilon=EPSILON, grad=g,
            )  # fmt: skip

        return None if self.amsgrad else update


def moments(beta_1: float, beta_2: float, g: Tensor, s: Memory, at: At) -> tuple[Tensor, Tensor, Tensor]:
    """(m, v, α): the running means of g and g², and the learning rate with both corrections in it."""
    lr, t, xp = at
    m = s[0] + (g - s[0]) * (1 - beta_1)
    v = s[1] + (g * g - s[1]) * (1 - beta_2)
    return m, v, lr * xp.sqrt(1 - beta_2**t) / (1 - beta_1**t)
