"""What a visitor types for an array: its numbers, `[[1, 2], [3, 4]]`, or only its shape, `(3, 1)`. Never evaluated."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MAX_LENGTH, MAX_AXES, MAX_NUMBERS, MAX_SIZE = 200, 4, 120, 1e6
_SHAPE = re.compile(r"\(?\s*(\d+(?:\s*[,×x]\s*\d+)*\s*,?)?\s*\)?")
_HINT = "write numbers, such as [[1, 2], [3, 4]], or a shape, such as (3, 1)"


class TypedError(ValueError):
    """What is wrong with a typed array, written to be shown."""


def typed_array(text: str, step: float = 1.0) -> Array:
    """The array; of a shape it is filled with step, 2 step, 3 step, …

    `3` is a number, `3,` and `(3,)` are the shape of a vector, as Python writes them. Raises TypedError.
    """
    text = text.strip().replace("−", "-")
    if len(text) > MAX_LENGTH:
        raise TypedError(f"{len(text)} characters; allowed are at most {MAX_LENGTH}")
    if not text:
        raise TypedError(f"nothing stands here; {_HINT}")
    if not text.startswith("[") and _SHAPE.fullmatch(text) and not text.isdecimal():
        return _filled(tuple(int(size) for size in re.findall(r"\d+", text)), step)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise TypedError(f"this cannot be read; {_HINT}") from None
    shape = _shape(value)
    _bounded(shape)
    return np.array(value, np.float64)


def _filled(shape: tuple[int, ...], step: float) -> Array:
    if any(size > MAX_NUMBERS for size in shape):
        raise TypedError(f"allowed are at most {MAX_NUMBERS} numbers in all")
    if 0 in shape:
        raise TypedError("an axis of size 0 has no numbers to show; allowed are sizes from 1")
    _bounded(shape)
    return (step * np.arange(1, math.prod(shape) + 1, dtype=np.float64)).reshape(shape)


def _bounded(shape: tuple[int, ...]) -> None:
    if len(shape) > MAX_AXES:
        raise TypedError(f"{len(shape)} axes; allowed are at most {MAX_AXES} here")
    if math.prod(shape) > MAX_NUMBERS:
        raise TypedError(f"{math.prod(shape)} numbers; allowed are at most {MAX_NUMBERS}")


def _shape(value: Any) -> tuple[int, ...]:
    """Of nested lists whose rows are of one length. Raises TypedError."""
    if isinstance(value, list):
        if not value:
            raise TypedError("an empty list has no numbers to show")
        inner = [_shape(part) for part in value]
        for place, one in enumerate(inner):
            if one != inner[0]:
                raise TypedError(
                    f"part {place} has shape {one} where part 0 has {inner[0]}: all rows of an array have one length"
                )
        return (len(value), *inner[0])
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypedError(f"only numbers can stand in an array; {_HINT}")
    if not abs(value) <= MAX_SIZE:  # not a number either
        raise TypedError(f"allowed are numbers from −{MAX_SIZE:,.0f} to {MAX_SIZE:,.0f}")
    return ()
