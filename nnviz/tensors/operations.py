"""What comes of two arrays, cell by cell: which numbers of each have a part in a cell, and the sum in words.

NumPy computes. Which numbers meet is read from NumPy, too: the same rules are applied to arrays of their own places.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.tensors.typed import Array

Ints = NDArray[np.int64]
MAX_CELLS = 120
"""Of a result that is drawn."""


@dataclass(frozen=True)
class Operation:
    """label: as NumPy is asked. sign: of one cell, with the numbers in the places of {a} and {b}."""

    label: str
    sign: str
    f: Callable[..., Any]
    takes: int = 2


OPERATIONS: dict[str, Operation] = {
    "add": Operation("a + b", "{a} + {b}", np.add),
    "subtract": Operation("a − b", "{a} − {b}", np.subtract),
    "multiply": Operation("a * b", "{a} · {b}", np.multiply),
    "divide": Operation("a / b", "{a} / {b}", np.divide),
    "maximum": Operation("maximum(a, b)", "max({a}, {b})", np.maximum),
    "greater": Operation("a > b", "{a} > {b}", np.greater),
    "relu": Operation("relu(a)", "max({a}, 0)", lambda a: np.maximum(a, 0), 1),
    "square": Operation("square(a)", "{a}²", np.square, 1),
    "exp": Operation("exp(a)", "e^{a}", np.exp, 1),
    "tanh": Operation("tanh(a)", "tanh({a})", np.tanh, 1),
}
"""Element by element: of two arrays, or of one."""


@dataclass(frozen=True)
class Made:
    """values: the result. terms int64 [cells, n, operands]: the places, counted row by row, of the numbers that have a
    part in each cell. words: one sentence for each cell."""

    values: Array
    terms: Ints
    words: tuple[str, ...]


def places(array: Array) -> Ints:
    """Each number's place, counted row by row, in the array's shape."""
    return np.arange(array.size).reshape(array.shape)


def elementwise(name: str, *arrays: Array) -> Made:
    """arrays: one or two that can be broadcast (ValueError, NumPy's, where they cannot). Division by 0 gives ±inf or
    nan, and an overflow inf, without a warning."""
    operation = OPERATIONS[name]
    with np.errstate(all="ignore"):
        values = np.asarray(operation.f(*arrays), np.float64)
    met = [one.ravel() for one in np.broadcast_arrays(*map(places, arrays))]
    terms = np.stack(met, axis=-1)[:, None, :]
    words = []
    for cell, pair in enumerate(terms[:, 0]):
        asked = dict(zip("ab", (_of(x, at) for x, at in zip("ab", _indices(arrays, pair), strict=False)), strict=False))
        given = dict(zip("ab", (short(x.flat[i]) for x, i in zip(arrays, pair, strict=True)), strict=False))
        name_of = _of("c", np.unravel_index(cell, values.shape))
        sign = operation.sign.format
        words.append(f"{name_of} = {sign(**asked)} = {sign(**given)} = {short(values.flat[cell])}")
    return Made(values, terms, tuple(words))


def matrix_product(a: Array, b: Array) -> Made:
    """`a @ b`: each cell is the dot product of a row of a and a column of b. Raises ValueError, NumPy's, where the
    shapes do not fit."""
    values = np.asarray(np.matmul(a, b), np.float64)
    rows = places(a) if a.ndim > 1 else places(a)[None, :]
    columns = places(b) if b.ndim > 1 else places(b)[:, None]
    met = np.broadcast_arrays(rows[..., :, None, :], np.swapaxes(columns, -1, -2)[..., None, :, :])
    terms = np.stack([one.reshape(values.size, a.shape[-1]) for one in met], axis=-1)
    words = []
    for cell, pairs in enumerate(terms):
        name = _of("c", np.unravel_index(cell, values.shape))
        sums = " + ".join(f"{_inside(a.flat[i])}·{_inside(b.flat[j])}" for i, j in pairs)
        words.append(f"{name} = {sums} = {short(values.flat[cell])}")
    return Made(values, terms, tuple(words))


@dataclass(frozen=True)
class Angle:
    """The geometry of a·b = |a| |b| cos θ. lengths of a and b; degrees: θ, None where one of them is 0; shadow: the
    length of a's projection on b, with its sign."""

    dot: float
    lengths: tuple[float, float]
    degrees: float | None
    shadow: float | None


def angle(a: Array, b: Array) -> Angle:
    """Of two vectors of one length."""
    lengths = float(np.linalg.norm(a)), float(np.linalg.norm(b))
    dot = float(a @ b)
    if not all(lengths):
        return Angle(dot, lengths, None, 0.0 if lengths[1] else None)
    cosine = min(1.0, max(-1.0, dot / (lengths[0] * lengths[1])))
    return Angle(dot, lengths, float(np.degrees(np.arccos(cosine))), dot / lengths[1])


def short(value: float) -> str:
    """At most four digits, a real minus sign."""
    return f"{value:.4g}".replace("-", "−").replace("inf", "∞")


def _inside(value: float) -> str:
    return f"({short(value)})" if value < 0 else short(value)


def _indices(arrays: tuple[Array, ...], pair: Ints) -> list[tuple[Any, ...]]:
    return [np.unravel_index(int(i), x.shape) for x, i in zip(arrays, pair, strict=True)]


def _of(name: str, index: tuple[Any, ...]) -> str:
    """`a[0, 1]`; a single number's is its name."""
    return f"{name}[{', '.join(map(str, map(int, index)))}]" if index else name
