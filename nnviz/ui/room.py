"""What a room declares of itself (`Room`) and what a visitor's session remembers of it (`RoomState`); no streamlit.

The setting lives in three places that must agree: the link, the controls and the room's spec. The spec is the truth: a
link is read into it, a change is validated before it is taken, and the link is written from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from pydantic import BaseModel, ValidationError

from nnviz.experiments.changes import change, label
from nnviz.jobs import JOBS
from nnviz.link import FieldsLink, Link, Texts
from nnviz.spec import explain
from nnviz.ui.view import View, checked_view
from nnviz.web.settings import site_root


class Experiment(NamedTuple):
    """Something to try: what it is, why it is worth a try, and the parameters of its link into the room."""

    title: str
    why: str
    link: Mapping[str, str]


Mark = tuple[str, str]
"""A mark on the page, or a key; and what it means."""


@dataclass(frozen=True)
class Guide:
    """The guide's words on a room.

    what: ends the sentence "The rooms show each of these numbers: the Playground …"; lectures: ids of the experiments
    that belong here, as the lectures number them; needs: what should be known before; lead: why to come
    here next, for whoever has been in the room before it in `ROOMS`.
    """

    what: str
    experiments: tuple[Experiment, ...]
    marks: tuple[Mark, ...]
    keys: tuple[Mark, ...]
    note: str = ""
    lectures: str = ""
    needs: str = ""
    lead: str = ""


@dataclass(frozen=True, kw_only=True)
class Room:
    """One page of the dashboard. `nnviz.ui.rooms` tells how to declare one.

    Parameters
    ----------
    name: of its address, its file in pages/ and its state in a session: lower-case letters.
    section: the group of the navigation that it stands in.
    icon: a Material symbol, as Streamlit writes it (`:material/draw:`).
    intro: at most three sentences: what this is, and what to press.
    stage: draws what the room shows; given the room's state.
    controls, more, tools: the controls at the side, those behind "More settings", and what stands beside "Share".
    script, preload: the room's script in the folder of our own scripts, and scripts that it loads a moment later.
    styles: its style sheets, beside the script.
    height: pixels that the room takes before its script has come.
    job: the engine's job that its runs do (`nnviz.jobs`); None where it starts none.
    spec: the type of its setting. None: the room's script keeps the setting, and writes the link.
    acts: what the script may do beside the acts of `live`: name → function of the state and of what it said.
    hideable: what a teacher's link can hide: name in the link → what it is called.
    """

    name: str
    title: str
    section: str
    icon: str
    stage: Callable[[RoomState], None]
    intro: str = ""
    controls: Callable[[RoomState], None] | None = None
    more: Callable[[RoomState], None] | None = None
    tools: Callable[[RoomState], None] | None = None
    script: str = ""
    preload: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    height: int = 560
    job: str | None = None
    spec: type[BaseModel] | None = None
    view_type: type[View] = View
    acts: Mapping[str, Callable[[RoomState, Mapping[str, Any]], None]] = field(default_factory=dict)
    hideable: Mapping[str, str] = field(default_factory=dict)
    guide: Guide | None = None
    always_named: bool = False
    """Its link stands in the header even where there are too many rooms to name all: where newcomers begin."""
    about_more: str = ""
    """What is behind "More settings", in words."""
    file: Path | None = None
    """Its page, where that is not pages/<name>.py."""

    SHARED: ClassVar[Mapping[str, str]] = {
        "share_menu": "Share",
        "take_home": "Take it home",
        "present_button": "Present",
    }

    @property
    def page(self) -> Path:
        return self.file or site_root() / "pages" / f"{self.name}.py"

    @property
    def elsewhere(self) -> bool:
        """Whether its runs are trained by programs of the visitor's, which have model and data."""
        return self.job is not None and JOBS[self.job].elsewhere

    @property
    def scripts(self) -> tuple[str, ...]:
        """What the browser needs of ours from the start."""
        return (*filter(None, (self.script,)), *self.preload)

    # ---- its setting: its job says how a link has it; other ways are a room's own ----------------------

    def shows(self, spec: object) -> bool:
        """Whether the room can show such a setting."""
        return self.spec is not None and isinstance(spec, self.spec)

    @property
    def link(self) -> Link:
        """Its job's; of a room without one, of its spec's fields."""
        assert self.spec is not None
        return FieldsLink(self.spec) if self.job is None else JOBS[self.job].link

    def base(self, query: Texts) -> Texts:
        """What a link of this room means where it says nothing, given what it says."""
        return {}

    def read(self, query: Texts, ignore: Iterable[str] = ()) -> tuple[Any, list[str]]:
        """The spec that a link of this room describes, and what could not be used of it, in words."""
        return self.link.read(query, ignore, self.base(query))

    def write(self, spec: Any) -> dict[str, str]:
        """The shortest link of this room for `spec`."""
        return self.link.write(spec, self.base)

    def value(self, spec: Any, name: str) -> Any:
        """What a control shows: the value of a setting, by its name in a link."""
        return self.link.value(spec, name)

    def default(self) -> Any:
        """What the bare link means."""
        return self.read({})[0]

    def view(self, spec: Any) -> dict[str, Any]:
        """How it is looked at where the link does not say and the view's own defaults do not fit."""
        return {}

    def change(self, here: RoomState, changes: Mapping[str, Any]) -> tuple[Any, list[str]]:
        """The spec with new values by their link names, and what to tell of what follows. Raises ValidationError."""
        known = {name: value for name, value in changes.items() if name in type(here.spec).model_fields}
        return type(here.spec).model_validate({**here.spec.model_dump(), **known}), []

    def admit(self, here: RoomState, spec: Any) -> Any | None:
        """The spec that the room goes on with: this one, or what stands in for it; None where it stays as it was. What
        is wrong is added to the state's problems."""
        return spec

    def same_run(self, one: Any, other: Any) -> bool:
        """Whether a run of the one may go on under the other: it differs only in what can change under way."""
        return bool(one == other)

    def difference(self, before: Any, now: Any) -> tuple[str, str]:
        """How a curve of the setting before is labelled, and what was changed, as a sentence (nothing: no change)."""
        return label(before, now), change(before, now)

    def with_live(self, spec: Any, live: Mapping[str, Any]) -> Any:
        """A stored spec with what was changed while it ran."""
        return spec

    def changed(self, spec: Any) -> list[str]:
        """What is behind "More settings" and not as by default, in words."""
        return []

    def hide_names(self) -> Mapping[str, str]:
        """All that a link may hide, in words: also what only another room of the kind has."""
        return {**self.SHARED, **self.hideable}


