"""What defines a stack of layers that learns to part two classes: the job `unfold`."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from nnviz.part import Names
from nnviz.sets import SETS
from nnviz.sets.base import PlaneSet
from nnviz.spec import RunSpec
from nnviz.spec.job import JobSpec

SAMPLES = 300
PARTED = Names(SETS, fits=lambda one: isinstance(one, PlaneSet) and 2 in one.classes)
"""The data that there are: two classes in the plane."""


class UnfoldSpec(JobSpec):
    """`blocks` times a dense layer of `units` with the activation, and one of two that bends nothing; at the end one
    sigmoid. Between two blocks every sample is a place in a plane, which can be drawn.
    """

    job: Literal["unfold"] = "unfold"
    data: Annotated[str, PARTED] = "spiral"
    noise: float = Field(0.0, ge=0, le=50, description="in per cent, as in the Playground")
    blocks: int = Field(4, ge=1, le=6)
    units: int = Field(8, ge=2, le=16, description="of each block’s first layer")
    activation: Literal["relu", "tanh", "linear"] = "relu"
    learning_rate: float = Field(0.005, ge=0.0001, le=0.1)
    epochs: int = Field(600, ge=1, le=3000)
    seed: int = Field(0, ge=0, le=2**31 - 1)

    @cached_property
    def training(self) -> RunSpec:
        """The same as a training's specification."""
        block = [{"units": self.units, "activation": self.activation}, {"units": 2, "activation": "linear"}]
        model = {"layers": block * self.blocks, "output_activation": "sigmoid", "initializer": "he_normal"}
        data = {"name": self.data, "noise": self.noise, "train": SAMPLES, "validation": 0, "test": 0, "seed": 1}
        training = {
            "loss": "binary_crossentropy", "optimizer": {"name": "adam", "learning_rate": self.learning_rate},
            "batch_size": 20, "epochs": self.epochs,
        }  # fmt: skip
        return RunSpec.model_validate({"data": data, "model": model, "training": training, "seed": self.seed})

    @property
    def subject(self) -> str:
        return self.data

    @property
    def words(self) -> str:
        return f"{'-'.join(['2', *[str(self.units), '2'] * self.blocks, '1'])}, {self.activation}"

    @property
    def parameters(self) -> int:
        return self.training.parameters
