"""`RunSpec`: all that defines a run.

A spec is frozen and validated; it is the same thing as JSON, as a link, as a page's controls and as a command line's
`--set`. Names are spelled as Keras and scikit-learn spell them. Every door (link, JSON, upload, command line) comes
through the validation here, so that the limits hold everywhere.
"""

from __future__ import annotations

import json
from functools import cached_property
from typing import Literal, Self

from pydantic import Field, model_validator

from nnviz.spec.data import IMAGE_SHAPES, DataSpec
from nnviz.spec.layers import Placed, numbers, plan
from nnviz.spec.model import SCRATCH_LAYERS, SCRATCH_LOSSES, Model, NetworkSpec
from nnviz.spec.names import (
    MARGIN_LOSSES,
    ONE_HOT_LOSSES,
    PROBABILITY_LOSSES,
    REGRESSION_LOSSES,
    Loss,
)
from nnviz.spec.optimizers import SGD, Decay, Optimizer
from nnviz.spec.part import Part

MAX_PARAMETERS = 5_000_000
MAX_WORK = 200_000_000
"""Multiply-adds of one sample's way through the network: a step of 10 samples stays below a second."""
MAX_BATCH_NUMBERS = 400_000_000
"""Activations that a batch may keep for the way back: 1.6 GB."""


class EarlyStopping(Part):
    """Keras's EarlyStopping: end when `monitor` has not improved by more than `min_delta` for `patience` epochs."""

    monitor: Literal["loss", "val_loss", "accuracy", "val_accuracy"] = "val_loss"
    patience: int = Field(5, ge=1, le=100_000)
    min_delta: float = Field(0.0, ge=0, le=1000)


class TrainingSpec(Part):
    loss: Loss = "half_squared_error"
    optimizer: Optimizer = SGD()
    decay: Decay = Decay()
    batch_size: int = Field(10, ge=1, le=60_000, description="capped at the number of training samples")
    epochs: int = Field(1000, ge=1, le=100_000)
    shuffle: bool = Field(True, description="a new order of the samples in every epoch")
    early_stopping: EarlyStopping | None = None
    target_loss: float | None = Field(None, gt=0, description="end when the validation loss (else the loss) is below")


