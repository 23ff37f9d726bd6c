"""What goes wrong in a training though every number is finite: in words, with the numbers that say so and what to try.

Pure: a spec, the metrics so far and what is known of the layers in, a list of `Diagnosis` out. Each rule asks for
enough updates and for a clear sign, so that a training that only begins is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from nnviz.activations import ACTIVATIONS, ends_of
from nnviz.events import Frame
from nnviz.layers import Dense
from nnviz.models.metrics import Labels, losses, targets
from nnviz.models.weights import Array
from nnviz.spec import RunSpec
from nnviz.stopping import divergence_advice, rounded

REMEDIES = frozenset(
    {"learning_rate", "regularizer", "regularization_rate", "layers", "activation", "initializer", "optimizer"}
)
"""What a remedy may change, by link names."""
FEW, SOME, MANY = 300, 1500, 2000
"""Updates before a rule may speak. Some healthy starts of the playground's default take 1,000 to leave guessing."""
CAPABLE = 16
"""Hidden neurons of the playground below which more of them are tried first."""
LARGE_RATE = 1.0
"""Of SGD: from here on the rate is the first suspect."""
LARGE_STEP = 0.05
"""The same of optimisers that scale their steps by themselves."""
SMALL_RATE = 0.1
"""From here on a rate is not called small."""


@dataclass(frozen=True)
class Diagnosis:
    """words: what is seen, with its numbers. remedy: link names of the setting (nnviz.link.PATHS) and values to try;
    label: what the button says."""

    id: str
    words: str
    numbers: Mapping[str, float]
    remedy: Mapping[str, Any]
    label: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Layers:
    """Of each hidden layer: its name, activation, share of outputs (or neurons) that are 0 everywhere, share of outputs
    near an end of the activation."""

    names: Sequence[str] = ()
    activations: Sequence[str | None] = ()
    zero: Sequence[float] = ()
    saturated: Sequence[float] = ()


@dataclass(frozen=True)
class Course:
    """A training so far. Arrays of one length: step, epoch, loss and accuracy of the training without the penalty (NaN:
    none). held_step, held_loss: of samples that are not trained on. guess_loss, guess_accuracy: of the best constant
    answer."""

    spec: RunSpec
    step: Array
    epoch: Array
    loss: Array
    accuracy: Array
    held_step: Array
    held_loss: Array
    rate: float
    guess_loss: float
    guess_accuracy: float | None
    layers: Layers = field(default_factory=Layers)

    @property
    def now(self) -> float:
        """The loss of the last steps: a single row may be a lucky batch."""
        return float(np.median(self.loss[-5:]))

    @property
    def right(self) -> float | None:
        accuracy = float(np.median(self.accuracy[-5:]))
        return accuracy if np.isfinite(accuracy) else None

    def blocks(self, share: float, n: int) -> Array | None:
        """Mean losses of `n` equal stretches of the last `share` of the updates; None where one has no row."""
        last = self.step[-1]
        edges = np.linspace(last * (1 - share), last, n + 1)
        places = np.searchsorted(edges, self.step, side="left") - 1
        found = [self.loss[places == i] for i in range(n)]
        return None if any(not len(rows) for rows in found) else np.array([rows.mean() for rows in found])


def course(
    spec: RunSpec,
    columns: Mapping[str, Sequence[float | None]],
    guess: tuple[float, float | None],
    frames: Sequence[Frame] = (),
) -> Course | None:
    """The metrics' columns and the newest frames of a run as a Course; None where there is too little, or an SVM.
    guess: what `guessing` says of the training set."""
    if not spec.is_network or len(columns["step"]) < 3:
        return None
    table = {name: np.array([np.nan if v is None else v for v in column], float) for name, column in columns.items()}
    recent, plain = table.get("recent_loss"), table["loss"]
    loss = plain if recent is None else np.where(np.isfinite(recent), recent, plain)
    held = np.isfinite(table["val_loss"])
    held_step, held_loss = table["step"][held], (table["val_loss"] - table["penalty"])[held]
    layers = Layers()
    for frame in frames:
        if frame.view == "predictions" and frame.meta["split"] != "train" and len(held_step) < 5:
            history = frame.meta["history"]
            held_step, held_loss = np.array(history["step"], float), np.array(history["loss"], float)
        elif frame.view == "statistics":
            layers = _of_statistics(frame)
        elif frame.view == "network":
            layers = _of_maps(frame)
    keep = np.isfinite(loss)
    return Course(
        spec, table["step"][keep], table["epoch"][keep], (loss - table["penalty"])[keep], table["accuracy"][keep],
        held_step, held_loss, float(table["learning_rate"][-1]), *guess, layers,
    )  # fmt: skip


