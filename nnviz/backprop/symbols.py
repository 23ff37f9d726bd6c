"""The chain rule in symbols: the factors along each path from a weight to the loss, and the whole derivative by SymPy.

SymPy derives from the formulas of z, f and L alone: it knows nothing of δ, so that its number is a second opinion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise, product
from typing import Any

import numpy as np

from nnviz.backprop.explain import symbol_of, written
from nnviz.backprop.naive import DIFFERENCE, differences
from nnviz.backprop.spec import Array, BackpropSpec
from nnviz.backprop.trace import Trace
from nnviz.formulas import mathml

MOST_PATHS = 12
"""Paths up to which the derivative is written out as one expression; and so many are shown."""


def functions() -> dict[str, Callable[[Any], Any]]:
    """Activations as SymPy expressions of z. Imports sympy."""
    import sympy as sp

    def cases(*pairs: Any) -> Any:
        return sp.Piecewise(*pairs)

    return {
        "relu": lambda z: cases((z, z > 0), (0, True)),
        "tanh": sp.tanh,
        "sigmoid": lambda z: 1 / (1 + sp.exp(-z)),
        "linear": lambda z: z,
        "leaky_relu": lambda z: cases((z, z > 0), (z / 5, True)),
        "elu": lambda z: cases((z, z > 0), (sp.exp(z) - 1, True)),
        "gelu": lambda z: z * (1 + sp.erf(z / sp.sqrt(2))) / 2,
        "silu": lambda z: z / (1 + sp.exp(-z)),
        "softplus": lambda z: sp.log(1 + sp.exp(z)),
        "softsign": lambda z: cases((z / (1 + z), z > 0), (z / (1 - z), True)),
        "hard_sigmoid": lambda z: cases((0, z < -3), (1, z > 3), (z / 6 + sp.Rational(1, 2), True)),
        "relu6": lambda z: cases((0, z < 0), (6, z > 6), (z, True)),
        "mish": lambda z: z * sp.tanh(sp.log(1 + sp.exp(z))),
    }  # fmt: skip


def losses() -> dict[str, Callable[[list[Any], list[Any]], Any]]:
    """Losses as SymPy expressions of targets and outputs. Imports sympy."""
    import sympy as sp

    def mean(one: Callable[[Any, Any], Any]) -> Callable[[list[Any], list[Any]], Any]:
        return lambda t, o: sum(one(a, b) for a, b in zip(t, o, strict=True)) / sp.Integer(len(t))

    return {
        "half_squared_error": lambda t, o: sum((b - a) ** 2 for a, b in zip(t, o, strict=True)) / sp.Integer(2),
        "mean_squared_error": mean(lambda t, o: (o - t) ** 2),
        "log_cosh": mean(lambda t, o: sp.log(sp.cosh(o - t))),
        "binary_crossentropy": mean(lambda t, o: -t * sp.log(o) - (1 - t) * sp.log(1 - o)),
    }


@cache
def slope_of(activation: str) -> tuple[str, str] | None:
    """LaTeX of f(z) and of f′(z) as SymPy derives and simplifies it; None of one that it is not told of."""
    import sympy as sp

    f = functions().get(activation)
    if f is None:
        return None
    z = sp.Symbol("z", real=True)
    return sp.latex(f(z)), sp.latex(sp.simplify(sp.diff(f(z), z)))


def paths_of(found: Trace, weight: str) -> list[list[str]]:
    """Each path from this weight to the loss as the ids of its factors; their products add up to ∂L/∂w.

    weight: `w1.2.1` or `b1.2`. A path ends in ∂L/∂o · f′(z), or in δ where the two are not told apart.
    """
    layers = found.spec.layers
    kind = weight[0]
    layer, unit, *source = (int(part) for part in weight[1:].split("."))
    own = [f"a{layer - 1}.{source[0]}"] if kind == "w" else []
    values = found.values

    def ends(at: int, j: int) -> list[str]:
        slope = f"f{at}.{j}"
        if at < len(layers) - 1:
            return [slope]
        return [slope, f"e{at}.{j}"] if slope in values else [f"d{at}.{j}"]

    def ways() -> Iterator[list[str]]:
        later = [range(1, n + 1) for n in layers[layer + 1 :]]
        for units in product(*later):
            path, j = [*own, *ends(layer, unit)], unit
            for at, k in enumerate(units, layer + 1):
                path += [f"w{at}.{k}.{j}", *ends(at, k)]
                j = k
            yield path

    return list(ways())


def derivative(spec: BackpropSpec, weights: dict[str, float], weight: str) -> tuple[str, float] | None:
    """∂L/∂w by SymPy from the formulas: LaTeX with numbers for all but the weight itself, and its value.

    None of what SymPy is not told of, or where the paths are too many to be written down.
    """
    import sympy as sp

    known, loss = functions(), losses().get(spec.loss)
    if loss is None or any(name not in known for name in spec.functions):
        return None
    w = sp.Symbol("w", real=True)

    def number(name: str) -> Any:
        return w if name == weight else sp.nsimplify(weights[name])

    a: list[Any] = [sp.nsimplify(v) for v in spec.x.tolist()]
    for at, (units, name) in enumerate(zip(spec.layers[1:], spec.functions, strict=True), 1):
        a = [
            known[name](
                number(f"b{at}.{j}") + sum(number(f"w{at}.{j}.{i}") * v for i, v in enumerate(a, 1))
            )
            for j in range(1, units + 1)
        ]  # fmt: skip
    found = sp.diff(loss([sp.nsimplify(v) for v in spec.t.tolist()], a), w)
    value = float(found.subs(w, sp.nsimplify(weights[weight])).evalf(15))
    return sp.latex(sp.factor_terms(found).evalf(4)), value


def _place(spec: BackpropSpec, weight: str) -> int:
    """Of a weight in the spec's list of them."""
    layer, unit, *source = (int(part) for part in weight[1:].split("."))
    before = sum((a + 1) * b for a, b in list(pairwise(spec.layers))[: layer - 1])
    return before + (unit - 1) * (spec.layers[layer - 1] + 1) + (source[0] if source else 0)


