"""A room's samples as the page needs them."""

from __future__ import annotations

from pathlib import Path

from nnviz.data import Dataset, cached, load
from nnviz.spec import DataSpec


def dataset(spec: DataSpec, home: Path) -> Dataset:
    """The samples of `spec`, shared by all visitors where they are images, without the turned copies that only a
    training needs. Raises DataError, DataMissing."""
    return cached(spec, home) if spec.is_image else load(spec, home)
