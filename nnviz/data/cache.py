"""Loaded data sets of the web process: many viewers of few sets, each loaded once and shared. The newest two stay."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from nnviz.data.dataset import Dataset
from nnviz.spec import DataSpec

Key = tuple[DataSpec, Path | None]
Pair = tuple[Dataset, Dataset]
"""The same images, plain and centred."""
KEPT = 2
"""A full MNIST is 220 MB of float32."""


class DataCache:
    """Least recently used out first. Safe for threads: two that want the same set wait for one loading."""

    def __init__(self, load: Callable[[DataSpec, Path | None], Dataset], kept: int = KEPT) -> None:
        self._load, self.kept = load, kept
        self._found: OrderedDict[Key, Pair] = OrderedDict()
        self._loading = threading.Lock()
        self._order = threading.Lock()

    def get(self, spec: DataSpec, home: Path | None = None) -> Dataset:
        """The data of `spec` as they are looked at: without the turned copies of training images. Raises DataError.

        The same object as long as it is kept, so that others may hang what they know about it on it.
        """
        key = (_as_looked_at(spec), home)
        if (pair := self._hit(key)) is None:
            with self._loading:
                if (pair := self._hit(key)) is None:
                    centred = self._load(key[0], home)
                    centred = replace(centred, values=centred.x)  # shared by both
                    pair = (replace(centred, mean=None), centred)
                    self._put(key, pair)
        return pair[spec.center]

    def _hit(self, key: Key) -> Pair | None:
        with self._order:
            if key in self._found:
                self._found.move_to_end(key)
            return self._found.get(key)

    def _put(self, key: Key, pair: Pair) -> None:
        with self._order:
            self._found[key] = pair
            while len(self._found) > self.kept:
                self._found.popitem(last=False)


def _as_looked_at(spec: DataSpec) -> DataSpec:
    """One key for all specs that show the same images: centred ones share them with the others."""
    changes: dict[str, Any] = {"rotate": None, "center": spec.is_image}
    if spec.is_image and spec.name != "images" and not spec.noise:
        changes["seed"] = 0  # it would only choose the grain
    return spec.model_copy(update=changes)
