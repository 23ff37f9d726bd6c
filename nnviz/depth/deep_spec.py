"""`DeepSpec`: networks of one to twenty hidden layers that learn the small digits side by side."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from nnviz.activations import ACTIVATIONS, HIDDEN
from nnviz.initializers import INITIALIZERS
from nnviz.part import Names, Part
from nnviz.spec import RunSpec
from nnviz.spec.job import MB, JobSpec

MAX_DEPTH, MAX_WIDTH, MAX_NETWORKS = 20, 128, 4
SHORT = {"random_normal": "N(0, 1)", "zeros": "zeros"}
"""Initialisers whose label in the controls says too much for a heading."""


class DeepNetwork(Part):
    """One network: so many hidden layers, all alike. batch_normalization: one behind each of them.

    As text, in a link: `10x30:sigmoid:glorot_uniform`, and `:bn` behind it.
    """

    depth: int = Field(10, ge=1, le=MAX_DEPTH)
    width: int = Field(30, ge=1, le=MAX_WIDTH)
    activation: Annotated[str, HIDDEN] = "sigmoid"
    initializer: Annotated[str, Names(INITIALIZERS)] = "glorot_uniform"
    batch_normalization: bool = False

    @property
    def label(self) -> str:
        drawn = SHORT.get(self.initializer, INITIALIZERS[self.initializer].label.partition(" (")[0])
        normalized = ", batch norm" if self.batch_normalization else ""
        return f"{self.depth} × {self.width} {ACTIVATIONS[self.activation].label}, {drawn}{normalized}"

    def __str__(self) -> str:
        return f"{self.depth}x{self.width}:{self.activation}:{self.initializer}" + ":bn" * self.batch_normalization


def _read(value: Any) -> Any:
    """Networks as a link writes them, with commas between, as plain values; anything else as it is."""
    return [_read_one(word) for word in value.split(",")] if isinstance(value, str) else value


def _read_one(word: str) -> dict[str, Any]:
    shape, *rest = word.strip().split(":")
    depth, _, width = shape.partition("x")
    normalized = rest[2:] == ["bn"]
    if len(rest) > 2 + normalized:
        raise ValueError("write a network as depth x width:activation:initializer:bn, such as 10x30:relu:he_normal")
    names = dict(zip(("activation", "initializer"), rest, strict=False))
    return {"depth": depth, **({"width": width} if width else {}), **names, "batch_normalization": normalized}


class DeepSpec(JobSpec):
    """Up to four networks, the same digits in the same order, one optimiser."""

    job: Literal["depth"] = "depth"
    networks: Annotated[
        tuple[DeepNetwork, ...], Field(min_length=1, max_length=MAX_NETWORKS), BeforeValidator(_read)
    ] = (DeepNetwork(), DeepNetwork(activation="relu", initializer="he_normal"))  # fmt: skip
    optimizer: Literal["sgd", "adam"] = "sgd"
    learning_rate: float = Field(0.03, gt=0, le=100)
    batch_size: int = Field(32, ge=8, le=1200)
    epochs: int = Field(10, ge=1, le=50)
    seed: int = Field(0, ge=0, le=2**31 - 1)

    def training(self, network: DeepNetwork) -> RunSpec:
        """The same network as a training, as the Digits room and the command line know it."""
        layers: list[dict[str, Any]] = []
        for _ in range(network.depth):
            layers.append({"units": network.width})
            if network.batch_normalization:
                layers.append({"kind": "batch_normalization"})
        return RunSpec.model_validate({
            "data": {"name": "digits", "validation": 0, "seed": self.seed},
            "model": {
                "layers": layers, "activation": network.activation, "initializer": network.initializer,
                "bias_initializer": "zeros",
            },
            "training": {
                "loss": "categorical_crossentropy", "batch_size": self.batch_size, "epochs": self.epochs,
                "optimizer": {"name": self.optimizer, "learning_rate": self.learning_rate},
            },
            "seed": self.seed,
        })  # fmt: skip

    @property
    def subject(self) -> str:
        return "digits"

    @property
    def words(self) -> str:
        return " against ".join(network.label for network in self.networks)

    @property
    def parameters(self) -> int:
        return sum(self.training(network).parameters for network in self.networks)

    @property
    def memory(self) -> int:
        """Batch normalisation is TensorFlow's."""
        return 800 * MB if any(network.batch_normalization for network in self.networks) else 160 * MB
