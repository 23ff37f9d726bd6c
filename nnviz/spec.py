"""`RunSpec`: all that defines a run. The ground floor: no tensorflow, no streamlit, no plotly, no files.

A spec is frozen and validated; it is the same thing as JSON, as a link, as a page's controls and as a command line's
`--set`. Names are spelled as Keras and scikit-learn spell them. Every door (link, JSON, upload, command line) comes
through the validation here, so that the limits hold everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

ToyName = Literal["circle", "xor", "gauss", "spiral", "moons", "blobs", "donuts", "plane", "multi_gauss"]
ImageName = Literal["digits", "mnist"]
DataName = Literal[ToyName, "table", ImageName]
InputName = Literal["x1", "x2", "x1_squared", "x2_squared", "x1_x2", "sin_x1", "sin_x2"]
Activation = Literal[
    "relu", "tanh", "sigmoid", "linear", "leaky_relu", "elu", "selu", "gelu", "silu", "softplus", "softsign",
    "hard_sigmoid", "relu6", "mish",
]  # fmt: skip
OutputActivation = Literal["auto", "linear", "tanh", "sigmoid", "softmax"]
Initializer = Literal[
    "uniform", "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal",
    "random_normal", "small_normal", "scaled_normal", "orthogonal", "zeros",
]  # fmt: skip
BiasInitializer = Literal["zeros", "tenth", "random_normal"]
Loss = Literal[
    "half_squared_error", "mean_squared_error", "mean_absolute_error", "huber", "log_cosh", "binary_crossentropy",
    "binary_focal_crossentropy", "categorical_crossentropy", "categorical_focal_crossentropy", "kl_divergence",
    "hinge", "squared_hinge", "categorical_hinge",
]  # fmt: skip

REGRESSION_SETS = frozenset({"plane", "multi_gauss"})
MANY_CLASS_SETS = frozenset({"spiral", "blobs", "gauss", "table"})
"""Sets whose number of classes is the visitor's choice."""
IMAGE_SHAPES: dict[str, tuple[int, int, int]] = {"digits": (8, 8, 1), "mnist": (28, 28, 1)}
DEFAULT_COUNTS: dict[str, tuple[int, int, int]] = {"digits": (1347, 0, 450), "mnist": (60_000, 0, 10_000)}
"""(train, validation, test) where a spec leaves them out; every other set has (250, 250, 250)."""
ONE_HOT_LOSSES = frozenset(
    {"categorical_crossentropy", "categorical_focal_crossentropy", "kl_divergence", "categorical_hinge"}
)
PROBABILITY_LOSSES = frozenset({"binary_crossentropy", "binary_focal_crossentropy", *ONE_HOT_LOSSES}) - {
    "categorical_hinge"
}
MARGIN_LOSSES = frozenset({"hinge", "squared_hinge", "categorical_hinge"})
REGRESSION_LOSSES = frozenset({"half_squared_error", "mean_squared_error", "mean_absolute_error", "huber", "log_cosh"})
MAX_PARAMETERS = 5_000_000


class Part(BaseModel):
    """What every part of a spec shares: frozen, no unknown fields, no infinities."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def _tagged(tag: str, default: str) -> Callable[[Any], Any]:
    """A union's tag may be left out: every field has a default."""

    def fill(value: Any) -> Any:
        return {tag: default, **value} if isinstance(value, dict) else value

    return fill


class DataSpec(Part):
    """Which samples. `noise` is 0–1 (TF Playground's 0–50 is 0–0.5 here); it moves the samples, never redraws them."""

    name: DataName = "circle"
    train: int = Field(250, ge=1, le=60_000)
    validation: int = Field(250, ge=0, le=60_000)
    test: int = Field(250, ge=0, le=60_000)
    noise: float = Field(0.0, ge=0, le=1)
    classes: int = Field(2, ge=0, le=10, description="0 for regression (own tables only)")
    inputs: tuple[InputName, ...] = Field(("x1", "x2"), max_length=7, description="features of a 2-D set")
    table: str | None = Field(None, pattern=r"^[0-9a-f]{64}$", description="id of an uploaded table")
    seed: int = Field(0, ge=0, le=2**31 - 1)

    @model_validator(mode="before")
    @classmethod
    def _fill_counts(cls, value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("name"), str):
            name = value["name"]
            if name in DEFAULT_COUNTS:
                counts = dict(zip(("train", "validation", "test"), DEFAULT_COUNTS[name], strict=True))
                value = {"classes": 10, **counts, **value}
            elif name in REGRESSION_SETS:
                value = {"classes": 0, **value}
        return value

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.name in REGRESSION_SETS and self.classes != 0:
            raise ValueError(f"classes: {self.name} is a regression set and has none; leave classes out or set 0")
        if self.name in IMAGE_SHAPES and self.classes != 10:
            raise ValueError(f"classes: {self.name} has 10")
        if self.name not in REGRESSION_SETS | MANY_CLASS_SETS | set(IMAGE_SHAPES) and self.classes != 2:
            raise ValueError(
                f"classes: {self.name} has 2; more are to be had with {', '.join(sorted(MANY_CLASS_SETS))}"
            )
        if self.name in MANY_CLASS_SETS - {"table"} and not 2 <= self.classes <= 8:
            raise ValueError("classes: allowed is 2 to 8")
        if self.name == "table" and (self.classes == 1 or self.table is None):
            raise ValueError("table: an own table needs its id, and classes 0 (regression) or 2 to 10")
        if self.name != "table" and self.table is not None:
            raise ValueError("table: only goes with the data set 'table'")
        if self.name in IMAGE_SHAPES:
            size = sum(DEFAULT_COUNTS[self.name])
            limit = (60_000, 60_000, 10_000) if self.name == "mnist" else (size, size, size)
            pool = self.train + self.validation if self.name == "mnist" else self.train + self.validation + self.test
            if pool > (60_000 if self.name == "mnist" else size) or self.test > limit[2]:
                raise ValueError(f"train, validation, test: {self.name} has only {DEFAULT_COUNTS[self.name]} images")
        elif self.train + self.validation + self.test > 60_000:
            raise ValueError("train, validation, test: at most 60,000 samples together")
        elif not self.inputs:
            raise ValueError("inputs: choose at least one of " + ", ".join(get_args(InputName)))
        elif len(set(self.inputs)) != len(self.inputs):
            raise ValueError("inputs: each at most once")
        return self

    @property
    def is_image(self) -> bool:
        return self.name in IMAGE_SHAPES


