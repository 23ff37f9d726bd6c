"""`RunSpec`: all that defines a run.

A spec is frozen and validated; it is the same thing as JSON, as a link, as a page's controls and as a command line's
`--set`. Names are spelled as Keras and scikit-learn spell them. Every door (link, JSON, upload, command line) comes
through the validation here, so that the limits hold everywhere.
"""

from __future__ import annotations

import json
import math
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, SerializeAsAny, model_validator

from nnviz.layers import LAYERS, Placed
from nnviz.layers.plan import plan, punished
from nnviz.losses import LOSSES, MARGINS, LossName
from nnviz.optimizers import OPTIMIZERS, SGD, Decay, Optimizer
from nnviz.part import Part, made_of
from nnviz.sets import SETS, image_sets
from nnviz.spec.data import DataSpec
from nnviz.spec.job import JobSpec
from nnviz.spec.memory import Need, activations
from nnviz.spec.model import Model, NetworkSpec
from nnviz.spec.words import model_words

MAX_PARAMETERS = 5_000_000
MAX_WORK = 200_000_000
"""Multiply-adds of one sample's way through the network: a step of 10 samples stays below a second."""
MAX_MEMORY = 6 * 2**30
"""Bytes that a run may come to need, on whatever machine; an engine may allow less (nnviz/engine/admission.py)."""


class EarlyStopping(Part):
    """Keras's EarlyStopping: end when `monitor` has not improved by more than `min_delta` for `patience` epochs."""

    monitor: Literal["loss", "val_loss", "accuracy", "val_accuracy"] = "val_loss"
    patience: int = Field(5, ge=1, le=100_000)
    min_delta: float = Field(0.0, ge=0, le=1000)


class TrainingSpec(Part):
    loss: LossName = "half_squared_error"
    optimizer: Annotated[SerializeAsAny[Optimizer], made_of(OPTIMIZERS, "name", "sgd")] = SGD()
    decay: Decay = Decay()
    batch_size: int = Field(10, ge=1, le=60_000, description="capped at the number of training samples")
    epochs: int = Field(1000, ge=1, le=100_000)
    shuffle: bool = Field(True, description="a new order of the samples in every epoch")
    early_stopping: EarlyStopping | None = None
    target_loss: float | None = Field(None, gt=0, description="end when the validation loss (else the loss) is below")


