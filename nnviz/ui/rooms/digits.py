"""Digits: a network learns handwriting, and shows what it has learned, where it errs, and why.

Python gives its script (nnviz/web/static/rooms/digits) the setting and the untrained network; the digits themselves and
everything that moves come over our own routes (nnviz/web).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from nnviz.data import Dataset
from nnviz.experiments.catalogue import RECIPES
from nnviz.link import PATHS, to_query
from nnviz.losses import LOSSES
from nnviz.models import initial_weights, summary
from nnviz.models.forward import predict
from nnviz.models.weights import Array
from nnviz.probes import Predictions, filters_frame, judge
from nnviz.spec import RunSpec
from nnviz.ui import digits_controls
from nnviz.ui.datasets import dataset
from nnviz.ui.live import live, packed
from nnviz.ui.room import Experiment, Guide, Mark, RoomState
from nnviz.ui.training_room import TRAINING_KEYS, TrainingRoom
from nnviz.web.services import services

NETWORK = {
    "data": "digits", "layers": "30", "activation": "relu", "loss": "categorical_crossentropy",
    "initializer": "he_normal", "bias": "zeros",
}  # fmt: skip
"""784-30-10 (64-30-10 on the small digits): nine of ten digits after one pass over them."""
MOST, FEWEST = 500, 50
"""Digits on which the untrained network is tried."""
WORK = 60e6
"""Multiply-adds that this may take: some hundredths of a second, as the page waits for it."""


def _stage(here: RoomState) -> None:
    live(here, about(here.spec))


def about(spec: RunSpec) -> dict[str, Any]:
    """What a script that shows a training on images is given of its setting."""
    data = dataset(spec.data, services().home)
    return {
        "summary": summary(spec) if spec.is_network else [],
        "preview": list(_preview(spec)),
        "untrained": {"epoch": 0, "step": 0, "seconds": 0},
        "steps_per_epoch": spec.steps_per_epoch,
        "endless": ROOM.is_endless(spec),
        "loss_name": LOSSES[spec.training.loss].label.lower() if spec.is_network else "loss",
        "data_query": data_query(spec),
        "split": split_of(data),
        "counts": {"train": data.n_train, "validation": data.n_validation, "test": data.n_test},
        "class_names": list(data.class_names),
    }


def data_query(spec: RunSpec) -> str:
    """The data's part of the link: what the routes of the digits are asked with."""
    query = to_query(spec)
    data = {"data": spec.data.name, **{name: text for name, text in query.items() if PATHS[name][0] == "data"}}
    return urlencode(data)


def split_of(dataset: Dataset) -> str:
    """The digits that are looked at: those that no training sees, as far as there are any."""
    return "test" if dataset.n_test else "validation" if dataset.n_validation else "train"


@lru_cache(maxsize=32)
def _preview(spec: RunSpec) -> tuple[str, ...]:
    """The untrained network as base64 frames: its filters, and what it says of the first digits. An SVM has none. Kept,
    since the script runs anew with every click."""
    if not spec.is_network:
        return ()
    data, weights = dataset(spec.data, services().home), initial_weights(spec)
    tried = Predictions(spec, data, limit=max(FEWEST, min(MOST, int(WORK / max(1, spec.multiply_adds)))))
    tried.evaluate(judge(spec, _outputs(spec, weights)), 0)
    frames = (filters_frame(spec, weights, 0, 0.0), tried.frame(0.0, 0.0))
    return tuple(packed(frame) for frame in frames)


def _outputs(spec: RunSpec, weights: list[Array]) -> Callable[[Array], tuple[Array, Array]]:
    return lambda x: predict(spec, weights, x)


def _looks(spec: RunSpec) -> dict[str, Any]:
    """A network from scratch is shown as its lecture does, by histograms."""
    scratch = spec.is_network and spec.network.family == "scratch"
    return {
        "speed": "epoch" if spec.data.name == "digits" else "full", "curve": "accuracy",
        "tab": "histograms" if scratch else "overview",
    }  # fmt: skip


