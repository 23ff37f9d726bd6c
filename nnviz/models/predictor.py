"""A trained model as the web process has it: from the arrays of a "weights" frame, in NumPy, whatever its family."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nnviz.activations import sigmoid, softmax
from nnviz.layers import Placed
from nnviz.models.backward import input_gradient
from nnviz.models.forward import activations, predict
from nnviz.models.metrics import decisions
from nnviz.models.occlusion import occlusion
from nnviz.models.svm import SVMPredictor
from nnviz.models.weights import Array, flat_to_weights
from nnviz.spec import RunSpec, SVMSpec

Classes = NDArray[np.int64]


class Predictor(Protocol):
    """A model's outputs for inputs x float32 [n, height, width, channels], as the network is fed them."""

    def probabilities(self, x: Array) -> Array:
        """float32 [n, classes], each row summing to 1, comparable between models."""

    def predicted(self, x: Array) -> Classes:
        """The class int64 [n] that it decides for."""

    def activations(self, x: Array) -> list[tuple[Placed, Array]]:
        """The output of each layer, float32 [n, *output_shape]; nothing of an SVM, which has no layers."""

    def saliency(self, x: Array, classes: Classes) -> Array:
        """∂ score of `classes` [n] / ∂ pixel, float32 of x's shape."""

    def occlusion(self, x: Array, target: int, patch: int, stride: int, grey: float | Array = 0.5) -> Array:
        """How much the probability of class `target` falls when that part of the one picture x [1, h, w, c] is covered
        with `grey`: float32 [h, w], as nnviz.models.occlusion says."""


def predictor(spec: RunSpec, arrays: dict[str, Array]) -> Predictor:
    """The model of `spec` with a "weights" frame's arrays. Raises ValueError where they are not of this model, and
    where it has no classes."""
    if spec.problem == "regression":
        raise ValueError("model: a regression has no classes to tell apart")
    if isinstance(spec.model, SVMSpec):
        return SVMPredictor(spec.model, spec.data.classes, arrays)
    if "weights" not in arrays:
        raise ValueError("weights: there are none")
    return NetworkPredictor(spec, flat_to_weights(spec, arrays["weights"]))


class NetworkPredictor:
    """A network with weights in `get_weights` order."""

    def __init__(self, spec: RunSpec, weights: list[Array]) -> None:
        self.spec, self.weights = spec, weights

    def probabilities(self, x: Array) -> Array:
        """As `comparable` says of the outputs."""
        return comparable(self.spec, *predict(self.spec, self.weights, x))

    def predicted(self, x: Array) -> Classes:
        return decisions(self.spec, predict(self.spec, self.weights, x)[0])

    def activations(self, x: Array) -> list[tuple[Placed, Array]]:
        return activations(self.spec, self.weights, x)

    def saliency(self, x: Array, classes: Classes) -> Array:
        return input_gradient(self.spec, self.weights, x, classes)

    def occlusion(self, x: Array, target: int, patch: int, stride: int, grey: float | Array = 0.5) -> Array:
        return occlusion(self.probabilities, x, target, patch, stride, grey)


def comparable(spec: RunSpec, outputs: Array, logits: Array) -> Array:
    """float32 [n, classes], rows summing to 1, from outputs and logits [n, outputs]; a larger output stays larger.

    Softmax as it is. Sigmoid outputs, and those of tanh moved from −1…1 to 0…1, divided by their sum; a single one is
    the probability of class 1. Linear ones know no bounds: their softmax, where a single one z stands for (−z, z).
    """
    activation, single = spec.output_activation, spec.outputs == 1
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        if activation == "linear":
            p = sigmoid(2 * (logits - sum(spec.targets) / 2)) if single else softmax(logits)
        else:
            p = (1 + outputs) / 2 if activation == "tanh" else outputs
            if not single and activation != "softmax":
                p = p / p.sum(-1, keepdims=True)
        if single:
            p = np.concatenate([1 - p, p], axis=-1)
    # All outputs at 0, or no number at all: nothing is known.
    return np.asarray(np.where(np.isfinite(p).all(-1, keepdims=True), p, 1 / p.shape[-1]), np.float32)
