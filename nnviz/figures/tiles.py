"""Small pictures side by side in one array: filters, feature maps, digits. One tile grid and one trace for them all.

The pages' static/figures/tiles.js does the same; a test compares both.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.figures.series import percent, plain

Box = tuple[float, float]
LARGEST = 9.0
"""Of an album's pictures, in heights of a letter."""
BOX: Box = (640.0, 420.0)
"""Pixels of a figure that nobody has given a place on a page."""


def grid(*, n: int, h: int, w: int, box: Box, gap: int, columns: int | None = None) -> dict[str, int]:
    """{n, h, w, gap, drop, columns, rows}: n tiles of h × w cells, `gap` cells between them and as many (`drop`) below
    each row, in as many columns as make a cell largest in a box of so many pixels; or in the columns that have a
    meaning."""
    best, found = 0.0, 1
    for k in [columns] if columns else range(1, n + 1):
        rows = -(-n // k)
        cell = min(box[0] / (k * (w + gap) - gap), box[1] / (rows * (h + gap) - gap))
        if cell > best:
            best, found = cell, k
    return {"n": n, "h": h, "w": w, "gap": gap, "drop": gap, "columns": found, "rows": -(-n // found)}


def gap_between(h: int) -> int:
    return 0 if h == 1 else max(1, int(h / 14 + 0.5))


def mosaic(
    *, codes: NDArray[np.uint8], peaks: Any, box: Box = BOX, signed: bool = True, common: bool = True,
    thing: str = "filter",
) -> dict[str, Any]:  # fmt: skip
    """{z, values, text, grid, top, x, y}: the numbers of all tiles in one array [rows, columns] of cells.

    codes uint8 [n, h, w], or [n, m, h, w] with a row of tiles for each n, or [n]; a number is (code − 128) / 127 · peak
    (`signed`), or code / 255 · peak; peaks: of each n, or of all. `values` has the numbers, `z` what is coloured:
    the same, or (not `common`) relative to the tile's own peak; NaN between the tiles. text: what each cell is. top:
    the largest peak. x, y: ranges of axes on which a cell is a square and all tiles are seen.
    """
    codes, peak = np.asarray(codes), np.atleast_1d(np.asarray(peaks, np.float64))
    shape = codes.shape
    h, w = shape[-2:] if len(shape) > 1 else (1, 1)
    within = shape[1] if len(shape) == 4 else None
    tiles = codes.reshape(-1, h, w)
    n = len(tiles)
    place = grid(n=n, h=h, w=w, box=box, gap=gap_between(h), columns=within if n > 1 else None)
    share = (tiles.astype(np.float64) - 128) / 127 if signed else tiles / 255
    units = np.arange(n) // (within or 1)
    numbers = share * (peak[units] if len(peak) > 1 else peak[0])[..., None, None] if len(peak) > 1 else share * peak[0]
    top = float(max(peak.max(initial=0), 1e-12))
    x, y = ranges(place=place, box=box)
    values = _spread(numbers, place)
    return {
        "z": values if common else _spread(share, place), "values": values, "text": _names(place, within, thing),
        "grid": place, "top": top if common else 1.0, "x": x, "y": y,
    }  # fmt: skip


def album(
    *, n: int, h: int, w: int, box: Box, size: float, lines: int = 1, columns: int | None = None
) -> dict[str, int]:
    """A grid as `grid` gives it, of n pictures with so many lines of words below each, `size` pixels high; the pictures
    as large as the box allows, up to nine letters' height."""
    under, across = (1.45 * lines + 0.4) * size, (5.6 if lines == 1 else 7.0) * size
    side, found = 0.0, 1
    for k in [columns] if columns else range(1, n + 1):
        along, down = box[0] / k, box[1] / -(-n // k)
        wide = max(1.0, w / h) * min(down - under, LARGEST * size)
        largest = min(along - 6, wide) if along >= across or columns else 0
        if largest > side:
            side, found = largest, k
    side = max(side, 12.0)
    room = (1.4 if columns else 1.0) * across - side
    gap = min(max(0.5 * size, room), max(6.0, box[0] / found - side))
    cell = side / max(h, w)
    place = {"n": n, "h": h, "w": w, "gap": math.ceil(gap / cell), "drop": math.ceil(under / cell)}
    return {**place, "columns": found, "rows": -(-n // found)}


def captions(*, rows: list[dict[str, Any]], names: list[str], place: dict[str, int], color: str) -> dict[str, Any]:
    """What stands at and below the digits of an album (`placed`), the wrong class in `color`.

    rows: {index, truth, predicted, sure, right} of each.
    """
    lines = max((len(plain(name)) for name in names), default=1) > 2
    found = []
    for row in rows:
        true, taken = (plain(names[row[part]], 11 if lines else 4) for part in ("truth", "predicted"))
        sure = roughly(row["sure"])
        wrong = f'{true}{"<br>" if lines else " "}→ <b><span style="color:{color}">{taken}</span></b> {sure}'
        text = f"{true} {sure}" if row["right"] else wrong
        true, taken = plain(names[row["truth"]]), plain(names[row["predicted"]])
        said = f"{true}, recognised" if row["right"] else f"true {true}, taken for {taken}"
        words = f"digit {row['index']}: {said}, {sure} sure"
        found.append({"index": row["index"], "text": text, "words": words, "wrong": not row["right"]})
    return placed(rows=found, place=place)


def placed(*, rows: list[dict[str, Any]], place: dict[str, int]) -> dict[str, Any]:
    """Where the pictures of an album lie, and their words.

    rows: {index, text, words, wrong} of each. x, y: middles of the pictures; below: of the words; text: what stands
    there; words: in full; index; wrong: the tiles that are outlined.
    """
    at = [corner(place, i) for i in range(len(rows))]
    return {
        "x": [left + (place["w"] - 1) / 2 for left, _ in at], "y": [top + (place["h"] - 1) / 2 for _, top in at],
        "below": [top + place["h"] + 0.1 * place["drop"] for _, top in at],
        **{name: [row[name] for row in rows] for name in ("text", "words", "index")},
        "wrong": [i for i, row in enumerate(rows) if row["wrong"]],
    }  # fmt: skip


def corner(place: dict[str, int], i: int) -> tuple[int, int]:
    """(left, top) of a tile, in cells."""
    column, row = i % place["columns"], i // place["columns"]
    return column * (place["w"] + place["gap"]), row * (place["h"] + place["drop"])


def roughly(share: float) -> str:
    """A probability that came as a whole number of 255ths."""
    return "> 99 %" if share > 0.99 else "< 1 %" if share < 0.01 else percent(share, 0)


def ranges(*, place: dict[str, int], box: Box, last: int = 0) -> tuple[list[float], list[float]]:
    """Of an axis along the cells and one down them, on which a cell is a square and all are in the middle of the box;
    `last`: so many cells below the last row belong to it."""
    width = place["columns"] * (place["w"] + place["gap"]) - place["gap"]
    height = place["rows"] * (place["h"] + place["drop"]) - place["drop"] + last
    cell = min(box[0] / (width + 1), box[1] / (height + 1))
    across, down = box[0] / cell, box[1] / cell
    x, y = (width - across) / 2 - 0.5, (height - down) / 2 - 0.5
    return [x, x + across], [y + down, y]


def outlines(*, place: dict[str, int], tiles: list[int]) -> dict[str, list[float | None]]:
    """{x, y}: a line around each of these tiles, as one broken line."""
    x: list[float | None] = []
    y: list[float | None] = []
    edge = min(1.0, place["gap"] / 4, place["h"] / 16) + 0.5
    for tile in tiles:
        left, top = (at - edge for at in corner(place, tile))
        right, bottom = left + place["w"] + 2 * edge - 1, top + place["h"] + 2 * edge - 1
        x += [left, right, right, left, left, None]
        y += [top, top, bottom, bottom, top, None]
    return {"x": x, "y": y}


def _spread(tiles: NDArray[np.float64], place: dict[str, int]) -> NDArray[np.float32]:
    h, w, gap, columns, rows = (place[name] for name in ("h", "w", "gap", "columns", "rows"))
    field = np.full((rows * (h + gap) - gap, columns * (w + gap) - gap), np.nan, np.float32)
    for i, tile in enumerate(tiles):
        left, top = corner(place, i)
        field[top : top + h, left : left + w] = tile
    return field


def _names(place: dict[str, int], within: int | None, thing: str) -> list[list[str]]:
    h, w, gap, columns, rows = (place[name] for name in ("h", "w", "gap", "columns", "rows"))
    field = [[""] * (columns * (w + gap) - gap) for _ in range(rows * (h + gap) - gap)]
    for i in range(place["n"]):
        name = f"{thing} {i // (within or 1) + 1}" + (f", input map {i % within + 1}" if within else "")
        left, top = corner(place, i)
        for r in range(h):
            for c in range(w):
                field[top + r][left + c] = name if h * w == 1 else f"{name}, row {r + 1}, column {c + 1}"
    return field
