"""Fashion-MNIST: 70,000 pictures of clothes in MNIST's own format, as drop-in as its authors meant it.

Either one file `fashion_mnist.npz` with the arrays of `mnist.npz`, or the four gzipped idx files that the authors
publish and Keras keeps in its cache.
"""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import numpy as np

from nnviz.sets.base import DataError, DataMissing, Fetched, File, Images, ImageSet
from nnviz.sets.mnist import SHAPES, UInt8, data_folder, joined, keras_cache, missing, read_archive

FOLDER = "fashion-mnist"
FILES = {
    "x_train": "train-images-idx3-ubyte.gz", "y_train": "train-labels-idx1-ubyte.gz",
    "x_test": "t10k-images-idx3-ubyte.gz", "y_test": "t10k-labels-idx1-ubyte.gz",
}  # fmt: skip
CLASS_NAMES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip


def places() -> list[Path]:
    """Where it is looked for: a file or folder in NNVIZ_DATA, then the folder in Keras's own cache."""
    mine = data_folder()
    return [*([mine / "fashion_mnist.npz", mine / FOLDER] if mine else []), keras_cache() / FOLDER]


def folder() -> Path:
    """Where the four files belong when they are fetched."""
    return (data_folder() or keras_cache()) / FOLDER


def find() -> Path | None:
    """The .npz, or the folder that has all four files, or None."""
    return next((path for path in places() if _is_there(path)), None)


def read() -> Images:
    """All 70,000. Raises DataMissing where there are no files, DataError for files that are not it."""
    path = find()
    if path is None:
        raise DataMissing(missing("fashion_mnist", places(), "fashion_mnist.npz"))
    if path.suffix == ".npz":
        return joined(read_archive("fashion_mnist", path))
    return joined({key: read_idx(path / file, SHAPES[key]) for key, file in FILES.items()})


def read_idx(path: Path, shape: tuple[int, ...]) -> UInt8:
    """A gzipped idx file of unsigned bytes that must have `shape`: no more than that is ever unpacked.

    The format is Yann LeCun's: two zero bytes, 8 for unsigned bytes, the number of axes; each axis's length as four
    bytes, the highest first; then the values. Raises DataError.
    """
    head = bytes([0, 0, 8, len(shape)]) + np.array(shape, ">u4").tobytes()
    size = int(np.prod(shape))
    try:
        with gzip.open(path) as file:
            found, values, rest = file.read(len(head)), file.read(size), file.read(1)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            f"fashion_mnist: {path} cannot be read ({error}); fetch it again with `nnviz data get fashion_mnist`"
        ) from error
    if found != head or len(values) != size or rest:
        raise DataError(
            f"fashion_mnist: {path} does not hold uint8 {shape}; fetch it again with `nnviz data get fashion_mnist`"
        )
    return np.frombuffer(values, np.uint8).reshape(shape)


def _is_there(path: Path) -> bool:
    return path.is_file() if path.suffix == ".npz" else all((path / file).is_file() for file in FILES.values())


FASHION_MNIST = ImageSet(
    title="Fashion-MNIST, 28×28",
    about="70,000 pictures of clothes in ten classes, in the same format as MNIST and harder to tell apart.",
    shape=(28, 28, 1),
    counts=(60_000, 0, 10_000),
    class_names=CLASS_NAMES,
    read=read,
    fetched=Fetched(
        (  # As the authors of Fashion-MNIST publish them.
            File(FILES["x_train"], "md5:8d4fb7e6c68d591d4c3dfef9ec88bf0d", 26_421_880),
            File(FILES["y_train"], "md5:25c81989df183df01b3e8a0aad5dffbe", 29_515),
            File(FILES["x_test"], "md5:bef4ecab320f06d8554ea6380940ec79", 4_422_102),
            File(FILES["y_test"], "md5:bb300cfdad3c16e7a12a480ee83cd310", 5_148),
        ),
        find,
        folder,
    ),
)