class RunSpec(JobSpec):
    """All that defines a training. Same spec, same seed, same machine: the same curve."""

    job: Literal["train"] = Field("train", exclude=True, description="not written: a spec without it is a training's")
    data: DataSpec = DataSpec()
    model: Model = NetworkSpec()
    training: TrainingSpec = TrainingSpec()
    seed: int = Field(0, ge=0, le=2**31 - 1, description="of the initial weights, the shuffling and the dropout")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not isinstance(self.model, NetworkSpec):
            if not self.data.is_image:
                raise ValueError(f"model.family: an SVM learns images; allowed data are {', '.join(image_sets())}")
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
            _ = self.plan
        except ValueError as fault:
            raise ValueError(f"model.{fault}") from None
        if self.parameters > MAX_PARAMETERS:
            raise ValueError(f"model.layers: {self.parameters:,} parameters; allowed are at most {MAX_PARAMETERS:,}")
        if self.multiply_adds > MAX_WORK:
            raise ValueError(
                f"model.layers: {self.multiply_adds:,} multiply-adds for each sample; allowed are at most {MAX_WORK:,}"
            )
        if self.memory > MAX_MEMORY:
            field, words = self.too_large(MAX_MEMORY)
            raise ValueError(f"{field}: {words}")

    def _check_scratch(self, model: NetworkSpec) -> None:
        for i, layer in enumerate(model.layers):
            if not layer.derived:
                allowed = sorted(kind for kind in LAYERS if LAYERS[kind].derived)
                raise ValueError(
                    f"model.layers.{i}: the NumPy network has no {layer.kind}; allowed are {', '.join(allowed)}"
                )
        if not LOSSES[self.training.loss].derived:
            allowed = sorted(name for name, loss in LOSSES.items() if loss.derived)
            raise ValueError(
                f"training.loss: the NumPy network has no {self.training.loss}; allowed are {', '.join(allowed)}"
            )
        optimizer = self.training.optimizer
        if not isinstance(optimizer, SGD):
            raise ValueError(f"training.optimizer.name: the NumPy network has no {optimizer.name}; allowed is sgd")
        if optimizer.limits != (None, None, None):
            raise ValueError("training.optimizer: the NumPy network does not clip gradients")

    def _check_output(self, model: NetworkSpec) -> None:
        name, classes, output = self.training.loss, self.data.classes, model.output_activation
        loss = LOSSES[name]
        if classes == 0:
            if not loss.regression:
                raise ValueError(
                    f"training.loss: {name} needs classes, and {self.data.name} is a regression; "
                    f"allowed are {', '.join(sorted(other for other in LOSSES if LOSSES[other].regression))}"
                )
            if output not in {"auto", *loss.outputs(classes)}:
                raise ValueError(
                    f"model.output_activation: {output} needs classes; allowed for a regression: "
                    f"{', '.join(loss.outputs(classes))}"
                )
        if output not in {"auto", *loss.outputs(classes)}:
            allowed = ", ".join(("auto", *loss.outputs(classes)))
            raise ValueError(f"model.output_activation: {name} {loss.on.words}; allowed are {allowed}")

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
        model = self.model
        placed = plan(model.layers, self.input_shape, model.activation, self.outputs, self.output_activation)
        return punished(placed, model.regularizer.on) if model.regularizer.name != "none" else placed

    @property
    def problem(self) -> Literal["classification", "regression"]:
        return "regression" if self.data.classes == 0 else "classification"

    @property
    def output_activation(self) -> str:
        """What `auto` stands for."""
        if not isinstance(self.model, NetworkSpec):
            return "linear"
        if self.model.output_activation != "auto":
            return self.model.output_activation
        if self.data.classes == 0:
            return "linear"
        on = LOSSES[self.training.loss].on
        return on.pair if self.data.classes == 2 else on.auto

    @property
    def outputs(self) -> int:
        """Units of the output layer: one for each class; 1 for a regression, and for two classes where that will do."""
        if self.data.classes == 0:
            return 1
        if not isinstance(self.model, NetworkSpec):
            return self.data.classes
        per_class = self.model.outputs == "per_class" or self.output_activation == "softmax"
        if self.data.classes > 2 or per_class or LOSSES[self.training.loss].one_hot:
            return self.data.classes
        return 1

    @property
    def targets(self) -> tuple[float, float]:
        """What an output is trained towards for (not this class, this class): 0 and 1, or −1 and 1."""
        loss = LOSSES[self.training.loss]
        if loss.on is MARGINS:
            return (0.0, 1.0) if loss.one_hot else (-1.0, 1.0)
        return (0.0, 1.0) if self.output_activation in {"sigmoid", "softmax"} else (-1.0, 1.0)

    @property
    def input_shape(self) -> tuple[int, ...]:
        return SETS[self.data.name].shape or (len(self.data.inputs),)

    @property
    def batch_size(self) -> int:
        """The batch size in force: never more than the training samples."""
        return min(self.training.batch_size, self.data.training_samples)

    @property
    def steps_per_epoch(self) -> int:
        """Updates in which every training sample, rotated copies included, is used once; the last may be smaller."""
        return math.ceil(self.data.training_samples / self.batch_size)

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

    @cached_property
    def memory(self) -> int:
        """Bytes that a run may come to need at most, its libraries included: see nnviz/spec/memory.py."""
        return self._need.memory

    def too_large(self, most: int) -> tuple[str, str]:
        return self._need.too_large(most)

    @property
    def _need(self) -> Need:
        return Need(self.data, self.input_shape, self.plan, self.model.family, self.batch_size)

    @property
    def reusable(self) -> bool:
        return self.is_network

    @property
    def subject(self) -> str:
        return self.data.name

    @property
    def words(self) -> str:
        """The widths from the inputs to the outputs, 784-30-10; of other layers what they are, in the same order."""
        return model_words(self.model, self.input_shape, self.plan)

    @property
    def activations(self) -> int:
        """Numbers that all layers give for one sample, a recurrent layer at every time step."""
        return activations(self.plan)

    @property
    def multiply_adds(self) -> int:
        """Of one sample's way forward through the network."""
        return sum(layer.multiply_adds for layer in self.plan)
