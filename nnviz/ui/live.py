"""The one component by which a room's script stands on the page, and its callback: what the script does reaches the
room's state here (static/kit/session.js has the browser's side).

Python gives the script the setting and what belongs to it; everything that moves reaches it over the live socket.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import streamlit as st

from nnviz.events import Frame, encode_frame
from nnviz.figures.colors import CLASS_COLORS
from nnviz.ui import session
from nnviz.ui.room import Room, RoomState
from nnviz.web.assets import OWN, script_url
from nnviz.web.services import services

_SCRIPT = """
const at = new URL("%s", location.href).href;
export default function (component) {
  const host = component.parentElement.querySelector(".nnl-host");
  import(at).then((m) => m.render({ ...component, parentElement: host }));
  return () => { if (!host.isConnected) import(at).then((m) => m.dispose?.(host)); };
}
"""


@cache
def component(name: str, script: str, styles: tuple[str, ...] = (), height: int = 0) -> Any:
    """A place on the page for one of our scripts, which exports `render(component)` and, where it keeps anything,
    `dispose(host)`. Registered once a process. Styles are not isolated: Plotly puts its own into the page's head."""
    return st.components.v2.component(
        f"nnviz_{name}",
        html=f'<div class="nnl-host" style="min-height:{height}px"></div>',
        css="\n".join((OWN / style).read_text("utf-8") for style in styles) or None,
        js=_SCRIPT % script_url(script),
        isolate_styles=False,
    )


def show(room: Room, data: Mapping[str, Any], **on: Callable[[], None]) -> None:
    """The script of a room that keeps its setting by itself: it is given `data`. `on_<state>_change`: called when it
    has set that state."""
    # In a list: of a dict Streamlit asks pandas whether its values are tables, and importing pandas takes a second.
    component(room.name, room.script, room.styles, room.height)(key=room.name, data=[dict(data)], **on)


def live(here: RoomState, data: Mapping[str, Any]) -> None:
    """The script of a room: it is given the room's state, and `data` of the room's own."""
    room = here.room
    given = {
        "spec": here.spec.model_dump(mode="json"),
        "room": room.name,
        "view": here.view,
        "usual_view": usual_view(here),
        "folded": here.folded,
        "run": here.run,
        "before": here.memory,
        "revision": here.revision,
        "heard": here.heard,
        "palette": list(CLASS_COLORS),
        **data,
    }
    component(room.name, room.script, room.styles, room.height)(key=session.STAGE, data=[given], on_acts_change=_acts)


def usual_view(here: RoomState) -> dict[str, Any]:
    """The view where a link does not say: what is looked at in another way is not folded away."""
    return here.room.view_type.model_validate(here.room.view(here.spec)).model_dump()


def packed(frame: Frame) -> str:
    """A frame as text, for a script's data: the bytes of `encode_frame` in base64."""
    return base64.b64encode(encode_frame(frame, "")).decode()


def _acts() -> None:
    """What was done on the stage: the acts that this session has not heard of yet. Others come again until it has."""
    said, here, answers = session.told_acts(), session.current(), session.answers()
    acts = (
        [act for act in said if isinstance(act, dict) and isinstance(act.get("n"), int)]
        if isinstance(said, list)
        else []
    )
    if answers.shown(said) < answers.newest:
        here.link = None  # the page has not had our last answer: its address is an older one
    answers.taken = said
    for act in acts:
        if act["n"] > here.heard:
            here.heard = act["n"]
            here.acted()
            if (do := {**ACTS, **here.room.acts}.get(str(act.get("do")))) is not None:
                do(here, act)


def _change(here: RoomState, act: Mapping[str, Any]) -> None:
    """New values, by their link names."""
    changes = act.get("changes")
    if isinstance(changes, dict):
        here.change(changes)


def _run(here: RoomState, act: Mapping[str, Any]) -> None:
    """Another run is on the screen, or none; a run of an earlier setting is not shown any more."""
    run, shown = act.get("id"), here.run
    if run is None:
        here.show(None)
    elif isinstance(run, str) and 0 < len(run) <= 64 and act.get("revision") == here.revision:
        here.show(run)
    # A rate may have been changed since the run before ended: its own is what it is told apart by.
    if here.before is not None and here.before[0] == shown and (spec := _recorded(here, shown)) is not None:
        here.before = shown, spec


def _recorded(here: RoomState, run: object) -> Any | None:
    """The setting of a recorded run, with what was changed while it trained; None where the room cannot show it."""
    row = services().store.get_run(run) if isinstance(run, str) and 0 < len(run) <= 64 else None
    return here.room.with_live(row.spec, row.live) if row is not None and here.room.shows(row.spec) else None


def _remember(here: RoomState, act: Mapping[str, Any]) -> None:
    """The run before, which only the browser still knows after a reload."""
    run = act.get("run")
    if run != here.run and (spec := _recorded(here, run)) is not None:
        here.remember(str(run), spec)
        here.pin(act.get("pinned") is True)


ACTS: dict[str, Callable[[RoomState, Mapping[str, Any]], None]] = {
    "change": _change,
    "run": _run,
    "view": lambda here, act: here.look(act.get("view")),
    "back": lambda here, _: here.go_back(),
    "remember": _remember,
    "pin": lambda here, act: here.pin(act.get("on") is True),
    "drop": lambda here, _: here.drop(),
}
"""What a script may do in every room."""
