"""The kernels' room: a support vector machine as a sum of bumps, and the grid search for its numbers.

The browser asks for the picture while a slider moves (nnviz/web/kernels.py, web/static/rooms/kernels); the search is a
run of the job `grid_search`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field

from nnviz.data import DataError, load
from nnviz.experiments.catalogue import RECIPES
from nnviz.formulas import mathml
from nnviz.kernels.fitted import decision
from nnviz.kernels.spec import KernelSpec
from nnviz.models.kernels import Kernel
from nnviz.sets import fixed
from nnviz.source import code_of
from nnviz.ui import kernels_controls
from nnviz.ui.live import live
from nnviz.ui.room import Experiment, Guide, Mark, Room, RoomState
from nnviz.ui.view import View

INTRO = (
    "A support vector machine puts a **bump** on some of its samples, up for one class and down for the other; their "
    "**sum** says which class a place is of. Turn γ and C and watch the border; then let a **grid search** choose them."
)
FORMULAS = {
    "decision": r"f(x) = \sum_{i} y_i \alpha_i \, k(x_i, x) + b, \quad 0 \le \alpha_i \le C",
    "linear": r"k(x, x') = x \cdot x'",
    "rbf": r"k(x, x') = e^{-\gamma \lVert x - x' \rVert^2}",
    "poly": r"k(x, x') = (\gamma \, x \cdot x' + \eta)^d",
    "sigmoid": r"k(x, x') = \tanh(\gamma \, x \cdot x' + \eta)",
}


def _place(text: str) -> str:
    """`1.5,-2`. Raises ValueError for anything else than two numbers."""
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        values = []
    if len(values) != 2 or not all(abs(value) <= 1e6 for value in values):
        raise ValueError("write two numbers with a comma between them")
    return text


class KernelsView(View):
    """at: the place that is looked at; vector: the chosen support vector, by its training sample; show: the decision
    everywhere, or the one support vector's part of it. None: the room chooses."""

    tab: Literal["svm", "search"] = "svm"
    show: Literal["sum", "bump"] = "sum"
    at: Annotated[str, Field(max_length=60), AfterValidator(_place)] | None = None
    vector: int | None = Field(None, ge=0, le=100_000)


@dataclass(frozen=True, kw_only=True)
class KernelsRoom(Room):
    """A room whose setting is a `KernelSpec`."""

    job: str | None = "grid_search"
    spec: type[BaseModel] | None = KernelSpec
    view_type: type[View] = KernelsView

    def change(self, here: RoomState, changes: Mapping[str, Any]) -> tuple[KernelSpec, list[str]]:
        more = dict(changes)
        if changes.get("data", here.spec.data) != here.spec.data:
            # What was measured needs no noise to be hard; made-up samples have some.
            more = {"noise": 0.0 if fixed(str(changes["data"])) else KernelSpec().noise, **more}
            here.view.update(at=None, vector=None)
        return super().change(here, more)

    def admit(self, here: RoomState, spec: KernelSpec) -> KernelSpec | None:
        """Unless its data cannot be had."""
        try:
            load(spec.samples)
        except DataError as error:
            here.problems.append(f"Not changed: {error}. The Digits room fetches MNIST by a button.")
            return None
        return spec

    def same_run(self, one: KernelSpec, other: KernelSpec) -> bool:
        """A search goes on whatever SVM is looked at meanwhile."""
        looked_at = {"C": 1.0} if one.kernel == "linear" else {"C": 1.0, "gamma": 1.0}
        return one.model_copy(update=looked_at) == other.model_copy(update=looked_at)


def _stage(here: RoomState) -> None:
    spec: KernelSpec = here.spec
    given = {
        "formulas": {name: mathml(latex) for name, latex in FORMULAS.items()},
        "code": [code_of(decision), code_of(Kernel.__call__)],
        "network": network_link(spec),
        "pixels": PIXELS,
        "steps_per_epoch": spec.folds,
        "endless": False,
    }
    live(here, given)


def network_link(spec: KernelSpec) -> dict[str, str]:
    """The Playground's link for a network on the same samples (A11)."""
    layers = {"layers": "5", "activation": "sigmoid"} if fixed(spec.data) else {"layers": "8,8"}
    counts = {"train": spec.train, "validation": 0, "test": spec.test, "sample": spec.sample}
    return {
        "data": spec.data, "noise": f"{spec.noise:g}", **{name: str(value) for name, value in counts.items()}, **layers,
    }  # fmt: skip


_SVM = {"data": "mnist", "family": "svm", "C": "5", "gamma": "0.05"}
PIXELS = [
    ["10,000 images, C = 5, γ = 0.05", {**_SVM, "train": "10000"}],
    ["all 60,000 images", _SVM],
    ["linear, 10,000 images", {**_SVM, "train": "10000", "kernel": "linear", "gamma": "scale"}],
    ["scikit-learn’s defaults, 10,000 images", {"data": "mnist", "family": "svm", "train": "10000"}],
]
"""The SVM on all pixels (A3): what the Digits room's links say of it."""

