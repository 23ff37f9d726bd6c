"""FTRL: follow the regularised leader (McMahan and others, 2013)."""

from __future__ import annotations

from typing import ClassVar, Literal

from nnviz.optimizers.base import At, Memory, Optimizer, Tensor, Updated


class Ftrl(Optimizer):
    """Without its own L1 and L2 terms, Keras's defaults."""

    name: Literal["ftrl"] = "ftrl"

    label: ClassVar = "FTRL"
    rates: ClassVar = (0.1, 0.05)

    def memory(self) -> list[float | str]:
        return [0.1, 0.0]

    def update(self, w: Tensor, g: Tensor, s: Memory, at: At) -> Updated:
        lr, _, xp = at
        total = s[0] + g * g
        linear = s[1] + g - (xp.sqrt(total) - xp.sqrt(s[0])) / lr * w
        return -linear / (xp.sqrt(total) / lr), [total, linear]
