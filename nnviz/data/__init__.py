"""Data sets: `load(spec.data)` loads the samples, `nnviz.sets.SETS` says what there is."""

from __future__ import annotations

from pathlib import Path

from nnviz.data import images, measured, toys
from nnviz.data.cache import DataCache
from nnviz.data.dataset import Dataset
from nnviz.data.uploads import images as own_images
from nnviz.data.uploads import tables
from nnviz.data.uploads.csv_table import Table, TableError, parse_table
from nnviz.data.uploads.images import ImagesInfo, images_info, save_images
from nnviz.data.uploads.tables import TableInfo, save_table, table_info
from nnviz.sets import SETS, DataError, DataMissing, ImageSet, MeasuredSet, PlaneSet
from nnviz.spec import DataSpec

__all__ = [
    "DataError", "DataMissing", "Dataset", "ImagesInfo", "Table", "TableError", "TableInfo",
    "cached", "images_info", "load", "parse_table", "save_images", "save_table", "table_info",
]  # fmt: skip


def load(spec: DataSpec, home: Path | None = None) -> Dataset:
    """The samples that `spec` describes; own tables and images are read from `home`. Raises DataError."""
    one = SETS[spec.name]
    if isinstance(one, PlaneSet):
        return toys.load(spec, one)
    if isinstance(one, ImageSet):
        return images.load(spec, one)
    if isinstance(one, MeasuredSet):
        return measured.load(spec, one)
    return tables.load(spec, home) if spec.table is not None else own_images.load(spec, home)


_cache = DataCache(load)


def cached(spec: DataSpec, home: Path | None = None) -> Dataset:
    """As `load`, but kept and shared: do not write into its arrays. `rotate` is left out."""
    return _cache.get(spec, home)