LECTURE = {"data": "zeros_ones", "train": "12665", "test": "2115", "noise": "0"}
EXPERIMENTS = (
    Experiment(
        "Start here: double donuts",
        "Two rings, two cores: no line parts them, some fifty bumps do. Turn γ and C.",
        {},
    ),
    Experiment(
        "A straight line is not enough",
        "The linear kernel draws the best line there is; half of the samples are wrong, and nearly all hold it up.",
        {"kernel": "linear"},
    ),
    Experiment(
        "Too wide, too narrow",
        "γ = 50: every training sample is right, each on a hill of its own, and the test samples fall between them. "
        "Now turn γ down: at 0.005 all bumps are one flat hill.",
        {"gamma": "50", "noise": "0.3"},
    ),
    Experiment(
        "Soft and hard",
        "C is what a sample on the wrong side costs. At 0.05 the margin is wide and many stand in it; at 1000 the "
        "border bends round single samples.",
        {"data": "moons", "noise": "0.5", "C": "0.05"},
    ),
    Experiment(
        "One bump",
        "What a single support vector adds to the sum. Click others; the cut below shows them all.",
        {"show": "bump", "gamma": "1"},
    ),
    Experiment(
        "Circles by a parabola",
        "A polynomial of degree 2 is enough for a circle: x₁² and x₂² are within its reach.",
        {"data": "circle", "kernel": "poly", "degree": "2", "gamma": "0.2"},
    ),
    Experiment(
        "A sigmoid kernel",
        "Like a neuron’s slope instead of a bump. It is no inner product for all numbers: turn η and see it fail.",
        {"data": "gauss", "kernel": "sigmoid", "gamma": "0.05", "coef0": "0"},
    ),
    Experiment(
        "Zeros and ones by two numbers",
        "How much ink, and how much of it in the middle: the lecture’s two measures of MNIST’s 0 and 1.",
        {**LECTURE, "train": "1000", "C": "50"},
    ),
    Experiment(
        "The lecture’s grid search",
        "16 pairs of C and γ, 3 folds each: 48 fits. Press Search. Five pairs are equally good.",
        RECIPES["A2"].place.link,
    ),
    Experiment(
        "Where the search cannot find the difference",
        "200 noisy samples: the folds of one pair differ more than the pairs do.",
        {"noise": "0.5", "tab": "search", "C_values": "0.1,1,10,100", "gamma_values": "5,1,0.2,0.05"},
    ),
)
MARKS: tuple[Mark, ...] = (
    ("colours of the ground", "the sum f(x): blue above 0, orange below; or the part of one support vector"),
    ("the solid line, the dashed ones", "the border f(x) = 0, and the margins f(x) = ±1"),
    ("a dark edge", "a support vector, round: on its margin, square: α = C, inside the margin or beyond the border"),
    ("small pale dots", "samples that have no part in the sum: without them the border would be the same"),
    ("×", "told wrongly"),
    (
        "the ring, the cross, the dotted line",
        "the chosen support vector, the place that is looked at, the cut through it",
    ),
    ("thin curves, the thick one", "what single support vectors add along the cut, and their sum with b"),
    ("★ and = in the heat map", "the pair that the search chooses, and others that told as many samples right"),
)
KEYS: tuple[Mark, ...] = (
    ("arrows", "on the map: move the place; on the heat map: from pair to pair"),
    ("Enter", "on the map: choose the support vector that says most there"),
    ("space", "search, pause, go on"),
    ("R", "forget the search"),
)

ROOM = KernelsRoom(
    name="kernels",
    title="Kernels",
    section="Foundations",
    icon=":material/scatter_plot:",
    intro=INTRO,
    stage=_stage,
    controls=kernels_controls.first_sight,
    more=kernels_controls.more_settings,
    script="rooms/kernels/kernels.js",
    preload=("rooms/kernels/picture.js", "rooms/kernels/search.js", "figures/chart.js"),
    styles=("kit/room.css", "kit/code.css", "kit/tab_list.css", "rooms/kernels/kernels.css"),
    hideable={
        "data": "Data", "kernel": "Kernel", "samples": "Samples", "grid": "Grid of the search", "code": "Code",
    },
    height=640,
    about_more="How many samples, which, how noisy; the values and folds of the search.",
    guide=Guide(
        what="in a sum of kernels", experiments=EXPERIMENTS, marks=MARKS, keys=KEYS,
        note="The zeros and ones are MNIST’s: where it is not here yet, the Digits room fetches it (11 MB).",
        lectures="A1 to A3, A11",
        needs="data in the plane (Playground)",
        lead="Another way to a bent boundary: no layers, but a bump around each sample that matters.",
    ),
)  # fmt: skip
