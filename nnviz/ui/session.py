"""What a visitor's session remembers: one `RoomState` of each room. Every key of streamlit's session state is here.

A link is read when it is not one that we wrote; it is written from the spec at the end of every run of the script.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from nnviz.store.runs import new_id
from nnviz.ui.answers import Answers
from nnviz.ui.room import Room, RoomState
from nnviz.ui.view import read_view, view_query
from nnviz.web.services import services

ROOM = "nnviz-room"
"""With the name of the room behind it (`key_of`)."""
STAGE = "live"
"""Of the room's script (nnviz.ui.live)."""
FOLLOW = "follow"
"""In a link, but no part of a setting: the channel to follow (nnviz.ui.watch)."""
_HERE, _PAGE, _TURNED, _WATCHING = "nnviz-here", "nnviz-page", "nnviz-turned", "nnviz-watching"
_WANTED = "nnviz-wanted-run"
_TAKEN = "nnviz-taken-home"
_ANSWERS = "nnviz-answers"


def enter(room: Room, rooms: Mapping[str, Room]) -> RoomState:
    """This session's state of a room, brought up to date with the link that the browser shows. Call it first on a page.

    A link to a run leads to the room that the run was started in, one to a setting to a room that can show it: `rooms`
    are those that there are.
    """
    known = st.session_state.get(key_of(room.name))
    here = known if isinstance(known, RoomState) else RoomState(room)
    query = {key: str(value) for key, value in st.query_params.items() if key != FOLLOW}
    if isinstance(known, RoomState) and not query and st.session_state.get(_TURNED, False):
        # The way between the rooms takes no setting along: whoever comes back finds the room as it was left.
        write_link(here)  # a reload before the page is whole finds it, too
        here.link = None
    # A control was used: the browser may not have our last link yet. Otherwise it is a new link, or Back and Forward.
    elif not isinstance(known, RoomState) or here.link not in (None, query):
        _adopt(here, query, rooms)
        here.link, here.led = query, True
    # A newer request may end this run of the script wherever it uses the session's state. The run that takes its place
    # must find a room that has adopted its link, or none; and that the page was turned, until the room knows.
    st.session_state[key_of(room.name)] = here
    st.session_state[_HERE] = room.name
    st.session_state[_TURNED] = False
    here.helps = {}
    here.rooms = rooms
    answers().begin()
    return here


def turned_to(page: str) -> None:
    """The application's script says which page it shows, before it shows it."""
    if st.session_state.get(_PAGE, page) != page:
        st.session_state[_TURNED] = True
    st.session_state[_PAGE] = page


def key_of(name: str) -> str:
    """The session's key of a room."""
    return f"{ROOM}:{name}"


def write_link(here: RoomState) -> None:
    """Make the browser's link say what the room is."""
    query = setting_link(here, here.view)
    if here.run:
        query["run"] = here.run
    setting = query
    if (channel := watching().follow) is not None:
        query = {**query, FOLLOW: channel}
    if {name: str(value) for name, value in st.query_params.items()} != query:
        st.query_params.from_dict(query)
    here.link = setting  # last: a newer request may end this run of the script before the browser is told


def run_link(room: Room, run: str) -> dict[str, str]:
    """The link that a room writes of a run: with a shorter one, the room would write it, and Back would lead there."""
    row = services().store.get_run(run)
    if row is None or row.spec is None or not room.shows(row.spec):
        return {"run": run}
    return {**room.write(room.with_live(row.spec, row.live)), "run": run}


def setting_link(here: RoomState, view: Mapping[str, Any]) -> dict[str, str]:
    """The room's setting under some view as a link's parameters."""
    room = here.room
    return {**room.write(here.spec), **view_query(room.view_type, view, room.view(here.spec))}


@dataclass
class Watching:
    """lead: the channel that this session's page leads; decided: whether the session has said so, or the browser is to
    tell it after a reload; follow: the one it follows, left: the one it followed last; go: where to turn next,
    heard: the number of the newest such word of the browser."""

    lead: str | None = None
    decided: bool = False
    follow: str | None = None
    left: str | None = None
    go: tuple[Path, dict[str, str]] | None = None
    heard: int = 0


def watching() -> Watching:
    """What this session leads and follows."""
    found = st.session_state.setdefault(_WATCHING, Watching())
    assert isinstance(found, Watching)
    return found


def want_run(run: str, room: object) -> None:
    """A run was chosen on a page that is not its room (`room`: its room's name, where it has one)."""
    st.session_state[_WANTED] = run, room if isinstance(room, str) else None


def take_wanted_run() -> tuple[str, str | None] | None:
    """The run that was chosen, once."""
    wanted: tuple[str, str | None] | None = st.session_state.pop(_WANTED, None)
    return wanted


