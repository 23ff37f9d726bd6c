"""How a network's outputs, weights and sums are spread, before its training and now: the lectures' histograms.

Pure: a network's weights, those it began with, and its training samples in; one frame out, of some 40 KB.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnviz.activations import ACTIVATIONS
from nnviz.data.dataset import Dataset
from nnviz.events import Frame
from nnviz.initializers import BIASES, INITIALIZERS, Array, density, fans, normal
from nnviz.layers.base import Placed
from nnviz.layers.recurrent import Recurrent
from nnviz.models.weights import of_layers
from nnviz.spec import RunSpec

BINS = 50
"""As in the lecture's figure."""
CURVE = 201
"""Points of a drawn density."""
WORK, FEWEST, MOST = 5e7, 100, 20_000
"""Multiply-adds of one way through the network for all samples together; how many samples at least and at most."""
DRAWN = 200_000
"""Sums of a layer that a histogram counts; of more, evenly chosen ones."""
MIXED = 400
"""Samples from whose lengths the density of a layer's sums is put together."""
STEPS = (1.0, 1.25, 1.6, 2.0, 2.5, 3.2, 4.0, 5.0, 6.4, 8.0, 10.0)
"""Where an axis may end, times a power of ten: it must not change with each frame."""
ENDS = {"sigmoid": (0.0, 1.0), "softmax": (0.0, 1.0), "tanh": (-1.0, 1.0)}


class Passed(NamedTuple):
    """A layer on the way forward: x goes in, z = x·W + b, a = f(z)."""

    placed: Placed
    kernel: Array
    x: Array
    z: Array
    a: Array


def sample_size(spec: RunSpec, training_samples: int) -> int:
    """Training samples that are looked at: the first ones."""
    return min(training_samples, MOST, max(FEWEST, int(WORK / max(1, spec.multiply_adds))))


def distributions(
    spec: RunSpec, data: Dataset, before: list[Array], weights: list[Array], step: int, epoch: float
) -> Frame:
    """View "distributions": counts of the outputs [O] of training samples of each class [K], of weights and sums of
    each layer [L] with a kernel and a sum (recurrent ones have many), in 50 bins each.

    outputs, outputs_before float32 [O, K, 50] counts over meta.range; rest, rest_before [O, 50]: of all but the
    output's own class. weights, weights_before, sums, sums_before float32 [L, 50]: densities over the layer's range of
    each; weights_law, sums_law [L, 201]: the densities that the initialisers give, NaN where they are not known. meta:
    n, of (samples looked at, and all), range, names (of the classes), layers: name, inputs (N), std and std_before of
    the weights, law_std (the initialiser's), width and width_before of the sums, expected (their width by the
    initialisers and these inputs), weights_range, sums_range, and laws and words: {weights, sums}, the names of the
    curves (None: there is none) and what the numbers say.
    """
    n = sample_size(spec, data.n_train)
    x, labels = data.inputs("train", slice(n)), data.labels("train")[:n]
    with np.errstate(over="ignore", invalid="ignore"):
        was, now = list(forward(spec, before, x)), list(forward(spec, weights, x))
    classes = np.zeros(n, np.int64) if spec.problem == "regression" else np.asarray(labels, np.int64)
    names = ["all samples"] if spec.problem == "regression" else [str(name) for name in data.class_names]
    low, high = ENDS.get(spec.output_activation) or symmetric(was[-1].a, now[-1].a)
    arrays: dict[str, Array] = {}
    for name, passed in (("", now), ("_before", was)):
        counts = output_counts(passed[-1].a, classes, len(names), low, high)
        arrays[f"outputs{name}"] = counts
        own = np.eye(counts.shape[0], counts.shape[1], dtype=bool)
        arrays[f"rest{name}"] = np.where(own[..., None], 0, counts).sum(1)
    layers: list[dict[str, Any]] = []
    spread: dict[str, list[Array]] = {}
    for first, last in zip(*([one for one in passed if summed(one.placed)] for passed in (was, now)), strict=True):
        about, parts = _layer(spec, first, last)
        layers.append(about)
        for name, part in parts.items():
            spread.setdefault(name, []).append(part)
    arrays |= {name: np.stack(parts) for name, parts in spread.items()}
    meta = {"n": n, "of": data.n_train, "range": [low, high], "names": names, "layers": layers}
    return Frame("distributions", step, epoch, meta, arrays)


