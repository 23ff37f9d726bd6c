"""What both kinds of uploaded images share: a ZIP unpacked within limits, and the names of the classes.

A ZIP may claim anything: sizes count when the bytes have come, not when they are announced.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from nnviz.data.dataset import UInt8
from nnviz.sets.base import DataError

SIDE = 28
"""Own images become as large as MNIST's, so that every network of the lectures fits them."""
MAX_UPLOAD = 50_000_000
MAX_UNPACKED = 300_000_000
MAX_FILES = 20_000
MAX_IMAGES = 60_000
MAX_CLASSES = 10
MAX_PICTURE = 70_000_000
"""Bytes of one picture: 4,096 × 4,096 points of four bytes, nothing packed."""
AT_ONCE = 1_000_000
"""Bytes that are unpacked at a time: memory grows with what comes, not with what a limit would allow."""
SHOWN = 3
"""Names that a message or a note lists."""


class UploadError(DataError):
    """The upload is no set of images of ours; the message says why and what would be."""


@dataclass(frozen=True, eq=False)
class Upload:
    """x: uint8 [n, 28, 28], light on dark; y: uint8 [n] class numbers; notes: what was done to the pictures."""

    x: UInt8
    y: UInt8
    class_names: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def counts(self) -> tuple[int, ...]:
        """Images of each class."""
        return tuple(np.bincount(self.y, minlength=len(self.class_names)).tolist())


class Unpacking:
    """A ZIP in memory whose members are read one by one, within a limit for all of them. Raises UploadError."""

    def __init__(self, data: bytes) -> None:
        if len(data) > MAX_UPLOAD:
            raise UploadError(f"the upload has {len(data):,} bytes; allowed are {MAX_UPLOAD:,}")
        # Each entry of the directory begins so. Python reads the whole directory at once: a million entries are seconds
        # and a gigabyte. Macs pack a hidden companion with every file, and folders are entries too: hence thrice.
        if data.count(b"PK\x01\x02") > 3 * MAX_FILES:
            raise UploadError(f"holds more than {MAX_FILES:,} files")
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error) as error:
            raise UploadError(f"is no ZIP file ({error}); expected is a ZIP of class folders, or an .npz") from error
        for one in self._archive.infolist():
            one.filename = one.filename.replace("\\", "/")  # as some packers of Windows write it
            if ".." in PurePosixPath(one.filename).parts:
                raise UploadError(f"{one.filename[:80]} points out of its folder; pack the class folders themselves")
        self.members = [one for one in self._archive.infolist() if _is_file(one.filename)]
        if len(self.members) > MAX_FILES:
            raise UploadError(f"holds {len(self.members):,} files; allowed are {MAX_FILES:,}")
        self._left = MAX_UNPACKED

    def begin(self, member: zipfile.ZipInfo, size: int) -> bytes:
        """The first `size` bytes of a member, or nothing where it cannot be read: `read` says why."""
        try:
            with self._archive.open(member) as file:
                return file.read(size)
        except Exception:
            return b""

    def read(self, member: zipfile.ZipInfo, most: int = MAX_UNPACKED) -> bytearray:
        """All bytes of a member, of which there are at most `most`, and at most MAX_UNPACKED of all that are read."""
        if member.flag_bits & 1:
            raise UploadError(f"{member.filename} is encrypted; pack it without a password")
        # Python unpacks the two other kinds in whole blocks, however little is asked for.
        if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise UploadError(f"{member.filename} is packed in an unusual way; pack it with plain ZIP compression")
        data, enough = bytearray(), min(most, self._left)
        try:
            with self._archive.open(member) as file:
                while len(data) <= enough and (part := file.read(AT_ONCE)):
                    data += part
        except (
            zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, zlib.error, struct.error,
        ) as error:  # fmt: skip
            raise UploadError(f"{member.filename} is damaged ({error})") from error
        self._left -= len(data)
        if self._left < 0:
            raise UploadError(f"holds more than {MAX_UNPACKED:,} bytes when it is unpacked")
        if len(data) > most:
            raise UploadError(f"{member.filename} has more than {most:,} bytes when it is unpacked")
        return data


def classes_of(labels: NDArray[np.str_]) -> tuple[UInt8, tuple[str, ...]]:
    """Class numbers uint8 [n] and their names, in the order of numbers where all are numbers. Raises UploadError."""
    names = [str(name) for name in np.unique(labels)]
    if not 2 <= len(names) <= MAX_CLASSES:
        classes = "1 class" if len(names) == 1 else f"{len(names)} classes"
        raise UploadError(f"has {classes} ({listed(names)}); allowed are 2 to {MAX_CLASSES}")
    for name in names:
        if not name.strip() or len(name) > 40 or not name.isprintable():
            raise UploadError(f"class {name[:40]!r}: a name has 1 to 40 printable characters")
    if all(name.isascii() and name.isdigit() for name in names):
        names.sort(key=int)
    number = {name: i for i, name in enumerate(names)}
    return np.array([number[str(label)] for label in labels], np.uint8), tuple(names)


def made_notes(count: int, fitted: int, turned: int) -> list[str]:
    """Sentences on what was done to the pictures."""
    notes = []
    if fitted:
        notes.append(f"{fitted:,} of {count:,} pictures were fitted into {SIDE}×{SIDE}, keeping their aspect.")
    if turned:
        notes.append(f"{turned:,} of {count:,} pictures had a light ground and were turned to light on dark.")
    return notes


def listed(names: Iterable[str]) -> str:
    """The first three, and how many more: "a, b, c and 4 more"."""
    found = list(names)
    more = f" and {len(found) - SHOWN:,} more" if len(found) > SHOWN else ""
    return ", ".join(name[:80] for name in found[:SHOWN]) + more


def _is_file(name: str) -> bool:
    """Neither a folder, nor hidden, nor what a Mac packs beside every file, nor nameless (damaged)."""
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in PurePosixPath(name).parts)
    return bool(name) and not name.endswith("/") and not hidden
