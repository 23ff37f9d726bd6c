"""A slow start: networks of one neuron behind another, 1-1-1 with sigmoids, from weights at which σ′ is next to 0.

z₁ = w₁x + b₁, a₁ = σ(z₁), z₂ = w₂a₁ + b₂, y = σ(z₂). With the mean squared error as Keras has it, (y − t)², the
derivative ∂L/∂z₂ = 2(y − t) σ′(z₂) has σ′(z₂) in it, and is next to 0 where the neuron is most wrong; with the binary
cross-entropy it is y − t.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated, Any, Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field, model_validator

from nnviz.activations import ACTIVATIONS
from nnviz.events import Frame
from nnviz.losses import LOSSES
from nnviz.neuron.outputs import slope
from nnviz.part import Part
from nnviz.spec.job import JobSpec

Array = NDArray[np.float64]
Loss = Literal["mean_squared_error", "binary_crossentropy"]
Weight = Annotated[float, Field(ge=-10, le=10)]
MOMENTS = 1000
"""Of a course that a frame shows, at most."""
MAX_STEPS = 20_000
SIGMOID = ACTIVATIONS["sigmoid"]


class Start(Part):
    """One network: its loss, and the weights that it begins with. As text: `mean_squared_error@2:3:4:5`."""

    loss: Loss = "mean_squared_error"
    w1: Weight = 2.0
    b1: Weight = 3.0
    w2: Weight = 4.0
    b2: Weight = 5.0

    @property
    def weights(self) -> tuple[float, float, float, float]:
        return self.w1, self.b1, self.w2, self.b2

    @property
    def label(self) -> str:
        name = "MSE" if self.loss == "mean_squared_error" else "cross-entropy"
        return f"{name} from {', '.join(f'{v:g}' for v in self.weights)}"

    def __str__(self) -> str:
        return f"{self.loss}@{':'.join(f'{v!r}' for v in self.weights)}"


def _read(value: Any) -> Any:
    """Networks as a link writes them, with commas between, as plain values; anything else as it is."""
    return [_read_one(word) for word in value.split(",")] if isinstance(value, str) else value


def _read_one(word: str) -> dict[str, Any]:
    loss, _, weights = word.strip().partition("@")
    parts = weights.split(":") if weights else []
    if len(parts) > 4:
        raise ValueError("write a network as loss@w1:b1:w2:b2")
    return {"loss": loss, **dict(zip(("w1", "b1", "w2", "b2"), parts, strict=False))}


class SlowStartSpec(JobSpec):
    """Up to four such networks learn to answer `target` to every x ~ N(0, 1), by the same batches in the same order."""

    job: Literal["slow_start"] = "slow_start"
    networks: Annotated[tuple[Start, ...], Field(min_length=1, max_length=4), BeforeValidator(_read)] = (
        Start(), Start(loss="binary_crossentropy"),
    )  # fmt: skip
    target: float = Field(0.0, ge=0, le=1)
    samples: int = Field(1000, ge=10, le=5000)
    learning_rate: float = Field(1.0, gt=0, le=100)
    batch_size: int = Field(100, ge=1, le=5000, description="capped at the number of samples")
    epochs: int = Field(100, ge=1, le=1000)
    seed: int = Field(0, ge=0, le=2**31 - 1, description="of the samples and of their order")

    @model_validator(mode="after")
    def _check_steps(self) -> Self:
        if self.steps > MAX_STEPS:
            raise ValueError(f"epochs: {self.steps:,} updates; allowed are at most {MAX_STEPS:,}")
        return self

    @property
    def steps_per_epoch(self) -> int:
        return math.ceil(self.samples / min(self.batch_size, self.samples))

    @property
    def steps(self) -> int:
        return self.epochs * self.steps_per_epoch

    @property
    def subject(self) -> str:
        return "x ~ N(0, 1)"

    @property
    def words(self) -> str:
        return ", ".join(network.label for network in self.networks)

    @property
    def parameters(self) -> int:
        return 4


class Pass(NamedTuple):
    """Of samples x [n]: both neurons' z and outputs, all [n]."""

    z1: Array
    a1: Array
    z2: Array
    y: Array


def forward(weights: Array, x: Array) -> Pass:
    w1, b1, w2, b2 = weights
    z1 = w1 * x + b1
    a1 = SIGMOID.f(z1)
    z2 = w2 * a1 + b2
    return Pass(z1, a1, z2, SIGMOID.f(z2))


def loss_of(loss: Loss, made: Pass, target: float) -> float:
    """The mean over the samples; of the cross-entropy from z₂, so that y = 1 is no infinity."""
    if loss == "mean_squared_error":
        return float(np.mean((made.y - target) ** 2))
    return float(np.mean(np.logaddexp(0, made.z2) - target * made.z2))


