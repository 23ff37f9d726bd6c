"""D3: width against depth in the plane, and Boolean functions."""

from __future__ import annotations

from nnviz.approximation.boolean import counted, network, rows
from nnviz.experiments.catalogue.common import on_the_ring
from nnviz.experiments.claims import Printed, Within
from nnviz.experiments.guesses import NumberGuess
from nnviz.experiments.recipe import Case, Place, Recipe
from nnviz.experiments.results import Results, Value

INPUTS = (1, 2, 3, 4)


def _measure(results: Results) -> dict[str, Value]:
    """Of parity, the Boolean function that takes most: the nodes of its network, and whether that answers rightly."""
    nodes, right = [], True
    for n in INPUTS:
        table = rows(n)
        parity = table.sum(1) % 2
        found = network("".join(map(str, parity)))
        nodes.append(found.nodes)
        right = right and bool((found.answers(table) == parity).all())
    return {
        "rows": [counted(n)[0] for n in INPUTS],
        "functions": [counted(n)[1] for n in INPUTS],
        "nodes": nodes,
        "right": right,
        "lost by depth": results.mean("wide:test.accuracy") - results.mean("deep:test.accuracy"),
    }


RECIPE = Recipe(
    id="D3",
    title="Width against depth",
    question="Can a deep, narrow network do with fewer parameters what a wide, shallow one does?",
    look="Both regions, and the two numbers of parameters. In the deep one each layer cuts what the layer before has "
    "folded.",
    figure="202 and 131 parameters; n inputs: 2ⁿ rows, 2^(2ⁿ) functions, O(2ⁿ) nodes in one layer",
    place=Place("playground"),
    cases=(
        Case("wide", "2-40-2", on_the_ring(0.1, 40)),
        Case("deep", "2-8-8-3-2", on_the_ring(0.1, 8, 8, 3)),
    ),
    measure=_measure,
    values=("rows", "functions", "nodes", "right", "lost by depth"),
    claims=(
        Printed(what="2-40-2: parameters", of="wide:parameters", lecture=202, places=0),
        Printed(what="2-8-8-3-2: parameters", of="deep:parameters", lecture=131, places=0),
        Within(what="2-40-2: test accuracy", of="wide:test.accuracy", lecture="parts the classes", low=0.95,
            quick=True),
        Within(what="2-8-8-3-2: test accuracy", of="deep:test.accuracy", lecture="parts the classes", low=0.95,
               quick=True),
        Within(what="what the deep one is behind", of="value:lost by depth", lecture="nothing to speak of", high=0.02,
               quick=True),
        Printed(what="rows of a truth table with 1, 2, 3, 4 inputs", of="value:rows", lecture=[2, 4, 8, 16], places=0),
        Printed(what="Boolean functions of them", of="value:functions", lecture=[4, 16, 256, 65_536], places=0),
        Printed(what="nodes of parity in one hidden layer: 2ⁿ⁻¹ + 1", of="value:nodes", lecture=[2, 3, 5, 9], places=0),
        Printed(what="… and they answer rightly", of="value:right", lecture=True, places=0),
    ),
    guess=NumberGuess(
        question="2-40-2 has 202 parameters. How many has 2-8-8-3-2?", of="deep:parameters", low=50, high=400, step=1
    ),
    seeds=3,
    ours=(
        "the data: D1's disc within a ring", "SGD 0.1, momentum 0.9, Nesterov",
        "8, 8, 3 as the lecture's summary has it; its text says 8, 5, 3",
    ),
    seconds=1.0,
)  # fmt: skip