def guessing(spec: RunSpec, labels: Labels) -> tuple[float, float | None]:
    """(loss, accuracy) of the best answer that is the same for every sample; the accuracy None for a regression.

    The loss is the least over some constants: evenly spaced ones for a single output, and for several the classes'
    shares, as logits of softmax and of sigmoids and as they are."""
    labels = labels[:5000]
    target = targets(spec, labels)
    if spec.outputs == 1:
        tried = [np.array([z]) for z in np.linspace(-6, 6, 241)]
        tried.append(target.mean(0))
    else:
        share = np.clip((labels[:, None] == np.arange(spec.outputs)).mean(0), 1e-4, 1 - 1e-4)
        tried = [np.log(share), np.log(share / (1 - share)), share, 0 * share]
    rows, best = np.ones((len(labels), 1), np.float32), np.inf
    for z in tried:
        logits = (rows * z).astype(np.float32)
        outputs = np.asarray(ACTIVATIONS[spec.output_activation].f(logits), np.float32)
        best = min(best, float(losses(spec, target, outputs, logits).mean()))
    if spec.problem == "regression":
        return best, None
    return best, float(np.bincount(np.asarray(labels, np.int64)).max() / len(labels))


def _of_statistics(frame: Frame) -> Layers:
    """The output layer is left out: it may be as sure as it likes."""
    zero, saturated = (frame.arrays[name][:-1, -1].tolist() for name in ("zero", "saturated"))
    return Layers(frame.meta["layers"][:-1], frame.meta["activations"][:-1], zero, saturated)


def _of_maps(frame: Frame) -> Layers:
    """Of a playground's network: what each neuron says over the plane."""
    maps = (frame.arrays["maps"].astype(np.float32) - 128) / 127 * frame.arrays["peak"][:, None, None]
    names, activations, zero, saturated, start = [], [], [], [], 0
    for i, layer in enumerate(frame.meta["layers"][:-1]):
        said = maps[start : start + layer["units"]]
        start += layer["units"]
        low, high = ends_of(layer["activation"]) or (-np.inf, np.inf)
        names.append(f"hidden layer {i + 1}")
        activations.append(layer["activation"])
        zero.append(float((np.abs(said).max((1, 2)) == 0).mean()))
        saturated.append(float(((said < low) | (said > high)).mean()))
    return Layers(names, activations, zero, saturated)


# ---------------------------------------------------------------------------------------------------- the rules


def zero_weights(c: Course) -> Diagnosis | None:
    if c.spec.network.initializer != "zeros" or not c.spec.network.layers or not _guesses(c):
        return None
    words = f"All weights start at zero, so all neurons of a layer stay alike: {_like_guessing(c)}."
    return Diagnosis("zero_weights", words, _numbers(c), {"initializer": "glorot_uniform"}, "Start with random weights")


def straight(c: Course) -> Diagnosis | None:
    dense = [layer for layer in c.spec.network.layers if isinstance(layer, Dense)]
    bent = any((layer.activation or c.spec.network.activation) != "linear" for layer in dense)
    if not dense or bent or c.spec.data.is_image or not _guesses(c):
        return None
    words = f"Without an activation all layers together draw one straight line: {_like_guessing(c)}."
    return Diagnosis("straight", words, _numbers(c), {"activation": "tanh"}, "Try the activation tanh")


def dead(c: Course) -> Diagnosis | None:
    if c.step[-1] < FEW or c.now < 0.5 * c.guess_loss:
        return None
    for name, activation, zero in zip(c.layers.names, c.layers.activations, c.layers.zero, strict=True):
        if activation in {"relu", "relu6"} and zero >= (0.98 if c.spec.data.is_image else 0.5):
            words = (
                f"Dead ReLUs: {zero:.0%} of {name} answers 0 to every sample, has no slope there and learns no more."
            )
            return Diagnosis("dead", words, {**_numbers(c), "zero": zero}, *_calmer(c, {"activation": "elu"}, "ELU"))
    return None


