"""The playground: a small network learns 2-D data before your eyes.

Python gives its script (nnviz/web/static/rooms/playground) the setting, the samples and the untrained network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from nnviz.data import DataError, load, save_table
from nnviz.data.dataset import Dataset, Split
from nnviz.data.redrawn import Point, redrawn
from nnviz.experiments.catalogue import RECIPES
from nnviz.losses import LOSSES
from nnviz.models import evaluate, initial_weights
from nnviz.models.weights import Array
from nnviz.probes import NetworkProbe, data_frame
from nnviz.sets import SETS, MeasuredSet, PlaneSet, fixed, is_here
from nnviz.spec import RunSpec
from nnviz.spec.words import FAMILIES
from nnviz.ui import controls, more, session, training_controls
from nnviz.ui.live import live, packed
from nnviz.ui.room import Experiment, Guide, Mark, RoomState
from nnviz.ui.training_room import TRAINING_KEYS, TrainingRoom
from nnviz.web.services import services

EXAMPLE = "x1,x2,label\n" + "".join(
    f"{x},{y},{'inside' if x * x + 2 * y * y < 20 else 'outside'}\n" for x in range(-6, 7) for y in range(-4, 5)
)


def _controls(here: RoomState) -> None:
    """What a newcomer needs, but for the layers, which are set on the drawing."""
    data = here.spec.data
    controls.choose(
        "Data",
        "data",
        {n: _title(n) for n, one in SETS.items() if not one.is_image and (data.table or n != "table")},
        help=SETS[data.name].about,
    )
    training_controls.learning()


def _title(name: str) -> str:
    """Of a set; with what has to be fetched first."""
    one = SETS[name]
    if isinstance(one, MeasuredSet) and not is_here(name):
        return f"{one.title} (fetch {SETS[one.made_of].title} in Digits)"
    return one.title


def _more(here: RoomState) -> None:
    more.heading("Data")
    _data(here)
    if not controls.hidden("family"):
        more.heading("Model")
        families = {name: text for name, text in FAMILIES.items() if name != "svm"}
        controls.choose(
            "Model", "family", families, help="Keras's layers, or nothing but NumPy, as lectures derive it."
        )
    training_controls.training(here)


def _data(here: RoomState) -> None:
    data = here.spec.data
    one = SETS[data.name]
    if isinstance(one, PlaneSet) and len(one.classes) > 1:
        low, high = one.classes[0], one.classes[-1]
        controls.slide("Classes", "classes", data.classes, low, high, 1, lambda v: {"classes": v})
    total = data.train + data.validation
    if not data.is_own:
        controls.noise(data.noise, help="How far samples stray. The sample itself stays the same.")
    controls.slide(
        "Share for training",
        "share",
        round(100 * data.train / total),
        10,
        100 if fixed(data.name) else 90,
        10,
        lambda v: _split(total, v / 100),
        unit="%d %%",
        help=f"{data.train} samples to learn from; the other {data.validation} only to validate.",
    )
    made = not data.is_own and not fixed(data.name)
    if made and not controls.hidden("sample"):
        _sample(total, data.train / total)
    if not made:
        controls.switch("Scaled inputs", "scale", help="centred, within ±5; else the columns as they are")
    if not controls.hidden("own_data"):
        with st.popover(
            "Own data", icon=":material/upload_file:", width="stretch", help="a CSV file with x1, x2, label"
        ):
            _own_data(data.is_own)


def _sample(total: int, share: float) -> None:
    """How many samples, and which."""
    key = "w_total"
    session.set_widget(key, total)
    session.explain_control(key, "for training and validation together")

    def resize() -> None:
        session.current().change(_split(int(session.widget_value(key)), share))

    st.number_input("Samples", min(20, total), max(5000, total), step=50, **session.used(key, resize))
    controls.whole("Sample number", "sample", 0, 2**31 - 1, help="another number, another sample of the same kind")

    def again() -> None:
        session.current().change({"sample": session.current().spec.data.seed + 1})

    st.button(
        "Regenerate", icon=":material/casino:", width="stretch", on_click=again, help="Another sample of the same kind"
    )


def _split(total: int, share: float) -> dict[str, int]:
    """Samples to train on and to validate with; at least one to train on."""
    train = max(1, round(total * share))
    return {"train": train, "validation": total - train}


def _own_data(used: bool) -> None:
    st.markdown(
        "A CSV file of **x1, x2, label**: two numbers and a class (a word), or a third number to predict. "
        "10 to 10,000 rows, at most 1 MB."
    )
    st.download_button("An example", EXAMPLE, "example.csv", "text/csv", icon=":material/download:")
    controls.upload("CSV file", "w_csv", ["csv", "txt", "tsv"], 1, _take_csv)
    if used:
        st.caption("Your table is in use. It stays on this server under a name that only its content gives.")


def _take_csv(content: bytes, _filename: str) -> list[str]:
    """Adopt an uploaded table; return what is wrong with it."""
    try:
        fields = save_table(services().home, content).data_fields()
    except DataError as error:
        return str(error).splitlines()
    session.current().change({"data": fields.pop("name"), **fields})
    return []


def _stage(here: RoomState) -> None:
    spec, data = here.spec, load(here.spec.data, services().home)
    weights = initial_weights(spec)
    given = {
        "samples": packed(data_frame(spec, data)),
        "preview": packed(NetworkProbe(spec, data).frame(weights, step=0, epoch=0.0)),
        "untrained": _untrained(spec, data, weights),
        "steps_per_epoch": spec.steps_per_epoch,
        "endless": ROOM.is_endless(spec),
        "loss_name": LOSSES[spec.training.loss].label.lower(),
    }
    live(here, given)


def _untrained(spec: RunSpec, dataset: Dataset, weights: list[Array]) -> dict[str, float | None]:
    """Losses and accuracies of the network before its first step, as a run's first metrics will tell them."""
    row: dict[str, float | None] = {"epoch": 0, "step": 0, "seconds": 0}
    parts: tuple[tuple[str, Split, int], ...] = (
        ("", "train", dataset.n_train),
        ("val_", "validation", dataset.n_validation),
    )
    for prefix, split, n in parts:
        score: tuple[float | None, float | None] = (None, None)
        if n:
            rate = spec.network.regularizer.rate
            score = evaluate(spec, weights, dataset.inputs(split), dataset.labels(split), rate)
        row[f"{prefix}loss"], row[f"{prefix}accuracy"] = score
    return row


