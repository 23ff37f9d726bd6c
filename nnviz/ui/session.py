"""All that a visitor's session remembers: one `Room`. Every key of streamlit's session state is named in this file.

The setting lives in three places that must agree: the link, the controls and the room's spec. The spec is the truth.
A link is read when it is not one that we wrote; a control's change goes through `Room.change`, which validates it and
keeps the old setting where the new one is not allowed; the link is written from the spec at the end of every run of
the script.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, get_args

import streamlit as st
from pydantic import ValidationError

from nnviz.data import DATASETS, DataError, load
from nnviz.link import PATHS, from_query, put, to_query
from nnviz.spec import (
    MANY_CLASS_SETS,
    MARGIN_LOSSES,
    ONE_HOT_LOSSES,
    OPTIMIZERS,
    PROBABILITY_LOSSES,
    REGRESSION_LOSSES,
    Loss,
    RunSpec,
    explain,
)
from nnviz.ui.view import VIEW_NAMES, read_view, view_query
from nnviz.ui.words import LOSSES
from nnviz.web.services import services

ROOM = "nnviz-room"
PLAYGROUND_RATES = {
    "sgd": 0.03, "rmsprop": 0.01, "adagrad": 0.1, "adadelta": 1.0, "adam": 0.01, "adamw": 0.01, "adamax": 0.01,
    "nadam": 0.01, "ftrl": 0.1, "lion": 0.003,
}  # fmt: skip
"""Where a visitor who changes the optimiser starts: rates at which each learns these small sets."""
CLIPS = frozenset({"clipnorm", "clipvalue", "global_clipnorm"})
MOST_PARAMETERS = 60_000
"""More is not drawn neuron by neuron."""


@dataclass
class Room:
    spec: RunSpec = field(default_factory=RunSpec)
    view: dict[str, Any] = field(default_factory=dict)
    run: str | None = None
    ack: int = 0
    link: dict[str, str] = field(default_factory=dict)
    links: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    touched: bool = False

    def change(self, changes: Mapping[str, Any]) -> None:
        """Take new values by their link names (nnviz.link.PATHS); what is not allowed leaves everything as it was."""
        self.touched = True
        plain = deepcopy(self.spec.model_dump(mode="json"))
        self.notes += _adapt(plain, changes)
        try:
            spec = RunSpec.model_validate(plain)
        except ValidationError as error:
            self.problems += [f"Not changed: {line}." for line in explain(error)]
            return
        self.take(spec)

    def set_early_stopping(self, on: bool) -> None:
        """A part that may be missing is more than one value: it comes and goes as a whole."""
        self.touched = True
        monitor = "val_loss" if self.spec.data.validation else "loss"
        training = {**self.spec.training.model_dump(), "early_stopping": {"monitor": monitor} if on else None}
        self.take(RunSpec.model_validate({**self.spec.model_dump(), "training": training}))

    def take_json(self, text: bytes) -> None:
        """Adopt a setting from a file; a bad one is named and changes nothing."""
        self.touched = True
        try:
            spec = RunSpec.model_validate_json(text)
        except ValidationError as error:
            self.problems += [f"The file: {line}." for line in explain(error)[:5]]
            return
        fault = _unusable(spec)
        if fault:
            self.problems.append(fault)
        else:
            self.take(spec)

    def take(self, spec: RunSpec) -> None:
        """Adopt a valid spec, unless it is too large to draw."""
        if spec.parameters > MOST_PARAMETERS:
            self.problems.append(
                f"Not changed: {spec.parameters:,} weights are too many to draw one by one; here the most is "
                f"{MOST_PARAMETERS:,}. `nnviz train` takes larger networks."
            )
            return
        if _without_rates(spec) != _without_rates(self.spec):
            self.run = None
        self.spec = spec


def room() -> Room:
    """This session's room, brought up to date with the link that the browser shows. Call it first on a page."""
    known = st.session_state.get(ROOM)
    here = known if isinstance(known, Room) else Room()
    st.session_state[ROOM] = here
    query = {name: str(value) for name, value in st.query_params.items()}
    # A control was used: the browser may not have our last link yet. Otherwise it is a new link, or Back and Forward.
    if not isinstance(known, Room) or (query != here.link and not here.touched):
        _adopt(here, query)
        here.links += 1
    here.touched = False
    return here


def write_link(here: Room) -> None:
    """Make the browser's link say what the room is."""
    query = {**to_query(here.spec), **view_query(here.view)}
    if here.run:
        query["run"] = here.run
    here.link = query
    if {name: str(value) for name, value in st.query_params.items()} != query:
        st.query_params.from_dict(query)


def current() -> Room:
    """The room within a callback: the page has made it before."""
    here = st.session_state[ROOM]
    assert isinstance(here, Room)
    return here


def widget_value(key: str) -> Any:
    return st.session_state.get(key)


def set_widget(key: str, value: Any) -> None:
    """Must come before the widget in the script: controls show the spec, they do not keep values of their own."""
    st.session_state[key] = value


