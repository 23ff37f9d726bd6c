"""What defines a network that learns a function of one variable: the job `approximation`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from nnviz.approximation.curves import CURVES, DRAWN, MOST, OWN, Array, check_curve, height, through
from nnviz.part import Names
from nnviz.spec import RunSpec
from nnviz.spec.job import JobSpec
from nnviz.surfaces.formula import MAX_LENGTH, FormulaError

INITIALIZERS = {"relu": "he_normal", "tanh": "glorot_normal", "sigmoid": "glorot_normal"}
MOST_UNITS = 40
"""Neurons of a layer."""
MOST_DRAWN = 61
"""Points of a curve drawn by hand."""


class ApproximationSpec(JobSpec):
    """function: a name of CURVES, `formula` with a formula in x, or `drawn` with heights from x = −3 to 3. layers: the
    neurons of each, `8` or `6,6`. patience: epochs without a better validation loss before it stops; 0: it does not.
    """

    job: Literal["approximation"] = "approximation"
    function: Annotated[str, Names(CURVES, OWN, DRAWN)] = "sine"
    formula: str = Field("x*sin(2*x)", max_length=MAX_LENGTH)
    drawn: str = Field("-1,1,-1,1", title="Drawn curve", max_length=500, description="heights with commas between them")
    layers: str = Field("20", max_length=9, description="neurons of one to three layers, 1 to 40 each")
    against: str = Field("", max_length=9, description="layers of another network on the same samples; empty: none")
    activation: Literal["relu", "tanh", "sigmoid"] = "relu"
    samples: int = Field(60, ge=3, le=200)
    validation: int = Field(40, ge=2, le=100)
    noise: float = Field(0.1, ge=0, le=1, description="standard deviation around the function")
    learning_rate: float = Field(0.01, ge=0.0001, le=0.1)
    epochs: int = Field(1000, ge=1, le=5000)
    patience: int = Field(0, ge=0, le=1000)
    seed: int = Field(0, ge=0, le=2**31 - 1)

    @model_validator(mode="after")
    def _check(self) -> Self:
        try:
            check_curve(self.formula)
        except FormulaError as error:
            raise ValueError(f"formula: {error}") from None
        _ = self.points
        _ = self.units
        if self.against:
            _ = read_layers(self.against, "against")
        return self

    @property
    def points(self) -> tuple[float, ...]:
        """Of the curve drawn by hand. Raises ValueError."""
        try:
            found = tuple(float(part) for part in self.drawn.split(","))
        except ValueError:
            found = ()
        if not 2 <= len(found) <= MOST_DRAWN or not all(abs(one) <= MOST for one in found):
            raise ValueError(f"drawn: 2 to {MOST_DRAWN} numbers from −{MOST:g} to {MOST:g} with commas between them")
        return found

    @property
    def units(self) -> tuple[int, ...]:
        """Of each layer. Raises ValueError."""
        return read_layers(self.layers, "layers")

    @property
    def rival(self) -> ApproximationSpec | None:
        """The same with the layers that it is compared with: the same samples and seed."""
        return self.with_layers(read_layers(self.against, "against")) if self.against else None

    def with_layers(self, units: Sequence[int]) -> ApproximationSpec:
        """The same with these layers alone: the same samples and seed."""
        layers = ",".join(map(str, units))
        return ApproximationSpec.model_validate({**self.model_dump(), "layers": layers, "against": ""})

    def value(self, x: Array) -> Array:
        """The function that is to be learned."""
        if self.function == DRAWN:
            return through(self.points, x)
        return height(self.formula if self.function == OWN else CURVES[self.function][1], np.asarray(x, np.float64))

    @cached_property
    def training(self) -> RunSpec:
        """The network as a training's specification; its samples are this one's."""
        model = {
            "layers": [{"units": units, "activation": self.activation} for units in self.units],
            "output_activation": "linear", "initializer": INITIALIZERS[self.activation],
            "bias_initializer": "random_normal",
        }  # fmt: skip
        training = {
            "loss": "mean_squared_error", "batch_size": 10, "epochs": self.epochs,
            "optimizer": {"name": "adam", "learning_rate": self.learning_rate},
        }  # fmt: skip
        data = {"name": "plane", "classes": 0, "inputs": ["x1"], "train": 10, "validation": 0, "test": 0}
        return RunSpec.model_validate({"data": data, "model": model, "training": training, "seed": self.seed})

    @property
    def subject(self) -> str:
        return {OWN: self.formula, DRAWN: "a curve drawn by hand"}.get(self.function, self.function)

    @property
    def words(self) -> str:
        other = f" against {network_name(self.against)}" if self.against else ""
        return f"{network_name(self.layers)}{other}, {self.activation}"

    @property
    def parameters(self) -> int:
        return self.training.parameters


def network_name(layers: str) -> str:
    """`6,6` → 1-6-6-1."""
    return f"1-{layers.replace(',', '-')}-1"


def read_layers(text: str, field: str) -> tuple[int, ...]:
    """`6,6` → the neurons of each layer. Raises ValueError, which names the field."""
    parts = text.split(",")
    known = all(part.strip().isascii() and part.strip().isdecimal() for part in parts)
    found = tuple(map(int, parts)) if known else ()
    if not 1 <= len(found) <= 3 or not all(1 <= one <= MOST_UNITS for one in found):
        raise ValueError(f"{field}: one to three whole numbers from 1 to {MOST_UNITS} with commas between them")
    return found
