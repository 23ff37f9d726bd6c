"""What the rooms of trainings have in common, and what they differ in: which data they show, what a bare link means
there, which rates one starts with.

A link of a room is written against the room's own base: `/digits` alone is a network that learns digits in seconds, and
`/digits?data=mnist&layers=100` is that network with other data and another width, so that a teacher can write it by
hand. The playground's base is the spec's own defaults.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

from nnviz.data import DataError, DataMissing
from nnviz.experiments.compare import NAMES
from nnviz.link import PATHS, Texts
from nnviz.optimizers import OPTIMIZERS
from nnviz.sets import SETS, own_sets
from nnviz.spec import NetworkSpec, RunSpec, TrainingSpec
from nnviz.ui.adapt import adapt
from nnviz.ui.datasets import dataset
from nnviz.ui.room import Mark, Room, RoomState
from nnviz.ui.view import TrainingView, View
from nnviz.web.services import services

FIRST_SIGHT = frozenset({"data", *own_sets(), "inputs", "layers", "activation", "learning_rate"})
"""Settings, by their link names, that a room shows (or draws) without a click."""
OF_AN_SVM = frozenset({"family", "kernel", "C", "gamma", "degree", "coef0"})
"""It has neither layers nor a rate: these stand in their place."""
OF_OWN_DATA = frozenset({"train", "validation", "test", "classes"})
"""They follow from what was uploaded."""
ENDLESS_EPOCHS: int = TrainingSpec.model_fields["epochs"].default
"""What the spec says where nobody has said how long to train."""
TRAINING_KEYS: tuple[Mark, ...] = (
    ("space", "train, pause, go on"),
    ("→", "one step: one batch, one update of the weights"),
    ("Shift →", "one epoch: every training sample once"),
    ("R", "back to the untrained network"),
    ("arrows, Home, End, space", "on the film’s slider: the picture before and after, the first, now; play and stop"),
    ("Tab", "its first stops lead over the header: “Skip to the room” (then Enter is at Train), “Skip to settings”"),
)
"""Of the transport bar and the page, in every room of trainings."""
HIDEABLE = {
    "data": "Data",
    "classes": "Classes",
    "noise": "Noise",
    "share": "Share for training",
    "batch_size": "Batch size",
    "sample": "Another sample of the data",
    "own_data": "Own data",
    "learning_rate": "Learning rate",
    "optimizer": "Optimiser",
    "activation": "Activation",
    "loss": "Loss",
    "regularizer": "Regularisation, with its rate",
    "regularization_rate": "Regularisation rate",
    "regularizer_on": "Regularised layers",
    "more": "Optimiser details, weights, when to stop",
    "more_settings": "More settings, all of them",
    "share_menu": "Share",
    "layers": "Layers and neurons",
    "inputs": "Inputs that can be added",
    "speed": "Speed",
    "steps": "Step and Epoch",
    "reset": "Reset and other weights",
    "validation": "Validation samples",
    "discretize": "Discretize",
    "numbers": "Losses and accuracy",
    "curves": "Curves",
    "histograms": "Histograms of outputs, weights and sums",
    "edit": "Changing weights by hand",
    "presets": "Presets",
    "family": "Kind of model",
    "svm": "Settings of the SVM",
    "summary": "Table of the layers",
    "counts": "Numbers of images",
    "scale": "Scaled inputs",
    "every": "Every n-th image",
    "validation_seed": "Random validation images",
    "center": "Centre",
    "rotate": "Rotated copies",
    "own_images": "Own images",
    "present_button": "Present",
}
"""What a teacher can hide by a link in some room of trainings, as TensorFlow Playground's can."""


