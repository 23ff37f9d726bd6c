"""Which shapes go together is NumPy's to say: our words must come to its verdict, and to its shape."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as some

from nnviz.tensors.shapes import Shape, broadcast, mended, product

sizes = some.integers(1, 3) | some.integers(0, 6)
shapes = some.lists(sizes, max_size=5).map(tuple)


@given(shapes, shapes)
@example((2, 2), (2,))
@example((2, 3), (2,))
@example((), ())
def test_broadcasting_is_as_numpy_says(a: Shape, b: Shape) -> None:
    found = broadcast(a, b)
    try:
        expected = np.broadcast_shapes(a, b)
    except ValueError:
        assert found.shape is None
        bad = next(axis for axis in found.axes if not axis.fits)
        assert f"a has {bad.a} and b has {bad.b}" in found.words
    else:
        assert found.shape == expected
        assert [axis.result for axis in found.axes] == list(expected)


@given(shapes, shapes)
@example((2, 3), (3, 2))
@example((3,), (3,))
@example((2, 1, 4, 3), (5, 3, 2))
def test_the_product_is_as_numpy_says(a: Shape, b: Shape) -> None:
    found = product(a, b)
    try:
        expected = np.matmul(np.zeros(a), np.zeros(b)).shape
    except ValueError:
        assert found.shape is None
    else:
        assert found.shape == expected
        assert tuple(axis.result for axis in found.axes if axis.result is not None) == expected


@given(shapes, shapes)
def test_a_way_out_is_one(a: Shape, b: Shape) -> None:
    if (other := mended(a, b)) is not None:
        assert np.broadcast_shapes(a, other) == a
        assert np.prod(other) == np.prod(b)


def test_the_words_name_the_axis_and_both_sizes() -> None:
    words = "(2, 3) and (2,) do not fit: on the last axis a has 3 and b has 2, which are not equal, and neither is 1."
    assert broadcast((2, 3), (2,)).words == words
    assert mended((2, 3), (2,)) == (2, 1)
    assert "on axis 0 (2 from the end)" in broadcast((4, 3), (2, 3)).words
    assert "the last axis of a has size 3 and axis 0 of b has 2" in product((2, 3), (2, 4)).words
    assert "a is a single number" in product((), (2,)).words
