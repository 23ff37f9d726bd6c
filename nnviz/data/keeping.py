"""What visitors upload, on disk: written whole or not at all, and the least recently used go when there is too much."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from nnviz.data.dataset import DataError


def keep(path: Path, data: bytes | memoryview, *, what: str, max_files: int, max_total: int) -> None:
    """Write a file; then the oldest of its kind go until there are at most `max_files` of `max_total` bytes.

    Raises DataError that begins with `what`.
    """
    temporary = path.with_suffix(f".{secrets.token_hex(4)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise DataError(f"{what}: cannot be kept at {path.parent} ({error.strerror}); choose another --home") from error
    _prune(path, max_files, max_total)


def touch(path: Path) -> None:
    """It is used now: it goes last."""
    with contextlib.suppress(OSError):
        os.utime(path)


def _prune(keep: Path, max_files: int, max_total: int) -> None:
    """Delete the least recently used files of the kind of `keep` until the rest is within the limits. `keep` stays."""
    found = []
    for path in keep.parent.glob(f"*{keep.suffix}"):
        with contextlib.suppress(OSError):
            status = path.stat()
            found.append((path == keep, status.st_mtime_ns, status.st_size, path))
    found.sort(reverse=True)
    total = 0
    for rank, (_, _, size, path) in enumerate(found):
        total += size
        if rank >= max_files or total > max_total:
            with contextlib.suppress(OSError):
                path.unlink()