class Dense(Part):
    """A fully connected layer; `activation` None takes the model's."""

    kind: Literal["dense"] = "dense"
    units: int = Field(4, ge=1, le=2048)
    activation: Activation | None = None


class Dropout(Part):
    kind: Literal["dropout"] = "dropout"
    rate: float = Field(0.2, ge=0, lt=1)


class BatchNormalization(Part):
    kind: Literal["batch_normalization"] = "batch_normalization"


Layer = Annotated[
    Dense | Dropout | BatchNormalization, Field(discriminator="kind"), BeforeValidator(_tagged("kind", "dense"))
]


class Regularizer(Part):
    """Penalty on the kernels, added to the loss as Keras adds it: rate·Σ|w| (l1) or rate·Σw² (l2)."""

    name: Literal["none", "l1", "l2"] = "none"
    rate: float = Field(0.0, ge=0, le=100)


class ModelSpec(Part):
    """A network of Keras layers. The output layer follows from the data, the loss and `output_activation`."""

    family: Literal["network"] = "network"
    layers: tuple[Layer, ...] = Field((Dense(units=4), Dense(units=2)), max_length=40)
    activation: Activation = "tanh"
    output_activation: OutputActivation = "auto"
    outputs: Literal["auto", "per_class"] = Field("auto", description="two classes: one unit, or one for each class")
    initializer: Initializer = "uniform"
    bias_initializer: BiasInitializer = "tenth"
    regularizer: Regularizer = Regularizer()


class _Optimizer(Part):
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


class SGD(_Optimizer):
    name: Literal["sgd"] = "sgd"
    momentum: Fraction = 0.0
    nesterov: bool = False


class RMSprop(_Optimizer):
    name: Literal["rmsprop"] = "rmsprop"
    learning_rate: float = Field(0.001, gt=0, le=1000)
    rho: Fraction = 0.9
    momentum: Fraction = 0.0
    centered: bool = False


class Adagrad(_Optimizer):
    name: Literal["adagrad"] = "adagrad"
    learning_rate: float = Field(0.001, gt=0, le=1000)
    initial_accumulator_value: float = Field(0.1, ge=0, le=100)


class Adadelta(_Optimizer):
    """Keras's default rate is 0.001 today and was 1.0 in the lectures' time: with 0.001 it hardly learns."""

    name: Literal["adadelta"] = "adadelta"
    learning_rate: float = Field(0.001, gt=0, le=1000)
    rho: Fraction = 0.95


class Adam(_Optimizer):
    name: Literal["adam"] = "adam"
    learning_rate: float = Field(0.001, gt=0, le=1000)
    beta_1: Fraction = 0.9
    beta_2: Fraction = 0.999
    amsgrad: bool = False


class AdamW(_Optimizer):
    name: Literal["adamw"] = "adamw"
    learning_rate: float = Field(0.001, gt=0, le=1000)
    weight_decay: float = Field(0.004, ge=0, le=10)
    beta_1: Fraction = 0.9
    beta_2: Fraction = 0.999


class Adamax(_Optimizer):
    name: Literal["adamax"] = "adamax"
    learning_rate: float = Field(0.001, gt=0, le=1000)
    beta_1: Fraction = 0.9
    beta_2: Fraction = 0.999


class Nadam(_Optimizer):
    name: Literal["nadam"] = "nadam"
    learning_rate: float = Field(0.001, gt=0, le=1000)
    beta_1: Fraction = 0.9
    beta_2: Fraction = 0.999