def forward(spec: RunSpec, weights: list[Array], x: Array) -> Iterator[Passed]:
    """Layer by layer, those with a kernel; what lies between is done on the way."""
    own = dict(of_layers(spec, weights))
    for placed in spec.plan:
        arrays = own.get(placed, [])
        if not summed(placed):
            a, _ = placed.layer.apply(placed, False)(x, *arrays)
        else:
            z, _ = placed.layer.apply(placed._replace(activation="linear"), False)(x, *arrays)
            a = ACTIVATIONS[placed.activation or "linear"].f(z)
        if placed.kernel:
            yield Passed(placed, arrays[0], x, z if summed(placed) else a, a)
        x = np.asarray(a, np.float32)


def summed(placed: Placed) -> bool:
    """Whether a neuron of this layer is one sum of products: not one for each row that it reads."""
    return placed.kernel and not isinstance(placed.layer, Recurrent)


def output_counts(outputs: Array, classes: NDArray[np.int64], k: int, low: float, high: float) -> Array:
    """float32 [O, K, 50]: how many samples of each class [n] have each output [n, O] in each of 50 equal bins from low
    to high; what is beyond is counted in the last one."""
    bins = np.nan_to_num((outputs - low) * (BINS / (high - low)), nan=0.0).clip(0, BINS - 1).astype(np.int64)
    counts = [np.bincount(classes * BINS + bins[:, unit], minlength=k * BINS) for unit in range(outputs.shape[1])]
    return np.array(counts, np.float32).reshape(-1, k, BINS)


def histogram(values: Array, end: float) -> Array:
    """float32 [50]: the density of the values from −end to end, so that its area is 1."""
    counts, _ = np.histogram(np.clip(np.nan_to_num(values), -end, end), BINS, (-end, end))
    return (counts / (max(1, values.size) * 2 * end / BINS)).astype(np.float32)


def symmetric(*arrays: Array) -> tuple[float, float]:
    """A range about 0 that holds all finite numbers, with an end that only changes in steps."""
    most = max((float(np.abs(np.nan_to_num(a, posinf=0, neginf=0)).max(initial=0)) for a in arrays), default=0.0)
    power = 10.0 ** math.floor(math.log10(max(most, 1e-6)))
    end = next(step * power for step in STEPS if step * power >= most * (1 - 1e-9) or step == STEPS[-1])
    return -end, end


def sum_width(inputs: float, weight: float, bias: float) -> float:
    """√(σ_w² Σx² + σ_b²): the standard deviation of Σ w·x + b over weights and biases drawn independently about 0, for
    inputs of Σx² = `inputs`. N inputs of size 1 and weights N(0, 1) give √N."""
    return math.sqrt(weight**2 * inputs + bias**2)


def _layer(spec: RunSpec, before: Passed, now: Passed) -> tuple[dict[str, Any], dict[str, Array]]:
    """What `distributions` tells of one layer: its part of meta.layers, and of each array."""
    n, _ = fans(before.kernel.shape)
    w_end, z_end = symmetric(before.kernel, now.kernel)[1], symmetric(before.z, now.z)[1]
    parts = {
        "weights": histogram(now.kernel, w_end), "weights_before": histogram(before.kernel, w_end),
        "sums": histogram(_some(now.z), z_end), "sums_before": histogram(_some(before.z), z_end),
    }  # fmt: skip
    law, parts["weights_law"], parts["sums_law"] = _laws(spec, before, w_end, z_end)
    about = {
        "name": now.placed.name, "inputs": n, **law._asdict(), "weights_range": [-w_end, w_end],
        "sums_range": [-z_end, z_end], "std_before": _spread(before.kernel), "std": _spread(now.kernel),
        "width_before": _spread(before.z), "width": _spread(now.z),
    }  # fmt: skip
    drawn = None if law.law_std is None else INITIALIZERS[spec.network.initializer].label.replace("inputs", str(n))
    laws = {
        "weights": drawn and drawn.removeprefix("Normal "),
        "sums": None if law.expected is None else "by the initialisers",
    }
    return {**about, "laws": laws, "words": {"weights": _of_weights(about, laws), "sums": _of_sums(about)}}, parts


