"""MNIST: 70,000 handwritten digits of 28×28, from the file `mnist.npz` that Keras distributes.

Nothing is downloaded while a run waits: a file that is missing is an error that says what to do.
"""

from __future__ import annotations

import os
import zipfile
import zlib
from pathlib import Path

import numpy as np

from nnviz.data.dataset import DataError, DataMissing, Dataset
from nnviz.data.images import image_dataset
from nnviz.spec import DataSpec

SHAPES = {"x_train": (60_000, 28, 28), "y_train": (60_000,), "x_test": (10_000, 28, 28), "y_test": (10_000,)}


def places() -> list[Path]:
    """Where mnist.npz is looked for, in this order: the folder NNVIZ_DATA, then Keras's own cache."""
    folder = os.environ.get("NNVIZ_DATA")
    cache = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "datasets"
    return [*([Path(folder) / "mnist.npz"] if folder else []), cache / "mnist.npz"]


def find() -> Path | None:
    """The file, or None where there is none."""
    return next((path for path in places() if path.is_file()), None)


def load(spec: DataSpec, home: Path | None = None) -> Dataset:  # noqa: ARG001  (the signature all sets share)
    """Training images from the front of the 60,000, validation images from their end, test images from the front of the
    10,000. Raises DataMissing where there is no file, DataError for one that is not MNIST."""
    path = find()
    if path is None:
        looked = " and ".join(str(place) for place in places())
        raise DataMissing(
            f"mnist: no file at {looked}; fetch it with `nnviz data get mnist`, "
            "or set NNVIZ_DATA to the folder that holds mnist.npz"
        )
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in SHAPES}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(
            f"mnist: {path} cannot be read ({error}); fetch it again with `nnviz data get mnist`"
        ) from error
    for name, shape in SHAPES.items():
        if arrays[name].shape != shape or arrays[name].dtype != np.uint8:
            found = f"{arrays[name].dtype} {arrays[name].shape}"
            raise DataError(f"mnist: {name} in {path} is {found}; expected is uint8 {shape}")
    rows = np.r_[: spec.train, 60_000 - spec.validation : 60_000]
    images = np.concatenate([arrays["x_train"][rows], arrays["x_test"][: spec.test]])
    labels = np.concatenate([arrays["y_train"][rows], arrays["y_test"][: spec.test]])
    return image_dataset(spec, images.astype(np.float32) / np.float32(255), labels)
