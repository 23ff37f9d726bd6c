"""The approximation room: a function of one variable learned in pieces, width against depth, a polynomial with weight
decay, truth tables.

The first tab is a run of the job `approximation`, the second a group of such runs; the others are the view's, and
computed here.
"""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import urlencode

import numpy as np
from pydantic import Field

from nnviz.approximation import equals
from nnviz.approximation.boolean import counted, network, rows
from nnviz.approximation.curves import CURVES, DOMAIN, DRAWN, OWN
from nnviz.approximation.polynomial import MOST_DEGREE, error, fit, noisy_sine, powers, true_error
from nnviz.approximation.spec import MOST_UNITS, ApproximationSpec
from nnviz.events import finite
from nnviz.formulas import mathml
from nnviz.source import code_of
from nnviz.tensors.operations import short
from nnviz.ui.live import live, packed
from nnviz.ui.room import Experiment, Guide, Mark, Room, RoomState
from nnviz.ui.view import View

TABLES = {1: "01", 2: "0110", 3: "01101001", 4: "0110100110010110"}
"""What is ticked at first: whether the number of ones is odd."""


class ApproximationView(View):
    """degree, decay (λ), points, jitter (standard deviation) and draw (seed) are of the polynomial; inputs and target
    of the truth table: a target of another length than the table's stands for the parity. neurons: of the network of
    one layer that deeper ones are compared with; group: the runs of such a comparison."""

    tab: Literal["learn", "equals", "polynomial", "boolean"] = "learn"
    speed: Literal["slow", "quick", "full"] = "quick"
    degree: int = Field(5, ge=1, le=MOST_DEGREE)
    decay: float = Field(0.1, ge=0, le=1000, allow_inf_nan=False)
    points: int = Field(7, ge=3, le=60)
    jitter: float = Field(0.3, ge=0, le=1, allow_inf_nan=False)
    draw: int = Field(1, ge=0, le=9999)
    inputs: int = Field(2, ge=1, le=4)
    target: str | None = Field(None, pattern=r"^[01]{2,16}$")
    neurons: int = Field(32, ge=6, le=MOST_UNITS)
    group: str | None = Field(None, pattern=r"^[A-Za-z0-9_-]{1,64}$", description="networks of equal size")


def _stage(here: RoomState) -> None:
    view = ApproximationView.model_validate(here.view, context={"hide": here.room.hide_names()})
    live(here, {"steps_per_epoch": 1, "endless": False, "shows": view.tab, **_PARTS[view.tab](view, here.spec)})


def _functions() -> dict[str, str]:
    titles = {name: f"{title}: {text}" for name, (title, text) in CURVES.items()}
    return {**titles, OWN: "a formula of yours", DRAWN: "drawn by hand"}


def _learn(_: ApproximationView, spec: ApproximationSpec) -> dict[str, Any]:
    from nnviz.approximation.learning import Approximation, pieces  # SciPy's products of matrices: a third of a second

    return {
        "functions": _functions(),
        "preview": packed(Approximation(spec).frame(0)),
        "formula": mathml(r"o(x) = c + \sum_j v_j \, f\left(\sum_i w_{ij} h_i(x) + b_j\right)"),
        "codes": [code_of(pieces), code_of(Approximation)],
    }


def _equals(view: ApproximationView, spec: ApproximationSpec) -> dict[str, Any]:
    from nnviz.approximation.learning import Approximation

    specs = [spec.with_layers(layers) for layers in equals.equals(view.neurons)]
    frames = [Approximation(one).frame(0) for one in specs]
    arrays = {name: finite(frames[0].arrays[name].tolist()) for name in ("x", "target", "samples")}
    return {
        "functions": _functions(),
        "networks": [
            {
                "layers": one.layers, "parameters": one.parameters, "output": frame.arrays["output"].tolist(),
                "link": "?" + urlencode(ROOM.write(one)),
            }
            for one, frame in zip(specs, frames, strict=True)
        ],
        "untrained": {**arrays, "domain": DOMAIN},
        "formula": mathml(r"\text{parameters} = \sum_{l} (n_{l-1} + 1) \, n_l"),
        "codes": [code_of(equals.equals), code_of(equals.parameters), code_of(equals.ahead)],
    }  # fmt: skip


def _polynomial(view: ApproximationView, _: ApproximationSpec) -> dict[str, Any]:
    samples = noisy_sine(view.points, view.jitter, view.draw)
    plain, decayed = (fit(samples, view.degree, decay) for decay in (0.0, view.decay))
    x = np.linspace(-1, 1, 161)
    curves = {"true": np.sin(np.pi * x)} | {
        name: powers(x, view.degree) @ w for name, w in (("plain", plain), ("decayed", decayed))
    }
    told = [
        [name, short(error(samples, w)), short(true_error(w)), short(float(np.abs(w).max()))]
        for name, w in (("no decay", plain), (f"λ = {short(view.decay)}", decayed))
    ]
    return {
        "polynomial": {
            "x": x.tolist(), **{name: y.tolist() for name, y in curves.items()},
            "samples": {"x": samples.x.tolist(), "y": samples.y.tolist()},
        },
        "coefficients": {
            "names": [f"w{i}" for i in range(view.degree + 1)], "plain": plain.tolist(), "decayed": decayed.tolist(),
        },
        "told": told,
        "formula": mathml(
            r"\min_w \; \frac{1}{2} \sum_i \left(\sum_k w_k x_i^k - y_i\right)^2 + \frac{\lambda}{2} \sum_{k>0} w_k^2"
        ),
        "codes": [code_of(fit), code_of(noisy_sine)],
    }  # fmt: skip


