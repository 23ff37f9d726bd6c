"""What learns: a network of layers, trained by the compiled loop or by our own NumPy, or a kernel SVM."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from nnviz.spec.layers import Dense, Layer
from nnviz.spec.names import Activation, BiasInitializer, Initializer, OutputActivation
from nnviz.spec.part import Part, tagged

SCRATCH_LAYERS = frozenset({"dense", "conv2d", "max_pooling2d", "average_pooling2d", "l2_pooling2d", "flatten"})
SCRATCH_LOSSES = frozenset(
    {"half_squared_error", "mean_squared_error", "binary_crossentropy", "categorical_crossentropy"}
)
"""What the NumPy network can do: what the lectures derive by hand."""


class Regularizer(Part):
    """Penalty on the kernels, added to the loss as Keras adds it: rate·Σ|w| (l1) or rate·Σw² (l2)."""

    name: Literal["none", "l1", "l2"] = "none"
    rate: float = Field(0.0, ge=0, le=100)


class NetworkSpec(Part):
    """A network of layers. The output layer follows from the data, the loss and `output_activation`.

    family "network" is Keras's layers in the compiled loop; "scratch" is the same network in nothing but NumPy.
    """

    family: Literal["network", "scratch"] = "network"
    layers: tuple[Layer, ...] = Field((Dense(units=4), Dense(units=2)), max_length=40)
    activation: Activation = "tanh"
    output_activation: OutputActivation = "auto"
    outputs: Literal["auto", "per_class"] = Field("auto", description="two classes: one unit, or one for each class")
    initializer: Initializer = "uniform"
    bias_initializer: BiasInitializer = "tenth"
    regularizer: Regularizer = Regularizer()


def _number(value: Any) -> Any:
    """A link and a command line can only write text."""
    if isinstance(value, str):
        with suppress(ValueError):
            number = float(value)
            return number if math.isfinite(number) else value
    return value


class SVMSpec(Part):
    """scikit-learn's SVC on the pixels; its names and meanings.

    Kernels: linear x·x'; rbf exp(−γ‖x − x'‖²); poly (γ x·x' + coef0)^degree.
    """

    family: Literal["svm"] = "svm"
    kernel: Literal["rbf", "linear", "poly"] = "rbf"
    C: float = Field(1.0, gt=0, le=1e6, description="how much a wrong training sample costs")
    gamma: Annotated[float | str, BeforeValidator(_number)] = Field("scale", description="a number, scale or auto")
    degree: int = Field(3, ge=1, le=10, description="of the polynomial")
    coef0: float = Field(0.0, ge=-1000, le=1000)

    @model_validator(mode="after")
    def _check_gamma(self) -> Self:
        words = self.gamma in {"scale", "auto"}
        if not words and (isinstance(self.gamma, str) or not 0 < self.gamma <= 1e6):
            raise ValueError(
                f"gamma: allowed are a number above 0 and at most 1e6, scale, auto (given: {str(self.gamma)[:60]!r})"
            )
        return self


Model = Annotated[NetworkSpec | SVMSpec, Field(discriminator="family"), BeforeValidator(tagged("family", "network"))]
MODELS: dict[str, type[Part]] = {"network": NetworkSpec, "scratch": NetworkSpec, "svm": SVMSpec}
