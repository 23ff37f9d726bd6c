"""The chain rule in symbols gives the numbers of the way back."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnviz.activations import ACTIVATIONS
from nnviz.backprop.spec import BackpropSpec
from nnviz.backprop.symbols import chain, derivative, functions, matrices, paths_of, slope_of
from nnviz.backprop.trace import trace
from nnviz.formulas import mathml
from tests.backprop.test_network import random_spec


@pytest.mark.parametrize("seed", range(8))
def test_the_products_along_all_paths_add_up_to_the_gradient(seed: int) -> None:
    found = trace(random_spec(seed, hidden=["tanh", "sigmoid", "gelu"]))
    if found.spec.functions[-1] == "softmax" and found.spec.loss != "categorical_crossentropy":
        return  # δ of such an output has all outputs in it
    values = found.values
    for weight in ("w1.1.1", "b1.1", f"w{len(found.spec.layers) - 1}.1.1"):
        total = sum(math.prod(values[one] for one in path) for path in paths_of(found, weight))
        assert total == pytest.approx(values[f"g{weight}"], rel=1e-9, abs=1e-12)


def test_sympy_finds_the_worked_examples_gradients_from_the_formulas() -> None:
    found = trace(BackpropSpec())
    for weight in ("w1.1.1", "b1.2", "w2.1.2", "b3.1"):
        whole = derivative(found.spec, found.values, weight)
        assert whole is not None
        assert whole[1] == pytest.approx(found.values[f"g{weight}"], rel=1e-9)
    told = chain(found, "w1.2.1")
    assert told["count"] == 1
    assert told["value"] == pytest.approx(0.875, abs=1e-3)
    assert "<math" in told["whole"]
    assert told["difference"] == pytest.approx(told["value"], rel=1e-8)
    with pytest.raises(KeyError):
        chain(found, "w9.1.1")
    with pytest.raises(KeyError):
        chain(found, "z1.1")


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "gelu", "silu", "softplus", "softsign", "mish", "elu", "relu6"])
def test_sympys_functions_are_the_projects(name: str) -> None:
    import sympy as sp

    z = sp.Symbol("z", real=True)
    f = functions()[name](z)
    at = np.linspace(-4.03, 7.47, 12)  # beside every kink
    for expression, ours in ((f, ACTIVATIONS[name].f(at)), (sp.diff(f, z), ACTIVATIONS[name].slope(at))):
        theirs = [float(expression.subs(z, value).evalf()) for value in at]
        np.testing.assert_allclose(theirs, ours, atol=1e-6)
    assert slope_of(name) is not None


@pytest.mark.parametrize("seed", range(6))
def test_the_product_of_matrices_is_the_layers_gradient(seed: int) -> None:
    found = trace(random_spec(seed, hidden=["tanh"]))
    for layer in range(1, len(found.spec.layers)):
        symbols, _, result = matrices(found, layer)
        rows = result.removeprefix(r"= \left[\begin{matrix} ").removesuffix(r" \end{matrix}\right]").split(r" \\ ")
        numbers = np.array([[float(cell) for cell in row.split(" & ")] for row in rows])
        wanted = [
            [found.values[f"gw{layer}.{j}.{i}"] for i in range(1, found.spec.layers[layer - 1] + 1)]
            for j in range(1, found.spec.layers[layer] + 1)
        ]
        np.testing.assert_allclose(numbers, wanted, rtol=6e-3, atol=1e-12)
        assert "<math" in mathml(symbols)
        assert "<math" in mathml(result)
