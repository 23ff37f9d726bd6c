"""Own tables on disk: `home/tables/<sha256>.csv`, written whole or not at all, and the data set made of one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnviz.data.dataset import Dataset
from nnviz.data.plane_scale import margins, spread
from nnviz.data.uploads.csv_table import Table, parse_table
from nnviz.data.uploads.files import check, chosen, keep, path_of, touch
from nnviz.sets.base import DataMissing
from nnviz.sets.drawing import stream
from nnviz.spec import DataSpec

MAX_FILES = 500
MAX_TOTAL = 100_000_000


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
        return {"name": "table", "table": self.id, "classes": self.classes, **_split(self.rows)}


def save_table(home: Path, data: bytes) -> TableInfo:
    """Check and keep a table. The oldest unused go when there are too many. Raises TableError, DataError."""
    table = parse_table(data)
    name = hashlib.sha256(data).hexdigest()
    keep(path_of(home, "table", name), data, what="table", max_files=MAX_FILES, max_total=MAX_TOTAL)
    return _info(name, table)


def table_info(home: Path, name: str) -> TableInfo:
    """What is known about a stored table. Raises DataMissing."""
    return _info(name, _read(home, name))


def load(spec: DataSpec, home: Path | None = None) -> Dataset:
    """The rows of the spec's table in the order that its seed gives, as many as it asks for. `noise` moves a sample by
    up to that much of a network coordinate. Raises DataMissing, and DataError that names the spec's field."""
    table = _read(*chosen(spec, home))
    wanted, rows = spec.train + spec.validation + spec.test, len(table.x)
    check(spec, rows, table.classes, _split(rows))
    # All rows count here, not only those for training: axes must not move when the split does.
    shift, scale = spread(table.x)
    rng = stream(spec.seed, 0)
    order = rng.permutation(rows)[:wanted]
    x = table.x[order] + spec.noise * scale * rng.uniform(-1, 1, (wanted, 2))
    target_range = None
    if table.classes:
        y = table.y[order].astype(np.int64)
    else:
        low, high = target_range = (float(table.y.min()), float(table.y.max()))
        y = (2 * (table.y[order] - low) / (high - low) - 1).astype(np.float32)
    return Dataset(
        values=x.astype(np.float32),
        y=y,
        n_train=spec.train,
        n_validation=spec.validation,
        n_test=spec.test,
        shift=(shift if spec.scale else np.zeros(2)).astype(np.float32),
        scale=(scale if spec.scale else np.ones(2)).astype(np.float32),
        domain=margins(table.x),
        class_names=table.class_names,
        input_names=spec.inputs,
        target_range=target_range,
        axes=table.names,
    )


def _split(rows: int) -> dict[str, int]:
    return {"train": rows - rows // 2, "validation": rows // 2, "test": 0}


def _info(name: str, table: Table) -> TableInfo:
    return TableInfo(name, table.classes, len(table.x), table.names, table.class_names)


def _read(home: Path, name: str) -> Table:
    path = path_of(home, "table", name)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataMissing(f"data.table: no table {name[:8]}… here; upload it again") from error
    if hashlib.sha256(data).hexdigest() != name:
        raise DataMissing(f"data.table: {path} was changed since it was uploaded; upload it again")
    touch(path)
    return parse_table(data)
