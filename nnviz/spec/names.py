"""The words that a spec is written in, as Keras and scikit-learn spell them."""

from __future__ import annotations

from typing import Literal

ToyName = Literal["circle", "xor", "gauss", "spiral", "moons", "blobs", "donuts", "plane", "multi_gauss"]
ImageName = Literal["digits", "mnist", "fashion_mnist", "images"]
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

ONE_HOT_LOSSES = frozenset(
    {"categorical_crossentropy", "categorical_focal_crossentropy", "kl_divergence", "categorical_hinge"}
)
PROBABILITY_LOSSES = frozenset({"binary_crossentropy", "binary_focal_crossentropy", *ONE_HOT_LOSSES}) - {
    "categorical_hinge"
}
MARGIN_LOSSES = frozenset({"hinge", "squared_hinge", "categorical_hinge"})
REGRESSION_LOSSES = frozenset({"half_squared_error", "mean_squared_error", "mean_absolute_error", "huber", "log_cosh"})
