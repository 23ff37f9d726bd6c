"""`import tensorflow` for a process of our own: a third sooner, as nothing comes with it that we have no use for."""

from __future__ import annotations

import importlib
import sys
import threading
from importlib.abc import MetaPathFinder

UNUSED = ("jax", "pandas", "sklearn")
"""What TensorFlow and Keras import where it is installed, to take data from it. We give them arrays."""


class _Without(MetaPathFinder):
    """Finds that these are not installed; for one thread, as another may import scikit-learn for itself."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()

    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname in UNUSED and threading.get_ident() == self._thread:
            raise ModuleNotFoundError(f"{fullname} is not needed here", name=fullname)


def import_tensorflow() -> None:
    """Import TensorFlow and Keras, which take no pandas tables afterwards: not for a process that others use, too."""
    finder = _Without()
    sys.meta_path.insert(0, finder)
    try:
        importlib.import_module("tensorflow")  # first: two threads that begin at different ends get half a module
        importlib.import_module("keras")
    finally:
        sys.meta_path.remove(finder)