class _Law(NamedTuple):
    """law_std: of the drawn weights; length: √Σx² of the inputs, on average; expected: width of the sums."""

    law_std: float | None = None
    length: float | None = None
    expected: float | None = None


def _laws(spec: RunSpec, before: Passed, w_end: float, z_end: float) -> tuple[_Law, Array, Array]:
    """What the initialisers say of a layer: numbers, and the densities [201] of weights and sums."""
    kind, bias = INITIALIZERS[spec.network.initializer], BIASES[spec.network.bias_initializer]
    shape = before.kernel.shape
    unknown = np.full(CURVE, np.nan, np.float32)
    weights = density(kind, shape, _points(w_end))
    if weights is None or kind.std is None:
        return _Law(), unknown, unknown
    std = kind.std(shape)
    if before.x.ndim != 2:  # a convolution's windows have as many lengths as places
        return _Law(std), weights, unknown
    wide = bias.std(shape[-1:]) if bias.std else 0.0
    offset = 0.0 if bias.std else float(bias.draw(np.random.default_rng(0), (1,))[0])
    lengths = (before.x.astype(np.float64) ** 2).sum(1)
    # Each sample's sum is normal with a width of its own.
    mixed = [normal(_points(z_end) - offset, sum_width(float(size), std, wide) or 1e-9) for size in lengths[:MIXED]]
    mean = float(lengths.mean())
    return _Law(std, math.sqrt(mean), sum_width(mean, std, wide)), weights, np.mean(mixed, axis=0).astype(np.float32)


def _of_weights(about: dict[str, Any], laws: dict[str, str | None]) -> str:
    drawn = f"{laws['weights']} has σ = {about['law_std']:.3g}; " if laws["weights"] else ""
    return f"Width of the weights: {drawn}measured {_told(about['std_before'])} before, {_told(about['std'])} now."


def _of_sums(about: dict[str, Any]) -> str:
    n, std = about["inputs"], about["law_std"]
    measured = f"measured {_told(about['width_before'])} before, {_told(about['width'])} now"
    if about["expected"] is None:
        return f"z is a sum of N = {n:,} products. Width of z: {measured}."
    unit = f"With inputs ±1 and weights of width {std:.3g} its width is {std:.3g} · √{n} = {std * math.sqrt(n):.3g}"
    return (
        f"z is a sum of N = {n:,} products and a bias. {unit}. These inputs have √Σx² = {about['length']:.3g} instead "
        f"of √{n} = {math.sqrt(n):.3g}; with the bias that gives a width of {about['expected']:.3g}. "
        f"{measured.capitalize()}."
    )


def _told(value: float | None) -> str:
    return "no number" if value is None else f"{value:.3g}"


def _points(end: float) -> Array:
    """Centres of cells over the range, as figures take them."""
    return (-end + 2 * end * (np.arange(CURVE) + 0.5) / CURVE).astype(np.float32)


def _some(values: Array) -> Array:
    flat = values.ravel()
    return flat[:: max(1, -(-flat.size // DRAWN))]


def _spread(values: Array) -> float | None:
    """The standard deviation; None where it is no number."""
    found = float(values.std(dtype=np.float64))
    return found if math.isfinite(found) else None
