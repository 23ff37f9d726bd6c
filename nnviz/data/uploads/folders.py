"""A ZIP whose folders are the classes: cats/1.png, cats/2.jpg, dogs/1.png …; one folder around them all may be."""

from __future__ import annotations

import zipfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import numpy as np

from nnviz.data.dataset import UInt8
from nnviz.data.pictures import FORMATS, NAMES, PictureError, fit, light_on_dark, open_picture, to_grey
from nnviz.data.uploads.unpacking import (
    MAX_PICTURE,
    SIDE,
    Unpacking,
    Upload,
    UploadError,
    classes_of,
    listed,
    made_notes,
)

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_DECODED = 1_000_000_000
"""Bytes of all pictures when they are decoded: three seconds of one core. 6,000 of 224×224 in colour fit, and
photographs count as small as a JPEG lets us decode them."""
SLOW = {"GIF": 4, "WEBP": 8}
"""Formats that take longer for a pixel than a PNG in grey, which counts two."""
HEADER = 4096
"""Bytes in which a file says how large its picture is; of a JPEG it may come later, a WebP is read whole."""
AMPLE = 4 * SIDE
"""A JPEG can be decoded at an eighth of its size, which is enough down to here."""


def read_folders(files: Unpacking) -> Upload:
    """Every picture as 28×28 grey. Raises UploadError that names the first pictures that cannot be read."""
    pictures = [one for one in files.members if _suffix(one) in FORMATS]
    if not pictures:
        raise UploadError(f"holds no pictures ({NAMES}); expected is a ZIP of class folders with pictures in them")
    y, class_names = classes_of(np.array(_classes([PurePosixPath(one.filename) for one in pictures])))
    _check_sizes(files, pictures)
    x = np.empty((len(pictures), SIDE, SIDE), np.uint8)
    faults: list[str] = []
    left, fitted, turned = MAX_DECODED, 0, 0
    for i, member in enumerate(pictures):
        data = files.read(member, MAX_PICTURE)
        try:
            grey, cost = _picture(data, left)
        except PictureError as error:
            faults.append(f"{member.filename[:80]} {error}")
            continue
        left -= cost
        fitted += grey.shape != (SIDE, SIDE)
        light, paper = light_on_dark(grey[None])
        turned += int(paper[0])
        x[i] = fit(light[0], SIDE)
    if faults:
        raise UploadError(
            f"{len(faults):,} of {len(pictures):,} pictures cannot be used: {listed(faults)}; allowed are {NAMES}"
        )
    others = [one.filename for one in files.members if _suffix(one) not in FORMATS]
    notes = made_notes(len(x), fitted, turned)
    if others:
        notes.append(f"{len(others):,} files that are no pictures ({NAMES}) were left out: {listed(others)}.")
    return Upload(x, y, class_names, tuple(notes))


def _check_sizes(files: Unpacking, pictures: list[zipfile.ZipInfo]) -> None:
    """Refuse, before anything is decoded, pictures that say themselves that they are too many and too large."""
    total = 0
    for member in pictures:
        try:
            size = MAX_PICTURE if _suffix(member) == ".webp" else HEADER
            with open_picture(files.begin(member, size)) as image:
                total += _cost(image)
        except PictureError:
            continue  # told when it is its turn
        if total > MAX_DECODED:
            raise _too_much()


def _picture(data: bytes | bytearray, left: int) -> tuple[UInt8, int]:
    """Its greys, not much larger than needed, and its cost. Raises PictureError for it, UploadError for all so far."""
    with open_picture(data) as image:
        cost = _cost(image)
        if cost > left:
            raise _too_much()
        return to_grey(image, AMPLE), cost


def _cost(image: Image) -> int:
    """Bytes of the decoded picture, as a PNG in as many colours is decoded. A JPEG is set to decode small."""
    image.draft("L", (AMPLE, AMPLE))
    return image.width * image.height * max(SLOW.get(image.format or "", 2), len(image.getbands()))


def _too_much() -> UploadError:
    return UploadError(f"the pictures have more than {MAX_DECODED:,} bytes when they are decoded; make them smaller")


def _classes(paths: list[PurePosixPath]) -> list[str]:
    """The folder of each picture. Raises UploadError where pictures lie elsewhere."""
    around = {path.parts[0] for path in paths}
    if len(around) == 1 and all(len(path.parts) > 2 for path in paths):
        paths = [path.relative_to(next(iter(around))) for path in paths]
    for path in paths:
        if len(path.parts) != 2:
            where = "lies in no class folder" if len(path.parts) < 2 else "lies too deep"
            raise UploadError(f"{path} {where}; expected is class/picture, for example cats/1.png")
    return [path.parts[0] for path in paths]


def _suffix(member: zipfile.ZipInfo) -> str:
    return PurePosixPath(member.filename).suffix.lower()
