"""What defines a small network to be computed by hand: sizes, weights, one sample, loss, optimiser, updates made."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field, model_validator

from nnviz.activations import ACTIVATIONS
from nnviz.backprop.words import LOSS_WORDS
from nnviz.initializers import BIASES, INITIALIZERS
from nnviz.losses import LOSSES
from nnviz.optimizers import OPTIMIZERS, Optimizer
from nnviz.part import Names
from nnviz.spec.job import JobSpec

Array = NDArray[np.float64]
MOST_LAYERS, MOST_UNITS, MOST = 4, 6, 100.0
MOST_UPDATES = 500
WORKED = (1, 2, 1, 1)
WORKED_WEIGHTS = (0.1, 0.3, 0.2, 0.4, 0.2, 1.0, -3.0, 1.0, 2.0)
"""The lecture's worked example: tanh layers 1-2-1-1, input 2, target 1."""
OPENING = (2.0, 1.0, 0.5, -1.0, 1.5, -0.5)
"""Inputs where none are given: the first of these."""


def _split(value: object) -> object:
    """`1,2,1` or `tanh,sigmoid`, as a link says it, a single number, or a list → its parts."""
    return value.split(",") if isinstance(value, str) else [value] if isinstance(value, int | float) else value


Number = Annotated[float, Field(ge=-MOST, le=MOST, allow_inf_nan=False)]
Numbers = Annotated[tuple[Number, ...] | None, BeforeValidator(_split)]


class BackpropSpec(JobSpec):
    """One sample and one network: `layers` are the numbers of inputs, of each layer's neurons, of outputs last.

    activations: of each layer, or one for all. weights: layer by layer, neuron by neuron, the bias first, then a weight
    for each input; None: the worked example's where the sizes are, else drawn from `seed`. inputs, targets: None: some
    to begin with. updates: how many the optimiser has made from these weights, each with this sample.
    """

    job: Literal["backprop"] = "backprop"
    layers: Annotated[
        tuple[Annotated[int, Field(ge=1, le=MOST_UNITS)], ...], BeforeValidator(_split)
    ] = Field(WORKED, min_length=2, max_length=MOST_LAYERS + 1)  # fmt: skip
    activations: Annotated[tuple[Annotated[str, Names(ACTIVATIONS)], ...], BeforeValidator(_split)] = Field(
        ("tanh",), min_length=1, max_length=MOST_LAYERS
    )
    loss: Annotated[str, Names(LOSS_WORDS)] = "half_squared_error"
    inputs: Numbers = Field(None, max_length=MOST_UNITS)
    targets: Numbers = Field(None, max_length=MOST_UNITS)
    weights: Numbers = Field(None, max_length=MOST_LAYERS * MOST_UNITS * (MOST_UNITS + 1))
    optimizer: Annotated[str, Names(OPTIMIZERS)] = "sgd"
    learning_rate: float = Field(0.1, gt=0, le=10)
    momentum: float = Field(0.0, ge=0, lt=1, description="of SGD")
    updates: int = Field(0, ge=0, le=MOST_UPDATES)
    seed: int = Field(0, ge=0, le=2**31 - 1)

    @model_validator(mode="after")
    def _check(self) -> Self:
        n = len(self.layers) - 1
        if len(self.activations) not in {1, n}:
            raise ValueError(f"activations: one for all, or one for each of the {n} layers")
        lone = [name for name in self.functions[:-1] if not ACTIVATIONS[name].hidden]
        if lone:
            raise ValueError(f"activations: {lone[0]} stands behind the outputs only")
        allowed = outputs_of(self.loss, self.layers[-1])
        if not allowed:
            raise ValueError("loss: this one needs at least two outputs, for softmax")
        if self.functions[-1] not in allowed:
            raise ValueError(f"activations: this loss takes outputs of {', '.join(allowed)}")
        for name, values, wanted in (
            ("inputs", self.inputs, self.layers[0]),
            ("targets", self.targets, self.layers[-1]),
            ("weights", self.weights, self.parameters),
        ):
            if values is not None and len(values) != wanted:
                raise ValueError(f"{name}: {wanted} numbers for these layers (given: {len(values)})")
        return self

    @property
    def functions(self) -> tuple[str, ...]:
        """The activation of each layer."""
        return self.activations * (len(self.layers) - 1) if len(self.activations) == 1 else self.activations

    @property
    def x(self) -> Array:
        """[inputs]"""
        return np.array(OPENING[: self.layers[0]] if self.inputs is None else self.inputs)

    @property
    def t(self) -> Array:
        """[outputs]"""
        return np.array([1.0, *[0.0] * (self.layers[-1] - 1)] if self.targets is None else self.targets)

    @property
    def start(self) -> Array:
        """The weights before the first update, as one array in the order of `weights`."""
        if self.weights is not None:
            return np.array(self.weights)
        return np.array(WORKED_WEIGHTS) if self.layers == WORKED else drawn(self.layers, self.seed)

    @property
    def method(self) -> Optimizer:
        """The optimiser, which makes the updates."""
        more: dict[str, Any] = {"momentum": self.momentum} if self.optimizer == "sgd" else {}
        return OPTIMIZERS[self.optimizer].model_validate({"learning_rate": self.learning_rate, **more})

    @property
    def subject(self) -> str:
        return "one sample"

    @property
    def words(self) -> str:
        return f"{'-'.join(map(str, self.layers))}, {LOSSES[self.loss].label.lower()}"

    @property
    def parameters(self) -> int:
        return sum((inputs + 1) * units for inputs, units in pairwise(self.layers))


def drawn(layers: tuple[int, ...], seed: int) -> Array:
    """Random weights and biases, N(0, 1), rounded to two decimals: they are to be read."""
    rng = np.random.default_rng(seed)
    parts: list[Array] = []
    for inputs, units in pairwise(layers):
        kernel = INITIALIZERS["random_normal"].draw(rng, (inputs, units))
        bias = BIASES["random_normal"].draw(rng, (units,))
        parts.append(np.column_stack([bias, kernel.T]).ravel().astype(np.float64))
    return np.concatenate(parts).round(2)


def outputs_of(loss: str, outputs: int) -> tuple[str, ...]:
    """The output activations that this loss takes here, where `outputs` neurons answer.

    A cross-entropy works on the sums z before one certain function; one output alone has no softmax.
    """
    only = LOSS_WORDS[loss].only
    names = LOSSES[loss].on.outputs if only is None else (only,)
    return tuple(name for name in names if outputs > 1 or name != "softmax")
