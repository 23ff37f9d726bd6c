"""Recurrent: a network reads a digit row by row, and shows its state after each of them.

Its training is one of the Digits room's kind; what it makes of one digit its script asks of the server
(nnviz/web/recurrence.py).
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import streamlit as st
from pydantic import Field

from nnviz.analysis import recurrence
from nnviz.analysis.recurrence import is_recurrent
from nnviz.experiments.catalogue import RECIPES
from nnviz.formulas import mathml
from nnviz.layers import LAYERS
from nnviz.layers.lstm import lstm
from nnviz.layers.recurrent import Recurrent
from nnviz.layers.simple_rnn import simple_rnn
from nnviz.source import code_of
from nnviz.spec import RunSpec
from nnviz.ui import controls, digits_controls, session, training_controls
from nnviz.ui.live import live
from nnviz.ui.room import Experiment, Guide, Mark, RoomState
from nnviz.ui.rooms import digits
from nnviz.ui.training_room import TRAINING_KEYS, TrainingRoom
from nnviz.ui.view import TrainingView

KINDS = {"simple_rnn": "Simple RNN", "lstm": "LSTM"}
ACTIVATIONS = {"tanh": "tanh", "relu": "ReLU", "sigmoid": "Sigmoid", "linear": "none (linear)"}
FORMULAS = {
    "simple_rnn": r"h_t = \varphi(z_t), \quad z_t = W x_t + U h_{t-1} + b",
    "lstm": r"c_t = f_t c_{t-1} + i_t g_t, \quad h_t = o_t \tanh(c_t)",
    "gates": r"i_t, f_t, o_t = \sigma(W x_t + U h_{t-1} + b)",
    "candidate": r"g_t = \tanh(W x_t + U h_{t-1} + b)",
    "back": r"\frac{\partial L}{\partial h_{t-1}} = U^{\top} \varphi'(z_t) \frac{\partial L}{\partial h_t}",
    "back_lstm": r"\frac{\partial L}{\partial c_{t-1}} = f_t \frac{\partial L}{\partial c_t} + \cdots",
}


class RecurrentView(TrainingView):
    """row: how many rows have been read; None: all. unit: whose numbers are told."""

    row: int | None = Field(None, ge=0, le=64, description="how many rows have been read")
    unit: int = Field(0, ge=0, le=511, description="the unit whose numbers are told")


def _controls(here: RoomState) -> None:
    digits_controls.data_set(here)
    if not controls.hidden("layers"):
        _layer(here.spec)
    controls.rate(
        "Learning rate",
        "learning_rate",
        training_controls.LEARNING_RATES,
        help="How far each step goes down the slope. Changes while it trains; type any number.",
    )


def _layer(spec: RunSpec) -> None:
    """Kind, units and activation of the last recurrent layer; layers around it are kept."""
    layers = [layer.model_dump(mode="json") for layer in spec.network.layers]
    at = max(i for i, layer in enumerate(spec.network.layers) if isinstance(layer, Recurrent))

    def changed(**values: Any) -> dict[str, Any]:
        return {"layers": [*layers[:at], {**layers[at], **values}, *layers[at + 1 :]]}

    def choice(label: str, name: str, options: dict[str, str], help: str) -> None:
        key = f"w_{name}"
        session.set_widget(key, layers[at][name])
        session.explain_control(key, help)

        def take() -> None:
            value = session.widget_value(key)
            if name == "kind":
                session.current().change({"layers": [
                    *layers[:at], {"kind": value, "units": layers[at]["units"]}, *layers[at + 1 :]
                ]})  # fmt: skip
            else:
                session.current().change(changed(**{name: value}))

        words = {**options, layers[at][name]: options.get(layers[at][name], layers[at][name])}
        st.selectbox(label, list(words), format_func=words.__getitem__, **session.used(key, take))

    choice("Layer", "kind", KINDS, "; ".join(f"{KINDS[kind]}: {LAYERS[kind].about}" for kind in KINDS))
    units = layers[at]["units"]
    controls.slide(
        "Units", "units", units, 1, max(128, units), 1, lambda v: changed(units=v), help="numbers that it can remember"
    )
    if layers[at]["kind"] == "simple_rnn":
        choice("Activation", "activation", ACTIVATIONS, "φ, what a unit makes of its sum")


def _more(here: RoomState) -> None:
    digits_controls.data_settings(here)
    training_controls.training(here)


def _stage(here: RoomState) -> None:
    live(here, {**digits.about(here.spec), "words": _words()})


@cache
def _words() -> dict[str, Any]:
    """Formulas and code."""
    codes = {
        "simple_rnn": [code_of(simple_rnn), code_of(recurrence.read), code_of(recurrence.gradients_back)],
        "lstm": [code_of(lstm), code_of(recurrence.read), code_of(recurrence.gradients_back)],
    }
    return {"formulas": {name: mathml(latex) for name, latex in FORMULAS.items()}, "codes": codes}


NETWORK = {
    "data": "digits", "layers": "rnn32", "loss": "categorical_crossentropy", "optimizer": "adam", "batch_size": "32",
    "initializer": "glorot_uniform", "bias": "zeros",
}  # fmt: skip
"""Learns the small digits, eight rows of eight, in seconds."""

ROOM = TrainingRoom(
    name="recurrent",
    title="Recurrent",
    section="Other networks",
    icon=":material/laps:",
    intro=(
        "A recurrent network reads a digit row by row and keeps a state: what it remembers of the rows above. Move the "
        "**row**, and see state and answer change. Then press **Train** and watch it learn to remember."
    ),
    stage=_stage,
    controls=_controls,
    more=_more,
    script="rooms/recurrent/recurrent.js",
    styles=("kit/room.css", "kit/film.css", "kit/code.css", "rooms/recurrent/recurrent.css"),
    images=True,
    trains=is_recurrent,
    words=NETWORK,
    looks=lambda spec: {"speed": "epoch" if spec.data.name == "digits" else "full", "curve": "accuracy"},
    view_type=RecurrentView,
    without=frozenset({
        "classes", "share", "own_data", "inputs", "validation", "discretize", "edit", "presets", "family", "svm",
        "summary", "activation", "histograms", "curves",
    }),
)  # fmt: skip
EXPERIMENTS = (
    Experiment("Start here: eight rows", "Press Train (space), then read a digit row by row: when does it know?", {}),
    Experiment(
        "A whole digit of 28 rows",
        "The lecture's recurrent network on MNIST: the answer settles well before the last row.",
        ROOM.write(RECIPES["B18"].case("rnn").spec),
    ),
    Experiment(
        "The same by an LSTM",
        "Gates decide what is kept: the gradient reaches rows far above, where the simple network's has vanished.",
        ROOM.write(RECIPES["B18"].case("lstm").spec),
    ),
    Experiment(
        "Four units only",
        "Four numbers must hold all that was read: see which digits it mixes up.",
        {"layers": "rnn4"},
    ),
    Experiment(
        "ReLU in place of tanh",
        "No end to what a unit can say: states may grow from row to row, and so may the gradient.",
        {"layers": "rnn32:relu"},
    ),
)
MARKS: tuple[Mark, ...] = (
    ("the frame on the digit", "the row that is read now; what is below it the network has not seen"),
    ("the map of states", "a column for each row, a line for each unit: orange is negative, blue is positive"),
    ("the map of answers", "what the network would say if the picture ended there, class by class"),
    ("the boxes", "the network unrolled: the same weights W and U at every row"),
    ("the falling line", "how long ∂L/∂h is at each row: where it is small, nothing is learned from that row"),
)
KEYS: tuple[Mark, ...] = (
    *TRAINING_KEYS,
    ("← →", "on the maps and on the row’s slider: one row back, one row on"),
    ("↑ ↓", "on the map of states: the unit above, the unit below"),
    ("Home, End", "no row, all rows"),
)
ROOM = replace(
    ROOM,
    guide=Guide(
        what="row by row",
        experiments=EXPERIMENTS,
        marks=MARKS,
        keys=KEYS,
        note="Where a link wants MNIST and it is not here yet, the room offers to fetch it (11 MB).",
        lectures="B18",
        needs="a network that reads digits (Digits), and why gradients vanish (Depth)",
        lead="A network with a memory: it reads the picture in time, one row after the other.",
    ),
)
