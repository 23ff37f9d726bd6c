"""Own images on disk: `home/images/<sha256 of the upload>.npz`, and the data set made of one."""

from __future__ import annotations

import hashlib
import io
import threading
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnviz.data.dataset import Dataset
from nnviz.data.images import image_dataset
from nnviz.data.uploads.files import check, chosen, keep, path_of, touch
from nnviz.data.uploads.unpacking import MAX_CLASSES, MAX_IMAGES, SIDE, Upload
from nnviz.data.uploads.upload import parse_upload
from nnviz.sets.base import DataError, DataMissing
from nnviz.sets.drawing import stream
from nnviz.spec import DataSpec

MAX_FILES = 100
MAX_TOTAL = 1_000_000_000
_one_at_a_time = threading.Lock()
"""Checking takes up to half a gigabyte: ten visitors who upload at once must not take five."""


@dataclass(frozen=True)
class ImagesInfo:
    """What a page needs to know about a stored set. counts: images of each class; notes: what was done to them."""

    id: str
    classes: int
    class_names: tuple[str, ...]
    counts: tuple[int, ...]
    notes: tuple[str, ...]

    def data_fields(self) -> dict[str, Any]:
        """Fields of a DataSpec for these images, four fifths for training and one for testing."""
        return {"name": "images", "images": self.id, "classes": self.classes, **_split(sum(self.counts))}


def save_images(home: Path, data: bytes, filename: str = "") -> ImagesInfo:
    """Check and keep a ZIP of class folders or an .npz; `filename` stands before what is wrong with it.

    The least recently used sets go when there are too many. Raises DataError; then nothing was kept.
    """
    name, out = hashlib.sha256(data).hexdigest(), io.BytesIO()
    with _one_at_a_time:
        try:
            upload = parse_upload(data)
        except DataError as error:
            raise type(error)(f"{filename}: {error}" if filename else str(error)) from error
        names, notes = np.array(upload.class_names), np.array(upload.notes, str)
        np.savez(out, x=upload.x, y=upload.y, class_names=names, notes=notes)  # not packed: a training waits for it
        keep(path_of(home, "images", name), out.getbuffer(), what="images", max_files=MAX_FILES, max_total=MAX_TOTAL)
    return _info(name, upload)


def images_info(home: Path, name: str) -> ImagesInfo:
    """What is known about a stored set. Raises DataMissing."""
    return _info(name, _read(home, name))


def load(spec: DataSpec, home: Path | None = None) -> Dataset:
    """The spec's images in the order that its seed gives: training images from the front, test images from the end,
    validation images just before those. Raises DataMissing, and DataError that names the spec's field."""
    upload = _read(*chosen(spec, home))
    count = len(upload.x)
    check(spec, count, len(upload.class_names), _split(count))
    order = stream(spec.seed, 1).permutation(count)
    end = count - spec.test
    rows = np.concatenate([order[: spec.train], order[end - spec.validation : end], order[end:]])
    return image_dataset(spec, upload.x[rows], upload.y[rows], upload.class_names)


def _split(count: int) -> dict[str, int]:
    test = max(1, count // 5)
    return {"train": count - test, "validation": 0, "test": test}


def _info(name: str, upload: Upload) -> ImagesInfo:
    return ImagesInfo(name, len(upload.class_names), upload.class_names, upload.counts, upload.notes)


def _read(home: Path, name: str) -> Upload:
    path = path_of(home, "images", name)
    try:
        with np.load(path, allow_pickle=False) as archive:
            x, y, class_names, notes = (archive[key] for key in ("x", "y", "class_names", "notes"))
    except FileNotFoundError as error:
        raise DataMissing(f"data.images: no images {name[:8]}… here; upload them again") from error
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise DataMissing(f"data.images: {path} cannot be read ({error}); upload the images again") from error
    fits = x.shape == (len(y), SIDE, SIDE) and y.ndim == 1 and 1 <= len(x) <= MAX_IMAGES
    if not fits or (x.dtype, y.dtype) != (np.uint8, np.uint8) or not y.max() < len(class_names) <= MAX_CLASSES:
        raise DataMissing(f"data.images: {path} was changed since it was uploaded; upload the images again")
    touch(path)
    return Upload(x, y, tuple(map(str, class_names)), tuple(map(str, notes)))
