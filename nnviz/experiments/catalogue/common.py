"""The lectures' networks as plain specifications, for the recipes. What is not said is what Keras does."""

from __future__ import annotations

from typing import Any

Plain = dict[str, Any]


def dense(*units: int) -> list[Plain]:
    return [{"kind": "dense", "units": n} for n in units]


def dropped(rate: float = 0.2) -> Plain:
    return {"kind": "dropout", "rate": rate}


def conv(filters: int, kernel_size: int = 5) -> list[Plain]:
    """A convolution and a max pooling of 2×2."""
    return [{"kind": "conv2d", "filters": filters, "kernel_size": kernel_size}, {"kind": "max_pooling2d"}]


def sgd(rate: float, **more: Any) -> Plain:
    return {"name": "sgd", "learning_rate": rate, **more}


ADADELTA = {"name": "adadelta", "learning_rate": 1.0, "rho": 0.95}
"""As Keras had it when the lectures were written; today's default rate, 0.001, hardly learns in 20 epochs."""
TEN_THOUSAND = {"train": 10_000, "validation": 0}
CENTRED = {
    "train": 5_400, "validation": 600, "every": 10, "validation_seed": 4487, "center": True,
    "center_of": "train_validation",
}  # fmt: skip
"""Lecture D's data: every tenth training image, centred by the mean over all 6,000, a tenth drawn for validation."""


def network(
    layers: list[Plain],
    optimizer: Plain,
    *,
    activation: str = "sigmoid",
    loss: str = "categorical_crossentropy",
    data: Plain | None = None,
    batch_size: int = 10,
    epochs: int = 20,
    initializer: str = "glorot_uniform",
    bias: str = "zeros",
    family: str = "network",
    regularizer: Plain | None = None,
    output: str = "auto",
    early_stopping: Plain | None = None,
) -> Plain:
    """A network on MNIST, or on the `data` that have a name of their own."""
    return {
        "data": {"name": "mnist", **(data or {})},
        "model": {
            "family": family, "layers": layers, "activation": activation, "output_activation": output,
            "initializer": initializer, "bias_initializer": bias, "regularizer": regularizer or {},
        },
        "training": {
            "loss": loss, "optimizer": optimizer, "batch_size": batch_size, "epochs": epochs,
            "early_stopping": early_stopping,
        },
    }  # fmt: skip


def centred(rate: float, *units: int) -> Plain:
    """Lecture D's networks, on its own data."""
    return network(
        dense(*units),
        sgd(rate, momentum=0.9, nesterov=True),
        activation="relu",
        data=CENTRED,
        batch_size=50,
        epochs=100,
        early_stopping={"monitor": "val_accuracy", "patience": 5, "min_delta": 0.0001},
    )


RING = {"name": "circle", "noise": 0.1, "train": 180, "validation": 20, "test": 500}
"""Lecture D's two classes in the plane: which, it does not say. One lies around the other, 200 samples, a tenth of them
for validation."""


def on_the_ring(rate: float, *units: int, epochs: int = 100, early_stopping: Plain | None = None) -> Plain:
    """Lecture D's networks on 2-D data: ReLU, two softmax outputs."""
    return network(
        dense(*units), sgd(rate, momentum=0.9, nesterov=True), activation="relu", data=RING, batch_size=32,
        epochs=epochs, early_stopping=early_stopping,
    )  # fmt: skip
