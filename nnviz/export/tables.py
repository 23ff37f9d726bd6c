"""What was measured and what the model says, as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from nnviz.data.dataset import Dataset, Split
from nnviz.export.format import Files, Format, Source, is_measured, is_recorded, needs, with_data, with_weights
from nnviz.models.forward import predict
from nnviz.models.metrics import decisions
from nnviz.models.weights import Array
from nnviz.spec import RunSpec

ROWS = 1000
"""Samples that are asked about at a time."""


def make(source: Source) -> Files:
    """curves: a row for each recorded metric; predictions, of a training whose weights are recorded: a row for each
    sample of the test set, else of the validation set, else of the training set."""
    curves = {name: column for name, column in source.history.items() if any(value is not None for value in column)}
    curves.pop("seq", None)
    files = {f"{source.name}-curves.csv": table(list(curves), zip(*curves.values(), strict=True))}
    if has_predictions(source):
        files[f"{source.name}-predictions.csv"] = _predictions(source)
    return files


def has_predictions(source: Source) -> bool:
    """Whether the model that says them is recorded, and the samples are here."""
    return needs(with_weights, with_data)(source) is None


def table(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A CSV file; None is an empty field."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return out.getvalue().encode()


def _predictions(source: Source) -> bytes:
    spec, data = source.training, source.data
    split: Split = next(s for s in ("test", "validation", "train") if len(data.labels(s)))
    labels = data.labels(split)
    outputs, predicted = _said(source, spec, data, split)
    names: list[str] = ["index"]
    columns: list[Any] = [np.arange(len(labels))]
    if not data.is_image:
        points = data.x[data.rows(split)]
        names += data.axes[:2]
        columns += [points[:, 0], points[:, 1]]
    names.append("true" if predicted is not None else "target")
    classes = np.array(data.class_names) if data.class_names else None
    if predicted is None or classes is None:
        columns.append(np.asarray(labels))
    else:
        columns.append(classes[labels])
        names.append("predicted")
        columns.append(classes[predicted])
    names += ["output"] if outputs.shape[1] == 1 else [f"output {i}" for i in range(outputs.shape[1])]
    columns += list(outputs.T)
    return table(names, zip(*(map(str, column) for column in columns), strict=True))


def _said(source: Source, spec: RunSpec, data: Dataset, split: Split) -> tuple[Array, Any]:
    """(outputs float32 [n, outputs], of an SVM its softmax of decision values; classes [n], None for a regression)."""
    count = len(data.labels(split))
    blocks = [slice(i, i + ROWS) for i in range(0, count, ROWS)]
    if not spec.is_network:
        model = source.svm()
        judged = [model.judged(data.inputs(split, block)) for block in blocks]
        return np.concatenate([p for _, p in judged]), np.concatenate([classes for classes, _ in judged])
    weights, _ = source.weights()
    outputs = np.concatenate([predict(spec, weights, data.inputs(split, block))[0] for block in blocks])
    return outputs, None if spec.problem == "regression" else decisions(spec, outputs)


TABLES = Format(
    "Curves and predictions as CSV", "a row for each measurement, and for each test sample what the model says", "csv",
    make, needs(is_recorded, is_measured), has_predictions,
)  # fmt: skip