@dataclass
class RoomState:
    """The one owner of the setting: of what is done in the browser it takes each act once, in order.

    revision: grows with each setting under which the run before cannot go on. heard: the number of the browser's last
    act. link: what the address says; None where it does not say yet what was done last. led: a link led here, or the
    way back: nothing was changed. before: the run that was shown before this one, with its setting;
    pinned: it stays that, whatever is shown after it. helps: what the controls of the page do, by their keys, for the
    browser to show (static/kit/page.js). wanted: what a visitor asked for whose data are not here yet. network: what a
    room of trainings goes back to from a model that has no training. rooms: all that there are, by name. titles: of the
    rooms that show a run, by name.
    """

    room: Room
    spec: Any = None
    view: dict[str, Any] = field(default_factory=dict)
    run: str | None = None
    before: tuple[str, Any] | None = None
    pinned: bool = False
    revision: int = 0
    heard: int = 0
    link: dict[str, str] | None = None
    led: bool = False
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    wanted: Any = None
    folded: bool = True
    network: Any = None
    helps: dict[str, dict[str, Any]] = field(default_factory=dict)
    rooms: Mapping[str, Room] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.spec is None and self.room.spec is not None:
            self.spec = self.room.default()

    @property
    def name(self) -> str:
        return self.room.name

    def acted(self) -> None:
        """A visitor did something: the browser's address is out of date until the next link is written."""
        self.link, self.led = None, False

    def change(self, changes: Mapping[str, Any]) -> None:
        """Take new values by their link names; what is not allowed leaves everything as it was."""
        self.acted()
        try:
            spec, notes = self.room.change(self, changes)
        except ValidationError as error:
            self.problems += [f"Not changed: {line}." for line in explain(error, type(self.spec))]
            return
        if self.take(spec):
            self.notes += notes

    def look(self, said: object) -> None:
        """The browser looks in another way. Whether the page is a presentation, and whether all settings are open, is
        ours to say: the browser may not have heard of it yet."""
        self.acted()
        view = checked_view(self.room.view_type, said, self.room.hide_names())
        if view is not None:
            self.view = {**view, **{name: self.view.get(name, False) for name in ("present", "more")}}

    def turn(self, flag: str) -> None:
        """A flag of the view, `present` or `more`, the other way round."""
        self.acted()
        self.view = {**self.view, flag: not self.view.get(flag)}

    def take_json(self, text: bytes) -> None:
        """Adopt a setting from a file; a bad one is named and changes nothing."""
        self.acted()
        assert self.room.spec is not None
        try:
            spec = self.room.spec.model_validate_json(text)
        except ValidationError as error:
            self.problems += [f"The file: {line}." for line in explain(error, self.room.spec)[:5]]
            return
        if self.room.shows(spec):
            self.take(spec)
        else:
            self.problems.append("The file: another room shows such a setting.")

    def take(self, spec: Any) -> bool:
        """Adopt a valid spec, unless the room refuses it."""
        self.acted()
        admitted = self.room.admit(self, spec)
        if admitted is None:
            return False
        if not self.room.same_run(admitted, self.spec):
            self.show(None)
            self.revision += 1
        before, now = self.room.view(self.spec), self.room.view(admitted)
        self.view.update({name: value for name, value in now.items() if self.view.get(name) == before[name]})
        self.spec = admitted
        return True

    def show(self, run: str | None) -> None:
        """Another run is on the screen, or none: the one that was there is kept in mind."""
        self.acted()
        if self.run is not None and self.run != run and not self.pinned:
            self.before = (self.run, self.spec)
        self.run = run

    def remember(self, run: str, spec: Any) -> None:
        """This run was the one before: after a reload the browser still knows."""
        if self.before is None:
            self.before = (run, spec)

    def pin(self, on: bool) -> None:
        """The run before stays the one that others are compared with; or the next change takes its place again."""
        self.pinned = on and self.before is not None

    def drop(self) -> None:
        """The run before is not wanted any more."""
        self.before, self.pinned = None, False

    def go_back(self) -> None:
        """To the run before, with its setting; the one that is there now becomes the one before."""
        self.acted()
        if self.before is None:
            return
        run, spec = self.before
        if self.run is None:
            self.before = None
        self.pinned = False
        self.show(None)
        if self.take(spec):
            self.run, self.led = run, True

    @property
    def memory(self) -> dict[str, Any] | None:
        """The run before, for the browser: its id, how its curve is labelled, what has changed since, and whether it
        is pinned. Of another job there is nothing to compare with."""
        if self.before is None or self.before[0] == self.run or type(self.before[1]) is not type(self.spec):
            return None
        run, spec = self.before
        label, change = self.room.difference(spec, self.spec)
        return {"run": run, "label": label, "change": "" if self.led else change, "pinned": self.pinned}
