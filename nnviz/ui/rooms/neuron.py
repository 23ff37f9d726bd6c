"""The neuron: a perceptron and a smooth neuron under one pointer, and Rosenblatt's rule on flowers.

The first half is the view's: the browser computes what follows the pointer (web/static/rooms/neuron), and Python says
what no line can part. The second half is a run of the job `perceptron`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from nnviz.activations import ACTIVATIONS, HIDDEN
from nnviz.experiments.catalogue import RECIPES
from nnviz.neuron.gates import GATES, truth_rows
from nnviz.neuron.learning import LIBRARY_SEED
from nnviz.neuron.outputs import STEPS, table
from nnviz.neuron.pictures import course, frame
from nnviz.neuron.separability import Contradiction, separability
from nnviz.neuron.spec import PerceptronSpec
from nnviz.part import Names
from nnviz.sets.iris import MEASURES, SPECIES
from nnviz.ui.live import live, packed
from nnviz.ui.room import Experiment, Guide, Mark, Room, RoomState
from nnviz.ui.view import View

MOST = 10.0
"""Weights and bias of the first half lie between −10 and 10."""


def _numbers(text: str) -> str:
    """`2,-1.5,0`. Raises ValueError for anything else than two to four numbers from −10 to 10."""
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        values = []
    if not 2 <= len(values) <= 4 or not all(-MOST <= value <= MOST for value in values):
        raise ValueError("write two to four numbers from −10 to 10 with commas between them")
    return text


Numbers = Annotated[str, Field(max_length=80), AfterValidator(_numbers)]


class NeuronView(View):
    """weights: of each input, the bias last; change: Δw and Δb alike; at: the point looked at. None, or as many numbers
    as the gate has no use for: the gate's own. target: another truth table than the gate's, row by row."""

    tab: Literal["gate", "learn"] = "gate"
    gate: Annotated[str, Names(GATES)] = "and"
    weights: Numbers | None = None
    step: Annotated[str, Names(STEPS)] | None = None
    function: Annotated[str, HIDDEN] = "sigmoid"
    target: str | None = Field(None, pattern=r"^([01]{4}|[01]{8})$")
    change: Numbers | None = None
    at: Numbers | None = None
    threshold: bool = Field(False, description="the threshold is shown instead of the bias")
    speed: Literal["slow", "step", "pass", "full"] = "slow"


def _stage(here: RoomState) -> None:
    gate = GATES[here.view.get("gate", "and")]
    target = here.view.get("target") or gate.target
    target = target if len(target) == len(gate.target) else gate.target
    given = {
        "gates": {
            name: {
                "title": gate.title, "inputs": gate.inputs, "weights": [*gate.weights, gate.bias], "step": gate.step,
                "target": gate.target, "about": gate.about,
            }
            for name, gate in GATES.items()
        },
        "steps": {name: {"title": title, "low": low} for name, (title, low) in STEPS.items()},
        "functions": {name: ACTIVATIONS[name].label for name in HIDDEN},
        "formula": ACTIVATIONS[here.view.get("function", "sigmoid")].formula,
        "table": table(here.view.get("function", "sigmoid")),
        "verdict": verdict(target, gate.inputs),
        "species": SPECIES,
        "measures": MEASURES,
        "library_seed": LIBRARY_SEED,
        "steps_per_epoch": 1,
        "endless": False,
        "preview": packed(frame(here.spec, next(course(here.spec)), 0)),
    }  # fmt: skip
    live(here, given)


def verdict(target: str, inputs: tuple[str, ...]) -> dict[str, Any]:
    """Whether one neuron with a step can compute the table: {target, possible, weights (bias last), words, meet}."""
    found = separability(target)
    known = "14 of the 16 truth tables of two inputs" if len(target) == 4 else "104 of the 256 of three inputs"
    if not isinstance(found, Contradiction):
        weights = [*found.weights, found.bias]
        return {"target": target, "possible": True, "weights": weights, "meet": [],
                "words": f"One neuron can compute this table, as it can {known}."}  # fmt: skip
    rows, groups = truth_rows(len(inputs)), {}
    for kind in "10":
        parts = [
            f"{share:.4g}·({', '.join(map(str, row))})"
            for share, row, bit in zip(found.shares, rows, target, strict=True) if bit == kind and share
        ]  # fmt: skip
        groups[kind] = " + ".join(parts)
    point = ", ".join(f"{value:.4g}" for value in found.mean)
    kind = "line" if len(inputs) == 2 else "plane"
    return {
        "target": target, "possible": False, "weights": None, "meet": list(found.mean),
        "words": f"No {kind} can part them: {groups['1']} must fire and {groups['0']} must not, but both are the "
        f"same point ({point}), and Σ w·x + b there cannot be greater than 0 and at most 0. Two layers can do it.",
    }  # fmt: skip


EXPERIMENTS = (
    Experiment("Start here: AND by a line", "Drag the line over the plane: the truth table follows.", {}),
    Experiment("XOR cannot be done", "Whatever you drag, one corner stays wrong; the star says why.", {"gate": "xor"}),
    Experiment(
        "Eat ice cream?",
        "Coins, a hot day, a big lunch: three inputs, one decision. Which weight must be negative?",
        {"gate": "ice_cream"},
    ),
    Experiment(
        "By hand, with the bipolar step",
        "Weights of 0.3 and a threshold of 0.4: check every row of the lecture's table.",
        RECIPES["E3"].place.link,
    ),
    Experiment(
        "A jump against a slope",
        "The same small change of a weight: the perceptron stays or jumps, the sigmoid neuron moves as predicted.",
        {"gate": "and", "weights": "2,2,-3.9", "change": "-0.2,0,0"},
    ),
    Experiment("Rosenblatt's rule", "Press Learn: ten updates, and setosa is told from versicolor.", {"tab": "learn"}),
    Experiment(
        "From zero weights",
        "The learning rate changes only the scale: compare this run with the one at η = 1.",
        {"tab": "learn", "initializer": "zeros", "learning_rate": "0.01"},
    ),
    Experiment(
        "The library's perceptron",
        "80 flowers to learn from, 20 to test, seeds fixed: −1; −3.5, 7.9 as the lecture's listing prints it.",
        RECIPES["E2"].place.link,
    ),
    Experiment(
        "Three species, one against all",
        "Versicolor lies between the others: no line parts it from both, and its perceptron never rests.",
        {"tab": "learn", "species": "setosa,versicolor,virginica", "shuffle": "on"},
    ),
)
MARKS: tuple[Mark, ...] = (
    ("orange and blue corners", "rows of the truth table that must not fire, and that must; a cross: answered wrongly"),
    ("the line", "where Σ w·x + b = 0; its square shifts it (the bias), its circles turn it (the weights)"),
    ("the colours of the ground", "the output at each place: a jump at the perceptron, a slope at the smooth neuron"),
    ("the diamond on the curve", "the output after the change; the dotted line predicts it from the derivative"),
    ("the star", "the point that the corners that fire share with those that do not: no line parts them"),
    ("the ringed flower, the pale line", "the flower of this update, and the line before it"),
)
KEYS: tuple[Mark, ...] = (
    ("arrows", "on a plane: shift the line; with Shift turn it"),
    ("1 … 8", "look at a row of the truth table"),
    ("space", "learn, pause, go on"),
    ("→", "one step: the next update, or the end of a pass"),
    ("Shift →", "one pass over all flowers"),
    ("R", "back to the start"),
)

ROOM = Room(
    name="neuron",
    title="Neuron",
    section="Foundations",
    icon=":material/linear_scale:",
    intro="One neuron multiplies its inputs by **weights**, adds a **bias** and asks a function what to answer. "
    "**Drag the line** and watch the truth table; then let **Rosenblatt's rule** find the line by itself.",
    stage=_stage,
    script="rooms/neuron/neuron.js",
    preload=("rooms/neuron/gate.js", "rooms/neuron/learn.js", "figures/chart.js"),
    styles=("kit/film.css", "kit/tab_list.css", "rooms/neuron/neuron.css"),
    height=640,
    job="perceptron",
    spec=PerceptronSpec,
    view_type=NeuronView,
    guide=Guide(
        what="in a single neuron",
        experiments=EXPERIMENTS,
        marks=MARKS,
        keys=KEYS,
        lectures="A4, A5, E1 to E3, E8",
        needs="nothing but sums and products",
        lead="One neuron, by hand: where everything begins.",
    ),
)