@dataclass(frozen=True, kw_only=True)
class TrainingRoom(Room):
    """A room whose setting is a `RunSpec`.

    Parameters
    ----------
    images: it shows trainings on images, else on points.
    trains: of those, whether the room shows this one.
    words: what a link means where it says nothing, by link names.
    keeps: of `words`, what holds for an SVM too.
    most_parameters: more cannot be drawn; None where pictures stand for single weights.
    endless: a run ends when it is stopped, unless its setting says after how many epochs.
    looks: how such a setting is looked at where the link does not say.
    without: names of HIDEABLE that this room does not have.
    """

    images: bool = False
    trains: Callable[[RunSpec], bool] = lambda _: True
    words: Mapping[str, str] = field(default_factory=dict)
    keeps: frozenset[str] = frozenset()
    most_parameters: int | None = None
    endless: bool = False
    looks: Callable[[RunSpec], dict[str, Any]] = lambda _: {}
    without: frozenset[str] = frozenset()
    about_more: str = "Noise, batch size, optimiser, loss, regularisation, starting weights, when to stop."
    job: str | None = "train"
    spec: type[BaseModel] | None = RunSpec
    view_type: type[View] = TrainingView

    def __post_init__(self) -> None:
        names = {name: text for name, text in HIDEABLE.items() if name not in self.without}
        object.__setattr__(self, "hideable", {**names, **self.hideable})

    def hide_names(self) -> Mapping[str, str]:
        return {**HIDEABLE, **self.hideable}

    def shows(self, spec: object) -> bool:
        return isinstance(spec, RunSpec) and spec.data.is_image == self.images and self.trains(spec)

    @property
    def rates(self) -> dict[str, float]:
        """Where a visitor who changes the optimiser starts: rates at which each learns such data."""
        return {name: optimizer.rates[self.images] for name, optimizer in OPTIMIZERS.items()}

    def is_endless(self, spec: RunSpec) -> bool:
        """Whether a run of this setting trains here until it is stopped. (The command line takes the spec's epochs.)"""
        return self.endless and spec.training.epochs == ENDLESS_EPOCHS

    def base(self, query: Texts) -> dict[str, str]:
        if query.get("family") == "svm":
            return {name: text for name, text in self.words.items() if name in self.keeps}
        optimizer = query.get("optimizer", self.words.get("optimizer", "sgd"))
        rate = self.rates.get(optimizer, self.rates["sgd"])
        return {**self.words, "learning_rate": repr(rate)}

    def view(self, spec: RunSpec) -> dict[str, Any]:
        return self.looks(spec)

    def change(self, here: RoomState, changes: Mapping[str, Any]) -> tuple[RunSpec, list[str]]:
        plain = here.spec.model_dump(mode="json")
        known = {name: value for name, value in changes.items() if name in PATHS}
        notes = adapt(plain, known, self.rates, self._network(here))
        return RunSpec.model_validate(plain), notes

    def admit(self, here: RoomState, spec: RunSpec) -> RunSpec | None:
        """Unless it is too large to draw or its data cannot be had. Data that only have to be fetched are kept in mind,
        and the room goes on with what is always there."""
        if self.most_parameters is not None and spec.parameters > self.most_parameters:
            here.problems.append(
                f"Not changed: {spec.parameters:,} weights are too many to draw one by one; here the most is "
                f"{self.most_parameters:,}. The Digits room and `nnviz train` take larger networks."
            )
            return None
        try:
            dataset(spec.data, services().home)
        except DataMissing as error:
            if not spec.data.is_image or spec.data.name == "digits":
                here.problems.append(f"Not changed: {error}.")
                return None
            return self._do_without(here, spec, str(error))
        except DataError as error:
            here.problems.append(f"Not changed: {error}.")
            return None
        here.wanted = None
        if isinstance(spec.model, NetworkSpec):
            here.network = spec
        return spec

    def same_run(self, one: RunSpec, other: RunSpec) -> bool:
        return _without_rates(one) == _without_rates(other)

    def with_live(self, spec: RunSpec, live: Mapping[str, Any]) -> RunSpec:
        """The stored spec with the rates that were changed under way."""
        plain = spec.model_dump()
        if live.get("learning_rate") is not None:
            plain["training"]["optimizer"]["learning_rate"] = live["learning_rate"]
        if live.get("regularization_rate") is not None and "regularizer" in plain["model"]:
            plain["model"]["regularizer"]["rate"] = live["regularization_rate"]
        return RunSpec.model_validate(plain)

    def changed(self, spec: RunSpec) -> list[str]:
        shown = FIRST_SIGHT if spec.is_network else FIRST_SIGHT | OF_AN_SVM
        if spec.data.is_own:
            shown |= OF_OWN_DATA
        return [NAMES[name] for name in self.write(spec) if name not in shown]

    def _network(self, here: RoomState) -> dict[str, Any]:
        """What an SVM's room goes back to."""
        plain = (here.network or self.default()).model_dump(mode="json")
        return {"model": plain["model"], "training": plain["training"]}

    def _do_without(self, here: RoomState, spec: RunSpec, why: str) -> RunSpec | None:
        """The same setting on the small digits, which are always there."""
        title = SETS[spec.data.name].title
        plain = spec.model_dump(mode="json")
        notes = adapt(plain, {"data": "digits", "center": spec.data.center}, self.rates, self._network(here))
        here.notes += notes
        try:
            found = RunSpec.model_validate(plain)
        except ValidationError:
            found = self.default()
        what = "upload them again" if spec.data.is_own else "fetch it at the side"
        here.problems.append(f"{title} is not here: {what}. Until then the room goes on with the 8×8 digits. ({why})")
        admitted = self.admit(here, found)
        here.wanted = None if spec.data.is_own else spec
        return admitted


def set_early_stopping(here: RoomState, on: bool) -> None:
    """A part that may be missing is more than one value: it comes and goes as a whole."""
    monitor = "val_loss" if here.spec.data.validation else "loss"
    training = {**here.spec.training.model_dump(), "early_stopping": {"monitor": monitor} if on else None}
    here.take(RunSpec.model_validate({**here.spec.model_dump(), "training": training}))


def fetched(here: RoomState) -> None:
    """The data that were missing are here: on with what was asked for."""
    wanted, here.wanted = here.wanted, None
    here.acted()
    if wanted is not None:
        here.take(wanted)


def _without_rates(spec: RunSpec) -> dict[str, Any]:
    plain = spec.model_dump()
    plain["training"]["optimizer"]["learning_rate"] = None
    if "regularizer" in plain["model"]:
        plain["model"]["regularizer"]["rate"] = None
    return plain