def _boolean(view: ApproximationView, _: ApproximationSpec) -> dict[str, Any]:
    table = rows(view.inputs)
    target = view.target if view.target and len(view.target) == len(table) else TABLES[view.inputs]
    found = network(target)
    many, functions = counted(view.inputs)
    hidden = (table @ found.kernel + found.bias > 0).astype(int)
    return {
        "table": {
            "rows": table.tolist(), "target": target, "hidden": hidden.tolist(),
            "answers": found.answers(table).tolist(), "negated": found.negated,
            "kernel": found.kernel.T.tolist(), "bias": found.bias.tolist(),
        },
        "words": f"{view.inputs} input{'s' * (view.inputs > 1)}: 2{raised(view.inputs)} = {many} rows, so "
        f"2{raised(many)} = {functions:,} Boolean functions. This one takes {len(found.rows)} hidden neuron"
        f"{'s' * (len(found.rows) != 1)}, one for each row that {'must not fire' if found.negated else 'must fire'}; "
        f"none takes more than {many // 2}.",
        "formula": mathml(r"\text{rows: } 2^n, \quad \text{functions: } 2^{2^n}, \quad \text{nodes: } O(2^n)"),
        "codes": [code_of(network), code_of(counted)],
    }  # fmt: skip


def raised(number: int) -> str:
    """A whole number as an exponent."""
    return str(number).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


_PARTS = {"learn": _learn, "equals": _equals, "polynomial": _polynomial, "boolean": _boolean}

OVERFITTING = {
    "layers": "40,40", "activation": "tanh", "samples": "15", "noise": "0.5", "learning_rate": "0.005",
    "epochs": "1500",
}  # fmt: skip
EXPERIMENTS = (
    Experiment("Start here: a sine out of corners", "Each ReLU is one corner: twenty, added up, follow a sine.", {}),
    Experiment(
        "Smooth pieces", "The same with tanh: each neuron is one soft step.", {"activation": "tanh", "layers": "16"}
    ),
    Experiment(
        "Width against depth, with about as many weights",
        "1-30-1 has 91 weights, 1-8-8-1 has 97: in the second layer, corners are made of corners.",
        {"function": "chirp", "layers": "30", "against": "8,8", "samples": "200", "noise": "0"},
    ),
    Experiment(
        "One, two and three layers with 97 weights each",
        "1-32-1, 1-8-8-1 and 1-6-5-7-1 learn the same samples side by side: which one is ahead, and where?",
        {"tab": "equals", "function": "chirp", "samples": "200", "noise": "0"},
    ),
    Experiment(
        "Too many neurons, too few samples",
        "1,761 weights for 15 samples: the training loss falls, the validation loss rises. ★ is where to stop.",
        OVERFITTING,
    ),
    Experiment(
        "The same, stopped early",
        "Fifty epochs without a better validation loss, and it ends.",
        {**OVERFITTING, "patience": "50"},
    ),
    Experiment(
        "A polynomial of degree 5 and weight decay",
        "Seven samples: without decay the high terms are large and the curve swings.", {"tab": "polynomial"},
    ),
    Experiment(
        "Parity of four bits", "Half of all rows must fire, and no two of them touch: eight hidden neurons.",
        {"tab": "boolean", "inputs": "4"},
    ),
)  # fmt: skip
MARKS: tuple[Mark, ...] = (
    ("thin lines", "what each neuron of the last hidden layer adds; the thick line is their sum and the bias"),
    ("grey ground", "outside of the samples: nothing tells the network what to say there"),
    ("★ in the losses", "the lowest validation loss: where early stopping would have ended"),
)
KEYS: tuple[Mark, ...] = (
    ("space", "train, pause"),
    ("R", "back to the start"),
)

ROOM = Room(
    name="approximation",
    title="Approximation",
    section="Foundations",
    icon=":material/show_chart:",
    intro="A network builds a function out of **pieces**, one for each neuron, and adds them up. Press **Train** and "
    "see what it can follow, where it only guesses, and when it learns its samples by heart.",
    stage=_stage,
    script="rooms/approximation/approximation.js",
    preload=("kit/tabbed.js", "figures/chart.js"),
    styles=(
        "kit/code.css",
        "kit/film.css",
        "kit/tab_list.css",
        "kit/tabbed.css",
        "rooms/approximation/approximation.css",
    ),
    height=640,
    job="approximation",
    spec=ApproximationSpec,
    view_type=ApproximationView,
    guide=Guide(
        what="in the pieces of a curve",
        experiments=EXPERIMENTS,
        marks=MARKS,
        keys=KEYS,
        lectures="A9, B5, D1 to D3",
        needs="a network with a hidden layer (Playground)",
        lead="Why hidden neurons help: each adds a piece, and their sum is the curve.",
    ),
)
