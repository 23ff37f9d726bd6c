"""Formulas: what may be typed gives SymPy's own numbers; what may not is refused in words, quickly, and never run."""

from __future__ import annotations

import ast
import math
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from nnviz.surfaces import FormulaError, check, formula
from nnviz.surfaces.formula import FUNCTIONS, MAX_LENGTH

TYPED = [
    "x**2 + y**2", "(1 - x)**2 + 100*(y - x**2)**2", "sin(x)*cos(y) - tan(x/3)", "exp(-x**2 - y**2)", "2**x + e**(-y)",
    "abs(x) + sqrt(y**2 + 1)", "log(x**2 + 1)*tanh(y)", "arctan(x*y)", "pi*x - 3", "x**-1 + y**0.5", "-x**2", "7",
    "1e-3*x", ".5*y", "+x", "((x))",
]  # fmt: skip


@pytest.mark.parametrize("text", TYPED)
def test_height_and_slope_are_those_of_sympy(text: str) -> None:
    """SymPy reads this trusted text itself: another parser, and its own functions."""
    x, y = sympy.symbols("x y", positive=True)
    known = {"x": x, "y": y, "e": sympy.E, "abs": sympy.Abs, "arctan": sympy.atan}
    expected = sympy.sympify(text, locals=known)
    ours = formula(text)
    for place in [(0.3, 1.7), (2.1, 0.4), (1.0, 1.0)]:
        at = dict(zip((x, y), place, strict=True))
        np.testing.assert_allclose(float(ours.value(*place)), float(expected.subs(at)), rtol=1e-12)
        slopes = [float(expected.diff(symbol).subs(at)) for symbol in (x, y)]
        np.testing.assert_allclose([float(s) for s in ours.gradient(*place)], slopes, rtol=1e-11, atol=1e-14)


def test_signs_as_they_are_written_by_hand() -> None:
    assert float(formula("x² + y^3 − 2·x×y ÷ 4 + π").value(2.0, 1.0)) == pytest.approx(4 + 1 - 1 + math.pi)


def test_arrays_of_any_shape_and_places_without_a_value() -> None:
    with np.errstate(all="raise"):  # nothing of it is left to warn
        made = formula("log(x) + 1/y")
        heights = made.value(np.array([[1.0], [-1.0]]), np.array([1.0, 2.0, 0.0]))
    assert heights.shape == (2, 3)
    np.testing.assert_array_equal(heights[0], [1.0, 0.5, np.inf])
    assert np.isnan(heights[1, :2]).all()
    assert formula("5").value(np.zeros(4), 0.0).tolist() == [5, 5, 5, 5]
    assert [slope.tolist() for slope in formula("5*y").gradient(np.zeros(2), 0.0)] == [[0, 0], [5, 5]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it is empty; write for example x**2 + 3*y**2"),
        ("x**2 + 3y", "character 9: a sign such as * is missing before “y”"),
        ("x²+3y", "character 5: a sign such as * is missing before “y”"),  # the place in what was typed
        ("x(y)", "character 2: a sign such as * is missing before “(”"),
        ("  x + z", "character 7: there is no “z”; allowed are x, y, pi, e and the functions"),
        ("(x + 1", "character 1: a bracket is not closed, or not opened"),
        ("x +", "character 3: something is missing here, or one too many"),
        ("x * / y", "character 5: something is missing here, or one too many"),
        ("0,5*x", "character 2: “,” cannot stand in a formula; a decimal point is written as in 0.5"),
        ("sin", "character 1: sin needs brackets, as in sin(x)"),
        ("sin()", "character 1: sin takes one number, as in sin(x)"),
        ("x**y", "character 4: an exponent with x or y needs a number above 0 below it, as in e**x"),
        ("x**11", "character 4: allowed are exponents from −10 to 10"),
        ("1/(x - x)", "it divides by 0 everywhere"),
        ("(x - x - 2)**0.5", "it divides by 0 everywhere, or takes a root of what is below 0"),
        ("y/(3 - 3)", "character 4: this divides by 0"),
        ("1000001*x", "character 1: allowed are numbers of at most 1,000,000"),
        ("log(0)*x", "character 1: this number is too large, or there is none"),
        ("(-8)**0.5", "character 1: this number is too large, or there is none"),
        ("x < y", "character 3: “<” cannot stand in a formula"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, words: str) -> None:
    with pytest.raises(FormulaError) as caught:
        formula(text)
    assert str(caught.value).startswith(words)


HOSTILE = [
    "__import__('os').system('true')", "x.__class__", "().__class__.__bases__", "(lambda: x)()", "[x for x in y]",
    "open('/etc/passwd')", "exec('x')", "eval(x)", "x if x else y", "f'{x}'", "x; y", "x\n=1", "x:=1", "{x}", "x[0]",
    "lambda", "import os", "`x`", "\\", "x\0", "sin(x, *y)", "sin(**x)", "not x", "~x", "x // y", "x % y", "x @ y",
    "1j*x", "0x10", "1_000", "True", "None", "...", "“x”", "ｘ", "x\u200b", "sympify(x)", "Symbol", "E", "zoo",
    "9**9**9**9", "10**-10**10", "((((2*x)**10)**10)**10)", "exp(exp(exp(9)))", "1e999", "9" * 100,
    "x**2**2**2**2**2**2", "(" * 99 + ")" * 99, "-" * 90 + "x", "sin(" * 40 + "x" + ")" * 40,
    "x" * 5000, "+".join("x" * 101), "x*" * 3000 + "x",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_no_formula_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before SymPy hears of it: neither its parsers nor its compiler are reached."""

    def reached(*_: Any, **__: Any) -> Any:
        raise AssertionError("SymPy was reached")

    for name in ("sympify", "parse_expr", "lambdify", "diff"):
        monkeypatch.setattr(sympy, name, reached)
    with pytest.raises(FormulaError) as caught:
        formula.__wrapped__(text)
    assert len(str(caught.value)) < 250


@given(st.text(max_size=40) | st.text("xy019.eE+-*/() \t^²,_[]'", max_size=60))
def test_any_text_gives_a_formula_or_words(text: str) -> None:
    try:
        tree = check(text)
    except FormulaError:
        return
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert names <= {"x", "y", "pi", "e", *FUNCTIONS}


def deep(text: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    call = st.builds("{}({})".format, st.sampled_from(sorted(FUNCTIONS)), text)
    power = st.builds("({})**{}".format, text, st.sampled_from(["2", "3", "-1", "0.5", "10"]))
    sum_or_product = st.builds("({}){}({})".format, text, st.sampled_from("+-*/"), text)
    return call | power | sum_or_product


GROWN = st.recursive(st.sampled_from(["x", "y", "2", "0.1", "999999", "pi", "2*x", "e**x"]), deep, max_leaves=14)


@given(GROWN)
def test_all_that_is_allowed_is_derived_in_bounded_time(text: str) -> None:
    """A formula whose numbers SymPy wrote out would hang here: the test's time limit is the bound."""
    try:
        made = formula(text[: MAX_LENGTH + 1])
    except FormulaError:
        return
    x, y = np.meshgrid(np.linspace(-2, 2, 5), np.linspace(-2, 2, 5))
    assert made.value(x, y).shape == x.shape
    for slope in made.gradient(x, y):
        assert slope.shape == x.shape
        assert slope.dtype == np.float64
