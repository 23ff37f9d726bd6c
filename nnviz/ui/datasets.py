"""A room's samples as the page needs them, and which sets are on this machine."""

from __future__ import annotations

from pathlib import Path

from nnviz.data import Dataset, fashion_mnist, load, mnist
from nnviz.data.cache import cached
from nnviz.spec import DataSpec

FETCHED = {"mnist": (mnist.find, 11), "fashion_mnist": (fashion_mnist.find, 31)}
"""Sets that have to be fetched once: how each is found, and its size in MB."""


def dataset(spec: DataSpec, home: Path) -> Dataset:
    """The samples of `spec`, shared by all visitors where they are images, without the turned copies that only a
    training needs. Raises DataError, DataMissing."""
    return cached(spec, home) if spec.is_image else load(spec, home)


def is_here(name: str) -> bool:
    """Whether a set needs nothing from outside any more."""
    return name not in FETCHED or FETCHED[name][0]() is not None
