"""Which shapes go together, and in words why others do not: NumPy's rules, axis by axis.

Source: NumPy, "Broadcasting" (numpy.org/doc/stable/user/basics.broadcasting.html), and the notes of `numpy.matmul`. A
test compares each verdict with NumPy's own over random shapes.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Axis:
    """One axis of the result. a, b: the sizes there, None where an array has no such axis; result: None where they do
    not fit, and where the axis is summed over."""

    a: int | None
    b: int | None
    result: int | None
    words: str
    fits: bool = True


@dataclass(frozen=True)
class Verdict:
    """axes: from the first to the last. shape: of the result; None where the shapes do not fit. words: one sentence."""

    axes: tuple[Axis, ...]
    shape: Shape | None
    words: str

    @property
    def fits(self) -> bool:
        return self.shape is not None


def written(shape: Shape) -> str:
    """As NumPy writes it: `()`, `(3,)`, `(2, 3)`."""
    return str(tuple(shape))


def broadcast(a: Shape, b: Shape, names: tuple[str, str] = ("a", "b")) -> Verdict:
    """Two arrays number by number: shapes are compared from the last axis; sizes fit where they are equal or one is 1,
    which is stretched; a shorter shape gets axes of size 1 in front."""
    pairs = list(zip_longest(reversed(a), reversed(b)))[::-1]
    axes = tuple(_pair(one, other, names) for one, other in pairs)
    for place, axis in enumerate(axes):
        if not axis.fits:
            last = len(axes) - place
            where = "the last axis" if last == 1 else f"axis {place} ({last} from the end)"
            words = (
                f"{written(a)} and {written(b)} do not fit: on {where} {names[0]} has {axis.a} and {names[1]} has "
                f"{axis.b}, which are not equal, and neither is 1."
            )
            return Verdict(axes, None, words)
    shape = tuple(axis.result for axis in axes if axis.result is not None)
    if a == b:
        return Verdict(axes, shape, f"Both have shape {written(a)}: number meets number.")
    told = [f"{name} {written(one)}" for name, one in zip(names, (a, b), strict=True) if one != shape]
    verb = "is" if len(told) == 1 else "are"
    return Verdict(axes, shape, f"{' and '.join(told)} {verb} stretched to {written(shape)}.")


def _pair(a: int | None, b: int | None, names: tuple[str, str]) -> Axis:
    if a is None or b is None:
        known, missing = (b, names[0]) if a is None else (a, names[1])
        assert known is not None
        return Axis(a, b, known, f"{missing} has no such axis: it counts as 1 and is repeated {known} times")
    if a == b:
        return Axis(a, b, a, "equal")
    if 1 in (a, b):
        most, short = (b, names[0]) if a == 1 else (a, names[1])
        return Axis(a, b, most, f"the 1 of {short} is stretched to {most}")
    return Axis(a, b, None, "neither equal nor 1: they do not fit", fits=False)


def product(a: Shape, b: Shape) -> Verdict:
    """`a @ b` as `numpy.matmul` has it: rows of a with columns of b, so that a's last axis and the last but one of b
    (its only one, of a vector) have the same size; axes before these two are stacks, and are broadcast."""
    if not a or not b:
        which = "a and b are single numbers" if not a and not b else f"{'a' if not a else 'b'} is a single number"
        return Verdict((), None, f"@ needs vectors or matrices: {which}, without any axis. Use a * b.")
    inner_a, inner_b = a[-1], b[-2] if len(b) > 1 else b[0]
    stacks = broadcast(a[:-2], b[:-2])
    axes = list(stacks.axes)
    if len(a) > 1:
        axes.append(Axis(a[-2], None, a[-2], "the rows of a"))
    fits = inner_a == inner_b
    if len(b) > 1:
        axes.append(Axis(None, b[-1], b[-1], "the columns of b"))
    words = "summed over, and gone" if fits else "not equal: no row of a fits a column of b"
    axes.append(Axis(inner_a, inner_b, None, words, fits))
    if not fits:
        where = f"axis {len(b) - 2} of b" if len(b) > 1 else "the only axis of b"
        told = f"the last axis of a has size {inner_a} and {where} has {inner_b}; these two must be equal."
        return Verdict(tuple(axes), None, f"{written(a)} @ {written(b)} does not fit: {told}")
    if stacks.shape is None:
        return Verdict(tuple(axes), None, f"{written(a)} @ {written(b)} does not fit: before the last two axes, "
                       f"{stacks.words}")  # fmt: skip
    shape = (*stacks.shape, *a[-2:-1], *(b[-1:] if len(b) > 1 else ()))
    single = "" if shape else ", a single number"
    told = f"{written(a)} @ {written(b)} → {written(shape)}{single}: the {inner_a} in the middle is summed over."
    return Verdict(tuple(axes), shape, told)


def mended(a: Shape, b: Shape) -> Shape | None:
    """A shape of the same numbers as b, with one more axis of size 1, that could be broadcast with a where b cannot."""
    for place in range(len(b), 0, -1):
        other = (*b[:place], 1, *b[place:])
        if broadcast(a, other).shape == a:
            return other
    return None
