"""Many images as one picture: a browser fetches a sheet of 500 once and cuts the digits out itself."""

from __future__ import annotations

import numpy as np

from nnviz.data.dataset import Dataset, Float32, Split, UInt8
from nnviz.data.pictures import png

SHEET = 500
COLUMNS = 25


def sheets(data: Dataset, split: Split) -> int:
    """How many sheets a split has."""
    return -(-len(data.labels(split)) // SHEET)


def sheet_png(data: Dataset, split: Split, number: int) -> bytes:
    """Images number·500 … of a split in rows of 25 as a grey PNG; the last sheet has as many rows as it needs.

    Raises IndexError where there is no such sheet.
    """
    if not 0 <= number < sheets(data, split):
        raise IndexError(f"sheet {number} of {sheets(data, split)}")
    rows = data.rows(split)
    start = rows.start + number * SHEET
    return png(tiled(as_pixels(data.x[start : min(start + SHEET, rows.stop), ..., 0]), COLUMNS))


def as_pixels(images: Float32) -> UInt8:
    """0–1 as uint8 0–255, of any shape."""
    return (images * np.float32(255)).round().clip(0, 255).astype(np.uint8)


def tiled(images: UInt8, columns: int) -> UInt8:
    """Images [n, height, width] side by side, row by row: uint8 [rows·height, columns·width], black where none is."""
    count, height, width = images.shape
    rows = -(-count // columns)
    cells = np.zeros((rows * columns, height, width), np.uint8)
    cells[:count] = images
    return cells.reshape(rows, columns, height, width).swapaxes(1, 2).reshape(rows * height, columns * width)
