"""The tensors room: arrays and their shapes, broadcasting and products cell by cell, layers as maps of the plane.

All but the last tab are the view's: Python computes what is typed there. The last tab is a run of the job `unfold`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import AfterValidator, Field

from nnviz.events import Frame
from nnviz.experiments.catalogue import RECIPES
from nnviz.formulas import mathml
from nnviz.models.backward import descend
from nnviz.part import Names
from nnviz.sets import SETS
from nnviz.source import code_of
from nnviz.tensors.examples import EXAMPLES
from nnviz.tensors.maps import BENDS, about, grid, layer
from nnviz.tensors.operations import OPERATIONS, angle, elementwise, matrix_product
from nnviz.tensors.shapes import broadcast, product
from nnviz.tensors.spec import PARTED, UnfoldSpec
from nnviz.tensors.tables import array_frame, elementwise_table, product_table
from nnviz.ui.live import live, packed
from nnviz.ui.room import Experiment, Guide, Mark, Room, RoomState
from nnviz.ui.view import View

MOST = 5.0
"""The numbers of W and b lie between −5 and 5."""


def _numbers(many: int) -> AfterValidator:
    """`1,0,0,1`: so many numbers from −5 to 5. Raises ValueError for anything else."""

    def check(text: str) -> str:
        try:
            values = [float(part) for part in text.split(",")]
        except ValueError:
            values = []
        if len(values) != many or not all(-MOST <= value <= MOST for value in values):
            raise ValueError(f"write {many} numbers from −5 to 5 with commas between them")
        return text

    return AfterValidator(check)


def _index(text: str) -> str:
    """`3,:,0`. Raises ValueError for anything else than up to five whole numbers and colons."""
    parts = text.split(",")
    if len(parts) > 5 or not all(part == ":" or (part.isascii() and part.isdecimal()) for part in parts):
        raise ValueError("write an index for each axis, a whole number or :, with commas between them")
    return text


Typed = Annotated[str, Field(max_length=200)]


class TensorsView(View):
    """index: of the array that is looked at; None, or of another number of axes: the example's own. a, b: of the
    operation by elements; left, right: of the product; W and b of the map, row by row. speed: epochs a picture."""

    tab: Literal["arrays", "elements", "products", "maps", "unfold"] = "arrays"
    array: Annotated[str, Names(EXAMPLES)] = "images"
    index: Annotated[str, Field(max_length=60), AfterValidator(_index)] | None = None
    operation: Annotated[str, Names(OPERATIONS)] = "add"
    a: Typed = "[[1, 2], [3, 4]]"
    b: Typed = "[10, 20]"
    left: Typed = "[[1, 2, 3], [4, 5, 6]]"
    right: Typed = "[[1, 0], [0, 1], [2, -1]]"
    weights: Annotated[str, Field(max_length=80), _numbers(4)] = "0.866,-0.5,0.5,0.866"
    shift: Annotated[str, Field(max_length=40), _numbers(2)] = "0.5,0.5"
    bend: Annotated[str, Names(BENDS)] = "relu"
    speed: Literal["slow", "quick", "full"] = "quick"


def _stage(here: RoomState) -> None:
    view = TensorsView.model_validate(here.view, context={"hide": here.room.hide_names()})
    live(here, {"steps_per_epoch": 1, "endless": False, "shows": view.tab, **_PARTS[view.tab](view, here.spec)})


def _arrays(view: TensorsView, _: UnfoldSpec) -> dict[str, Any]:
    return {
        "arrays": {name: one.title for name, one in EXAMPLES.items()},
        "array": packed(array_frame(EXAMPLES[view.array])),
        "formula": mathml(r"\text{place} = \sum_k i_k \, s_k, \quad s_k = \prod_{j>k} n_j"),
        "codes": [code_of(array_frame)],
    }


def _elements(view: TensorsView, _: UnfoldSpec) -> dict[str, Any]:
    return {
        "operations": {name: {"label": one.label, "takes": one.takes} for name, one in OPERATIONS.items()},
        "table": elementwise_table(view.operation, view.a, view.b),
        "formula": mathml(r"c_{ij} = a_{ij} \circ b_{ij}, \quad b_{ij} = b_{0j} \text{ where the axis has size } 1"),
        "codes": [code_of(broadcast), code_of(elementwise)],
    }


def _products(view: TensorsView, _: UnfoldSpec) -> dict[str, Any]:
    return {
        "table": product_table(view.left, view.right),
        "formula": mathml(r"c_{ij} = \sum_k a_{ik} \, b_{kj} = \left|a_i\right| \left|b_j\right| \cos \theta_{ij}"),
        "codes": [code_of(product), code_of(matrix_product), code_of(angle)],
    }


def _maps(view: TensorsView, _: UnfoldSpec) -> dict[str, Any]:
    matrix = [float(part) for part in view.weights.split(",")]
    lines = grid(GRID_HALF, 17, 49)
    plane = Frame("plane", 0, 0.0, {"half": GRID_HALF}, {"grid": lines.astype(np.float32)})
    return {
        "plane": packed(plane),
        "maps": [{"title": title, **setting} for title, setting in MAPS],
        "bends": dict(BENDS),
        "words": about(matrix, view.bend),
        "formula": mathml(r"y = f\left(W x + b\right)"),
        "codes": [code_of(layer), code_of(about)],
    }


def _unfold(_: TensorsView, spec: UnfoldSpec) -> dict[str, Any]:
    from nnviz.tensors.unfold import Unfolding, dividing, planes  # SciPy's products of matrices: a third of a second

    return {
        "data": {name: SETS[name].title for name in PARTED},
        "preview": packed(Unfolding(spec).frame(0)),
        "formula": mathml(r"h_{l+1} = V_l \, f(W_l h_l + b_l) + c_l, \quad o = \sigma(w \cdot h_L + b)"),
        "codes": [code_of(planes), code_of(dividing), code_of(descend)],
    }


_PARTS = {"arrays": _arrays, "elements": _elements, "products": _products, "maps": _maps, "unfold": _unfold}
GRID_HALF = 3.0
MAPS: tuple[tuple[str, dict[str, str]], ...] = (
    ("as it is", {"weights": "1,0,0,1", "shift": "0,0", "bend": "linear"}),
    ("rotate by 30°", {"weights": "0.866,-0.5,0.5,0.866", "shift": "0,0", "bend": "linear"}),
    ("scale", {"weights": "1.5,0,0,0.5", "shift": "0,0", "bend": "linear"}),
    ("shear", {"weights": "1,0.8,0,1", "shift": "0,0", "bend": "linear"}),
    ("mirror", {"weights": "0,1,1,0", "shift": "0,0", "bend": "linear"}),
    ("shift", {"weights": "1,0,0,1", "shift": "1,-0.5", "bend": "linear"}),
    ("flatten", {"weights": "1,0.5,0.5,0.25", "shift": "0,0", "bend": "linear"}),
    ("rotate and bend", {"weights": "0.866,-0.5,0.5,0.866", "shift": "0.5,0.5", "bend": "relu"}),
    ("press into a square", {"weights": "1,0.8,0,1", "shift": "0,0", "bend": "tanh"}),
)

EXPERIMENTS = (
    Experiment(
        "Start here: what a batch of images is",
        "Four axes: sample, row, column, channel. Fix one and an axis is gone; leave two and you see a digit.",
        {},
    ),
    Experiment(
        "The lecture’s broadcast",
        "[[1, 2], [3, 4]] + [10, 20] = [[11, 22], [13, 24]]: the row is used twice, without a copy.",
        RECIPES["C2"].place.link,
    ),
    Experiment(
        "Shapes that do not fit",
        "(2, 3) and (2,): compared from the last axis, 3 meets 2. The way out is an axis of size 1.",
        {"tab": "elements", "a": "(2, 3)", "b": "[10, 20]"},
    ),
    Experiment(
        "A column and a row make a table",
        "(3, 1) and (4,): both are stretched. So a whole table of sums needs no loop.",
        {"tab": "elements", "a": "(3, 1)", "b": "(4,)"},
    ),
    Experiment(
        "A dense layer, number by number",
        "Three samples of two features times weights for four neurons: each cell is one neuron’s sum for one sample.",
        {"tab": "products", "left": "(3, 2)", "right": "[[1, 0, 2, -1], [0, 1, -1, 2]]"},
    ),
    Experiment(
        "Two vectors and their angle",
        "At a right angle the product is 0: the one says nothing about the other.",
        {"tab": "products", "left": "[2, 1]", "right": "[-1, 2]"},
    ),
    Experiment(
        "Rotate, then fold",
        "W turns the plane, b shifts it, ReLU folds three of its quarters away. Slide from one to the next.",
        {"tab": "maps"},
    ),
    Experiment(
        "A stack unfolds the spiral",
        "Train, then slide through the blocks: each bends the plane; in the last, one line parts both arms.",
        {"tab": "unfold"},
    ),
    Experiment(
        "A stack that cannot",
        "The same without an activation: however many layers, the plane is only turned and stretched.",
        {"tab": "unfold", "activation": "linear"},
    ),
)
MARKS: tuple[Mark, ...] = (
    ("dashed, pale cells", "copies: the axis has size 1 there, and the same number is used again"),
    ("framed cells", "the numbers that this cell of the result is made of"),
    ("red row of the axes", "the two sizes that do not fit: neither equal nor 1"),
    ("the filled square", "the image of the unit square: its area is |det W|"),
    ("the dashed line", "where the last neuron says ½: one straight line of the last plane"),
)
KEYS: tuple[Mark, ...] = (
    ("→ ←", "the next cell or the one before; in the last two tabs the next plane"),
    ("Home, End", "the first, the last"),
    ("space", "play from cell to cell, pause; in the last tab train and pause"),
    ("R", "in the last tab: back to the untrained layers"),
)

ROOM = Room(
    name="tensors",
    title="Tensors",
    section="Foundations",
    icon=":material/deployed_code:",
    intro="Everything that a network takes, knows and says is an **array**: see its axes, which shapes go together, "
    "and how layers move and bend the plane until a line can part what was wound up.",
    stage=_stage,
    script="rooms/tensors/tensors.js",
    preload=("kit/tabbed.js", "figures/chart.js"),
    styles=("kit/code.css", "kit/film.css", "kit/tab_list.css", "kit/tabbed.css", "rooms/tensors/tensors.css"),
    height=640,
    job="unfold",
    spec=UnfoldSpec,
    view_type=TensorsView,
    guide=Guide(
        what="in arrays and their shapes",
        experiments=EXPERIMENTS,
        marks=MARKS,
        keys=KEYS,
        lectures="C2",
        needs="numbers in rows and columns",
        lead="What a network computes with: arrays of numbers, their shapes, and layers as maps of the plane.",
    ),
)
