"""`GanSpec`: all that defines the training of a generative adversarial network."""

from __future__ import annotations

from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from nnviz.activations import ACTIVATIONS, HIDDEN
from nnviz.gan.distributions import DIGITS, DISTRIBUTIONS, DRAWN, HALF, Array
from nnviz.gan.losses import LOSSES
from nnviz.gan.networks import parameters
from nnviz.optimizers import OPTIMIZERS, Optimizer
from nnviz.part import Names
from nnviz.spec.job import JobSpec

MOST_POINTS = 100
"""Painted by hand."""
MOST_LAYERS, MOST_UNITS = 3, 128
PIXELS = 64
FEWEST = 20
"""Steps of a run, at least, between two measurements."""


class GanSpec(JobSpec):
    """data: a name of DISTRIBUTIONS, `drawn` with the points painted by hand (x and y of each, one after the other), or
    `digits`: scikit-learn's, of 8×8, all or those of one class (`digit`). latent: what G is given, `latent_size`
    numbers from −1 to 1, or from N(0, 1). generator, discriminator: neurons of the hidden layers, `64,64`. smoothing:
    D is told 1 − smoothing for real samples (one-sided label smoothing). clip: of a Wasserstein critic's weights.
    beta_1: of Adam."""

    job: Literal["gan"] = "gan"
    data: Annotated[str, Names(DISTRIBUTIONS, DRAWN, DIGITS)] = "ring"
    points: str = Field("-1,0,1,0", title="Painted points", max_length=1400, description="x,y,x,y …")
    digit: Literal["all", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"] = "all"
    latent: Literal["uniform", "gaussian"] = "uniform"
    latent_size: int = Field(2, ge=1, le=64)
    generator: str = Field("64,64", max_length=11, description="neurons of one to three hidden layers")
    discriminator: str = Field("64,64", max_length=11, description="neurons of one to three hidden layers")
    activation: Annotated[str, HIDDEN] = "relu"
    loss: Annotated[str, Names(LOSSES)] = "non_saturating"
    optimizer: Literal["adam", "rmsprop", "sgd"] = "adam"
    beta_1: float = Field(0.5, ge=0, lt=1)
    generator_rate: float = Field(0.001, ge=1e-6, le=1)
    discriminator_rate: float = Field(0.001, ge=1e-6, le=1)
    batch_size: int = Field(64, ge=1, le=512)
    discriminator_steps: int = Field(1, ge=1, le=20, description="of the discriminator for one of the generator")
    smoothing: float = Field(0.0, ge=0, le=0.5)
    clip: float = Field(0.05, ge=0.001, le=1)
    steps: int = Field(6000, ge=1, le=200_000)
    seed: int = Field(0, ge=0, le=2**31 - 1)

    @model_validator(mode="after")
    def _check(self) -> Self:
        _ = self.painted
        _ = self.sizes
        return self

    @property
    def painted(self) -> Array:
        """float32 [m, 2]: the points painted by hand. Raises ValueError."""
        try:
            found = [float(part) for part in self.points.split(",")]
        except ValueError:
            found = []
        if not 1 <= len(found) / 2 <= MOST_POINTS or len(found) % 2 or not all(abs(one) <= HALF for one in found):
            raise ValueError(
                f"points: 1 to {MOST_POINTS} pairs of numbers from −{HALF:g} to {HALF:g}, all with commas between them"
            )
        return np.asarray(found, np.float32).reshape(-1, 2)

    @property
    def sizes(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Neurons of the generator and of the discriminator, inputs first, outputs last. Raises ValueError."""
        wide = PIXELS if self.data == DIGITS else 2
        generator = self.latent_size, *read_layers(self.generator, "generator"), wide
        return generator, (wide, *read_layers(self.discriminator, "discriminator"), 1)

    def optimizer_at(self, rate: float) -> Optimizer:
        """The optimiser of a network with this learning rate."""
        fields = {"beta_1": self.beta_1} if self.optimizer == "adam" else {}
        return OPTIMIZERS[self.optimizer].model_validate({"learning_rate": rate, **fields})

    @property
    def every(self) -> int:
        """Steps between two rows of metrics: some 250 in a whole run, each of which takes about a millisecond."""
        return max(FEWEST, self.steps // 250)

    @property
    def subject(self) -> str:
        if self.data == DIGITS:
            return "digits, 8×8" if self.digit == "all" else f"digits, 8×8, only {self.digit}"
        return "drawn by hand" if self.data == DRAWN else DISTRIBUTIONS[self.data].title

    @property
    def words(self) -> str:
        generator, discriminator = ("-".join(map(str, sizes)) for sizes in self.sizes)
        return f"G {generator}, D {discriminator}, {ACTIVATIONS[self.activation].label}, {LOSSES[self.loss].title}"

    @property
    def parameters(self) -> int:
        return sum(map(parameters, self.sizes))


def read_layers(text: str, field: str) -> tuple[int, ...]:
    """`64,64` → the neurons of each layer. Raises ValueError, which names the field."""
    parts = [part.strip() for part in text.split(",")]
    found = tuple(int(part) for part in parts if part.isascii() and part.isdecimal())
    if len(found) < len(parts) or len(found) > MOST_LAYERS or not all(1 <= one <= MOST_UNITS for one in found):
        raise ValueError(f"{field}: one to three whole numbers from 1 to {MOST_UNITS} with commas between them")
    return found
