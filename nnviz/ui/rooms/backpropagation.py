"""The backpropagation room: a small network with every number, computed one operation at a time, forth and back
(web/static/rooms/backpropagation)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, Field

from nnviz.activations import ACTIVATIONS
from nnviz.backprop.editing import changed
from nnviz.backprop.naive import coordinate_search, differences
from nnviz.backprop.network import back, forward
from nnviz.backprop.spec import MOST, MOST_LAYERS, MOST_UNITS, BackpropSpec, outputs_of
from nnviz.backprop.trace import PHASES, plain, trace
from nnviz.backprop.words import LOSS_WORDS
from nnviz.experiments.catalogue import RECIPES
from nnviz.formulas import mathml
from nnviz.jobs.backprop import BACKPROP
from nnviz.losses import LOSSES
from nnviz.optimizers import OPTIMIZERS
from nnviz.source import code_of
from nnviz.ui.live import live
from nnviz.ui.room import Experiment, Guide, Mark, Room, RoomState
from nnviz.ui.view import View


class BackpropView(View):
    """number: the one that is looked at, by its id in the trace. step: so many operations are done; None: all. pace:
    operations a second."""

    tab: Literal["hand", "chain", "naive", "loop"] = "hand"
    number: str | None = Field(None, pattern=r"^[a-zL]{1,2}[0-9.]{0,8}$")
    step: int | None = Field(None, ge=0, le=2000)
    pace: Literal["1", "4", "12"] = "4"


@dataclass(frozen=True, kw_only=True)
class BackpropRoom(Room):
    """A room whose setting is a `BackpropSpec`."""

    job: str | None = "backprop"
    spec: type[BaseModel] | None = BackpropSpec
    view_type: type[View] = BackpropView

    def change(self, here: RoomState, changes: Mapping[str, Any]) -> tuple[BackpropSpec, list[str]]:
        return changed(here.spec, changes)


def _stage(here: RoomState) -> None:
    spec: BackpropSpec = here.spec
    live(
        here,
        {
            "trace": plain(trace(spec)),
            "phases": PHASES,
            "limits": {"layers": MOST_LAYERS, "units": MOST_UNITS, "value": MOST},
            "activations": {name: one.label for name, one in ACTIVATIONS.items() if one.hidden},
            "outputs": {name: ACTIVATIONS[name].label for name in outputs_of(spec.loss, spec.layers[-1])},
            "losses": {name: LOSSES[name].label for name in LOSS_WORDS},
            "optimizers": {name: one.label for name, one in OPTIMIZERS.items()},
            "presets": [{"title": title, "spec": _plain(link)} for title, link in PRESETS],
            "code": [code_of(forward), code_of(back)],
            "naive_code": [code_of(coordinate_search), code_of(differences)],
            "difference": mathml(DIFFERENCE_FORMULA),
        },
    )


DIFFERENCE_FORMULA = (
    r"\frac{\partial L}{\partial w} \approx \frac{L(w + \varepsilon) - L(w)}{\varepsilon} \approx "
    r"\frac{L(w + \varepsilon) - L(w - \varepsilon)}{2 \varepsilon}"
)


def _plain(link: Mapping[str, str]) -> dict[str, Any]:
    """All fields of the setting that a link means."""
    spec: BackpropSpec = BACKPROP.link.read(link)[0]
    return spec.model_dump(mode="json", exclude={"job"})


PRESETS: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("The lecture’s example by hand, 1-2-1-1", {}),
    ("Two sigmoids and an output, 2-2-1", {"layers": "2,2,1", "activations": "sigmoid", "inputs": "1,0", "seed": "3"}),
    ("The lecture’s network, 2-5-2: 27 parameters", {"layers": "2,5,2", "activations": "sigmoid", "seed": "1"}),
    (
        "ReLU and softmax with cross-entropy, 3-4-3",
        {
            "layers": "3,4,3", "activations": "relu,softmax", "loss": "categorical_crossentropy",
            "targets": "0,1,0", "seed": "4",
        },
    ),
    (
        "Four sigmoids in a row: δ fades",
        {"layers": "1,1,1,1,1", "activations": "sigmoid", "weights": "0,1,0,1,0,1,0,1", "inputs": "1", "targets": "0"},
    ),
    (
        "A dead ReLU",
        {"layers": "2,2,1", "activations": "relu,linear", "inputs": "1,1", "weights": "-3,1,1,0.5,1,-1,0,1,1"},
    ),
)  # fmt: skip
"""Networks to begin with: what each is called, and its link."""

EXPERIMENTS = (
    Experiment(
        "Start here: the lecture’s example",
        "Press → and compute it yourself before you look: 42 operations, forward, back, one update.",
        {"step": "0"},
    ),
    Experiment(
        "Where δ fades",
        "Four sigmoids in a row: each slope is at most 1/4, so the first weight hardly hears of the loss.",
        dict(PRESETS[4][1]),
    ),
    Experiment(
        "A dead ReLU",
        "The first neuron’s sum is negative: its slope is 0, its weights get no gradient, whatever the loss.",
        dict(PRESETS[5][1]),
    ),
    Experiment(
        "Why cross-entropy fits softmax",
        "Click δ of an output: it is o − t, without a slope that could be small.",
        dict(PRESETS[3][1]),
    ),
    Experiment(
        "The chain rule, three times",
        "The factors along a path, SymPy’s derivative, and TensorFlow’s tape: one number.",
        {"tab": "chain", "number": "w1.1.1"},
    ),
    Experiment(
        "The naive way against the gradient",
        "168 weights: after 600 ways through the network one has barely begun.",
        RECIPES["C3"].place.link,
    ),
    Experiment("The learning loop", "Weights, loss, optimiser, weights: press once round.", {"tab": "loop"}),
    Experiment(
        "Too large a rate",
        "Set η to 10 and press Update ten times: the loss jumps instead of falling.",
        {"learning_rate": "10", "updates": "10"},
    ),
)
MARKS: tuple[Mark, ...] = (
    ("a card", "a neuron: its bias b, its sum z, what it says a; below them f′(z), ∂L/∂a and δ = ∂L/∂z"),
    ("on a link", "the weight; below it what this phase computes there: w·δ, the gradient, or the new weight"),
    ("blue and orange links", "positive and negative weights, as wide as they are large"),
    ("a framed number", "the operation of this step; dashed: the numbers that it is made of"),
    ("·", "not computed yet at this step"),
)
KEYS: tuple[Mark, ...] = (
    ("→ ←", "one operation on or back; past the end the update is made and the next round begins"),
    ("Shift → Shift ←", "to the end of this phase, of the one before"),
    ("space", "play, pause"),
    ("Home, End", "nothing is computed, everything is"),
    ("U", "take the update: go on with the new weights"),
    ("R", "back to the weights before the first update"),
    ("↑ ↓", "in a number’s field: 0.1 more or less"),
)

ROOM = BackpropRoom(
    name="backpropagation",
    title="Backpropagation",
    section="Foundations",
    icon=":material/undo:",
    intro="A network computes **forward**, the loss says how wrong it is, and **δ** goes **back** over the same links: "
    "that gives every gradient. Press **→** for one operation, and **click any number** for its formula.",
    stage=_stage,
    script="rooms/backpropagation/backpropagation.js",
    styles=("kit/code.css", "kit/tab_list.css", "rooms/backpropagation/backpropagation.css"),
    height=680,
    guide=Guide(
        what="how every gradient is computed",
        experiments=EXPERIMENTS,
        marks=MARKS,
        keys=KEYS,
        lectures="A6, A12, C3, C6, E5, E7",
        needs="what a slope is (Descent), and the sum of a neuron (Neuron)",
        lead="Where the slope comes from: every gradient of a small network, number by number.",
    ),
)
