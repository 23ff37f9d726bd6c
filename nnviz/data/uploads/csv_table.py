"""A visitor's own table: CSV text with three columns, x1, x2 and a label, checked before anything is kept.

Faults name the line and the column as an editor counts them. A label is a class (2 to 10 different ones); numbers with
more than ten different values are the targets of a regression.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nnviz.sets.base import DataError

MAX_BYTES = 1_000_000
MIN_ROWS, MAX_ROWS = 10, 10_000
MAX_CLASSES = 10
LARGEST = 1e30
"""Beyond this squares overflow in float32, which networks compute in."""
FAULTS_SHOWN = 5
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)
COLUMNS = ("x1", "x2", "label")


@dataclass(frozen=True)
class Fault:
    """kind: what is wrong, without the value: what many lines have alike is told once. column: from 1; 0: the line."""

    line: int
    column: int
    kind: str
    text: str


class TableError(DataError):
    """The text is no table of ours; `faults` holds one line each, at most five and a count of the rest."""

    def __init__(self, faults: list[str]) -> None:
        more = len(faults) - FAULTS_SHOWN
        self.faults = faults[:FAULTS_SHOWN] + ([f"and {more} more"] if more > 0 else [])
        super().__init__("; ".join(self.faults))


def told(faults: list[Fault], names: tuple[str, ...]) -> TableError:
    """Each kind of fault once: `line 2 and 148 others, column 1 (x1): "n/a" is not a number`."""
    groups: dict[tuple[int, str], list[Fault]] = {}
    for fault in faults:
        groups.setdefault((fault.column, fault.kind), []).append(fault)
    lines = []
    for (column, _), found in groups.items():
        others = f" and {len(found) - 1:,} other{'s' if len(found) > 2 else ''}" if len(found) > 1 else ""
        where = f", column {column} ({names[column - 1]})" if column else ""
        like = ", and the like" if len({fault.text for fault in found}) > 1 else ""
        lines.append(f"line {found[0].line}{others}{where}: {found[0].text}{like}")
    return TableError(lines)


@dataclass(frozen=True, eq=False)
class Table:
    """x: float64 [n, 2]; y: int64 [n] classes, or float64 [n] values in original units; names: of the three columns."""

    x: NDArray[np.float64]
    y: NDArray[np.int64] | NDArray[np.float64]
    names: tuple[str, str, str]
    class_names: tuple[str, ...]

    @property
    def classes(self) -> int:
        """0 for a regression."""
        return len(self.class_names)

    @property
    def problem(self) -> Literal["classification", "regression"]:
        return "classification" if self.class_names else "regression"


def parse_table(data: bytes) -> Table:
    """The table in `data`: UTF-8 text, separated by comma, semicolon or tab, a header line or none.

    With semicolon or tab a decimal comma is allowed. Raises TableError.
    """
    rows, decimal_comma = _rows(_text(data))
    names = COLUMNS
    if rows and len(rows[0][1]) == 3 and not any(_is_number(cell, decimal_comma) for cell in rows[0][1][:2]):
        header = rows.pop(0)[1]
        names = (header[0] or "x1", header[1] or "x2", header[2] or "label")
    if not MIN_ROWS <= len(rows) <= MAX_ROWS:
        raise TableError([f"{len(rows):,} rows of data; allowed are {MIN_ROWS} to {MAX_ROWS:,}"])
    faults: list[Fault] = []
    places, labels = [], []
    for line, cells in rows:
        if len(cells) != 3:
            what = f"{len(cells)} column{'s' if len(cells) > 1 else ''} where 3 are expected: {', '.join(names)}"
            faults.append(Fault(line, 0, what, what))
            continue
        places.append([_number(cells[i], line, i, decimal_comma, faults) for i in (0, 1)])
        label = cells[2]
        if not label:
            faults.append(Fault(line, 3, "empty", "is empty"))
        elif len(label) > 40 or not label.isprintable():
            faults.append(Fault(line, 3, "label", "a label has at most 40 printable characters"))
        labels.append(label)
    if faults:
        raise told(faults, names)
    y, class_names = _targets(labels, [line for line, _ in rows], names, decimal_comma)
    x = np.array(places, np.float64)
    _check_spread(x, names)
    return Table(x, y, names, class_names)


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise TableError([f"the file has {len(data):,} bytes; allowed are {MAX_BYTES:,}"])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TableError([f"line {line}: is not UTF-8 text; save the table as CSV in UTF-8"]) from error
    if "\0" in text:
        raise TableError([f"line {text[: text.index(chr(0))].count(chr(10)) + 1}: holds a zero byte; this is no text"])
    return text


def _rows(text: str) -> tuple[list[tuple[int, list[str]]], bool]:
    """Non-empty rows as (line number, cells), and whether a comma is a decimal point."""
    start = next((line for line in text.splitlines() if line.strip()), "")[:1000]
    fits = [d for d in "\t;," if len(next(csv.reader([start], delimiter=d), [])) == 3]
    delimiter = (fits or [d for d in "\t;," if d in start] or [","])[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, line = [], 1
    try:
        for record in reader:
            cells = [cell.strip() for cell in record]
            if any(cells):
                rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise TableError([f"line {line}: cannot be read as CSV ({error}); look at its quotation marks"]) from error
    return rows, delimiter != ","


def _is_number(cell: str, decimal_comma: bool) -> bool:
    return bool(NUMBER.fullmatch(_pointed(cell, decimal_comma)) or NOT_FINITE.fullmatch(cell))


def _pointed(cell: str, decimal_comma: bool) -> str:
    return cell.replace(",", ".") if decimal_comma and "." not in cell else cell


def _number(cell: str, line: int, column: int, decimal_comma: bool, faults: list[Fault]) -> float:
    """The number in a cell of a column (from 0); a fault is added to `faults`, and 0 stands in."""
    text = _pointed(cell, decimal_comma)
    if not cell:
        kind, what = "empty", "is empty"
    elif NOT_FINITE.fullmatch(cell):
        kind, what = "finite", f'"{cell}" is not a finite number'
    elif len(text) > 40 or not NUMBER.fullmatch(text):
        kind, what = "number", f'"{cell if len(cell) <= 40 else cell[:40] + "…"}" is not a number'
    elif abs(value := float(text)) > LARGEST:
        kind, what = "large", f'"{cell}" is too large; allowed is up to {LARGEST:g} in size'
    else:
        return value
    faults.append(Fault(line, column + 1, kind, what))
    return 0.0


def _targets(
    labels: list[str], lines: list[int], names: tuple[str, ...], decimal_comma: bool
) -> tuple[NDArray[np.int64] | NDArray[np.float64], tuple[str, ...]]:
    numeric = [_is_number(label, decimal_comma) for label in labels]
    distinct = set(labels)
    if all(numeric) or (len(distinct) > MAX_CLASSES and sum(numeric) * 2 > len(labels)):
        # Mostly numbers: what is not one is a slip of the pen, and is named by its line.
        faults: list[Fault] = []
        values = np.array([_number(t, n, 2, decimal_comma, faults) for t, n in zip(labels, lines, strict=True)])
        if faults:
            raise told(faults, names)
        levels, index = np.unique(values, return_inverse=True)
        if len(levels) > MAX_CLASSES:
            return values, ()
        class_names = tuple(f"{level:g}" for level in levels)
    else:
        class_names = tuple(sorted(distinct))
        number = {name: i for i, name in enumerate(class_names)}
        index = np.array([number[label] for label in labels])
    if not 2 <= len(class_names) <= MAX_CLASSES:
        raise TableError(
            [
                f"column 3 ({names[2]}): {len(class_names)} different labels; allowed are 2 to {MAX_CLASSES}, "
                "or numbers with more different values for a regression"
            ]
        )
    return index.astype(np.int64), class_names


def _check_spread(x: NDArray[np.float64], names: tuple[str, ...]) -> None:
    """Networks compute in float32: a column of 1.7e9 ± 10 would be a few flat steps there."""
    for i in (0, 1):
        spread, size = float(np.ptp(x[:, i])), float(np.abs(x[:, i]).max())
        if 0 < spread < max(size * 1e-4, 1e-30):
            raise TableError(
                [
                    f"column {i + 1} ({names[i]}): its values differ by only {spread:g} around {x[:, i].mean():g}; "
                    "subtract a constant or use another unit"
                ]
            )
