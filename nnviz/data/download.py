"""Fetching the sets that are no part of an installation: every file whole, with its published checksum, or not at all.

Never in the web process's path: a command does it, and the web process starts the command.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from nnviz.data import fashion_mnist, mnist
from nnviz.data.dataset import DataError
from nnviz.spec import DataSpec

Progress = Callable[[int, int], None]
"""Called with the bytes that have come and the bytes that will."""
CHUNK = 65_536
"""Bytes between two reports of progress."""
STORAGE = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
"""Keras's own public storage."""


@dataclass(frozen=True)
class File:
    """A file to fetch: its name in the storage and here, its checksum as pooch writes one, its size in bytes."""

    name: str
    checksum: str
    size: int


FILES: dict[str, tuple[File, ...]] = {
    "mnist": (
        # As `keras.datasets.mnist` has it.
        File("mnist.npz", "sha256:731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1", 11_490_434),
    ),
    "fashion_mnist": (
        # As the authors of Fashion-MNIST publish them.
        File(fashion_mnist.FILES["x_train"], "md5:8d4fb7e6c68d591d4c3dfef9ec88bf0d", 26_421_880),
        File(fashion_mnist.FILES["y_train"], "md5:25c81989df183df01b3e8a0aad5dffbe", 29_515),
        File(fashion_mnist.FILES["x_test"], "md5:bef4ecab320f06d8554ea6380940ec79", 4_422_102),
        File(fashion_mnist.FILES["y_test"], "md5:bb300cfdad3c16e7a12a480ee83cd310", 5_148),
    ),
}


def fetchable() -> dict[str, Path | None]:
    """The sets that can be fetched, and where each is, if it is here."""
    return {"mnist": mnist.find(), "fashion_mnist": fashion_mnist.find()}


def is_whole(name: str) -> bool:
    """Whether what is here can be trained on: its checksum does not matter, its arrays do."""
    from nnviz.data import load

    try:
        load(DataSpec.model_validate({"name": name, "train": 1, "test": 0}))
    except DataError:
        return False
    return True


def destination(name: str) -> Path:
    """The file or folder that a fetch fills: what is there already, else in NNVIZ_DATA, else in Keras's cache."""
    return mnist.find() or mnist.places()[0] if name == "mnist" else fashion_mnist.folder()


def fetch(name: str, progress: Progress, address: str = STORAGE) -> Path:
    """Fetch a set from the folder (or, of a set with one file, from the file) at `address`; where it is then.

    Files that are here and right are not fetched again. Raises OSError, ValueError; see `reason`.
    """
    files, goal = FILES[name], destination(name)
    hiding = fetchable()[name]
    if hiding is not None and hiding.suffix and not goal.suffix:
        raise ValueError(f"{hiding} would be found first; move it away")
    total, done = sum(file.size for file in files), 0
    for file in files:
        path = goal if goal.suffix else goal / file.name
        url = address.rstrip("/") + "/" + file.name if address.endswith("/") or len(files) > 1 else address
        download(url, file.checksum, path, partial(_report, progress, done, total))
        done += file.size
        progress(done, total)
    return goal


def _report(progress: Progress, before: int, total: int, seen: int, _: int) -> None:
    progress(before + seen, total)


def download(address: str, checksum: str, path: Path, progress: Progress) -> None:
    """Fetch one file. The name of the checksum's kind stands before it: "md5:…". Raises OSError, ValueError."""
    import pooch

    class Bar:
        """What pooch asks of a progress bar."""

        total = 0
        seen = 0

        def update(self, size: int) -> None:
            self.seen = min(self.seen + size, self.total)  # pooch counts its last, partial chunk as a whole one
            progress(self.seen, self.total)

        def reset(self) -> None:
            self.seen = 0

        def close(self) -> None:
            pass

    pooch.get_logger().setLevel("ERROR")
    path.parent.mkdir(parents=True, exist_ok=True)
    loader = pooch.HTTPDownloader(progressbar=Bar(), timeout=30, chunk_size=CHUNK)
    pooch.retrieve(address, known_hash=checksum, fname=path.name, path=path.parent, downloader=loader)


def reason(error: Exception) -> str:
    """A network's excuse in a few words: the libraries below quote each other at length."""
    import requests

    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.ConnectionError):
        return "no connection; is this machine online?"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection broke off"
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"the server says {error.response.status_code} {error.response.reason}"
    if isinstance(error, ValueError) and "hash" in str(error):
        return "what came is not the file that was expected (another checksum)"
    return str(getattr(error, "strerror", None) or error)
