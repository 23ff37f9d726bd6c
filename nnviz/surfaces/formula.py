"""A height f(x, y) that a visitor types, as a function with its gradient; the text is never run as a program.

The text is cut into tokens, parsed by Python's own parser into a syntax tree, and every node of that tree is looked at:
only numbers, the variables, + − * / **, the functions of FUNCTIONS and the constants of CONSTANTS pass, in bounded
size. From the checked tree a SymPy expression is built node by node (SymPy's `parse_expr` and `sympify` would evaluate
the text as Python); SymPy differentiates it and turns that expression of ours into NumPy.

The functions are classes of our own without SymPy's simplifications, whose time nobody can bound: exp(n·log(2x)) alone
would become (2x)ⁿ, with 2ⁿ written out.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "sin": np.sin, "cos": np.cos, "tan": np.tan, "arctan": np.arctan, "tanh": np.tanh, "exp": np.exp, "log": np.log,
    "sqrt": np.sqrt, "abs": np.abs,
}  # fmt: skip
"""Names as NumPy has them; log is the natural logarithm. Their derivatives are in `_classes`."""
CONSTANTS = {"pi": math.pi, "e": math.e}
MAX_LENGTH, MAX_NODES, MAX_DEPTH = 200, 120, 24
MAX_NUMBER = 1e6
MAX_POWER = 10
"""Of one exponent; powers within powers multiply to at most MAX_NESTED_POWER."""
MAX_NESTED_POWER = 64

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<sign>\*\*|[-+*/()]))", re.ASCII
)
_READ_AS = {"^": "**", "−": "-", "–": "-", "·": "*", "×": "*", "²": "**2", "³": "**3", "π": "pi", "÷": "/"}
"""What formulas are also written with."""


class FormulaError(ValueError):
    """What is wrong with a formula, and at which character; written to be shown."""

    def __init__(self, position: int | None, message: str) -> None:
        super().__init__(message if position is None else f"character {position + 1}: {message}")


@dataclass(frozen=True)
class Formula:
    """A height and its gradient; each function takes float64 arrays, one for each variable, and broadcasts them.

    text: as it was given. value: the height. gradient: (∂f/∂x, ∂f/∂y). derivatives: the same two as text.
    Points where the formula has no value (the logarithm of a negative number) give nan, an overflow infinity.
    """

    text: str
    value: Callable[..., Array]
    gradient: Callable[..., tuple[Array, Array]]
    derivatives: tuple[str, str]


def check(text: str, variables: tuple[str, ...] = ("x", "y")) -> ast.expr:
    """The syntax tree of a formula that keeps all rules. Raises FormulaError. Imports no SymPy."""
    source, places = _readable(text)
    _check_tokens(source, places, variables)
    try:
        tree = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        at = (getattr(error, "offset", None) or len(places)) - 1
        closed = source.count("(") == source.count(")")
        words = "something is missing here, or one too many" if closed else "a bracket is not closed, or not opened"
        raise FormulaError(places[min(max(at, 0), len(places) - 1)], words) from None
    if sum(1 for _ in ast.walk(tree)) > 3 * MAX_NODES:
        raise FormulaError(None, f"it is too long; allowed are at most {MAX_NODES} numbers, names and signs")
    _check(tree, _Rules(variables, places), 0)
    return tree


@lru_cache(maxsize=64)
def formula(text: str, variables: tuple[str, ...] = ("x", "y")) -> Formula:
    """The formula in `text`, derived by its first two variables. Raises FormulaError."""
    tree = check(text, variables)
    import sympy

    symbols = [sympy.Symbol(name) for name in variables]
    height = _build(tree, dict(zip(variables, symbols, strict=True)))
    slopes = tuple(sympy.diff(height, symbol) for symbol in symbols[:2])
    no_numbers = (sympy.zoo, sympy.nan, sympy.oo, -sympy.oo, sympy.I)
    if any(one.has(*no_numbers) for one in (height, *slopes)):  # x − x is 0 to SymPy, not to the check
        raise FormulaError(None, "it divides by 0 everywhere, or takes a root of what is below 0")
    ours = {**FUNCTIONS, "sign": np.sign}
    compiled = [sympy.lambdify(symbols, one, modules=[ours, "numpy"], cse=True) for one in (height, *slopes)]

    def shaped(function: Callable[..., Any]) -> Callable[..., Array]:
        def evaluated(*places: Array) -> Array:
            arrays = [np.asarray(place, np.float64) for place in places]
            with np.errstate(all="ignore"):
                try:
                    value = np.asarray(function(*arrays), np.float64)
                except OverflowError:  # a number of the formula itself is beyond all floats
                    value = np.asarray(np.nan)
            return value + np.zeros(np.broadcast_shapes(*(array.shape for array in arrays)))

        return evaluated

    value, by_x, by_y = map(shaped, compiled)
    written = (str(slopes[0]), str(slopes[1]))
    return Formula(text, value, lambda *places: (by_x(*places), by_y(*places)), written)


def _readable(text: str) -> tuple[str, list[int]]:
    """The text in Python's signs, and for each of its characters the place in what was typed."""
    if len(text) > MAX_LENGTH:
        raise FormulaError(None, f"it has {len(text):,} characters; allowed are at most {MAX_LENGTH}")
    source, places = "", []
    for place, character in enumerate(text):
        signs = _READ_AS.get(character, character)
        source += signs
        places += [place] * len(signs)
    left = len(source) - len(source.lstrip())
    source, places = source.strip(), places[left:]
    if not source:
        raise FormulaError(None, "it is empty; write for example x**2 + 3*y**2")
    return source, places


