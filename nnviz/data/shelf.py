"""Own tables on disk: `home/tables/<sha256>.csv`, written whole or not at all, and the data set made of one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnviz.data.dataset import DataError, DataMissing, Dataset, stream
from nnviz.data.keeping import keep, touch
from nnviz.data.table import Table, parse_table
from nnviz.spec import DataSpec

MAX_FILES = 500
MAX_TOTAL = 100_000_000
REACH = 5.0
"""Largest network coordinate of a column: TensorFlow Playground's samples reach as far."""


@dataclass(frozen=True)
class TableInfo:
    """What a page needs to know about a stored table. names: of the columns x1, x2 and label."""

    id: str
    classes: int
    rows: int
    names: tuple[str, str, str]
    class_names: tuple[str, ...]

    def data_fields(self) -> dict[str, Any]:
        """Fields of a DataSpec for this table, half of its rows for training and half for validation."""
        half = self.rows // 2
        counts = {"train": self.rows - half, "validation": half, "test": 0}
        return {"name": "table", "table": self.id, "classes": self.classes, **counts}


def save_table(home: Path, data: bytes) -> TableInfo:
    """Check and keep a table. The oldest unused go when there are too many. Raises TableError, DataError."""
    table = parse_table(data)
    name = hashlib.sha256(data).hexdigest()
    keep(_path(home, name), data, what="table", max_files=MAX_FILES, max_total=MAX_TOTAL)
    return _info(name, table)


def table_info(home: Path, name: str) -> TableInfo:
    """What is known about a stored table. Raises DataMissing."""
    return _info(name, _read(home, name))


def load(spec: DataSpec, home: Path | None = None) -> Dataset:
    """The rows of the spec's table in the order that its seed gives, as many as it asks for. `noise` moves a sample by
    up to that much of a network coordinate. Raises DataMissing, and DataError that names the spec's field."""
    if home is None or spec.table is None:
        raise DataError("data.table: an own table is read from a home; none was given")
    table = _read(home, spec.table)
    wanted, rows = spec.train + spec.validation + spec.test, len(table.x)
    if wanted > rows:
        raise DataError(
            f"data.train: train {spec.train} + validation {spec.validation} + test {spec.test} = {wanted} rows, "
            f"but the table has {rows}; for example train {rows - rows // 2}, validation {rows // 2}, test 0"
        )
    if spec.classes != table.classes:
        what = f"has {table.classes} classes" if table.classes else "is a regression: classes 0"
        raise DataError(f"data.classes: {spec.classes}, but the table {what}")
    # All rows count here, not only those for training: axes must not move when the split does.
    shift = table.x.mean(axis=0)
    reach = np.abs(table.x - shift).max(axis=0)
    scale = np.where(reach > 0, reach / REACH, 1.0)
    rng = stream(spec.seed, 0)
    order = rng.permutation(rows)[:wanted]
    x = table.x[order] + spec.noise * scale * rng.uniform(-1, 1, (wanted, 2))
    target_range = None
    if table.classes:
        y = table.y[order].astype(np.int64)
    else:
        low, high = target_range = (float(table.y.min()), float(table.y.max()))
        y = (2 * (table.y[order] - low) / (high - low) - 1).astype(np.float32)
    low_x, high_x = table.x.min(axis=0), table.x.max(axis=0)
    edge = np.where(high_x > low_x, (high_x - low_x) * 0.05, 1.0)
    return Dataset(
        values=x.astype(np.float32),
        y=y,
        n_train=spec.train,
        n_validation=spec.validation,
        n_test=spec.test,
        shift=shift.astype(np.float32),
        scale=scale.astype(np.float32),
        domain=(
            (float(low_x[0] - edge[0]), float(high_x[0] + edge[0])),
            (float(low_x[1] - edge[1]), float(high_x[1] + edge[1])),
        ),
        class_names=table.class_names,
        input_names=spec.inputs,
        target_range=target_range,
        axes=table.names,
    )


def _path(home: Path, name: str) -> Path:
    return home / "tables" / f"{name}.csv"


def _info(name: str, table: Table) -> TableInfo:
    return TableInfo(name, table.classes, len(table.x), table.names, table.class_names)


def _read(home: Path, name: str) -> Table:
    path = _path(home, name)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataMissing(f"data.table: no table {name[:8]}… here; upload it again") from error
    if hashlib.sha256(data).hexdigest() != name:
        raise DataMissing(f"data.table: {path} was changed since it was uploaded; upload it again")
    touch(path)
    return parse_table(data)
