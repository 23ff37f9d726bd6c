"""Networks of many layers in training: at evenly chosen moments the gradient and the activations of every layer.

What is measured, on the same images each time: of each layer's kernel ∂L/∂w (its root mean square, and a histogram of
log₁₀|∂L/∂w|), and of its outputs mean, standard deviation, share at 0, share at an end of the activation, a histogram.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from nnviz.activations import ends_of
from nnviz.data import Dataset, load
from nnviz.depth.deep_spec import DeepNetwork, DeepSpec
from nnviz.depth.verdict import EXPLODING, state
from nnviz.depth.words import short
from nnviz.events import Frame
from nnviz.layers import Dense
from nnviz.loops.choice import training_loop
from nnviz.loops.loop import Loop, Samples
from nnviz.loops.numpy_loop import ScratchLoop
from nnviz.models.backward import descend
from nnviz.models.metrics import evaluate, targets
from nnviz.models.network import network as stages
from nnviz.models.weights import Array, initial_weights, of_layers
from nnviz.probes.statistics import rms

MOMENTS = 33
SAMPLE = 128
"""Training images that are measured on, the first ones."""
BINS = 40
LOG = (-14.0, 6.0)
"""Powers of ten that a histogram of sizes spans: half a decade in each bin."""
NUMBERS = ("gradient", "mean", "std", "zero", "saturated")
SATURATED = 0.5
"""Of a layer's outputs at an end of the activation: from here on it is said."""


class Deep:
    """One network of a `DeepSpec`. `diverged`: the epoch at which its numbers ran away, or None."""

    def __init__(self, spec: DeepSpec, network: DeepNetwork, data: Dataset) -> None:
        self.network, self.spec, self.data = network, spec.training(network), data
        codes, y = data.codes("train"), targets(self.spec, data.labels("train"))
        x, mean = (data.inputs("train"), None) if codes is None else (codes, data.mean)
        start, samples = initial_weights(self.spec), Samples(x, y, mean, accuracy=True)
        # NumPy starts at once; batch normalisation trains in Keras's layers alone.
        self.loop: Loop = (training_loop if network.batch_normalization else ScratchLoop)(self.spec, start, samples)
        self.diverged: float | None = None
        self._x, self._y = data.inputs("train", slice(SAMPLE)), y[:SAMPLE]
        self._stages = stages(self.spec, training=True)
        self._dense = [placed.name for placed in self.spec.plan if isinstance(placed.layer, Dense)]
        self.ends = ends_of(network.activation)

    @property
    def layers(self) -> int:
        """Those with a kernel, the output layer among them."""
        return len(self._dense)

    def advance(self, step: int) -> None:
        """Train up to so many updates, unless its numbers have run away."""
        if self.diverged is None and step > self.loop.step:
            chunk = self.loop.run(step - self.loop.step)
            if chunk.bad is not None:
                self.diverged = chunk.bad_step / self.loop.steps_per_epoch

    def measure(self) -> tuple[Array, Array, tuple[float, float]]:
        """Numbers [5, L] in the order of NUMBERS; histograms [2, L, BINS] of gradients and activations, the largest
        bin 255; loss and accuracy on the test images. NaN and 0 where it has diverged."""
        numbers = np.full((len(NUMBERS), self.layers), np.nan, np.float32)
        counts = np.zeros((2, self.layers, BINS), np.float32)
        if self.diverged is not None:
            return numbers, counts, (np.nan, np.nan)
        weights = self.loop.weights
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            made = descend(self.spec, self._stages, weights, self._x, self._y, 0.0)
            kernels = [own[0] for placed, own in of_layers(self.spec, made.gradients) if placed.kernel]
            outputs = {placed.name: a for placed, a in made.activations} | {self._dense[-1]: made.outputs}
            for i, (name, g) in enumerate(zip(self._dense, kernels, strict=True)):
                a, last = outputs[name], i == self.layers - 1
                low, high = (self.ends if not last else None) or (-np.inf, np.inf)
                saturated = float(((a < low) | (a > high)).mean())
                numbers[:, i] = rms(g), a.mean(), a.std(), (a == 0).mean(), saturated
                counts[0, i] = sizes(g)
                bounded = self.ends is not None or last
                counts[1, i] = shares(a, self.span if not last else (0.0, 1.0)) if bounded else sizes(a)
            loss, accuracy = evaluate(self.spec, weights, self.data.inputs("test"), self.data.labels("test"), 0.0)
        return numbers, counts, (loss, np.nan if accuracy is None else accuracy)

    @property
    def span(self) -> tuple[float, float] | None:
        """The outputs that a histogram of a bounded activation spans; None: their sizes are counted."""
        if self.ends is None:
            return None
        return (0.0, 1.0) if self.ends[0] > 0 else (-1.0, 1.0)


def sizes(values: Array) -> Array:
    """Histogram [BINS] of log₁₀|v| over LOG, the largest bin 255; what is exactly 0 is counted nowhere."""
    found = np.abs(values[values != 0])
    return _scaled(np.log10(found), *LOG)


def shares(values: Array, span: tuple[float, float] | None) -> Array:
    """Histogram [BINS] of the values over a span, the largest bin 255."""
    assert span is not None
    return _scaled(values.ravel(), *span)


def _scaled(values: Array, low: float, high: float) -> Array:
    places = ((values - low) / (high - low) * BINS).clip(0, BINS - 1)
    counts = np.bincount(np.nan_to_num(places).astype(np.int64), minlength=BINS).astype(np.float32)
    scaled: Array = np.sqrt(counts / max(float(counts.max()), 1.0)) * np.float32(255)
    return scaled