def take_home(run: str) -> None:
    """A run was chosen in a list, to be taken home."""
    st.session_state[_TAKEN] = run


def taken_home() -> str | None:
    """The run that was chosen for it, once."""
    run: str | None = st.session_state.pop(_TAKEN, None)
    return run


def current() -> RoomState:
    """The room within a callback: the page has made it before."""
    here = st.session_state[key_of(st.session_state[_HERE])]
    assert isinstance(here, RoomState)
    return here


def widget_value(key: str) -> Any:
    return st.session_state.get(key)


def answers() -> Answers:
    """What this session's answers have shown."""
    found = st.session_state.setdefault(_ANSWERS, Answers())
    assert isinstance(found, Answers)
    return found


def told_acts() -> object:
    """What the stage has told, as it came."""
    return (widget_value(STAGE) or {}).get("acts")


def film_owner() -> str:
    """The name under which this session's film is drawn (`nnviz.web.films`)."""
    owner: str = st.session_state.setdefault("film_owner", new_id())
    return owner


def set_widget(key: str, value: Any) -> None:
    """Must come before the widget in the script: controls show the spec, they do not keep values of their own."""
    st.session_state[key] = value
    answers().give(key, value)


def used(key: str, then: Callable[..., None], *arguments: Any) -> dict[str, Any]:
    """Of a control: its key, and what is called when a visitor has used it; not where it only says what an older answer
    had shown."""

    def change(*given: Any) -> None:
        if not answers().is_old(key, widget_value(key), told_acts()):
            then(*given)

    return {"key": key, "on_change": change, "args": arguments}


def visitors_value(key: str) -> Any:
    """What a control says; where that is only what an older answer had shown, what it was given last."""
    said, given = widget_value(key), answers()
    return given.given[given.newest][key] if given.is_old(key, said, told_acts()) else said


def explain_control(key: str, text: str, expanded: bool | None = None) -> None:
    """What the control with this key does. expanded: of one that unfolds something, whether it has."""
    if text:
        current().helps[key] = {"text": text} | ({} if expanded is None else {"expanded": expanded})


def first_sight(key: str, file_id: str) -> bool:
    """Whether an uploaded file is new: an uploader gives the same file again in every run of the script."""
    if st.session_state.get(f"{key}:seen") == file_id:
        return False
    st.session_state[f"{key}:seen"] = file_id
    return True


def set_message(key: str, lines: list[str]) -> None:
    st.session_state[f"{key}:message"] = lines


def message(key: str) -> list[str]:
    """What was last wrong with an upload, as Markdown: a line for each fault."""
    lines: list[str] = st.session_state.get(f"{key}:message", [])
    return [as_typed(line).replace("; ", "  \n") for line in lines]


def as_typed(text: str) -> str:
    """A message as Markdown that shows what a visitor typed as they typed it. A file's name can be anything, also the
    Markdown of a picture that the page would then fetch: without brackets there are neither pictures nor links."""
    return text.replace("[", "\\[").replace("*", "\\*").replace("__", "\\_\\_")


def _adopt(here: RoomState, query: Mapping[str, str], rooms: Mapping[str, Room]) -> None:
    room = here.room
    spec, problems = room.read(query, room.view_type.names() | {"run"})
    found, started_in = None, None
    if "run" in query:
        row = services().store.get_run(query["run"])
        if row is not None and row.spec is not None:
            found, spec, started_in = row.id, row.spec, rooms.get(row.room or "")
        else:
            problems.append("The link's run is not on this server (any more); its setting is shown instead.")
    if (home := _home(room, spec, started_in, rooms)) is not room:
        try:
            if home is not None:
                st.switch_page(home.page, query_params=dict(query))
        except StreamlitAPIException:  # a page that stands alone
            pass
        where = f"The {home.title} room shows such a setting." if home else "No room shows such a setting."
        problems.append(f"{where} The default setting is shown.")
        found, spec = None, room.default()
    if found is not None and row is not None:
        spec = room.with_live(spec, row.live)
    here.problems = problems
    here.show(None)
    here.revision += 1
    here.spec = room.default()
    if not here.take(spec):
        here.problems.append("The default setting is shown.")
    here.view, more = read_view(room.view_type, query, room.view(here.spec), room.hide_names())
    here.problems += more
    here.run = found if here.spec == spec else None


def _home(room: Room, spec: object, started_in: Room | None, rooms: Mapping[str, Room]) -> Room | None:
    """Where a link leads: to the room that its run was started in; else it stays where it is opened, if that can be."""
    for home in (started_in, room, *rooms.values()):
        if home is not None and home.shows(spec):
            return home
    return None
