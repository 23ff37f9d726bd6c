"""All that a visitor's session remembers: one `Room` of each kind. Every key of streamlit's session state is here.

The setting lives in three places that must agree: the link, the controls and the room's spec. The spec is the truth.
A link is read when it is not one that we wrote; a control's change goes through `Room.change`, which validates it and
keeps the old setting where the new one is not allowed; the link is written from the spec at the end of every run of
the script.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from pydantic import ValidationError
from streamlit.errors import StreamlitAPIException

from nnviz.data import DATASETS, DataError, DataMissing
from nnviz.spec import IMAGE_SHAPES, NetworkSpec, RunSpec, explain
from nnviz.ui.adapt import adapt
from nnviz.ui.datasets import dataset
from nnviz.ui.kinds import KINDS, Kind, home_of
from nnviz.ui.view import VIEW_NAMES, checked_view, read_view, view_query
from nnviz.web.services import services

ROOM = "nnviz-room"
"""With the kind of room behind it (`key_of`)."""
_HERE, _PAGE, _TURNED = "nnviz-here", "nnviz-page", "nnviz-turned"


@dataclass
class Room:
    """wanted: what a visitor asked for whose data are not here yet; network: what an SVM goes back to."""

    spec: RunSpec = field(default_factory=RunSpec)
    view: dict[str, Any] = field(default_factory=dict)
    run: str | None = None
    ack: int = 0
    link: dict[str, str] = field(default_factory=dict)
    links: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    touched: bool = False
    name: str = "playground"
    wanted: RunSpec | None = None
    folded: bool = True
    network: RunSpec | None = None

    @property
    def kind(self) -> Kind:
        return KINDS[self.name]

    def change(self, changes: Mapping[str, Any]) -> None:
        """Take new values by their link names (nnviz.link.PATHS); what is not allowed leaves everything as it was."""
        self.touched = True
        plain = deepcopy(self.spec.model_dump(mode="json"))
        notes = adapt(plain, changes, self.kind.rates, self._network())
        try:
            spec = RunSpec.model_validate(plain)
        except ValidationError as error:
            self.problems += [f"Not changed: {line}." for line in explain(error)]
            return
        if self.take(spec):
            self.notes += notes

    def look(self, said: object) -> None:
        """The browser looks in another way. Whether the page is a presentation is ours to say: the browser may not have
        heard of it yet."""
        self.touched = True
        view = checked_view(said)
        if view is not None:
            self.view = {**view, "present": self.view.get("present", False)}

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
        if home_of(spec) is not self.kind:
            self.problems.append(f"The file: {_elsewhere(spec)}")
        else:
            self.take(spec)

    def take(self, spec: RunSpec) -> bool:
        """Adopt a valid spec, unless it is too large to draw or its data cannot be had. Data that only have to be
        fetched are kept in mind, and the room goes on with what is always there."""
        most = self.kind.most_parameters
        if most is not None and spec.parameters > most:
            self.problems.append(
                f"Not changed: {spec.parameters:,} weights are too many to draw one by one; here the most is {most:,}. "
                "The Digits room and `nnviz train` take larger networks."
            )
            return False
        try:
            dataset(spec.data, services().home)
        except DataMissing as error:
            if not spec.data.is_image or spec.data.name == "digits":
                self.problems.append(f"Not changed: {error}.")
                return False
            return self._do_without(spec, str(error))
        except DataError as error:
            self.problems.append(f"Not changed: {error}.")
            return False
        if _without_rates(spec) != _without_rates(self.spec):
            self.run = None
        before, now = self.kind.view(self.spec), self.kind.view(spec)
        self.view.update({name: value for name, value in now.items() if self.view.get(name) == before[name]})
        self.spec, self.wanted = spec, None
        if isinstance(spec.model, NetworkSpec):
            self.network = spec
        return True

    def _network(self) -> dict[str, Any]:
        """What an SVM's room goes back to."""
        plain = (self.network or self.kind.default()).model_dump(mode="json")
        return {"model": plain["model"], "training": plain["training"]}

    def _do_without(self, spec: RunSpec, why: str) -> bool:
        """The same setting on the small digits, which are always there."""
        title = DATASETS[spec.data.name].title
        plain = spec.model_dump(mode="json")
        self.notes += adapt(plain, {"data": "digits", "center": spec.data.center}, self.kind.rates, self._network())
        try:
            found = RunSpec.model_validate(plain)
        except ValidationError:
            found = self.kind.default()
        what = "upload them again" if spec.data.name == "images" else "fetch it at the side"
        self.problems.append(f"{title} is not here: {what}. Until then the room goes on with the 8×8 digits. ({why})")
        done = self.take(found)
        self.wanted = None if spec.data.name == "images" else spec
        return done

    def fetched(self) -> None:
        """The data that were missing are here: on with what was asked for."""
        wanted, self.wanted = self.wanted, None
        self.touched = True
        if wanted is not None:
            self.take(wanted)


