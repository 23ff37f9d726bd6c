"""MNIST: 70,000 handwritten digits of 28×28, from the file `mnist.npz` that Keras distributes.

Nothing is downloaded while a run waits: a file that is missing is an error that says what to do.
"""

from __future__ import annotations

import os
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np

from nnviz.data.dataset import DataError, DataMissing, Dataset, UInt8
from nnviz.data.images import TEN, image_dataset
from nnviz.spec import DataSpec

SHAPES = {"x_train": (60_000, 28, 28), "y_train": (60_000,), "x_test": (10_000, 28, 28), "y_test": (10_000,)}


def data_folder() -> Path | None:
    """The folder NNVIZ_DATA, where there is one."""
    folder = os.environ.get("NNVIZ_DATA")
    return Path(folder) if folder else None


def keras_cache() -> Path:
    """Keras's own folder of data sets."""
    return Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "datasets"


def places() -> list[Path]:
    """Where mnist.npz is looked for, in this order: the folder NNVIZ_DATA, then Keras's own cache."""
    return [folder / "mnist.npz" for folder in (data_folder(), keras_cache()) if folder]


def find() -> Path | None:
    """The file, or None where there is none."""
    return next((path for path in places() if path.is_file()), None)


def load(spec: DataSpec, home: Path | None = None) -> Dataset:  # noqa: ARG001  (the signature all sets share)
    """Training images from the front of the 60,000, validation images from their end, test images from the front of the
    10,000. Raises DataMissing where there is no file, DataError for one that is not MNIST."""
    path = find()
    if path is None:
        raise DataMissing(missing("mnist", places(), "mnist.npz"))
    return split(spec, _kept.get(_stamp(path)) or joined(read_archive("mnist", path)))


_kept: dict[tuple[str, int, int], dict[str, UInt8]] = {}
"""The file as `keep` has read it, by path, time and size."""
_unreadable: tuple[str, int, int] | None = None
"""The file that `keep` need not try again."""


def keep() -> bool:
    """Read the file, where there is one that is not kept yet, and keep it: a process that is forked from this one has
    it at no cost. False where nothing is new, or what is new cannot be read."""
    global _unreadable
    with suppress(OSError):
        path = find()
        if path is not None and (stamp := _stamp(path)) not in _kept and stamp != _unreadable:
            try:
                arrays = joined(read_archive("mnist", path))
            except DataError:
                _unreadable = stamp
                return False
            _kept.clear()
            _kept[stamp] = arrays
            return True
    return False


def _stamp(path: Path) -> tuple[str, int, int]:
    state = path.stat()
    return str(path), state.st_mtime_ns, state.st_size


def missing(name: str, looked: list[Path], file: str) -> str:
    """What to do where a set that has to be fetched is not there."""
    return (
        f"{name}: no file at {' and '.join(str(place) for place in looked)}; fetch it with `nnviz data get {name}`, "
        f"or set NNVIZ_DATA to the folder that holds {file}; the data set digits works without a network"
    )


def read_archive(name: str, path: Path) -> dict[str, UInt8]:
    """The four arrays of SHAPES from an .npz. Raises DataError."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {key: archive[key] for key in SHAPES}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(
            f"{name}: {path} cannot be read ({error}); fetch it again with `nnviz data get {name}`"
        ) from error
    for key, shape in SHAPES.items():
        if arrays[key].shape != shape or arrays[key].dtype != np.uint8:
            found = f"{arrays[key].dtype} {arrays[key].shape}"
            raise DataError(f"{name}: {key} in {path} is {found}; expected is uint8 {shape}")
    return arrays


def joined(arrays: dict[str, UInt8]) -> dict[str, UInt8]:
    """Arrays as SHAPES as x [70000, 28, 28] and y [70000], training images first."""
    return {key: np.concatenate([arrays[f"{key}_train"], arrays[f"{key}_test"]]) for key in ("x", "y")}


def split(spec: DataSpec, arrays: dict[str, UInt8], class_names: tuple[str, ...] = TEN) -> Dataset:
    """The images that a spec takes of the 60,000 and the 10,000. `arrays` are as of `joined`; not a copy where the spec
    takes all of the 60,000."""
    whole, end = spec.train + spec.validation == 60_000, 60_000 + spec.test
    rows = [slice(0, spec.train), slice(60_000 - spec.validation, end)]
    parts = {
        key: array[:end] if whole else np.concatenate([array[part] for part in rows]) for key, array in arrays.items()
    }
    return image_dataset(spec, parts["x"], parts["y"], class_names)
