"""What learns: a network of layers, trained by the compiled loop or by our own NumPy, or a kernel SVM."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from nnviz.activations import ActivationName, OutputName
from nnviz.initializers import BIASES, INITIALIZERS
from nnviz.layers import AnyLayer, Dense
from nnviz.part import Names, Part, tagged
from nnviz.regularizers import REGULARIZERS


class Regularizer(Part):
    """Penalty on the kernels, added to the loss as Keras adds it: rate·Σ|w| (l1) or rate·Σw² (l2).

    on: all layers with a kernel, or one of them alone (its `kernel_regularizer` in Keras): "output", or the number of
    one, counted from 1 among those with a kernel.
    """

    name: Annotated[str, Names(REGULARIZERS, "none")] = "none"
    rate: float = Field(0.0, ge=0, le=100)
    on: Literal["all", "output"] | Annotated[int, Field(ge=1, le=41)] = "all"


class NetworkSpec(Part):
    """A network of layers. The output layer follows from the data, the loss and `output_activation`.

    family "network" is Keras's layers in the compiled loop; "scratch" is the same network in nothing but NumPy.
    """

    family: Literal["network", "scratch"] = "network"
    layers: tuple[AnyLayer, ...] = Field((Dense(units=4), Dense(units=2)), max_length=40)
    activation: ActivationName = "tanh"
    output_activation: OutputName = "auto"
    outputs: Literal["auto", "per_class"] = Field("auto", description="two classes: one unit, or one for each class")
    initializer: Annotated[str, Names(INITIALIZERS)] = "uniform"
    bias_initializer: Annotated[str, Names(BIASES)] = "tenth"
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

    Kernels: linear x·x'; rbf exp(−γ‖x − x'‖²); poly (γ x·x' + coef0)^degree; sigmoid tanh(γ x·x' + coef0).
    """

    family: Literal["svm"] = "svm"
    kernel: Literal["rbf", "linear", "poly", "sigmoid"] = "rbf"
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
