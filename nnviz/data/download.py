"""Fetching the sets that are no part of an installation: every file whole, with its published checksum, or not at all.

Never in the web process's path: a command does it, and the web process starts the command.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from nnviz.sets import fetchable
from nnviz.sets.base import DataError
from nnviz.spec import DataSpec

Progress = Callable[[int, int], None]
"""Called with the bytes that have come and the bytes that will."""
CHUNK = 65_536
"""Bytes between two reports of progress."""
STORAGE = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
"""Keras's own public storage."""


def is_whole(name: str) -> bool:
    """Whether what is here can be trained on: its checksum does not matter, its arrays do."""
    from nnviz.data import load

    try:
        load(DataSpec.model_validate({"name": name, "train": 1, "test": 0}))
    except DataError:
        return False
    return True


class FetchError(Exception):
    """A set that could not be fetched: why, and what else can be done, in words for whoever wants it."""


def have(name: str, progress: Progress, address: str | None = None) -> tuple[Path, bool]:
    """Where a set is, and whether it had to be fetched now. Raises FetchError."""
    fetched = fetchable()[name]
    files, path = fetched.files, fetched.find()
    if path is not None and is_whole(name):
        return path, False
    source = address or STORAGE
    try:
        return fetch(name, progress, source), True
    except (OSError, ValueError) as error:
        what = "the file" if len(files) == 1 else "its files"
        origin = source + files[0].name if source == STORAGE and len(files) == 1 else source
        raise FetchError(
            f"{name} could not be fetched: {reason(error)}; or put {what} at {fetched.destination()} yourself, "
            f"from {origin}; the data set digits works without a network"
        ) from error


def fetch(name: str, progress: Progress, address: str = STORAGE) -> Path:
    """Fetch a set from the folder (or, of a set with one file, from the file) at `address`; where it is then.

    Files that are here and right are not fetched again. Raises OSError, ValueError; see `reason`.
    """
    set_ = fetchable()[name]
    files, goal, hiding = set_.files, set_.destination(), set_.find()
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
