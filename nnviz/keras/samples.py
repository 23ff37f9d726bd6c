"""The test samples that a script gives its dashboard, and what the model makes of them: classes, mistakes, a plane.

What kind of task it is follows from the labels and the outputs of the first samples. What cannot be shown is said in a
sentence (`NotShown`) and left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from nnviz.events import Array, Frame
from nnviz.keras.describe import tensors
from nnviz.keras.weights import to_numpy
from nnviz.probes.history import History
from nnviz.probes.network import GRID, cells
from nnviz.stopping import accuracy_interval

MOST = 2000
"""Samples that are kept of the test set: the first ones of an order drawn once."""
SIZES = (200, 500, 1000, MOST)
"""Of them, so many are judged at a time."""
CLASSES = 40
"""A matrix of more classes cannot be read."""
ROWS = 128
HISTORY = ("step", "epoch", "seconds", "accuracy", "n")
SHOWN, PICTURE_BYTES = 60, 90_000
"""Mistakes, and bytes of their pictures."""
SIDE = (4, 256)
"""Pixels along a picture's side."""
POINTS = 1000
"""Samples drawn over a plane."""


class NotShown(Exception):  # noqa: N818  (it is a sentence for a page)
    """Why something is not shown, in words."""


class Judged(NamedTuple):
    """outputs: probabilities [n, classes], of a regression the outputs [n, k]; predicted, labels: int64 [n], None for
    a regression."""

    outputs: Array
    predicted: Array | None
    labels: Array | None


