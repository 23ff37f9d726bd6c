"""C2: tensors, element by element, broadcast, and multiplied."""

from __future__ import annotations

import numpy as np

from nnviz.experiments.claims import Printed, Within
from nnviz.experiments.guesses import ChoiceGuess
from nnviz.experiments.recipe import Place, Recipe
from nnviz.experiments.results import Results, Value
from nnviz.tensors.examples import EXAMPLES
from nnviz.tensors.operations import angle, elementwise, matrix_product
from nnviz.tensors.shapes import broadcast
from nnviz.tensors.typed import typed_array


def _measure(_: Results) -> dict[str, Value]:
    a, row = typed_array("[[1, 2], [3, 4]]"), typed_array("[10, 20]")
    left, right = typed_array("[[1, 2, 3], [4, 5, 6]]"), typed_array("[[1, 0], [0, 1], [2, -1]]")
    across = angle(np.array([2.0, 1.0]), np.array([-1.0, 2.0]))
    return {
        "axes": [one.make().ndim for one in EXAMPLES.values()],
        "broadcast": elementwise("add", a, row).values.tolist(),
        "product": matrix_product(left, right).values.tolist(),
        "fits": broadcast((2, 3), (2,)).fits,
        "fits with one more axis": broadcast((2, 3), (2, 1)).fits,
        "dot": across.dot,
        "degrees": across.degrees,
        "answer": 1,
    }


RECIPE = Recipe(
    id="C2",
    title="Tensors",
    question="Which arrays can be added and multiplied, and what comes of it?",
    look="The dashed cells: the row [10, 20] is used twice, once for each row of the other array, without a copy.",
    figure="[[1, 2], [3, 4]] + [10, 20] = [[11, 22], [13, 24]]",
    place=Place("tensors", {"tab": "elements"}),
    measure=_measure,
    values=("axes", "broadcast", "product", "fits", "fits with one more axis", "dot", "degrees", "answer"),
    claims=(
        Printed(what="the broadcast sum", of="value:broadcast", lecture=[[11, 22], [13, 24]], places=0),
        Printed(what="axes of a number, a vector, a table, time series, images, video", of="value:axes",
                lecture=[0, 1, 2, 3, 4, 5], places=0),
        Printed(what="[[1, 2, 3], [4, 5, 6]] @ [[1, 0], [0, 1], [2, −1]], as by hand", of="value:product",
                lecture=[[7, -1], [16, -1]], places=0),
        Printed(what="(2, 3) and (2,) fit", of="value:fits", lecture=False, places=0),
        Printed(what="(2, 3) and (2, 1) fit", of="value:fits with one more axis", lecture=True, places=0),
        Printed(what="dot product at a right angle", of="value:dot", lecture=0, places=9),
        Within(what="the angle between [2, 1] and [−1, 2]", of="value:degrees", lecture="90°", low=89.999, high=90.001,
               quick=True),
    ),
    guess=ChoiceGuess(
        question="What is [[1, 2], [3, 4]] + [10, 20]?",
        options=("[[11, 12], [23, 24]]", "[[11, 22], [13, 24]]", "an error: the shapes differ"),
        of=("value:answer",),
    ),
    ours=("the lecture prints the broadcast alone; the other numbers are computed by hand",),
)  # fmt: skip
