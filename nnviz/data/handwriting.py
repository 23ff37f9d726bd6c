"""A drawn or photographed digit, made as the digits of MNIST and of scikit-learn were made, with every step shown.

A network that learned centred digits of one size fails on others, however clear they are to us.

MNIST (LeCun, Cortes, Burges): the digit's box is scaled into 20×20, keeping the aspect, and put into 28×28 with the
centre of mass of its ink in the middle. scikit-learn's digits (Alpaydin, Kaynak; UCI optdigits): a bitmap of 32×32
whose 4×4 blocks are counted, 0–16 points of ink for each of 8×8 pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.data.dataset import UInt8
from nnviz.data.pictures import ground, light_on_dark, resize
from nnviz.sets.base import DataError

MARGIN = 0.25
"""Share of the strongest ink that counts as ink when its box is looked for: less is paper, shadow or noise."""
FAINT = 24
"""Greys between ground and strongest ink: less is an empty sheet, photographed."""
BOX, FIELD = 20, 28
BITMAP, BLOCK = 32, 4
WIDEST = 26
"""Points: scikit-learn's digits fill every row of their field, but hardly ever the first and the last column."""
THRESHOLD = 64
"""Greys from here on are a point of ink; so the average digit has as much ink as one of scikit-learn's, 0.31."""


@dataclass(frozen=True, eq=False)
class Step:
    """One step of the way. title, text: for people; picture: uint8 [height, width], ink light on dark."""

    title: str
    text: str
    picture: UInt8


def normalise(image: UInt8, shape: Sequence[int]) -> list[Step]:
    """From a picture uint8 [height, width] of one digit, on dark or on paper, to `shape`: (28, 28, …) or (8, 8, …).

    The last step's picture has that shape and goes to the network as picture / 255. Raises DataError where there is no
    ink.
    """
    given = Step("As it came", f"{image.shape[1]} × {image.shape[0]} pixels.", image)
    steps = [given]
    light, paper = light_on_dark(image[None])
    if paper[0]:
        steps.append(Step("Light on dark", "The ground was light: every grey v becomes 255 − v.", light[0]))
    ink = light[0].astype(np.int16) - ground(light[0])
    if int(ink.max()) < FAINT:
        raise DataError("drawing: it is empty; draw a digit first")
    box = _box(ink)
    digit = (ink[box].clip(0) * (255 / float(ink.max()))).round().astype(np.uint8)
    height, width = digit.shape
    steps.append(
        Step("The digit's box", f"What lies around the ink is cut off: {width} × {height} pixels are left.", digit)
    )
    return steps + (_as_mnist(digit) if tuple(shape[:2]) == (FIELD, FIELD) else _as_counts(digit))


def _box(ink: NDArray[np.int16]) -> tuple[slice, slice]:
    """Rows and columns from the first to the last with ink."""
    strong = ink >= MARGIN * float(ink.max())
    rows, columns = (np.flatnonzero(strong.any(axis=axis)) for axis in (1, 0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _as_mnist(digit: UInt8) -> list[Step]:
    height, width = digit.shape
    scale = BOX / max(height, width)
    small = _full(resize(digit, max(1, round(height * scale)), max(1, round(width * scale))))
    rows, columns = small.shape
    # Index 14 of 0…27, as in MNIST itself; a digit of 20 stays inside wherever its ink lies.
    down, right = _mass(small)
    top = min(max(round(FIELD // 2 - down), 0), FIELD - rows)
    left = min(max(round(FIELD // 2 - right), 0), FIELD - columns)
    field = np.zeros((FIELD, FIELD), np.uint8)
    field[top : top + rows, left : left + columns] = small
    return [
        Step(f"{BOX} × {BOX}", f"Scaled until the longer side has {BOX} pixels: {columns} × {rows}.", small),
        Step(
            "Centre of mass",
            f"Moved within {FIELD} × {FIELD} until the middle of its ink is the middle of the field, as in MNIST.",
            field,
        ),
    ]


def _as_counts(digit: UInt8) -> list[Step]:
    height, width = digit.shape
    columns = int(np.clip(round(width * BITMAP / height), 1, WIDEST))
    left = (BITMAP - columns) // 2
    bitmap = np.zeros((BITMAP, BITMAP), bool)
    bitmap[:, left : left + columns] = _full(resize(digit, BITMAP, columns)) >= THRESHOLD
    side = BITMAP // BLOCK
    counts = bitmap.reshape(side, BLOCK, side, BLOCK).sum(axis=(1, 3))
    return [
        Step(
            f"{BITMAP} × {BITMAP}",
            f"Scaled to {BITMAP} rows (and at most {WIDEST} columns), each point ink or no ink.",
            bitmap.astype(np.uint8) * 255,
        ),
        Step(
            "Points in 4 × 4",
            f"The points of ink in each block of {BLOCK} × {BLOCK} are counted: 0 to 16, as in the 8×8 digits.",
            (counts * (255 / BLOCK**2)).round().astype(np.uint8),
        ),
    ]


def _full(image: UInt8) -> UInt8:
    """Its strongest ink as 255: a thin line has become grey when it was scaled down."""
    return (image * (255 / max(int(image.max()), 1))).round().astype(np.uint8)


def _mass(image: UInt8) -> tuple[float, float]:
    """(row, column) of the centre of mass."""
    total = float(image.sum())
    rows, columns = image.sum(axis=1, dtype=float), image.sum(axis=0, dtype=float)
    return float(rows @ np.arange(len(rows))) / total, float(columns @ np.arange(len(columns))) / total