class RunSpec(Part):
    """All that defines a run. Same spec, same seed, same machine: the same curve."""

    data: DataSpec = DataSpec()
    model: Model = NetworkSpec()
    training: TrainingSpec = TrainingSpec()
    seed: int = Field(0, ge=0, le=2**31 - 1, description="of the initial weights, the shuffling and the dropout")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not isinstance(self.model, NetworkSpec):
            if not self.data.is_image:
                raise ValueError(f"model.family: an SVM learns images; allowed data are {', '.join(IMAGE_SHAPES)}")
            return self
        self._check_output(self.model)
        es = self.training.early_stopping
        if es is not None:
            if es.monitor.startswith("val_") and self.data.validation == 0:
                raise ValueError(f"training.early_stopping.monitor: {es.monitor} needs data.validation above 0")
            if es.monitor.endswith("accuracy") and self.data.classes == 0:
                raise ValueError(
                    "training.early_stopping.monitor: a regression has no accuracy; allowed are loss, val_loss"
                )
        if self.model.family == "scratch":
            self._check_scratch(self.model)
        self._check_size()
        return self

    def _check_size(self) -> None:
        try:
            layers = self.plan
        except ValueError as fault:
            raise ValueError(f"model.{fault}") from None
        if self.parameters > MAX_PARAMETERS:
            raise ValueError(f"model.layers: {self.parameters:,} parameters; allowed are at most {MAX_PARAMETERS:,}")
        if self.multiply_adds > MAX_WORK:
            raise ValueError(
                f"model.layers: {self.multiply_adds:,} multiply-adds for each sample; allowed are at most {MAX_WORK:,}"
            )
        if numbers(layers) * self.batch_size > MAX_BATCH_NUMBERS:
            most = MAX_BATCH_NUMBERS // numbers(layers)
            raise ValueError(f"training.batch_size: this network needs too much memory; allowed are at most {most:,}")

    def _check_scratch(self, model: NetworkSpec) -> None:
        for i, layer in enumerate(model.layers):
            if layer.kind not in SCRATCH_LAYERS:
                raise ValueError(
                    f"model.layers.{i}: the NumPy network has no {layer.kind}; allowed are "
                    f"{', '.join(sorted(SCRATCH_LAYERS))}"
                )
        if self.training.loss not in SCRATCH_LOSSES:
            raise ValueError(
                f"training.loss: the NumPy network has no {self.training.loss}; allowed are "
                f"{', '.join(sorted(SCRATCH_LOSSES))}"
            )
        optimizer = self.training.optimizer
        if not isinstance(optimizer, SGD):
            raise ValueError(f"training.optimizer.name: the NumPy network has no {optimizer.name}; allowed is sgd")
        if (optimizer.clipnorm, optimizer.clipvalue, optimizer.global_clipnorm) != (None, None, None):
            raise ValueError("training.optimizer: the NumPy network does not clip gradients")

    def _check_output(self, model: NetworkSpec) -> None:
        loss, classes, output = self.training.loss, self.data.classes, model.output_activation
        if classes == 0:
            if loss not in REGRESSION_LOSSES:
                raise ValueError(
                    f"training.loss: {loss} needs classes, and {self.data.name} is a regression; "
                    f"allowed are {', '.join(sorted(REGRESSION_LOSSES))}"
                )
            if output == "softmax":
                raise ValueError(
                    "model.output_activation: softmax needs classes; allowed for a regression: linear, tanh, sigmoid"
                )
        if loss in PROBABILITY_LOSSES and output in {"linear", "tanh"}:
            raise ValueError(f"model.output_activation: {loss} needs probabilities; allowed are auto, sigmoid, softmax")
        if loss in ONE_HOT_LOSSES - {"categorical_hinge"} and output == "sigmoid":
            raise ValueError(
                f"model.output_activation: {loss} needs probabilities that sum to 1; allowed are auto, softmax"
            )
        if output == "softmax" and loss in MARGIN_LOSSES:
            raise ValueError(f"model.output_activation: {loss} works on scores; allowed are auto, linear, tanh")

    @property
    def is_network(self) -> bool:
        return isinstance(self.model, NetworkSpec)

    @property
    def network(self) -> NetworkSpec:
        """The model of a network. Raises TypeError for an SVM, which has no layers."""
        if not isinstance(self.model, NetworkSpec):
            raise TypeError(f"a model of the family {self.model.family} has no layers")
        return self.model

    @cached_property
    def plan(self) -> tuple[Placed, ...]:
        """Every layer with its shapes, the ones put in by themselves and the output layer too; none for an SVM."""
        if not isinstance(self.model, NetworkSpec):
            return ()
        return plan(self.model.layers, self.input_shape, self.model.activation, self.outputs, self.output_activation)

    @property
    def problem(self) -> Literal["classification", "regression"]:
        return "regression" if self.data.classes == 0 else "classification"

    @property
    def output_activation(self) -> Literal["linear", "tanh", "sigmoid", "softmax"]:
        """What `auto` stands for."""
        if not isinstance(self.model, NetworkSpec):
            return "linear"
        if self.model.output_activation != "auto":
            return self.model.output_activation
        loss = self.training.loss
        if self.data.classes == 0 or loss in MARGIN_LOSSES:
            return "linear"
        if loss in ONE_HOT_LOSSES:
            return "softmax"
        if loss in PROBABILITY_LOSSES:
            return "sigmoid"
        return "tanh" if self.data.classes == 2 else "softmax"

    @property
    def outputs(self) -> int:
        """Units of the output layer: one for each class; 1 for a regression, and for two classes where that will do."""
        if self.data.classes == 0:
            return 1
        if not isinstance(self.model, NetworkSpec):
            return self.data.classes
        per_class = self.model.outputs == "per_class" or self.output_activation == "softmax"
        if self.data.classes > 2 or per_class or self.training.loss in ONE_HOT_LOSSES:
            return self.data.classes
        return 1

    @property
    def targets(self) -> tuple[float, float]:
        """What an output is trained towards for (not this class, this class): 0 and 1, or −1 and 1."""
        if self.output_activation in {"sigmoid", "softmax"} and self.training.loss not in {"hinge", "squared_hinge"}:
            return (0.0, 1.0)
        return (0.0, 1.0) if self.training.loss == "categorical_hinge" else (-1.0, 1.0)

    @property
    def input_shape(self) -> tuple[int, ...]:
        return IMAGE_SHAPES[self.data.name] if self.data.is_image else (len(self.data.inputs),)

    @property
    def batch_size(self) -> int:
        """The batch size in force: never more than the training samples."""
        return min(self.training.batch_size, self.data.training_samples)

    @property
    def architecture(self) -> str:
        """All but seed, data and rates, in one word: specs of one architecture share their compiled graphs."""
        model, training = self.model.model_dump(mode="json"), self.training
        model.pop("initializer", None)
        model.pop("bias_initializer", None)
        model.get("regularizer", {}).pop("rate", None)
        optimizer = training.optimizer.model_dump(mode="json", exclude={"learning_rate"})
        rest = training.model_dump(mode="json", include={"loss", "decay"})
        return json.dumps(
            [self.input_shape, self.outputs, self.output_activation, self.batch_size, model, optimizer, rest]
        )

    @property
    def parameters(self) -> int:
        """Trainable numbers: kernels, biases, and γ and β of batch normalisation. 784-30-10 has 23,860."""
        return sum(layer.parameters for layer in self.plan)

    @property
    def multiply_adds(self) -> int:
        """Of one sample's way forward through the network."""
        return sum(layer.multiply_adds for layer in self.plan)