def saturated(c: Course) -> Diagnosis | None:
    blocks = c.blocks(0.5, 4)
    if c.step[-1] < SOME or c.now < 0.5 * c.guess_loss or blocks is None or blocks[2:].min() < 0.98 * blocks[:2].min():
        return None
    for name, activation, share in zip(c.layers.names, c.layers.activations, c.layers.saturated, strict=True):
        if ends_of(activation) and share >= 0.8:
            words = (
                f"{share:.0%} of what {name} says lies at an end of {activation}, where its slope is almost 0, and the "
                f"loss stays at {c.now:.3g}: it hardly learns."
            )
            return Diagnosis(
                "saturated", words, {**_numbers(c), "saturated": share},
                *_calmer(c, {"initializer": "glorot_uniform"}, "smaller weights at the start"),
            )  # fmt: skip
    return None


def small_rate(c: Course) -> Diagnosis | None:
    blocks = c.blocks(2 / 3, 8)
    if c.step[-1] < MANY or c.epoch[-1] < 3 or c.now < 0.7 * c.guess_loss or blocks is None or c.rate >= SMALL_RATE:
        return None
    fall = 1 - blocks[-1] / blocks[0]
    falls = -np.diff(blocks)
    if not ((falls > 0).all() and falls[-1] < 1.5 * falls[0] and fall < 0.05 and c.now > 0.9 * c.loss[0]):
        return None
    rate = rounded(10 * c.rate)
    words = (
        f"The loss falls steadily, but only by {fall:.1%} in the last {c.step[-1] * 2 / 3:,.0f} updates: the learning "
        f"rate of {c.rate:g} is small."
    )
    return Diagnosis(
        "small_rate", words, {**_numbers(c), "fall": fall}, {"learning_rate": rate}, f"Try learning rate {rate:g}"
    )


def guesses(c: Course) -> Diagnosis | None:
    if not _guesses(c):
        return None
    rate = rounded(c.rate / 10 if _fast(c) or c.now > 1.05 * c.loss[0] else 10 * c.rate)
    why = f"the learning rate of {c.rate:g} may be too {'large' if rate < c.rate else 'small'}"
    words = f"{_like_guessing(c)[0].upper()}{_like_guessing(c)[1:]}; {why}."
    return Diagnosis("guessing", words, _numbers(c), {"learning_rate": rate}, f"Try learning rate {rate:g}")