def _check_tokens(source: str, places: list[int], variables: tuple[str, ...]) -> None:
    """Only known names and signs, and never two values side by side. Raises FormulaError."""
    at, value_before = 0, False
    while at < len(source):
        found = _TOKEN.match(source, at)
        if found is None:
            place = at + len(source[at:]) - len(source[at:].lstrip())
            more = "; a decimal point is written as in 0.5" if source[place] == "," else ""
            raise FormulaError(places[place], f"“{source[place]}” cannot stand in a formula{more}")
        kind = str(found.lastgroup)
        word, place = found.group(kind), places[found.start(kind)]
        if kind == "name" and word not in FUNCTIONS and word not in CONSTANTS and word not in variables:
            names = ", ".join((*variables, *CONSTANTS))
            known = f"allowed are {names} and the functions {', '.join(FUNCTIONS)}"
            raise FormulaError(place, f"there is no “{word[:20]}”; {known}")
        if value_before and (kind != "sign" or word == "("):
            raise FormulaError(place, f"a sign such as * is missing before “{word[:20]}”")
        value_before = kind == "number" or word == ")" or (kind == "name" and word not in FUNCTIONS)
        at = found.end()


@dataclass(frozen=True)
class _Rules:
    """What a formula may name, and where each character of it stands in what was typed."""

    variables: tuple[str, ...]
    places: list[int]

    def error(self, node: ast.AST, words: str) -> FormulaError:
        at = getattr(node, "col_offset", 0)
        return FormulaError(self.places[min(at, len(self.places) - 1)], words)


def _check(node: ast.AST, rules: _Rules, depth: int, powers: float = 1.0) -> float | None:
    """The value of a node that is constant, None of one that is not. Raises FormulaError.

    powers: the product of the exponents that the node stands under.
    """
    if depth > MAX_DEPTH:
        raise rules.error(node, f"brackets, signs and functions go more than {MAX_DEPTH} deep here")
    if isinstance(node, ast.Constant):
        return _check_number(node, rules)
    if isinstance(node, ast.Name):
        if node.id in FUNCTIONS:
            raise rules.error(node, f"{node.id} needs brackets, as in {node.id}(x)")
        return CONSTANTS.get(node.id)  # the tokens are known names; a variable has no value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        value = _check(node.operand, rules, depth + 1, powers)
        return None if value is None else -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
        name = node.func.id
        if len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
            raise rules.error(node, f"{name} takes one number, as in {name}(x)")
        value = _check(node.args[0], rules, depth + 1, powers)
        return None if value is None else _folded(node, rules, lambda: float(FUNCTIONS[name](value)))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return _check_power(node, rules, depth, powers)
    if isinstance(node, ast.BinOp) and type(node.op) in _SIGNS:
        left, right = (_check(part, rules, depth + 1, powers) for part in (node.left, node.right))
        if isinstance(node.op, ast.Div) and right == 0:
            raise rules.error(node.right, "this divides by 0")
        sign = _SIGNS[type(node.op)]
        return None if left is None or right is None else _folded(node, rules, lambda: sign(left, right))
    raise rules.error(node, "only numbers, + − * / **, brackets and functions can stand in a formula")