ROOM = TrainingRoom(
    name="digits",
    title="Digits",
    section="Networks",
    always_named=True,
    icon=":material/draw:",
    intro=(
        "A network learns to read handwriting from examples. Press **Train** and watch its accuracy grow, its filters "
        "take shape and its mistakes go. Then draw a digit of your own under **Draw**."
    ),
    stage=_stage,
    controls=digits_controls.first_sight,
    more=digits_controls.more_settings,
    tools=digits_controls.summary,
    script="rooms/digits/digits.js",
    preload=("rooms/digits/chain.js",),
    styles=("kit/room.css", "kit/film.css", "rooms/digits/digits.css", "rooms/digits/chain.css"),
    images=True,
    words=NETWORK,
    keeps=frozenset({"data"}),
    # An epoch of MNIST is many pictures, one of the small digits is over in a millisecond.
    looks=_looks,
    without=frozenset({"classes", "share", "own_data", "inputs", "validation", "discretize", "edit"}),
)
EXPERIMENTS = (
    Experiment(
        "Start here: 30 neurons",
        "Nine of ten digits after a few passes. Press Train (space).",
        {"data": "digits"},
    ),
    Experiment(
        "Ten templates",
        "No hidden layer: each output's weights are a picture of what it looks for, shown under Inside.",
        {"layers": "none", "tab": "inside"},
    ),
    Experiment(
        "What a hidden neuron looks for",
        "The lecture's 50 neurons: green outlines are strokes that speak for a 5, red ones speak against it.",
        {**ROOM.write(RECIPES["D5"].case("50").spec), "tab": "inside", "of": "5"},
    ),
    Experiment(
        "Overfitting on 1,000 images",
        "Soon 100 % of them are right, but 88 % of the test images: it has learned its own by heart.",
        {"data": "mnist", "train": "1000", "layers": "100"},
    ),
    Experiment(
        "… and dropout against it",
        "Half of the neurons are left out of each step, so none can rely on another: slower, a little better.",
        {"data": "mnist", "train": "1000", "layers": "100:d0.5"},
    ),
    Experiment(
        "… and turned copies",
        "Three images out of each: 91 %. Under Rotated you see how much further a digit may now be turned.",
        {"data": "mnist", "train": "1000", "layers": "100", "rotate": "25", "tab": "rotated"},
    ),
    Experiment(
        "Convolution against dense",
        "As many weights as 784-30-10 and half of its mistakes: sixteen filters, the same at every place.",
        {"data": "mnist", "layers": "16@5,max2:d0.2", "optimizer": "adam", "batch_size": "128"},
    ),
    Experiment(
        "The same digits under two runs",
        "Train with another seed, then choose the older run: as many mistakes, but others.",
        {"seed": "1", "tab": "compare"},
    ),
    Experiment(
        "Draw your own",
        "Train, draw, then draw in a corner and switch “Also without centring” on: a dense network knows no places.",
        {"tab": "draw"},
    ),
    Experiment(
        "Without layers",
        "A support vector machine compares each digit with those it keeps, and is hard to beat on small data.",
        {"family": "svm", "C": "5"},
    ),
    Experiment(
        "Nothing but NumPy",
        "The network as the lectures derive it, η = 3 and ½‖y − t‖², with the histograms that they show and its code.",
        {
            "family": "scratch",
            "activation": "sigmoid",
            "loss": "half_squared_error",
            "output": "sigmoid",
            "initializer": "scaled_normal",
            "learning_rate": "3",
        },
    ),
)
MARKS: tuple[Mark, ...] = (
    (
        "the band around an accuracy",
        "where the true accuracy lies in 95 of 100 cases, given so many test images (Wilson): the more, the thinner",
    ),
    (
        "orange and blue in filters",
        "ink there lowers or raises the neuron's sum; in one scale for the layer, the same colour is the same number",
    ),
    (
        "Histograms",
        "how many training images of each class give each output which value, before the training (dotted) and now "
        "(filled); weights and sums z of a layer beside N(0, 1) or N(0, 1)/√N, from which they were drawn",
    ),
    (
        "green and red outlines",
        "hidden neurons whose output weight to the chosen class is above or below the threshold: for it and against it",
    ),
    (
        "the confusion matrix",
        "a row for each true class, a column for each answer: right ones on the diagonal, mistakes in red, strong "
        "where there are many; click a cell for its digits",
    ),
    ("4 → 9 under a digit", "a 4 taken for a 9, and how sure the network is of it; click it to look inside"),
    ("✓ and ◂ beside the bars", "the true class, and the network's answer"),
    (
        "the strip over the epochs",
        "the answers to one digit while it was learned: blue where right, orange where wrong, so you see it forgotten",
    ),
    (
        "saliency and occlusion",
        "blue where ink, or the place, speaks for the class; orange where it speaks against it",
    ),
)
KEYS: tuple[Mark, ...] = (
    *TRAINING_KEYS,
    ("arrows, Enter", "on filters and the confusion matrix: from one to the next, and choose it"),
    ("Esc", "close the digit that is open"),
    ("Ctrl Z", "on the layers: undo the last change"),
)

ROOM = replace(
    ROOM,
    guide=Guide(
        what="on handwriting",
        experiments=EXPERIMENTS,
        marks=MARKS,
        keys=KEYS,
        note="Where a link wants MNIST and it is not here yet, the room offers to fetch it (11 MB).",
        lectures="A8, A10, B1, B3 to B14, B19 to B21, C1, D4 to D6",
        needs="a network of layers (Playground)",
        lead="The same with pictures: 784 inputs instead of two, and mistakes that can be looked at.",
    ),
)
