"""Loss functions: each with its gradient, what it works on and its words in one entry; held equal to Keras's by tests.

t are targets, o outputs, z the logits (the sums before the output activation), all [n, outputs].
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

import numpy as np

from nnviz.activations import sigmoid, softmax, softplus
from nnviz.part import Names

Through = Callable[[Any], Any]
EPSILON = 1e-7
"""keras.config.epsilon(): probabilities are kept this far from 0 and 1."""


class On(NamedTuple):
    """What a loss works on: in words, the output activations that give it, and the one that `auto` stands for with
    more than two classes (with two: `pair`)."""

    words: str
    outputs: tuple[str, ...]
    auto: str
    pair: str


VALUES = On("works on any values", ("linear", "tanh", "sigmoid", "softmax"), "softmax", "tanh")
PROBABILITIES = On("needs probabilities", ("sigmoid", "softmax"), "sigmoid", "sigmoid")
DISTRIBUTION = On("needs probabilities that sum to 1", ("softmax",), "softmax", "softmax")
MARGINS = On("works on scores", ("linear", "tanh", "sigmoid"), "linear", "linear")


@dataclass(frozen=True)
class Loss:
    """of(t, o, z) → the loss of each sample [n]; back(t, o, z, through) → its gradient by z [n, outputs].

    `through` takes a gradient by o to one by z. Where Keras computes from the logits, so do we, and need it not.
    slope: of n outputs, where the gradient by o is nothing but this times o − t. one_hot: it needs an output for each
    class. derived: the lectures derive it by hand, so the network in NumPy has it. keras: what gives Keras's function;
    None: Keras knows it by the name of the entry.
    """

    label: str
    on: On
    of: Callable[[Any, Any, Any], Any]
    back: Callable[[Any, Any, Any, Through], Any]
    slope: Callable[[int], float] | None = None
    one_hot: bool = False
    derived: bool = False
    keras: Callable[[], Any] | None = None

    @property
    def regression(self) -> bool:
        """Whether it compares any values, and not only what stands for classes."""
        return self.on is VALUES

    def outputs(self, classes: int) -> tuple[str, ...]:
        """The output activations that it takes; classes 0: a regression, of which softmax says nothing."""
        return tuple(name for name in self.on.outputs if classes or name != "softmax")


def _mean(
    label: str,
    on: On,
    each: Callable[[Any, Any], Any],
    slope: Callable[[Any, Any], Any],
    straight: Callable[[int], float] | None = None,
    derived: bool = False,
) -> Loss:
    """The mean over the outputs of `each`(t, o), whose derivative by o is `slope`."""
    # Not .mean(): for a small batch it takes twice as long as all the rest.
    return Loss(
        label, on,
        lambda t, o, _: np.add.reduce(each(t, o), -1) / t.shape[-1],
        lambda t, o, _, through: through(slope(t, o) / t.shape[-1]),
        straight, derived=derived,
    )  # fmt: skip


def _half_squared_error() -> Any:
    """Which Keras has not."""

    def half_squared_error(t: Any, o: Any) -> Any:
        from keras import ops

        return 0.5 * ops.sum(ops.square(o - t), axis=-1)

    return half_squared_error


def _huber(t: Any, o: Any) -> Any:
    e = np.abs(o - t)
    return np.where(e <= 1, 0.5 * e * e, e - 0.5)


def _log_cosh(t: Any, o: Any) -> Any:
    e = o - t
    return e + softplus(-2 * e) - np.float32(np.log(2))


def _binary(t: Any, z: Any) -> Any:
    return softplus(z) - t * z


def _binary_focal(t: Any, o: Any, z: Any) -> Any:
    """γ = 2: samples that are right already count less."""
    return (_wrong(t, o) ** 2 * _binary(t, z)).mean(-1)


def _binary_focal_back(t: Any, o: Any, z: Any, through: Through) -> Any:
    wrong = _wrong(t, o)
    return (through(2 * wrong * (1 - 2 * t) * _binary(t, z)) + wrong**2 * (sigmoid(z) - t)) / t.shape[-1]


def _wrong(t: Any, o: Any) -> Any:
    return 1 - (t * o + (1 - t) * (1 - o))


def _categorical(t: Any, _: Any, z: Any) -> Any:
    top = z.max(-1, keepdims=True)
    log_sum = top + np.log(np.exp(z - top).sum(-1, keepdims=True))
    return (t * (log_sum - z)).sum(-1)


def _categorical_focal(t: Any, o: Any, _: Any) -> Any:
    """α = 0.25, γ = 2."""
    p = np.clip(o / o.sum(-1, keepdims=True), EPSILON, 1 - EPSILON)
    return (0.25 * (1 - p) ** 2 * -t * np.log(p)).sum(-1)


def _categorical_focal_back(t: Any, o: Any, _: Any, through: Through) -> Any:
    total = o.sum(-1, keepdims=True)
    share = o / total
    p = np.clip(share, EPSILON, 1 - EPSILON)
    slope = 0.25 * t * (1 - p) * (2 * np.log(p) - (1 - p) / p) * (share == p)
    return through((slope - (slope * share).sum(-1, keepdims=True)) / total)


def _kl(t: Any, o: Any, _: Any) -> Any:
    t, o = np.clip(t, EPSILON, 1), np.clip(o, EPSILON, 1)
    return (t * np.log(t / o)).sum(-1)


def _kl_back(t: Any, o: Any, _: Any, through: Through) -> Any:
    kept = np.clip(o, EPSILON, 1)
    return through(-np.clip(t, EPSILON, 1) / kept * (kept == o))


def _categorical_hinge(t: Any, o: Any, _: Any) -> Any:
    return np.maximum(((1 - t) * o).max(-1) - (t * o).sum(-1) + 1, 0)


def _categorical_hinge_back(t: Any, o: Any, z: Any, through: Through) -> Any:
    others = (1 - t) * o
    worst = others == others.max(-1, keepdims=True)
    slope = (1 - t) * worst / worst.sum(-1, keepdims=True) - t  # of several worst ones each has its share
    return through(slope * (_categorical_hinge(t, o, z) > 0)[:, None])


LOSSES: dict[str, Loss] = {
    "half_squared_error": Loss(
        "Half squared error", VALUES, lambda t, o, _: 0.5 * ((o - t) ** 2).sum(-1),
        lambda t, o, _, through: through(o - t), lambda _: 1, derived=True, keras=_half_squared_error,
    ),
    "mean_squared_error": _mean(
        "Mean squared error", VALUES, lambda t, o: (o - t) ** 2, lambda t, o: 2 * (o - t), lambda n: 2 / n, derived=True
    ),
    "mean_absolute_error": _mean(
        "Mean absolute error", VALUES, lambda t, o: np.abs(o - t), lambda t, o: np.sign(o - t)
    ),
    "huber": _mean("Huber", VALUES, _huber, lambda t, o: np.clip(o - t, -1, 1)),
    "log_cosh": _mean("Log-cosh", VALUES, _log_cosh, lambda t, o: np.tanh(o - t)),
    # From the logits, as Keras does wherever it knows them.
    "binary_crossentropy": Loss(
        "Binary cross-entropy", PROBABILITIES, lambda t, _, z: _binary(t, z).mean(-1),
        lambda t, _, z, __: (sigmoid(z) - t) / t.shape[-1], derived=True,
    ),
    "binary_focal_crossentropy": Loss(
        "Binary focal cross-entropy", PROBABILITIES, _binary_focal, _binary_focal_back
    ),
    "categorical_crossentropy": Loss(
        "Categorical cross-entropy", DISTRIBUTION, _categorical,
        lambda t, _, z, __: softmax(z) * t.sum(-1, keepdims=True) - t, one_hot=True, derived=True,
    ),
    "categorical_focal_crossentropy": Loss(
        "Categorical focal cross-entropy", DISTRIBUTION, _categorical_focal, _categorical_focal_back, one_hot=True
    ),
    "kl_divergence": Loss("Kullback-Leibler divergence", DISTRIBUTION, _kl, _kl_back, one_hot=True),
    "hinge": _mean("Hinge", MARGINS, lambda t, o: np.maximum(1 - t * o, 0), lambda t, o: -t * (t * o < 1)),
    "squared_hinge": _mean(
        "Squared hinge", MARGINS, lambda t, o: np.maximum(1 - t * o, 0) ** 2,
        lambda t, o: -2 * t * np.maximum(1 - t * o, 0),
    ),
    "categorical_hinge": Loss(
        "Categorical hinge", MARGINS, _categorical_hinge, _categorical_hinge_back, one_hot=True
    ),
}  # fmt: skip
"""Every loss that a spec may name, in the order of the controls."""
LossName = Annotated[str, Names(LOSSES)]


def in_keras(name: str) -> Any:
    """Keras's f(targets, outputs) → loss of each sample."""
    import keras

    own = LOSSES[name].keras
    return getattr(keras.losses, name) if own is None else own()
