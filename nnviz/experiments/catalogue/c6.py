"""C6: backpropagation as the chain rule, and what symbols and a tape find."""

from __future__ import annotations

import numpy as np

from nnviz.backprop.spec import BackpropSpec
from nnviz.experiments.claims import Printed, Within
from nnviz.experiments.guesses import ChoiceGuess
from nnviz.experiments.recipe import Case, Place, Recipe
from nnviz.experiments.results import NothingThereError, Results, Value

NETWORK = {"job": "backprop", "layers": "2,3,1", "activations": "tanh,sigmoid", "inputs": "1,-0.5", "seed": 3}
"""o(x) = g(W₂ f(W₁x + b₁) + b₂), with f = tanh and g = σ."""


def _measure(results: Results) -> dict[str, Value]:
    """How far the derivatives by each weight of W₁ are apart at most: products of factors, SymPy's derivative, central
    differences, TensorFlow's tape."""
    from nnviz.backprop.symbols import chain
    from nnviz.backprop.trace import trace

    run = results.runs["tape"][0]
    tape = (run.result.get("result") or {}).get("gradient")
    if not tape:
        raise NothingThereError("gradient: the tape has found none")
    assert isinstance(run.spec, BackpropSpec)
    found = trace(run.spec)
    factors, symbols, differences, taped = [], [], [], []
    for unit in range(1, 4):
        for source in range(1, 3):
            told = chain(found, f"w1.{unit}.{source}")
            factors.append(sum(path["product"] for path in told["paths"]))
            symbols.append(told["sympy"])
            differences.append(told["difference"])
            taped.append(tape[3 * (unit - 1) + source])
    largest = np.abs(factors).max()

    def apart(others: list[float]) -> float:
        return float(np.abs(np.subtract(factors, others)).max() / largest)

    return {
        "factors": len(found.spec.layers) + 2,
        "apart from symbols": apart(symbols),
        "apart from differences": apart(differences),
        "apart from the tape": apart(taped),
        "answer": 2,
    }


RECIPE = Recipe(
    id="C6",
    title="The chain rule",
    question="How do the factors of the chain rule make the gradient of a weight in the first layer?",
    look="One path from a weight of W₁ to the loss: the factors with their numbers, and below them what SymPy derives "
    "from the formula and what TensorFlow's tape records. One number, three ways.",
    figure="the factors of ∂o/∂W₁; symbol-to-symbol and symbol-to-number differentiation",
    place=Place("backpropagation", {
        "layers": "2,3,1", "activations": "tanh,sigmoid", "inputs": "1,-0.5", "seed": "3", "tab": "chain",
        "number": "w1.1.1",
    }),
    cases=(Case("tape", "o(x) = σ(W₂ tanh(W₁x + b₁) + b₂), by TensorFlow's tape", NETWORK, seeded=False),),
    measure=_measure,
    values=("factors", "apart from symbols", "apart from differences", "apart from the tape", "answer"),
    claims=(
        Within(what="product of the factors against SymPy's derivative, largest difference",
               of="value:apart from symbols", lecture="the same number", high=1e-9, quick=True),
        Within(what="… against the tape", of="value:apart from the tape", lecture="the same number",
               high=1e-9, quick=True),
        Within(what="… against central differences", of="value:apart from differences", lecture="nearly the same",
               high=1e-6, quick=True),
        Printed(what="factors of ∂L/∂w₁: ∂L/∂o, g′, W₂, f′, x", of="value:factors", lecture=5, places=0),
    ),
    guess=ChoiceGuess(
        question="SymPy derives formulas, TensorFlow records numbers, the chain rule multiplies factors. Whose "
        "gradient "
        "differs?",
        options=("SymPy's", "TensorFlow's", "nobody's, but for rounding"),
        of=("value:answer",),
    ),
    ours=("the network: 2-3-1, f = tanh, g = σ; one sample",),
)  # fmt: skip
