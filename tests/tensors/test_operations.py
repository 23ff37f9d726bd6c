"""Cell by cell: what the words say is what NumPy computes, and every number that has a part in a cell is named."""

from __future__ import annotations

import json
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra import numpy as arrays

from nnviz.tensors.examples import EXAMPLES
from nnviz.tensors.operations import OPERATIONS, angle, elementwise, matrix_product
from nnviz.tensors.typed import MAX_NUMBERS, Array, TypedError, typed_array

together = arrays.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3)
factors = arrays.mutually_broadcastable_shapes(signature=np.matmul.signature, max_dims=2, max_side=3)


def numbered(shape: tuple[int, ...]) -> Array:
    return np.random.default_rng(sum(shape)).integers(-5, 6, shape).astype(float)


def test_the_lectures_broadcast() -> None:
    made = elementwise("add", typed_array("[[1, 2], [3, 4]]"), typed_array("[10, 20]"))
    assert made.values.tolist() == [[11, 22], [13, 24]]
    assert made.words[2] == "c[1, 0] = a[1, 0] + b[0] = 3 + 10 = 13"


@given(together, some.sampled_from([name for name, one in OPERATIONS.items() if one.takes == 2]))
def test_each_cell_is_made_of_the_numbers_that_it_names(shapes: arrays.BroadcastableShapes, name: str) -> None:
    a, b = map(numbered, shapes.input_shapes)
    made = elementwise(name, a, b)
    assert made.values.shape == shapes.result_shape
    assert len(made.words) == made.values.size
    with np.errstate(all="ignore"):
        again = OPERATIONS[name].f(a.flat[made.terms[:, 0, 0]], b.flat[made.terms[:, 0, 1]])
    np.testing.assert_array_equal(made.values.ravel(), again)


@given(factors)
def test_each_cell_of_a_product_is_a_dot_product(shapes: arrays.BroadcastableShapes) -> None:
    a, b = map(numbered, shapes.input_shapes)
    made = matrix_product(a, b)
    assert made.values.shape == shapes.result_shape
    again = (a.flat[made.terms[..., 0]] * b.flat[made.terms[..., 1]]).sum(-1)
    np.testing.assert_allclose(made.values.ravel(), again)


def test_a_product_in_words() -> None:
    made = matrix_product(typed_array("[[1, -2], [3, 4]]"), typed_array("[[5, 6], [7, 8]]"))
    assert made.words[1] == "c[0, 1] = 1·6 + (−2)·8 = −10"
    single = matrix_product(typed_array("[1, 2]"), typed_array("[3, 4]"))
    assert single.words == ("c = 1·3 + 2·4 = 11",)


def test_what_cannot_be_divided_is_no_fault() -> None:
    made = elementwise("divide", typed_array("[1, 0]"), typed_array("[0, 0]"))
    assert made.words[0].endswith("= ∞")
    assert np.isnan(made.values[1])


def test_the_angle_between_two_vectors() -> None:
    found = angle(typed_array("[3, 4]"), typed_array("[5, 0]"))
    assert (found.dot, found.lengths, found.shadow) == (15, (5, 5), 3)
    assert found.degrees == pytest.approx(np.degrees(np.arccos(0.6)))
    assert angle(np.zeros(2), np.ones(2)).degrees is None


@pytest.mark.parametrize(
    ("text", "shape"),
    [("7", ()), ("(3,)", (3,)), ("3,", (3,)), ("(3, 1)", (3, 1)), ("2×3", (2, 3)), ("()", ()), ("[[1], [2]]", (2, 1)),
     ("[-1.5, 2e3]", (2,)), ("[−1]", (1,))],
)  # fmt: skip
def test_what_can_be_typed(text: str, shape: tuple[int, ...]) -> None:
    assert typed_array(text).shape == shape


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "nothing"), ("[[1, 2], [3]]", "part 1 has shape (1,) where part 0 has (2,)"), ("[]", "empty"),
     ("[1, null]", "only numbers"), ("[NaN]", "allowed are numbers"), ("[1e9]", "allowed are numbers"),
     ("(5, 5, 5)", f"at most {MAX_NUMBERS}"), ("(1,1,1,1,1)", "5 axes"), ("(2, 0)", "size 0"),
     ("(10000000, 3)", "at most"),
     ("__import__('os')", "cannot be read"), ("[" * 150, "cannot be read"), ("1" * 300, "at most 200")],
)  # fmt: skip
def test_what_cannot_is_told(text: str, words: str) -> None:
    with pytest.raises(TypedError, match=None) as told:
        typed_array(text)
    assert words in str(told.value)


@given(some.text(max_size=60) | some.recursive(some.floats() | some.none(), some.lists, max_leaves=30).map(json.dumps))
def test_nothing_that_is_typed_breaks_it(text: str) -> None:
    with suppress(TypedError):
        assert typed_array(text).size <= MAX_NUMBERS


def test_a_shape_is_filled_in_order() -> None:
    assert typed_array("(2, 2)", 10).tolist() == [[10, 20], [30, 40]]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_what_it_says(name: str) -> None:
    one = EXAMPLES[name]
    array = one.make()
    assert array.ndim == len(one.axes) == len(one.index) == int(one.title[0])
    assert array.dtype == np.float32
    assert np.isfinite(array).all()
    assert not one.columns or array.shape[-1] == len(one.columns)
