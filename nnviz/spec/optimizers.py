"""Optimisers and how their learning rate falls: Keras's names and defaults."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from nnviz.spec.part import Part, tagged


class BaseOptimizer(Part):
    learning_rate: float = Field(0.03, gt=0, le=1000)
    clipnorm: float | None = Field(None, gt=0, description="limit of each gradient's norm")
    clipvalue: float | None = Field(None, gt=0, description="limit of each gradient element")
    global_clipnorm: float | None = Field(None, gt=0, description="limit of all gradients' common norm")

    @model_validator(mode="after")
    def _one_clip(self) -> Self:
        if sum(v is not None for v in (self.clipnorm, self.clipvalue, self.global_clipnorm)) > 1:
            raise ValueError("clipnorm, clipvalue, global_clipnorm: at most one of them")
        return self


Fraction = Annotated[float, Field(ge=0, lt=1)]


class SGD(BaseOptimizer):
    name: Literal["sgd"] = "sgd"
    momentum: Fraction = 0.0
    nesterov: bool = False


class RMSprop(BaseOptimizer):
    name: Literal["rmsprop"] = "rmsprop"
    learning_rate: float = Field(0.001, gt=0, le=1000)
    rho: Fraction = 0.9
    momentum: Fraction = 0.0
    centered: bool = False


class Adagrad(BaseOptimizer):
    name: Literal["adagrad"] = "adagrad"
    learning_rate: float = Field(0.001, gt=0, le=1000)
    initial_accumulator_value: float = Field(0.1, ge=0, le=100)


class Adadelta(BaseOptimizer):
    """Keras's default rate is 0.001 today and was 1.0 in the lectures' time: with 0.001 it hardly learns."""

    name: Literal["adadelta"] = "adadelta"
    learning_rate: float = Field(0.001, gt=0, le=1000)
    rho: Fraction = 0.95


class Adam(BaseOptimizer):
    name: Literal["adam"] = "adam"
    learning_rate: float = Field(0.001, gt=0, le=1000)
    beta_1: Fraction = 0.9
    beta_2: Fraction = 0.999
    amsgrad: bool = False


class AdamW(BaseOptimizer):
    name: Literal["adamw"] = "adamw"
    learning_rate: float = Field(0.001, gt=0, le=1000)
    weight_decay: float = Field(0.004, ge=0, le=10)
    beta_1: Fraction = 0.9
    beta_2: Fraction = 0.999


class Adamax(BaseOptimizer):
    name: Literal["adamax"] = "adamax"
    learning_rate: float = Field(0.001, gt=0, le=1000)
    beta_1: Fraction = 0.9
    beta_2: Fraction = 0.999


class Nadam(BaseOptimizer):
    name: Literal["nadam"] = "nadam"
    learning_rate: float = Field(0.001, gt=0, le=1000)
    beta_1: Fraction = 0.9
    beta_2: Fraction = 0.999


class Ftrl(BaseOptimizer):
    name: Literal["ftrl"] = "ftrl"
    learning_rate: float = Field(0.001, gt=0, le=1000)


class Lion(BaseOptimizer):
    name: Literal["lion"] = "lion"
    learning_rate: float = Field(0.001, gt=0, le=1000)
    beta_1: Fraction = 0.9
    beta_2: Fraction = 0.99


Optimizer = Annotated[
    SGD | RMSprop | Adagrad | Adadelta | Adam | AdamW | Adamax | Nadam | Ftrl | Lion,
    Field(discriminator="name"),
    BeforeValidator(tagged("name", "sgd")),
]
OPTIMIZERS: dict[str, type[BaseOptimizer]] = {
    "sgd": SGD, "rmsprop": RMSprop, "adagrad": Adagrad, "adadelta": Adadelta, "adam": Adam, "adamw": AdamW,
    "adamax": Adamax, "nadam": Nadam, "ftrl": Ftrl, "lion": Lion,
}  # fmt: skip


class Decay(Part):
    """How the learning rate falls with the steps, as Keras's schedules: it is multiplied by f(t), t = step / steps.

    none: 1; exponential: rate^t; staircase: rate^⌊t⌋; inverse_time: 1 / (1 + rate·t);
    cosine: (1 − α)·(1 + cos π·min(t, 1)) / 2 + α with α = rate; linear: 1 − (1 − rate)·min(t, 1).
    """

    name: Literal["none", "exponential", "staircase", "inverse_time", "cosine", "linear"] = "none"
    rate: float = Field(0.5, ge=0, le=100)
    steps: int = Field(1000, ge=1, le=10_000_000)