def first_sight(key: str, file_id: str) -> bool:
    """Whether an uploaded file is new: an uploader gives the same file again in every run of the script."""
    if st.session_state.get(f"{key}:seen") == file_id:
        return False
    st.session_state[f"{key}:seen"] = file_id
    return True


def set_message(key: str, lines: list[str]) -> None:
    st.session_state[f"{key}:message"] = lines


def message(key: str) -> list[str]:
    """What was last wrong with an upload."""
    lines: list[str] = st.session_state.get(f"{key}:message", [])
    return lines


def _adopt(here: Room, query: Mapping[str, str]) -> None:
    spec, problems = from_query(query, ignore=VIEW_NAMES | {"run"})
    view, more = read_view(query)
    here.problems = [*problems, *more]
    found = None
    if "run" in query:
        row = services().store.get_run(query["run"])
        if row is not None and isinstance(row.spec, RunSpec):
            found, spec = row.id, _with_live(row.spec, row.live)
        else:
            here.problems.append("The link's run is not on this server (any more); its setting is shown instead.")
    fault = _unusable(spec)
    if fault:
        here.problems.append(f"{fault} The default setting is shown.")
        spec = RunSpec()
    here.view = view
    here.spec = RunSpec()
    here.take(spec)
    here.run = found if here.spec == spec else None


def _unusable(spec: RunSpec) -> str:
    """Why these data cannot be shown here, or nothing."""
    if spec.data.is_image:
        return f"The playground draws 2-D data; {spec.data.name} is trained with `nnviz train`."
    try:
        load(spec.data, services().home)
    except DataError as error:
        return f"{error}."
    return ""


def _with_live(spec: RunSpec, live: Mapping[str, Any]) -> RunSpec:
    """The stored spec with the rates that were changed under way."""
    plain = spec.model_dump()
    if live.get("learning_rate") is not None:
        plain["training"]["optimizer"]["learning_rate"] = live["learning_rate"]
    if live.get("regularization_rate") is not None:
        plain["model"]["regularizer"]["rate"] = live["regularization_rate"]
    return RunSpec.model_validate(plain)


def _without_rates(spec: RunSpec) -> dict[str, Any]:
    plain = spec.model_dump()
    plain["training"]["optimizer"]["learning_rate"] = plain["model"]["regularizer"]["rate"] = None
    return plain


def _adapt(plain: dict[str, Any], changes: Mapping[str, Any]) -> list[str]:
    """Put the changes in, and let what hangs on them follow, so that no choice of a page ends in an error message."""
    notes: list[str] = []
    before = plain["data"]["classes"]
    if "optimizer" in changes:
        name = changes["optimizer"]
        if name in OPTIMIZERS and name != plain["training"]["optimizer"]["name"]:
            rate = PLAYGROUND_RATES[name]
            plain["training"]["optimizer"] = {"name": name, "learning_rate": rate}
            notes.append(f"Learning rate set to {rate:g}, where this optimiser learns such data.")
    if changes.keys() & CLIPS and set(changes.values()) != {None}:
        changes = {**dict.fromkeys(CLIPS & plain["training"]["optimizer"].keys()), **changes}  # only one at a time
    for name, value in changes.items():
        put(plain, PATHS[name], value)
    data, training, model = plain["data"], plain["training"], plain["model"]
    if "data" in changes and changes["data"] in DATASETS:
        allowed = DATASETS[changes["data"]].classes
        if "classes" not in changes and data["classes"] not in allowed:
            data["classes"] = 2 if 2 in allowed else allowed[0]
        if data["name"] != "table":
            data["table"] = None
    if data["name"] in MANY_CLASS_SETS and data["classes"] == 0 and data["name"] != "table":
        data["classes"] = 2
    classes, loss = data["classes"], training["loss"]
    if classes == 0 and loss not in REGRESSION_LOSSES:
        loss = "half_squared_error"
    elif classes > 2 and before <= 2 and loss in REGRESSION_LOSSES and "loss" not in changes:
        loss = "categorical_crossentropy"
    if loss != training["loss"]:
        training["loss"] = loss
        notes.append(f"Loss set to {LOSSES[loss].lower()}, which fits these data.")
    if loss in get_args(Loss) and not _fits(loss, model["output_activation"], classes):
        model["output_activation"] = "auto"
    stop = training["early_stopping"]
    if stop and classes == 0 and str(stop.get("monitor", "")).endswith("accuracy"):
        stop["monitor"] = "val_loss"
    if stop and data["validation"] == 0 and str(stop.get("monitor", "val_loss")).startswith("val_"):
        stop["monitor"] = "loss"
    return notes


def _fits(loss: str, output: str, classes: int) -> bool:
    if output == "softmax":
        return classes > 0 and loss not in MARGIN_LOSSES
    if loss in ONE_HOT_LOSSES - {"categorical_hinge"}:
        return output == "auto"
    return output in {"auto", "sigmoid"} if loss in PROBABILITY_LOSSES else True
