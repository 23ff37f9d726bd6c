"""The works that are timed: networks of the lectures, with data, so that every contender trains the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnviz.data import load
from nnviz.data.dataset import UInt8
from nnviz.models.metrics import targets
from nnviz.models.weights import Array, initial_weights
from nnviz.sets.mnist import find
from nnviz.spec import RunSpec

TOGETHER_STEPS = 500
SMALL_SAMPLES = 10_000
"""Points of the smallest network: `fit` has a cost for each epoch, so its epochs are long."""


def _spec(layers: list[dict[str, Any]], data: dict[str, Any], **training: Any) -> RunSpec:
    own = [key for key in ("activation", "family", "output_activation") if key in training]
    model: dict[str, Any] = {"layers": layers, **{key: training.pop(key) for key in own}}
    return RunSpec.model_validate({"data": data, "model": model, "training": {"epochs": 100_000} | training})


def _mnist(n: int) -> dict[str, Any]:
    return {"name": "mnist", "train": n}


_DROPOUT: dict[str, Any] = {"kind": "dropout", "rate": 0.2}
_BATCH_10 = {
    "activation": "sigmoid", "output_activation": "sigmoid", "loss": "mean_squared_error",
    "optimizer": {"name": "sgd", "learning_rate": 3.0}, "batch_size": 10,
}  # fmt: skip
_BATCH_128 = {
    "activation": "relu", "loss": "categorical_crossentropy", "optimizer": {"name": "adam", "learning_rate": 0.001},
    "batch_size": 128,
}  # fmt: skip


def _conv(filters: int) -> list[dict[str, Any]]:
    return [{"kind": "conv2d", "filters": filters, "kernel_size": 5}, {"kind": "max_pooling2d"}]


@dataclass(frozen=True)
class Work:
    """A network and how it is trained. `limit`: times the floor that the goal allows; `against_fit`: the goal names how
    many times faster than Keras's fit it is to be; `networks`: so many of them, each with its own TOGETHER_STEPS, and
    what is timed is a network, from nothing to trained."""

    title: str
    spec: RunSpec
    limit: float | None = None
    against_fit: bool = False
    networks: int = 1

    @property
    def batch(self) -> int:
        return self.spec.training.batch_size

    @property
    def samples(self) -> int:
        return self.spec.data.train if self.spec.data.is_image or self.networks > 1 else SMALL_SAMPLES

    @property
    def steps_per_epoch(self) -> int:
        """Whole batches only: every contender does the same steps."""
        return self.samples // self.batch

    @property
    def small(self) -> bool:
        """Nothing but a few dense layers: its first trained picture is to come within 0.7 s."""
        return self.spec.parameters < 100_000 and all(part.kind in ("dense", "flatten") for part in self.spec.plan)

    def data(self) -> tuple[Array, Array]:
        """Inputs float32 [n, …] and targets float32 [n, outputs], n a whole number of batches.

        Random images where MNIST is missing: the time is the same.
        """
        n = self.steps_per_epoch * self.batch
        rng = np.random.default_rng(0)
        if not self.spec.data.is_image:
            x = rng.uniform(-1, 1, (n, 2)).astype(np.float32)
            return x, (np.sign(x[:, :1] * x[:, 1:])).astype(np.float32)
        if find() is None:
            x = rng.random((n, *self.spec.input_shape), np.float32) * (rng.random((n, *self.spec.input_shape)) < 0.2)
            return x, targets(self.spec, rng.integers(0, 10, n))
        data = load(self.spec.data)
        return data.inputs("train")[:n], targets(self.spec, data.labels("train")[:n])

    def codes(self) -> tuple[UInt8, Array] | None:
        """As `data`, the images as a run keeps them, in bytes; None for points."""
        if not self.spec.data.is_image:
            return None
        x, y = self.data()
        return (x * 255).round().astype(np.uint8), y

    def weights(self) -> list[Array]:
        return initial_weights(self.spec)


_TINY: dict[str, Any] = {
    "activation": "tanh", "batch_size": 10, "loss": "mean_squared_error",
    "optimizer": {"name": "sgd", "learning_rate": 0.03},
}  # fmt: skip
WORKS: dict[str, Work] = {
    "tiny": Work(
        "2-8-8-1, batch 10",
        _spec([{"units": 8}, {"units": 8}], {"name": "xor"}, **_TINY), limit=1.5,
    ),
    "dense": Work("784-30-10, batch 10", _spec([{"units": 30}], _mnist(60_000), **_BATCH_10), 1.5, True),
    "wide": Work(
        "784-512-512-10, dropout, Adam, batch 128",
        _spec([{"units": 512}, _DROPOUT, {"units": 512}, _DROPOUT], _mnist(12_800), **_BATCH_128), limit=1.5,
    ),
    "conv": Work(
        "conv 16 of 5×5, pool, dropout, Adam, batch 128",
        _spec([*_conv(16), _DROPOUT], _mnist(12_800), **_BATCH_128), limit=2,
    ),
    "deep": Work(
        "two conv(32) + two dense(512), Adam, batch 128",
        _spec([*_conv(32), *_conv(32), _DROPOUT, {"units": 512}, _DROPOUT, {"units": 512}, _DROPOUT], _mnist(12_800),
              **_BATCH_128),
        limit=2,
    ),
    "numpy": Work(
        "784-30-10 in NumPy, batch 10",
        _spec([{"units": 30}], _mnist(60_000), family="scratch", **_BATCH_10), limit=1.5,
    ),
    "sixteen": Work(
        f"sixteen 2-8-8-1 at once, {TOGETHER_STEPS} steps each",
        _spec([{"units": 8}, {"units": 8}], {"name": "xor"}, **_TINY, epochs=TOGETHER_STEPS // 25), networks=16,
    ),
}  # fmt: skip