class Ftrl(_Optimizer):
    name: Literal["ftrl"] = "ftrl"
    learning_rate: float = Field(0.001, gt=0, le=1000)


class Lion(_Optimizer):
    name: Literal["lion"] = "lion"
    learning_rate: float = Field(0.001, gt=0, le=1000)
    beta_1: Fraction = 0.9
    beta_2: Fraction = 0.99


Optimizer = Annotated[
    SGD | RMSprop | Adagrad | Adadelta | Adam | AdamW | Adamax | Nadam | Ftrl | Lion,
    Field(discriminator="name"),
    BeforeValidator(_tagged("name", "sgd")),
]
OPTIMIZERS: dict[str, type[_Optimizer]] = {
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
    model: ModelSpec = ModelSpec()
    training: TrainingSpec = TrainingSpec()
    seed: int = Field(0, ge=0, le=2**31 - 1, description="of the initial weights, the shuffling and the dropout")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        loss, classes, output = self.training.loss, self.data.classes, self.model.output_activation
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
        es = self.training.early_stopping
        if es is not None:
            if es.monitor.startswith("val_") and self.data.validation == 0:
                raise ValueError(f"training.early_stopping.monitor: {es.monitor} needs data.validation above 0")
            if es.monitor.endswith("accuracy") and classes == 0:
                raise ValueError(
                    "training.early_stopping.monitor: a regression has no accuracy; allowed are loss, val_loss"
                )
        if self.parameters > MAX_PARAMETERS:
            raise ValueError(f"model.layers: {self.parameters:,} parameters; allowed are at most {MAX_PARAMETERS:,}")
        return self

    @property
    def problem(self) -> Literal["classification", "regression"]:
        return "regression" if self.data.classes == 0 else "classification"

    @property
    def output_activation(self) -> Literal["linear", "tanh", "sigmoid", "softmax"]:
        """What `auto` stands for."""
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
        return min(self.training.batch_size, self.data.train)

    @property
    def parameters(self) -> int:
        """Trainable numbers: kernels, biases, and γ and β of batch normalisation. 784-30-10 has 23,860."""
        width, total = math.prod(self.input_shape), 0
        for layer in self.model.layers:
            if isinstance(layer, Dense):
                total += (width + 1) * layer.units
                width = layer.units
            elif isinstance(layer, BatchNormalization):
                total += 2 * width
        return total + (width + 1) * self.outputs


def explain(error: ValidationError) -> list[str]:
    """One line for each fault: the field, what was given, what is allowed. No class names, no links."""
    lines = []
    for fault in error.errors(include_url=False):
        kind, given = fault["type"], fault.get("input")
        where = _where(fault["loc"])
        message = fault["msg"].removeprefix("Value error, ")
        message = message[:1].lower() + message[1:]
        if kind == "value_error":  # ours: it begins with the field
            lines.append(".".join([*where, message]))
            continue
        if kind == "extra_forbidden":
            fields = _fields(error.title, fault["loc"])
            message = "no such field" + (f"; there are {', '.join(fields)}" if fields else "")
        elif kind == "union_tag_invalid":
            where.append(fault["ctx"]["discriminator"].strip("'"))
            message, given = f"allowed are {fault['ctx']['expected_tags']}", fault["ctx"]["tag"]
        elif kind in {"model_type", "model_attributes_type"}:
            message = "should be an object with fields of its own"
        elif kind == "tuple_type":
            message = "should be a list"
        silent = kind == "missing" or isinstance(given, dict | list | tuple)
        lines.append(f"{'.'.join(where) or 'spec'}: {message}" + ("" if silent else f" (given: {_shown(given)})"))
    return lines


_PARTS: dict[Any, type[Part]] = {
    **OPTIMIZERS, "dense": Dense, "dropout": Dropout, "batch_normalization": BatchNormalization,
}  # fmt: skip
"""By the tags of the unions. pydantic puts a tag into the location; the person who wrote the JSON has not."""


def _where(location: tuple[str | int, ...]) -> list[str]:
    return [
        str(part)
        for before, part in zip((None, *location), location, strict=False)
        if part not in _PARTS or not (isinstance(before, int) or before == "optimizer")
    ]


def _fields(title: str, location: tuple[str | int, ...]) -> list[str]:
    """What could stand where `location` names a field that there is not; nothing where it is no part of a RunSpec."""
    here: Any = RunSpec if title == RunSpec.__name__ else None
    for part in location[:-1]:
        if part in _PARTS:
            here = _PARTS[part]
        elif isinstance(part, str) and here is not None:
            annotation = here.model_fields[part].annotation
            here = next((one for one in (annotation, *get_args(annotation)) if hasattr(one, "model_fields")), here)
    return [] if here is None else list(here.model_fields)


def _shown(given: Any) -> str:
    try:
        return repr(str(given)[:60])
    except ValueError:  # Python writes no number of more than 4300 digits
        return "a very long number"
