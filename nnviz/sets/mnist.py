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
from numpy.typing import NDArray

from nnviz.sets.base import DataError, DataMissing, Fetched, File, Images, ImageSet

UInt8 = NDArray[np.uint8]
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


def read() -> Images:
    """All 70,000. Raises DataMissing where there is no file, DataError for one that is not MNIST."""
    path = find()
    if path is None:
        raise DataMissing(missing("mnist", places(), "mnist.npz"))
    return _kept.get(stamp(path)) or joined(read_archive("mnist", path))


_kept: dict[tuple[str, int, int], Images] = {}
"""The file as `keep` has read it, by path, time and size."""
_unreadable: tuple[str, int, int] | None = None
"""The file that `keep` need not try again."""


def keep() -> bool:
    """Read the file, where there is one that is not kept yet, and keep it: a process that is forked from this one has
    it at no cost. False where nothing is new, or what is new cannot be read."""
    global _unreadable
    with suppress(OSError):
        path = find()
        if path is not None and (seen := stamp(path)) not in _kept and seen != _unreadable:
            try:
                arrays = joined(read_archive("mnist", path))
            except DataError:
                _unreadable = seen
                return False
            _kept.clear()
            _kept[seen] = arrays
            return True
    return False


def stamp(path: Path) -> tuple[str, int, int]:
    """Tells one state of a file from another."""
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


def joined(arrays: dict[str, UInt8]) -> Images:
    """Arrays as SHAPES: all 70,000 images and their labels, training images first."""
    images, labels = (np.concatenate([arrays[f"{key}_train"], arrays[f"{key}_test"]]) for key in ("x", "y"))
    return images, labels


MNIST = ImageSet(
    title="MNIST, 28×28",
    about="70,000 images of handwritten digits, the set of the lectures.",
    shape=(28, 28, 1),
    counts=(60_000, 0, 10_000),
    read=read,
    fetched=Fetched(
        # As `keras.datasets.mnist` has it.
        (File("mnist.npz", "sha256:731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1", 11_490_434),),
        find,
        lambda: find() or places()[0],
    ),
)