class Samples:
    """Raises NotShown for data that are no pair of inputs and labels of one length.

    names: of the classes. picture: [height, width], where inputs of one axis are pictures.
    """

    def __init__(self, data: Any, names: Sequence[str] = (), picture: tuple[int, int] | None = None) -> None:
        if not isinstance(data, tuple | list) or len(data) not in (2, 3):
            raise NotShown("test_data must be a pair (x, y) of arrays")
        x, y = data[0], data[1]
        arrays = tensors(x)
        lengths = {_length(one) for one in [*arrays, *tensors(y)]}
        if len(lengths) != 1 or not arrays or (n := lengths.pop()) == 0:
            raise NotShown("x and y of test_data must be arrays, all of one length above 0")
        self.of = n
        self.index = np.sort(np.random.default_rng(0).permutation(n)[:MOST])
        self.n = len(self.index)
        order = np.random.default_rng(1).permutation(self.n)  # a part of them is one of all classes
        self.index = self.index[order]
        self.x = _rows(x, self.index)
        self._y = None if isinstance(y, dict | list | tuple) else _rows(y, self.index)
        self.names = [str(name)[:60] for name in names]
        self.pictures = _pictures(self.x, picture)
        self.shape = None if isinstance(self.x, dict | list | tuple) else self.x.shape[1:]
        self._history: History[tuple[float, ...]] = History(ROWS)
        self._told = -1

    @property
    def targets(self) -> Array:
        """Raises NotShown where there are several."""
        if self._y is None:
            raise NotShown("The model has several outputs: of which to draw a matrix, nobody has said.")
        found: Array = self._y
        return found

    def outputs(self, model: Any, n: int) -> Array:
        """What the model answers to the first n samples, in inference mode, float32 [n, k]. Raises NotShown."""
        return answer(model, _part(self.x, n))

    def first(self, n: int) -> tuple[Any, Array]:
        """Inputs and labels of the first n. Raises NotShown."""
        return _part(self.x, n), self.targets[:n]

    def judge(self, outputs: Array) -> Judged:
        """What these outputs say of the first samples. Raises NotShown."""
        y = self.targets[: len(outputs)]
        classes = outputs.shape[1]
        if classes == 1:
            labels = y.reshape(len(y), -1)[:, 0] if y.size == len(y) else None
            if labels is None or not set(np.unique(labels[:MOST])) <= {0, 1}:
                return Judged(outputs, None, None)
            p = _sigmoid(outputs) if outputs.min() < 0 or outputs.max() > 1 else outputs
            return Judged(np.concatenate([1 - p, p], 1), (p[:, 0] >= 0.5).astype(np.int64), labels.astype(np.int64))
        labels = _labels(y, classes)
        if labels is None:
            return Judged(outputs, None, None)
        if classes > 256:
            raise NotShown(f"The matrix and the mistakes are left out: {classes:,} classes are more than 256.")
        return Judged(_probabilities(outputs), outputs.argmax(1), labels)

    def class_names(self, classes: int) -> list[str]:
        return [self.names[k] if k < len(self.names) else str(k) for k in range(classes)]

    def predictions(self, judged: Judged, step: int, epoch: float, seconds: float) -> tuple[Frame, ...]:
        """View "predictions": predicted, sure, true uint8 [n] as nnviz.probes.predictions has them, and labels uint8
        [n], the true classes; meta as there, of what is known here. View "mistakes": pictures uint8 [k, h, w] or
        [k, h, w, 3] of wrong samples, the surest first; place int32 [k], which sample of the test set; truth,
        predicted, sure uint8 [k].

        Raises NotShown for a regression."""
        p, predicted, labels = judged
        if predicted is None or labels is None:
            raise NotShown(
                "The matrix and the mistakes are left out: the labels are no classes of the model’s outputs."
            )
        n, rows = len(p), np.arange(len(p))
        right = int((predicted == labels).sum())
        low, high = accuracy_interval(right, n)
        row = (step, round(epoch, 4), round(seconds, 3), round(right / n, 5), n)
        (self._history.replace if self._told == step else self._history.add)(row)
        self._told = step
        columns = dict(zip(HISTORY, map(list, zip(*self._history.rows, strict=True)), strict=True))
        meta = {
            "split": "test", "n": n, "of": self.of, "correct": right, "accuracy": right / n, "low": low, "high": high,
            "classes": p.shape[1], "class_names": self.class_names(p.shape[1]), "matrix": p.shape[1] <= CLASSES,
            "pictures": self.pictures is not None,
            "history": {**columns, "loss": [None] * len(columns["step"])},
        }  # fmt: skip
        shares = np.nan_to_num(p).clip(0, 1) * 255 + 0.5
        arrays = {
            "predicted": predicted.astype(np.uint8), "sure": shares[rows, predicted].astype(np.uint8),
            "true": shares[rows, labels].astype(np.uint8), "labels": labels.astype(np.uint8),
        }  # fmt: skip
        frames = [Frame("predictions", step, epoch, meta, arrays)]
        if self.pictures is not None:
            frames.append(self._mistakes(arrays, step, epoch, meta))
        return tuple(frames)

    def _mistakes(self, arrays: dict[str, Array], step: int, epoch: float, meta: dict[str, Any]) -> Frame:
        assert self.pictures is not None
        wrong = np.flatnonzero(arrays["predicted"] != arrays["labels"])
        wrong = wrong[np.argsort(-arrays["sure"][wrong].astype(int), kind="stable")]
        total = len(wrong)
        wrong = wrong[: max(1, min(SHOWN, PICTURE_BYTES // self.pictures[0].size))]
        found = {
            "pictures": self.pictures[wrong], "place": self.index[wrong].astype(np.int32),
            "truth": arrays["labels"][wrong], "predicted": arrays["predicted"][wrong], "sure": arrays["sure"][wrong],
        }  # fmt: skip
        return Frame(
            "mistakes", step, epoch, {"total": total, "n": meta["n"], "class_names": meta["class_names"]}, found
        )

    # ---- two inputs

    @property
    def is_plane(self) -> bool:
        return self.shape == (2,)

    @property
    def domain(self) -> list[list[float]]:
        """[[x1 low, high], [x2 low, high]], a tenth wider than the samples."""
        low, high = self.x.min(0).astype(float), self.x.max(0).astype(float)
        edge = np.maximum((high - low) * 0.1, 1e-6)
        return [[float(a - e), float(b + e)] for a, b, e in zip(low, high, edge, strict=True)]

    def points(self, judged: Judged) -> Frame:
        """View "data", as nnviz.probes.data has it: the samples that are drawn over the plane."""
        labels, classes = judged.labels, max(2, judged.outputs.shape[1])
        y = self.targets[: len(judged.outputs)].reshape(len(judged.outputs), -1)[:, 0] if labels is None else labels
        n, domain = min(POINTS, len(y)), self.domain
        span = [float(np.min(y)), float(np.max(y))]
        scale = max(abs(v) for v in span) or 1.0
        problem, ends = ("regression", [-scale, scale]) if labels is None else ("classification", None)
        meta = {
            "classes": classes, "class_names": self.class_names(classes), "domain": domain, "shift": [0.0, 0.0],
            "scale": [1.0, 1.0], "problem": problem, "inputs": ["x1", "x2"], "axes": ["x1", "x2"], "target_range": ends,
        }  # fmt: skip
        shown = y[:n].astype(np.float32) / (1 if labels is not None else scale)
        arrays = {"x": self.x[:n].astype(np.float32), "y": shown.astype(np.float32), "split": np.zeros(n, np.uint8)}
        return Frame("data", 0, 0.0, meta, arrays)

    def plane(self, model: Any, judged: Judged, step: int, epoch: float) -> Frame:
        """View "plane": boundary float32 [outputs, 64, 64] as nnviz.probes.network has it; meta: domain, layers (of the
        last one the activation that its outputs look like). Raises NotShown."""
        domain = self.domain
        outputs = answer(model, cells(domain, GRID))
        kind = "linear"
        if judged.labels is not None:
            kind = "sigmoid" if outputs.shape[1] == 1 else "softmax"
            if outputs.shape[1] > 1:
                outputs = _probabilities(outputs)
            elif outputs.min() < 0 or outputs.max() > 1:
                outputs = _sigmoid(outputs)
        else:
            targets = np.abs(self.targets.astype(np.float64))
            outputs = outputs[:, :1] / (float(targets.max()) or 1.0)
        if outputs.shape[1] > 10:
            raise NotShown(f"The plane is left out: it has colours for 10 classes, and the model {outputs.shape[1]}.")
        boundary = np.ascontiguousarray(outputs.T.reshape(-1, GRID, GRID), np.float32)
        meta = {"domain": domain, "layers": [{"activation": kind}], "grid": GRID}
        return Frame("plane", step, epoch, meta, {"boundary": boundary})


def answer(model: Any, x: Any) -> Array:
    """The model's output, float32 [n, k], in inference mode: nothing of the training changes. Raises NotShown for
    several outputs, and for one that is no row of numbers a sample."""
    import keras

    if keras.backend.backend() == "tensorflow":
        found = model(x, training=False)  # nothing is traced, which takes longer than a small training
    else:
        found = model.predict_on_batch(x)
    several = tensors(found)
    if len(several) != 1:
        raise NotShown(f"Matrix, mistakes and boundary are left out: the model has {len(several)} outputs.")
    outputs = to_numpy(several[0]).astype(np.float32)
    if outputs.ndim == 1:
        outputs = outputs[:, None]
    if outputs.ndim != 2:
        shape = " × ".join(map(str, outputs.shape[1:]))
        raise NotShown(f"Matrix, mistakes and boundary are left out: the output is {shape} numbers a sample, no row.")
    return outputs


def _length(array: Any) -> int:
    try:
        return len(array)
    except TypeError as error:
        raise NotShown("test_data must be arrays: of a data set, take(…) some batches as arrays") from error


def _rows(given: Any, index: Array) -> Any:
    """The same nest of arrays with these rows."""
    if isinstance(given, dict):
        return {name: _rows(one, index) for name, one in given.items()}
    if isinstance(given, list | tuple):
        return [_rows(one, index) for one in given]
    if hasattr(given, "iloc"):
        given = given.to_numpy()
    array = given if isinstance(given, np.ndarray) else to_numpy(given)
    return array[index]


def _part(given: Any, n: int) -> Any:
    if isinstance(given, dict):
        return {name: _part(one, n) for name, one in given.items()}
    if isinstance(given, list):
        return [_part(one, n) for one in given]
    return given[:n]


def _labels(y: Array, classes: int) -> Array | None:
    """The class of each sample, from numbers or rows with one 1; None where they are none."""
    if y.size == len(y):
        flat = y.reshape(-1)
        whole = np.issubdtype(flat.dtype, np.number) and bool((flat == np.floor(flat)).all())
        return flat.astype(np.int64) if whole and flat.min() >= 0 and flat.max() < classes else None
    if y.ndim == 2 and y.shape[1] == classes and bool((y.sum(1) == 1).all()) and set(np.unique(y)) <= {0, 1}:
        rows: Array = y.argmax(1)
        return rows
    return None


def _pictures(x: Any, picture: tuple[int, int] | None) -> Array | None:
    """The samples as uint8 [n, h, w] or [n, h, w, 3], by the least and largest of their numbers; None: no pictures."""
    if isinstance(x, dict | list | tuple) or not np.issubdtype(x.dtype, np.number):
        return None
    if x.ndim == 2 and picture is not None and x.shape[1] == picture[0] * picture[1]:
        x = x.reshape(len(x), *picture)
    if x.ndim == 4 and x.shape[-1] == 1:
        x = x[..., 0]
    if x.ndim not in (3, 4) or (x.ndim == 4 and x.shape[-1] != 3):
        return None
    if not all(SIDE[0] <= side <= SIDE[1] for side in x.shape[1:3]):
        return None
    low, high = float(x.min()), float(x.max())
    found: Array = ((x.astype(np.float32) - low) * (255 / ((high - low) or 1.0)) + 0.5).astype(np.uint8)
    return found


def _sigmoid(z: Array) -> Array:
    found: Array = 1 / (1 + np.exp(-z.clip(-60, 60)))
    return found


def _probabilities(outputs: Array) -> Array:
    """As they are where they are some; else the softmax of them, which then are logits."""
    if outputs.min() >= -1e-6 and outputs.max() <= 1 + 1e-6:
        return outputs
    e = np.exp(outputs - outputs.max(1, keepdims=True))
    found: Array = e / e.sum(1, keepdims=True)
    return found