_SIGNS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b, ast.Mult: lambda a, b: a * b, ast.Div: lambda a, b: a / b,
}  # fmt: skip


def _check_number(node: ast.Constant, rules: _Rules) -> float:
    if type(node.value) not in (int, float) or not abs(node.value) <= MAX_NUMBER:  # type: ignore[arg-type]
        raise rules.error(node, f"allowed are numbers of at most {MAX_NUMBER:,.0f}")
    return float(node.value)  # type: ignore[arg-type]


def _check_power(node: ast.BinOp, rules: _Rules, depth: int, powers: float) -> float | None:
    exponent = _check(node.right, rules, depth + 1, powers)
    if exponent is None:
        base = _check(node.left, rules, depth + 1, powers)
        if base is None or base <= 0:
            raise rules.error(node.right, "an exponent with x or y needs a number above 0 below it, as in e**x")
        return None
    if abs(exponent) > MAX_POWER:
        raise rules.error(node.right, f"allowed are exponents from −{MAX_POWER} to {MAX_POWER}")
    if (powers := powers * max(1.0, abs(exponent))) > MAX_NESTED_POWER:
        raise rules.error(node.right, f"powers within powers come to more than {MAX_NESTED_POWER} here")
    base = _check(node.left, rules, depth + 1, powers)
    return None if base is None else _folded(node, rules, lambda: base**exponent)


def _folded(node: ast.AST, rules: _Rules, value: Callable[[], Any]) -> float:
    """A constant part's value, computed in floats before SymPy sees it, which would write out every digit."""
    try:
        with np.errstate(all="ignore"):
            number = value()
    except (OverflowError, ZeroDivisionError):
        number = math.inf
    if isinstance(number, complex) or not abs(number) <= MAX_NUMBER**2:
        raise rules.error(node, "this number is too large, or there is none")
    return float(number)


@cache
def _classes() -> dict[str, Any]:
    """SymPy functions that know their derivative and nothing else: the chain rule is SymPy's."""
    import sympy

    slopes: dict[str, Callable[[Any], Any]] = {
        "sin": lambda u: made["cos"](u),
        "cos": lambda u: -made["sin"](u),
        "tan": lambda u: 1 + made["tan"](u) ** 2,
        "arctan": lambda u: 1 / (1 + u**2),
        "tanh": lambda u: 1 - made["tanh"](u) ** 2,
        "exp": lambda u: made["exp"](u),
        "log": lambda u: 1 / u,
        "sqrt": lambda u: 1 / (2 * made["sqrt"](u)),
        "abs": lambda u: made["sign"](u),
        "sign": lambda _: sympy.Integer(0),
    }

    def function(name: str, slope: Callable[[Any], Any]) -> Any:
        return type(name, (sympy.Function,), {"nargs": 1, "fdiff": lambda self, _=1: slope(self.args[0])})

    made = {name: function(name, slope) for name, slope in slopes.items()}
    return made


def _build(node: ast.AST, symbols: dict[str, Any]) -> Any:
    """The SymPy expression of a tree that `check` has let pass."""
    import sympy

    match node:
        case ast.Constant(value=int() as number):
            return sympy.Integer(number)
        case ast.Constant(value=float() as number):
            return sympy.Float(number) if number != int(number) else sympy.Integer(int(number))
        case ast.Name(id=name):
            return symbols[name] if name in symbols else {"pi": sympy.pi, "e": sympy.E}[name]
        case ast.UnaryOp(op=op, operand=operand):
            part = _build(operand, symbols)
            return -part if isinstance(op, ast.USub) else part
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return _classes()[name](_build(argument, symbols))
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            base, exponent = _build(left, symbols), _build(right, symbols)
            if not exponent.free_symbols:
                return base**exponent
            return _classes()["exp"](exponent if base is sympy.E else exponent * _classes()["log"](base))
        case ast.BinOp(left=left, op=op, right=right):
            return _SIGNS[type(op)](_build(left, symbols), _build(right, symbols))
    raise AssertionError(f"{type(node).__name__} was not checked")
