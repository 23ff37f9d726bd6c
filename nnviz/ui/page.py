"""A room's page: messages, stage, controls at the side, ways to hand the setting on; and what every page has beside its
own: what each control does (shown on hover and focus by static/kit/page.js), and what leads
the keyboard over the header."""

from __future__ import annotations

from typing import Any

import streamlit as st

from nnviz.ui import more, session, strip, take_home
from nnviz.ui.live import component
from nnviz.ui.room import Room, RoomState
from nnviz.ui.rooms import FIRST, ROOMS
from nnviz.ui.training_room import TrainingRoom


def show(name: str) -> None:
    """The page of the room with this name."""
    room = ROOMS[name]
    if room.spec is None:
        with st.container(key="page"):
            _helps({}, room)
        _go_to_run()
        room.stage(RoomState(room, titles={other.name: other.title for other in ROOMS.values() if other.spec}))
        return
    here = session.enter(room, ROOMS)
    _go_to_run()
    top = st.container(key="page")
    messages = strip.messages(here)
    controls = strip.presentation(here)
    if room.intro:
        with st.container(key="intro"):
            st.markdown(room.intro)
    with st.container(key="room"):
        with st.container(key="stage"):
            room.stage(here)
        with st.container(key="side"):
            if controls and room.controls is not None:
                room.controls(here)
                if room.more is not None and more.switch(here):
                    room.more(here)
        with st.container(key="tools", horizontal=True):
            if controls:
                if room.tools is not None:
                    room.tools(here)
                if isinstance(room, TrainingRoom):
                    strip.sweep(here)
                strip.share(here)
                if room.job is not None and not room.elsewhere:
                    take_home.button()
                strip.present_button(here)
    with top:  # last: what the controls of this page do is known when they have been made
        _helps(here.helps, room)
    strip.told(here, *messages)
    session.write_link(here)


def _go_to_run() -> None:
    """To the room of a run that was chosen here, with its setting, film and curves."""
    wanted = session.take_wanted_run()
    if wanted is not None:
        run, name = wanted
        found = ROOMS.get(name or "")
        room = ROOMS[FIRST] if found is None or found.spec is None else found
        st.switch_page(room.page, query_params=session.run_link(room, run))


def _helps(helps: dict[str, dict[str, Any]], room: Room) -> None:
    component("page", "kit/page.js", ("kit/page.css",))(
        key="page_helps", data=[helps, room.name, session.answers().newest]
    )