def room(name: str = "playground") -> Room:
    """This session's room of a kind, brought up to date with the link that the browser shows. Call it first on a page.

    A link to data that another room shows leads there.
    """
    known = st.session_state.get(key_of(name))
    here = known if isinstance(known, Room) else Room(KINDS[name].default(), name=name)
    st.session_state[key_of(name)] = here
    st.session_state[_HERE] = name
    query = {key: str(value) for key, value in st.query_params.items()}
    # The way between the rooms takes no setting along: whoever comes back finds the room as it was left.
    came_back = not query and st.session_state.get(_TURNED, False)
    # A control was used: the browser may not have our last link yet. Otherwise it is a new link, or Back and Forward.
    if not isinstance(known, Room) or (query != here.link and not here.touched and not came_back):
        _adopt(here, query)
        here.links += 1
    here.touched = False
    return here


def turned_to(page: str) -> None:
    """The application's script says which page it shows, before it shows it."""
    st.session_state[_TURNED] = st.session_state.get(_PAGE, page) != page
    st.session_state[_PAGE] = page


def key_of(name: str) -> str:
    """The session's key of a room."""
    return f"{ROOM}:{name}"


def write_link(here: Room) -> None:
    """Make the browser's link say what the room is."""
    query = setting_link(here, here.view)
    if here.run:
        query["run"] = here.run
    here.link = query
    if {name: str(value) for name, value in st.query_params.items()} != query:
        st.query_params.from_dict(query)


def setting_link(here: Room, view: Mapping[str, Any]) -> dict[str, str]:
    """The room's setting under some view as a link's parameters."""
    return {**here.kind.write(here.spec), **view_query(view, here.kind.view(here.spec))}


def current() -> Room:
    """The room within a callback: the page has made it before."""
    here = st.session_state[key_of(st.session_state[_HERE])]
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
    """What was last wrong with an upload, as Markdown: a line for each fault. A file's name can be anything, also the
    Markdown of a picture that the page would then fetch: without brackets there are neither pictures nor links."""
    lines: list[str] = st.session_state.get(f"{key}:message", [])
    return [line.replace("[", "\\[").replace("; ", "  \n") for line in lines]


def _adopt(here: Room, query: Mapping[str, str]) -> None:
    spec, problems = here.kind.read(query, ignore=VIEW_NAMES | {"run"})
    found = None
    if "run" in query:
        row = services().store.get_run(query["run"])
        if row is not None and isinstance(row.spec, RunSpec):
            found, spec = row.id, _with_live(row.spec, row.live)
        else:
            problems.append("The link's run is not on this server (any more); its setting is shown instead.")
    if home_of(spec) is not here.kind:
        try:
            st.switch_page(home_of(spec).page, query_params=dict(query))
        except StreamlitAPIException:  # a page that stands alone
            problems.append(f"{_elsewhere(spec)} The default setting is shown.")
            found, spec = None, here.kind.default()
    here.problems = problems
    here.spec = here.kind.default()
    if not here.take(spec):
        here.problems.append("The default setting is shown.")
    here.view, more = read_view(query, here.kind.view(here.spec))
    here.problems += more
    here.run = found if here.spec == spec else None


def _elsewhere(spec: RunSpec) -> str:
    where = "2-D data are learned in the playground" if spec.data.name not in IMAGE_SHAPES else ""
    return f"{where or f'{spec.data.name} is learned in the Digits room'}."


def _with_live(spec: RunSpec, live: Mapping[str, Any]) -> RunSpec:
    """The stored spec with the rates that were changed under way."""
    plain = spec.model_dump()
    if live.get("learning_rate") is not None:
        plain["training"]["optimizer"]["learning_rate"] = live["learning_rate"]
    if live.get("regularization_rate") is not None and "regularizer" in plain["model"]:
        plain["model"]["regularizer"]["rate"] = live["regularization_rate"]
    return RunSpec.model_validate(plain)


def _without_rates(spec: RunSpec) -> dict[str, Any]:
    plain = spec.model_dump()
    plain["training"]["optimizer"]["learning_rate"] = None
    if "regularizer" in plain["model"]:
        plain["model"]["regularizer"]["rate"] = None
    return plain