def gradient(loss: Loss, weights: Array, x: Array, target: float) -> Array:
    """∂L/∂(w₁, b₁, w₂, b₂), the mean over the samples x [n]."""
    made = forward(weights, x)
    dz2 = made.y - target  # of the cross-entropy
    if loss == "mean_squared_error":
        dz2 = 2 * dz2 * made.y * (1 - made.y)
    dz1 = dz2 * weights[2] * made.a1 * (1 - made.a1)
    return np.array([np.mean(dz1 * x), np.mean(dz1), np.mean(dz2 * made.a1), np.mean(dz2)])


def samples(spec: SlowStartSpec) -> Array:
    """x ~ N(0, 1), float64 [samples]."""
    return np.random.default_rng(spec.seed).standard_normal(spec.samples)


def batches(spec: SlowStartSpec) -> Iterator[NDArray[np.int64]]:
    """The samples of each update, by their places: another order in each epoch, every sample once."""
    rng, size = np.random.default_rng([spec.seed, 1]), min(spec.batch_size, spec.samples)
    for _ in range(spec.epochs):
        order = rng.permutation(spec.samples)
        yield from (order[first : first + size] for first in range(0, spec.samples, size))


MEASURES = ("loss", "z1", "z2", "spread1", "spread2", "slope1", "slope2", "place", "output", "step_size")


def measure(network: Start, weights: Array, x: Array, target: float) -> list[float]:
    """In the order of MEASURES, over all samples: the loss; mean and standard deviation of z₁ and z₂; the means of
    σ′(z₁) and σ′(z₂); σ′ at the mean of z₂; the mean of y; the largest |∂L/∂| of the four weights."""
    made = forward(weights, x)
    slopes = [made.a1 * (1 - made.a1), made.y * (1 - made.y)]
    return [
        loss_of(network.loss, made, target), made.z1.mean(), made.z2.mean(), made.z1.std(), made.z2.std(),
        slopes[0].mean(), slopes[1].mean(), float(slope("sigmoid", made.z2.mean())), made.y.mean(),
        float(np.abs(gradient(network.loss, weights, x, target)).max()),
    ]  # fmt: skip


class Course:
    """All networks of a spec, update by update, with what is measured at evenly chosen moments, the first and the last
    among them."""

    def __init__(self, spec: SlowStartSpec) -> None:
        self.spec, self.x, self.step = spec, samples(spec), 0
        self.weights = [np.array(network.weights) for network in spec.networks]
        self.every = math.ceil(spec.steps / MOMENTS)
        self.steps = [0]
        self.moments = [[self._now(i)] for i in range(len(spec.networks))]
        self._batches = batches(spec)

    def _now(self, i: int) -> list[float]:
        network, weights = self.spec.networks[i], self.weights[i]
        return [*measure(network, weights, self.x, self.spec.target), *weights]

    def advance(self) -> None:
        """One update of each."""
        x = self.x[next(self._batches)]
        for i, network in enumerate(self.spec.networks):
            slope = gradient(network.loss, self.weights[i], x, self.spec.target)
            self.weights[i] = self.weights[i] - self.spec.learning_rate * slope
        self.step += 1
        if self.step % self.every == 0 or self.step == self.spec.steps:
            self.steps.append(self.step)
            for i, moments in enumerate(self.moments):
                moments.append(self._now(i))

    def losses(self) -> list[float]:
        """Of each network, at the newest moment."""
        return [moments[-1][0] for moments in self.moments]

    def frame(self) -> Frame:
        """View "slow_start": float32 [networks, T] of each of MEASURES, and weights [networks, T, 4]. meta: step [T],
        epoch [T], networks: {label, loss, halved: the epoch by which the first loss is halved, or None, words}."""
        found = np.asarray(self.moments, np.float32)
        arrays = {name: np.ascontiguousarray(found[..., i]) for i, name in enumerate(MEASURES)}
        arrays["weights"] = np.ascontiguousarray(found[..., len(MEASURES) :])
        epochs = [step / self.spec.steps_per_epoch for step in self.steps]
        told = []
        for network, moments in zip(self.spec.networks, self.moments, strict=True):
            first = moments[0][0]
            halved = next((e for e, m in zip(epochs, moments, strict=True) if m[0] < 0.5 * first), None)
            told.append({
                "label": network.label, "loss": LOSSES[network.loss].label, "halved": halved,
                "words": _words(first, moments[-1][0], halved, self.spec.epochs),
            })  # fmt: skip
        meta = {"step": self.steps, "epoch": epochs, "networks": told}
        return Frame("slow_start", self.step, epochs[-1], meta, arrays)


def _words(first: float, last: float, halved: float | None, epochs: int) -> str:
    begin = f"loss {first:.3g} at the start"
    if halved is None:
        return f"{begin} is still {last:.3g} after {epochs} epochs: the flat end of σ holds it."
    when = "within the first epoch" if halved <= 1 else f"after {halved:.0f} epochs"
    return f"{begin} is halved {when}, and {last:.2g} at the end."
