"""What visitors upload, on disk: written whole or not at all, and the least recently used go when there is too much.

An upload of a set (`nnviz.sets.own_sets`: "table", "images") is kept in a folder of the home under its digest, which is
its id: the spec's field of the set's own name has it.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from nnviz.sets import own_sets
from nnviz.sets.base import DataError, DataMissing
from nnviz.spec import DataSpec


def path_of(home: Path, what: str, name: str) -> Path:
    """The file of an upload. Raises DataMissing for what is no id: a name from outside is no way to another folder."""
    if not re.fullmatch(r"[0-9a-f]{64}", name):
        raise DataMissing(f"data.{what}: is no id of an upload")
    folder, kind = own_sets()[what].kept
    return home / folder / f"{name}.{kind}"


def chosen(spec: DataSpec, home: Path | None) -> tuple[Path, str]:
    """The home and the id of the upload that a spec names. Raises DataError."""
    name: str | None = getattr(spec, spec.name)
    if home is None or name is None:
        raise DataError(f"data.{spec.name}: what was uploaded is read from a home; none was given")
    return home, name


def check(spec: DataSpec, count: int, classes: int, split: Mapping[str, int]) -> None:
    """Raises DataError where a spec asks for more than `count` samples, for example those of `split`, or for another
    number of classes than the upload has."""
    wanted, things = spec.train + spec.validation + spec.test, "images" if spec.is_image else "rows"
    if wanted > count:
        raise DataError(
            f"data.train: train {spec.train} + validation {spec.validation} + test {spec.test} = {wanted} {things}, "
            f"but there are {count}; for example {', '.join(f'{name} {n}' for name, n in split.items())}"
        )
    if spec.classes != classes:
        found = f"there are {classes} classes" if classes else "this is a regression: classes 0"
        raise DataError(f"data.classes: {spec.classes}, but {found}")


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