def _draw(here: RoomState, given: Mapping[str, Any]) -> None:
    """A sample put on the map or taken from it: the data are the visitor's own from then on."""
    try:
        point = Point(given["do"], float(given["x1"]), float(given["x2"]), int(given.get("label", 0)))
        content, counts = redrawn(load(here.spec.data, services().home), here.spec.data.seed, point)
        fields = save_table(services().home, content).data_fields()
    except DataError as error:
        here.problems.append(f"Not changed: {error}.")
        return
    except (KeyError, TypeError, ValueError):
        return
    here.change({"data": fields.pop("name"), **fields, **counts, "noise": 0.0})


ROOM = TrainingRoom(
    name="playground",
    title="Playground",
    section="Networks",
    always_named=True,
    icon=":material/network_node:",
    intro=(
        "A small network learns to give every place of the plane the colour of the points around it. Press **Train** "
        "and watch its answer spread over the map. Then change one setting and compare."
    ),
    stage=_stage,
    controls=_controls,
    more=_more,
    script="rooms/playground/playground.js",
    styles=("kit/room.css", "kit/film.css"),
    acts={"add": _draw, "remove": _draw},
    most_parameters=60_000,
    endless=True,
    without=frozenset({"presets", "svm", "summary", "counts", "center", "rotate", "own_images"}),
)
ZEROS_ONES = {
    "data": "zeros_ones", "train": "12665", "validation": "0", "test": "2115", "scale": "off", "family": "scratch",
    "layers": "5", "activation": "sigmoid", "output": "sigmoid", "outputs": "per_class", "loss": "half_squared_error",
    "initializer": "random_normal", "bias": "random_normal", "batch_size": "30", "learning_rate": "1", "epochs": "20",
    "seed": "2",
}  # fmt: skip
"""Lecture A7: 0.917, 0.9365, 0.9455 and 0.9655 right after the first epochs; after 20 a loss of 0.0075 in training and
0.0055 on the test samples, with 0.9928 and 0.9957 right."""
EXPERIMENTS = (
    Experiment(
        "Start here: a circle",
        "Four and two tanh neurons bend straight lines into a ring. Press Train (space).",
        {"data": "circle"},
    ),
    Experiment(
        "A straight line is not enough",
        "Without an activation all layers together are one line: the loss stays near that of guessing.",
        {"activation": "linear"},
    ),
    Experiment(
        "The right input makes it easy",
        "With x₁² and x₂² no hidden layer is needed: a circle is a straight line in the squares.",
        {"inputs": "x1_squared,x2_squared", "layers": "none"},
    ),
    Experiment(
        "The spiral, which the default network never learns",
        "Two layers of eight and all seven inputs do it in a few hundred epochs; other seeds take eight times as long.",
        {"data": "spiral", "layers": "8,8", "inputs": "x1,x2,x1_squared,x2_squared,x1_x2,sin_x1,sin_x2"},
    ),
    Experiment(
        "The same spiral from x₁ and x₂ alone",
        "More neurons, ReLU and Adam find the arms without hints.",
        {
            "data": "spiral",
            "layers": "16,16",
            "activation": "relu",
            "initializer": "he_normal",
            "bias": "zeros",
            "optimizer": "adam",
            "learning_rate": "0.01",
            "loss": "binary_crossentropy",
        },
    ),
    Experiment(
        "Too large a rate",
        "At 10 and with ReLU the numbers run away: training stops at the first NaN and names the layer.",
        {"activation": "relu", "learning_rate": "10", "loss": "mean_squared_error", "output": "linear"},
    ),
    Experiment(
        "All weights zero",
        "Every neuron of a layer gets the same gradient and stays a copy of its neighbour: nothing is learned.",
        {"initializer": "zeros", "bias": "zeros"},
    ),
    Experiment(
        "Overfitting",
        "A few noisy samples and a large network: the training loss falls, the validation loss rises.",
        {
            "noise": "0.4",
            "train": "50",
            "validation": "450",
            "layers": "16,16,16",
            "optimizer": "adam",
            "learning_rate": "0.01",
        },
    ),
    Experiment(
        "… and L2 against it",
        "The same with a penalty on large weights: the boundary is smoother, the gap smaller.",
        {
            "noise": "0.4",
            "train": "50",
            "validation": "450",
            "layers": "16,16,16",
            "optimizer": "adam",
            "learning_rate": "0.01",
            "regularizer": "l2",
            "regularization_rate": "0.003",
        },
    ),
    Experiment(
        "Four classes",
        "Four arms, one output for each class, softmax and cross-entropy.",
        {
            "data": "spiral",
            "classes": "4",
            "layers": "16,16",
            "optimizer": "adam",
            "learning_rate": "0.01",
            "loss": "categorical_crossentropy",
        },
    ),
    Experiment(
        "From scratch: the digits 0 and 1 by two measures",
        "The lecture's 2-5-2 in nothing but NumPy, ½‖y − t‖², weights N(0, 1). Below, the outputs of each class part.",
        ZEROS_ONES,
    ),
    Experiment(
        "Regression",
        "Hills and valleys: the output is a height, not a class.",
        {"data": "multi_gauss", "layers": "8,8"},
    ),
    Experiment(
        "A disc in a ring, by 2 hidden neurons",
        "Lecture D: two ReLU cut off a corner; with 20 (change the layer to 20) the ring is closed.",
        ROOM.write(RECIPES["D1"].case("2").spec),
    ),
    Experiment(
        "Stopped early",
        "The same, ended by five epochs without a better validation loss: after about ten of a hundred.",
        ROOM.write(RECIPES["D2"].case("stopped").spec),
    ),
    Experiment(
        "Deep and narrow",
        "2-8-8-3-2: 131 parameters close the ring as well as the 202 of 2-40-2.",
        ROOM.write(RECIPES["D3"].case("deep").spec),
    ),
)
MARKS: tuple[Mark, ...] = (
    ("colours", "orange is class 0 and negative numbers, blue is class 1 and positive numbers, everywhere"),
    ("links", "a link is as wide as its weight is large; click it to change the weight by hand"),
    ("the picture in a neuron", "what the neuron says at each place of the plane; point at it to see it large"),
    ("the small square beside a neuron", "its bias; click it to change it"),
    ("the card below the network", "the neuron's sum Σ w·a + b with the numbers of the sample you point at"),
    ("the large map", "the network's output at each place, with the samples on it"),
    (
        "“click: class 1” above the map",
        "a click puts a sample there, one on a sample takes it away; by keyboard: own data",
    ),
    (
        "Histograms below the network",
        "how many training samples of each class give each output which value, before the training (dotted) and now "
        "(filled); the weights and sums of a layer with the width that they were drawn for",
    ),
    (
        "training and validation loss",
        "measured on the samples it learns from, and on samples that it never sees",
    ),
)
KEYS: tuple[Mark, ...] = (
    *TRAINING_KEYS,
    ("Shift + arrows", "on the drawing: from neuron to neuron, with the inputs at the left"),
    ("Enter", "on the drawing: take an input or leave it; change a neuron's bias"),
    ("Enter, Esc", "close the field of a weight"),
)

ROOM = replace(
    ROOM,
    guide=Guide(
        what="on points of a plane",
        experiments=EXPERIMENTS,
        marks=MARKS,
        keys=KEYS,
        lectures="A6, A7, A9, A11, B2, B5, D1 to D3",
        needs="what a neuron does (Neuron), and how it learns (Descent)",
        lead="Many neurons together: layers bend the plane until a line parts what no line could part.",
    ),
)