class DeepCourse:
    """All networks of a spec from moment to moment."""

    def __init__(self, spec: DeepSpec, home: Path | None) -> None:
        """Raises DataError."""
        self.spec = spec
        data = load(spec.training(spec.networks[0]).data, home)
        self.networks = [Deep(spec, network, data) for network in spec.networks]
        last = spec.epochs * self.networks[0].loop.steps_per_epoch
        self.steps: list[int] = sorted({round(float(step)) for step in np.linspace(0, last, MOMENTS)})
        self.moments: list[list[tuple[Array, Array, tuple[float, float]]]] = [[] for _ in self.networks]
        self._measure()

    @property
    def at(self) -> int:
        """The moment that it has come to."""
        return len(self.moments[0]) - 1

    def advance(self) -> None:
        """To the next moment."""
        for network in self.networks:
            network.advance(self.steps[self.at + 1])
        self._measure()

    def _measure(self) -> None:
        for network, moments in zip(self.networks, self.moments, strict=True):
            moments.append(network.measure())

    @property
    def epochs(self) -> list[float]:
        each = self.networks[0].loop.steps_per_epoch
        return [step / each for step in self.steps[: self.at + 1]]

    def scores(self) -> tuple[float, float]:
        """(loss, accuracy) of the first network on the test images."""
        return self.moments[0][-1][2]

    def frame(self) -> Frame:
        """View "depth". Arrays float32 [networks, layers, T] of each of NUMBERS, NaN where a network has no such layer,
        log_gradient and log_std, log₁₀ of two of them;
        hist_gradient and hist_activation uint8 [networks, layers, T, BINS]; loss, accuracy [networks, T].
        meta: step, epoch [T]; networks: {label, layers, span (of its activations' histogram; None: log₁₀ of sizes),
        states [T], words [T]}; log: the span of log₁₀."""
        times, most = self.at + 1, max(network.layers for network in self.networks)
        numbers = np.full((len(NUMBERS), len(self.networks), most, times), np.nan, np.float32)
        counts = np.zeros((2, len(self.networks), most, times, BINS), np.uint8)
        scores = np.full((2, len(self.networks), times), np.nan, np.float32)
        told = []
        for i, (network, moments) in enumerate(zip(self.networks, self.moments, strict=True)):
            for t, (measured, hist, score) in enumerate(moments):
                numbers[:, i, : network.layers, t], scores[:, i, t] = measured, score
                counts[:, i, : network.layers, t] = hist + 0.5
            found = [verdict(network, measured, score[1]) for measured, _, score in moments]
            told.append({
                "label": network.network.label, "layers": network.layers, "span": network.span,
                "states": [one for one, _ in found], "words": [words for _, words in found],
            })  # fmt: skip
        arrays: dict[str, Any] = {name: np.ascontiguousarray(of) for name, of in zip(NUMBERS, numbers, strict=True)}
        with np.errstate(divide="ignore"):
            arrays |= {f"log_{name}": np.log10(arrays[name]) for name in ("gradient", "std")}
        arrays |= {"hist_gradient": counts[0], "hist_activation": counts[1], "loss": scores[0], "accuracy": scores[1]}
        meta = {"step": self.steps[:times], "epoch": self.epochs, "networks": told, "log": LOG, "last": self.steps[-1]}
        return Frame("depth", self.at, self.epochs[-1], meta, arrays)


def verdict(network: Deep, numbers: Array, accuracy: float) -> tuple[str, str]:
    """The state of its gradients at a moment, and in words: nnviz.depth.verdict has the limits."""
    gradient, _, std, zero, saturated = numbers
    found = state(float(gradient[0]), float(gradient[-1]))
    loud = int(np.nanargmax(gradient)) if np.isfinite(gradient).any() else 0
    if found != "diverged" and gradient[loud] > EXPLODING:
        size = short(float(gradient[loud]))
        return "exploding", f"Exploding: ∂L/∂w of layer {loud + 1} is {size} (root mean square), above {EXPLODING:g}."
    if found == "diverged":
        when = "" if network.diverged is None else f" at epoch {network.diverged:.2g}"
        return found, f"Diverged{when}: its numbers ran away. Try a tenth of the learning rate."
    first, last = float(gradient[0]), float(gradient[-1])
    told = f"∂L/∂w of layer 1 is {short(first)} (root mean square), of the output layer {short(last)}"
    name = "No gradient at all" if found == "none" else found.capitalize()
    limit = {
        "vanishing": f"{short(first / last) if last else '0'} of it, below 1/64",
        "exploding": f"{short(first / last) if last else '∞'} times as large, above {EXPLODING:g}",
        "healthy": f"{short(first / last) if last else '–'} of it, between 1/64 and {EXPLODING:g}",
        "none": "nothing comes back",
    }[found]
    words = [f"{name}: {told}: {limit}."]
    hidden = slice(0, network.layers - 1)
    if saturated[hidden].max() >= SATURATED:
        at = int(saturated[hidden].argmax())
        words.append(f"Layer {at + 1} is saturated: {saturated[at]:.0%} of its outputs are at an end.")
    if zero[hidden].max() >= 0.9:
        at = int(zero[hidden].argmax())
        words.append(f"Layer {at + 1} says 0 to {zero[at]:.0%}.")
    elif std[hidden].min() < 0.01:
        at = int(std[hidden].argmin())
        spread = short(float(std[at]))
        words.append(f"Layer {at + 1} says all but the same to every digit (standard deviation {spread}).")
    return found, f"{' '.join(words)} Test accuracy {accuracy:.1%}."
