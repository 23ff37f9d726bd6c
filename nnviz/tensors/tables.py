"""What a page is given to draw of typed arrays: which shapes they have, whether they fit, and every cell of the result.
And of an example, its numbers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from nnviz.events import Frame
from nnviz.tensors.examples import Example
from nnviz.tensors.operations import MAX_CELLS, OPERATIONS, Made, angle, elementwise, matrix_product, places, short
from nnviz.tensors.shapes import Shape, Verdict, broadcast, mended, product, written
from nnviz.tensors.typed import Array, TypedError, typed_array

Table = dict[str, Any]


def array_frame(example: Example) -> Frame:
    """View "array": values float32 of the example's shape, row-major. Meta: title, axes, index, words, unit, columns;
    shape, ndim, size, bytes, strides: how many numbers further one more in each axis is."""
    values = example.make()
    meta = {
        "title": example.title, "axes": example.axes, "index": example.index, "words": example.words,
        "unit": example.unit, "columns": example.columns, "shape": values.shape, "ndim": values.ndim,
        "size": int(values.size), "bytes": int(values.nbytes), "dtype": str(values.dtype),
        "written": written(values.shape),
        "strides": [stride // values.itemsize for stride in np.ascontiguousarray(values).strides][: values.ndim],
        "low": float(values.min()), "high": float(values.max()),
    }  # fmt: skip
    return Frame("array", 0, 0.0, meta, {"values": np.ascontiguousarray(values, np.float32).reshape(-1)})


def elementwise_table(operation: str, a: str, b: str) -> Table:
    """operands: of each what was typed (`_operand`), with `stretched` where it is repeated; problem: what is wrong,
    in words, or nothing; axes: of the verdict (`shapes.Axis`); words: the verdict; remedy: another text for b that
    fits; result: shape, values, words, terms, as `Made` has them, or None."""
    takes = OPERATIONS[operation].takes
    operands = [_operand(text, 10.0 if name == "b" else 1.0) for name, text in zip("ab", (a, b)[:takes], strict=False)]
    arrays = _arrays(operands)
    if arrays is None:
        return {"operands": operands, "problem": True, "axes": [], "words": "", "remedy": None, "result": None}
    verdict = _same(arrays[0]) if takes == 1 else broadcast(arrays[0].shape, arrays[1].shape)
    remedy, result, words = None, None, verdict.words
    if verdict.shape is None:
        remedy = _remedy(*arrays)
    elif (cells := int(np.prod(verdict.shape))) > MAX_CELLS:
        words += f" That is {cells:,} numbers, too many to be drawn here (at most {MAX_CELLS})."
    else:
        result = _result(elementwise(operation, *arrays))
        for operand, array in zip(operands, arrays, strict=True):
            operand["stretched"] = _stretched(array, verdict.shape)
    return {
        "operands": operands, "problem": verdict.shape is None, "axes": [asdict(axis) for axis in verdict.axes],
        "words": words, "remedy": remedy, "result": result,
    }  # fmt: skip


def product_table(left: str, right: str) -> Table:
    """As `elementwise_table`, of left @ right; angle: of two vectors (`operations.Angle`), in words."""
    operands = [_operand(left), _operand(right)]
    arrays = _arrays(operands)
    if arrays is None:
        return {"operands": operands, "problem": True, "axes": [], "words": "", "remedy": None, "result": None}
    a, b = arrays
    verdict = product(a.shape, b.shape)
    result, words, geometry, remedy = None, verdict.words, "", None
    if verdict.shape is None and a.ndim and b.ndim == 2 and product(a.shape, b.shape[::-1]).fits:
        remedy = {"text": _typed(b.T), "words": f"b transposed, {written(b.shape[::-1])}"}
    if verdict.shape is not None:
        cells = int(np.prod(verdict.shape))
        if cells > MAX_CELLS:
            words += f" That is {cells:,} numbers, too many to be drawn here (at most {MAX_CELLS})."
        else:
            result = _result(matrix_product(a, b))
        if a.ndim == b.ndim == 1:
            geometry = angle_words(a, b)
    return {
        "operands": operands, "problem": verdict.shape is None, "axes": [asdict(axis) for axis in verdict.axes],
        "words": words, "remedy": remedy, "result": result, "angle": geometry,
    }  # fmt: skip


def angle_words(a: Array, b: Array) -> str:
    """a·b = |a| |b| cos θ in numbers."""
    found = angle(a, b)
    one, other = map(short, found.lengths)
    if found.degrees is None:
        return f"|a| = {one}, |b| = {other}: a vector without length has no direction, and a·b = 0."
    side = "at a right angle" if abs(found.dot) < 1e-12 else "on b’s side" if found.dot > 0 else "away from b"
    assert found.shadow is not None
    return (
        f"a·b = |a| |b| cos θ = {one} · {other} · cos {short(found.degrees)}° = {short(found.dot)}: a points {side}, "
        f"and its shadow on b has length {short(found.shadow)}."
    )


def _operand(text: str, step: float = 1.0) -> Table:
    """text; problem (nothing: there is none); shape, written, values, of what could be read."""
    try:
        array = typed_array(text, step)
    except TypedError as fault:
        return {"text": text, "problem": str(fault), "shape": None, "written": "", "values": []}
    return {
        "text": text, "problem": "", "shape": array.shape, "written": written(array.shape),
        "values": _plain(array), "array": array,
    }  # fmt: skip


def _arrays(operands: list[Table]) -> list[Array] | None:
    """The arrays, which do not go to the page; None where one could not be read."""
    found = [operand.pop("array", None) for operand in operands]
    return None if any(array is None for array in found) else found


def _same(a: Array) -> Verdict:
    return Verdict((), a.shape, f"Each of the {a.size} numbers for itself: the shape stays {written(a.shape)}.")


def _result(made: Made) -> Table:
    return {
        "shape": made.values.shape, "written": written(made.values.shape), "values": _plain(made.values),
        "terms": made.terms.tolist(), "words": made.words,
    }  # fmt: skip


def _stretched(array: Array, shape: Shape) -> Table:
    """An array as it is repeated to a shape: places: of the number in each cell; copies: whether it stands there only
    because an axis is stretched."""
    at = np.broadcast_to(places(array), shape)
    first = np.ones(shape, bool)
    sizes = (1,) * (len(shape) - array.ndim) + array.shape
    for axis, (size, wanted) in enumerate(zip(sizes, shape, strict=True)):
        if size != wanted:
            first &= np.indices(shape)[axis] == 0
    return {"shape": shape, "places": at.ravel().tolist(), "copies": (~first).ravel().tolist()}


def _remedy(a: Array, b: Array) -> Table | None:
    """How b could be typed so that it fits a."""
    shape = mended(a.shape, b.shape)
    if shape is None:
        return None
    return {"text": _typed(b.reshape(shape)), "words": f"b with one more axis, {written(shape)}"}


def _typed(array: Array) -> str:
    """As it can be typed again."""
    return str([_short(part) for part in array]).replace("'", "")


def _short(part: Any) -> Any:
    return [_short(one) for one in part] if np.ndim(part) else int(part) if part == int(part) else float(part)


def _plain(array: Array) -> list[str]:
    """The numbers as they are written in cells, row by row."""
    return [short(value) for value in array.flat]