def overfitting(c: Course) -> Diagnosis | None:
    if len(c.held_loss) < 8 or c.epoch[-1] < 5 or not np.isfinite(c.held_loss).all():
        return None
    tail = max(1, len(c.held_loss) // 10)
    best, now = int(c.held_loss.argmin()), float(np.median(c.held_loss[-tail:]))
    low = float(c.held_loss[best])
    then = float(np.interp(c.held_step[best], c.step, c.loss))
    risen = now > 1.2 * low and now - low > 0.05 * c.guess_loss
    if not risen or c.now > 0.9 * then or now < 1.5 * c.now:
        return None
    words = (
        f"Overfitting: since epoch {np.interp(c.held_step[best], c.step, c.epoch):.0f} the training loss fell from "
        f"{then:.3g} to {c.now:.3g}, but the loss on samples that it never sees rose from {low:.3g} to {now:.3g}."
    )
    return Diagnosis("overfitting", words, {"train": c.now, "held": now, "best": low}, *stronger_penalty(c.spec))


def plateau(c: Course) -> Diagnosis | None:
    image, blocks = c.spec.data.is_image, c.blocks(0.5, 4)
    if c.step[-1] < MANY or c.epoch[-1] < (10 if image else 40) or blocks is None or _guesses(c):
        return None
    if blocks[2:].min() < 0.99 * blocks[:2].min() or not _poor(c):
        return None
    half = c.epoch[-1] / 2
    words = (
        f"No progress: the loss has stayed at {c.now:.3g} for {half:,.0f} epochs, with much left to learn{_right(c)}."
    )
    neurons = sum(layer.units for layer in c.spec.network.layers if isinstance(layer, Dense))
    if not image and neurons < CAPABLE:
        eight = {"kind": "dense", "units": 8}
        return Diagnosis("plateau", words, _numbers(c), {"layers": [eight, eight]}, "Try two layers of 8 neurons")
    if c.spec.training.optimizer.name == "sgd":
        return Diagnosis("plateau", words, _numbers(c), {"optimizer": "adam"}, "Try the optimiser Adam")
    rate = rounded(c.rate / 3)
    return Diagnosis("plateau", words, _numbers(c), {"learning_rate": rate}, f"Try learning rate {rate:g}")


RULES: Sequence[Callable[[Course], Diagnosis | None]] = (
    zero_weights, straight, dead, saturated, small_rate, guesses, overfitting, plateau,
)  # fmt: skip
"""The most telling first."""


def diagnose(c: Course | None) -> list[Diagnosis]:
    """What is wrong with a training, the most telling first; nothing where nothing is, or too early to say."""
    if c is None or not len(c.step):
        return []
    return [found for rule in RULES if (found := rule(c)) is not None]


def stronger_penalty(spec: RunSpec) -> tuple[dict[str, Any], str]:
    """The remedy of what is learned by heart, and its label: a penalty, or three times the one that there is."""
    penalty, usual = spec.network.regularizer, 0.0001 if spec.data.is_image else 0.003
    rate = usual if penalty.name == "none" else rounded(3 * max(penalty.rate, usual / 3))
    name = "l2" if penalty.name == "none" else penalty.name
    return {"regularizer": name, "regularization_rate": rate}, f"Try {name.upper()} regularisation {rate:g}"


def divergence(spec: RunSpec, rate: float, regularization_rate: float) -> Diagnosis:
    """Of a training whose numbers have run away (nnviz.stopping says when, and in which words)."""
    words, remedy = divergence_advice(spec, rate, regularization_rate)
    ((name, value),) = remedy.items()
    title = "learning rate" if name == "learning_rate" else "regularisation rate"
    return Diagnosis("divergence", words, {"rate": rate}, remedy, f"Start again with {title} {value:g}")


# ---------------------------------------------------------------------------------------------------- what rules share


def _guesses(c: Course) -> bool:
    """Whether the loss is that of guessing, or worse, and has not moved in the last half of the updates."""
    blocks = c.blocks(0.5, 2)
    if c.step[-1] < SOME or c.epoch[-1] < 3 or blocks is None or blocks.min() < 0.98 * c.guess_loss:
        return False
    right = c.right
    lucky = right is not None and c.guess_accuracy is not None and right > 1.5 * c.guess_accuracy
    return not lucky and blocks[1] > 0.998 * blocks[0]


def _poor(c: Course) -> bool:
    """Whether less than 60 % of the way from guessing to all right is done; of a regression, half of the loss."""
    if c.right is None or c.guess_accuracy is None:
        return c.now > 0.5 * c.guess_loss
    return c.right - c.guess_accuracy < 0.6 * (1 - c.guess_accuracy) and c.now > 0.3 * c.guess_loss


def _like_guessing(c: Course) -> str:
    return f"the loss stays at {c.now:.3f}, where always the same answer has {c.guess_loss:.3f}{_right(c)}"


def _right(c: Course) -> str:
    return "" if c.right is None else f", and {c.right:.0%} are right"


def _numbers(c: Course) -> dict[str, float]:
    found = {"loss": c.now, "guessing": c.guess_loss, "learning_rate": c.rate}
    return found if c.right is None else {**found, "accuracy": c.right}


def _fast(c: Course) -> bool:
    name = c.spec.training.optimizer.name
    return c.rate >= (LARGE_RATE if name in {"sgd", "adadelta"} else LARGE_STEP)


def _calmer(c: Course, other: dict[str, Any], words: str) -> tuple[dict[str, Any], str]:
    """A tenth of a large learning rate, else something else."""
    if _fast(c):
        rate = rounded(c.rate / 10)
        return {"learning_rate": rate}, f"Try learning rate {rate:g}"
    return other, f"Try {words}"