def matrices(found: Trace, layer: int) -> list[str]:
    """∂L/∂W of a layer as a product of matrices, LaTeX: with symbols, and with numbers and the result.

    diag(f′(z)) Wᵀ … from this layer to the last, then ∂L/∂o (or δ of the outputs), times aᵀ of the layer before.
    """
    spec, values = found.spec, found.values
    last, own = len(spec.layers) - 1, spec.layers[layer]

    def column(kind: str, at: int) -> Array:
        return np.array([values[f"{kind}{at}.{j}"] for j in range(1, spec.layers[at] + 1)])[:, None]

    symbols: list[str] = []
    factors: list[Array] = []
    for at in range(layer, last + 1):
        if at > layer:
            rows = [[values[f"w{at}.{k}.{j}"] for k in range(1, spec.layers[at] + 1)]
                    for j in range(1, spec.layers[at - 1] + 1)]  # fmt: skip
            symbols.append(rf"W^{{({at})\,T}}")
            factors.append(np.array(rows))
        if at == last and f"f{at}.1" not in values:
            symbols.append(rf"\delta^{{({at})}}")
            factors.append(column("d", at))
        else:
            symbols.append(rf"\operatorname{{diag}}\left(f'\left(z^{{({at})}}\right)\right)")
            factors.append(np.diag(column("f", at)[:, 0]))
            if at == last:
                symbols.append(r"\frac{\partial L}{\partial o}")
                factors.append(column("e", at))
    symbols.append("x^T" if layer == 1 else rf"a^{{({layer - 1})\,T}}")
    factors.append(column("a", layer - 1).T)
    result = np.linalg.multi_dot(factors)
    assert result.shape == (own, spec.layers[layer - 1])
    name = rf"\frac{{\partial L}}{{\partial W^{{({layer})}}}}"
    return [f"{name} = {' '.join(symbols)}", f"= {' '.join(map(_matrix, factors))}", f"= {_matrix(result)}"]


def _matrix(values: Array) -> str:
    rows = (" & ".join(f"{value:.3g}" for value in row) for row in values)
    return r"\left[\begin{matrix} " + r" \\ ".join(rows) + r" \end{matrix}\right]"


def chain(found: Trace, weight: str) -> dict[str, Any]:
    """The chain rule for one weight, as JSON has it. Raises KeyError of a weight that the network has not.

    symbol: MathML of ∂L/∂w. paths: [{symbols, numbers: MathML, product}], the first of them; count: how many there
    are. value: their sum. slopes: [activation, MathML of f, MathML of f′]. whole: MathML, or None. sympy: its number.
    """
    values, spec = found.values, found.spec
    if not weight.startswith(("w", "b")):
        raise KeyError(weight)
    value = values[f"g{weight}"]
    paths = paths_of(found, weight)
    told = []
    for path in paths[:MOST_PATHS]:
        total = 1.0
        for one in path:
            total *= values[one]
        symbols = r" \cdot ".join(symbol_of(one, spec) for one in path)
        numbers = r" \cdot ".join(
            rf"\left({written(values[one])}\right)" if values[one] < 0 else written(values[one]) for one in path
        )
        told.append({"symbols": mathml(symbols), "numbers": mathml(rf"{numbers} = {written(total)}"), "product": total})
    layer = int(weight[1])
    central = differences(spec, found.learned.weights, DIFFERENCE, central=True, of=np.array([_place(spec, weight)]))
    slopes = [(name, slope_of(name)) for name in dict.fromkeys(spec.functions)]
    whole = derivative(spec, values, weight) if len(paths) <= MOST_PATHS else None
    return {
        "weight": weight,
        "symbol": mathml(symbol_of(f"g{weight}", spec)),
        "paths": told,
        "count": len(paths),
        "value": value,
        "difference": float(central[0]),
        "matrices": [mathml(line) for line in matrices(found, layer)],
        "slopes": [[name, mathml(f"f(z) = {both[0]}"), mathml(f"f'(z) = {both[1]}")] for name, both in slopes if both],
        "whole": mathml(whole[0]) if whole else None,
        "sympy": whole[1] if whole else None,
    }
