"""What every optimiser has: the settings that all share, and what an entry of the registry must say.

An update is a formula on tensors, (w, g, what it remembers) → (w, what it remembers). Keras's optimisers keep variables
and visit every weight array on its own; as pure functions over one long vector the same formulas trace in a third of
the time and run in a fraction of the operations, and the loop around them can be run again from any state. The formula
is written once, for NumPy and for TensorFlow's graph. Held equal to Keras's optimisers by tests, step by step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NamedTuple, Self

import numpy as np
from pydantic import Field, model_validator
from pydantic.fields import FieldInfo

from nnviz.optimizers.decay import Decay, decay_factor
from nnviz.part import Part

EPSILON = 1e-7
"""Keras's default in every optimiser."""
Tensor = Any
Memory = list[Tensor]
Updated = tuple[Tensor, Memory]
InPlace = Callable[[Tensor, list[Tensor], Tensor, Tensor, Tensor], None]
"""(handle of w, handles of what it remembers, g, learning rate, step number): the same update, one operation."""

NO_CLIPPING = "empty: no clipping"
Fraction = Annotated[float, Field(ge=0, lt=1)]
Momentum = Annotated[
    Fraction,
    Field(
        title="Momentum", description="share of the last step that is kept for the next: the ball keeps rolling"
    ),
]  # fmt: skip
Rho = Annotated[Fraction, Field(title="Rho", description="how long squared gradients are remembered")]
Beta1 = Annotated[Fraction, Field(title="Beta 1", description="how long gradients are remembered")]
Beta2 = Annotated[Fraction, Field(title="Beta 2", description="how long squared gradients are remembered")]


class At(NamedTuple):
    """Where an update stands: the learning rate now, the step's number from 1, and numpy or tensorflow to compute with.

    The two numbers are float32 of that library.
    """

    rate: Tensor
    t: Tensor
    xp: Any


class Optimizer(Part):
    """The settings of an optimiser, with Keras's names and defaults, and its update.

    A field with a title is a control of the pages; its description is the control's help.
    """

    learning_rate: float = Field(0.001, gt=0, le=1000)
    clipnorm: float | None = Field(None, gt=0, title="Clip each gradient's norm at", description=NO_CLIPPING)
    clipvalue: float | None = Field(None, gt=0, title="Clip each gradient element at", description=NO_CLIPPING)
    global_clipnorm: float | None = Field(None, gt=0, title="Clip the common norm at", description=NO_CLIPPING)

    if TYPE_CHECKING:
        name: str

    label: ClassVar[str]
    rates: ClassVar[tuple[float, float]]
    """Learning rates at which it learns points in the plane, and images: where a visitor who chooses it starts."""

    @model_validator(mode="after")
    def _one_clip(self) -> Self:
        if sum(limit is not None for limit in self.limits) > 1:
            raise ValueError("clipnorm, clipvalue, global_clipnorm: at most one of them")
        return self

    @property
    def limits(self) -> tuple[float | None, float | None, float | None]:
        """clipnorm, clipvalue, global_clipnorm."""
        return self.clipnorm, self.clipvalue, self.global_clipnorm

    @classmethod
    def settings(cls) -> dict[str, FieldInfo]:
        """The fields that a page has controls for: its own first, then those that all share."""
        titled = {name: field for name, field in cls.model_fields.items() if field.title}
        return dict(sorted(titled.items(), key=lambda item: item[0] in Optimizer.model_fields))

    def memory(self) -> list[float | str]:
        """What it remembers before the first step: a number for each weight, or "scalar", one 1 for all."""
        return []

    def update(self, w: Tensor, g: Tensor, s: Memory, at: At) -> Updated:
        """New weights and memory, from weights, gradients and memory of one shape, whichever; arrays or tensors."""
        raise NotImplementedError

    def in_place(self) -> InPlace | None:
        """For large arrays: the update as TensorFlow's own operation, or None where there is none that does the same.

        Imports tensorflow."""
        return None

    def start(self, w: Any) -> Memory:
        """What it remembers before the first step of the NumPy array w: arrays of its shape and dtype, or a number."""
        return [w.dtype.type(1) if m == "scalar" else np.full_like(w, m) for m in self.memory()]

    def step(self, w: Any, g: Any, memory: Memory, t: int, decay: Decay | None = None) -> tuple[Any, Memory]:
        """One whole step in NumPy: clipping, the learning rate of step number `t` (from 1), the update.

        w, g: float arrays of one shape, whichever. memory: `start(w)`, then what the step before returned. Returns the
        new weights and memory; nothing is changed in place.
        """
        number = w.dtype.type
        rate = self.learning_rate * (1.0 if decay is None else decay_factor(decay, t - 1, np))
        (g,) = clip(self, [g], np)
        return self.update(w, g, memory, At(number(rate), number(t), np))


def clip(optimizer: Optimizer, gradients: list[Tensor], xp: Any) -> list[Tensor]:
    """The gradients of the weight arrays, limited as the spec says; `xp` is numpy or tensorflow."""
    norm = xp.linalg.norm
    if optimizer.clipnorm is not None:
        return [g * (optimizer.clipnorm / xp.maximum(norm(g), optimizer.clipnorm)) for g in gradients]
    if optimizer.global_clipnorm is not None:
        total = norm(xp.stack([norm(g) for g in gradients]))
        return [g * (optimizer.global_clipnorm / xp.maximum(total, optimizer.global_clipnorm)) for g in gradients]
    if (most := optimizer.clipvalue) is not None:
        return [xp.minimum(xp.maximum(g, -most), most) for g in gradients]
    return gradients
