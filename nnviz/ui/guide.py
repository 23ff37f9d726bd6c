"""The guide: the way through the rooms, and for each what to try, with the reason why it works or fails; what the marks
mean; the keys."""

from __future__ import annotations

import streamlit as st

from nnviz.ui import session
from nnviz.ui.live import component
from nnviz.ui.room import Guide, Room
from nnviz.ui.rooms import FIRST, ROOMS

PATH = "path"
"""The component's key: the rooms in their order (static/kit/path.js)."""
ROOM = "room"
"""Whose words are shown, in the guide's own link."""


def guide() -> None:
    """The whole page, made from the rooms."""
    rooms = [(room, room.guide) for room in ROOMS.values() if room.guide is not None]
    asked = st.query_params.get(ROOM)
    at = next((i for i, (room, _) in enumerate(rooms) if room.name == asked), 0)
    st.title("Guide")
    st.markdown(
        "A network is a chain of sums. Every neuron multiplies what it gets by its **weights**, adds its **bias**, "
        "bends the result with its **activation** and hands it on. **Training** shows it samples, measures with the "
        "**loss** how wrong it is, and moves every weight a little down the slope of the loss. The rooms show each of "
        f"these numbers: {', '.join(f'**{room.title}** {words.what}' for room, words in rooms)}."
    )
    left, right = st.columns([1, 3], gap="large")
    with left:
        st.subheader("The way", anchor=False)
        st.caption("From one neuron to your own model. The way is a proposal: each room can be entered from here.")
        steps = [
            {
                "name": room.name,
                "title": room.title,
                "path": "/" if room.name == FIRST else f"/{room.name}",
                "links": [dict(one.link) for one in words.experiments],
            }
            for room, words in rooms
        ]
        component(PATH, "kit/path.js", ("kit/path.css",))(
            key=PATH, data=[{"steps": steps, "open": rooms[at][0].name}], on_room_change=_turn
        )
    with right, st.container(key="guide"):
        _room(*rooms[at], rooms[at + 1] if at + 1 < len(rooms) else None)


def _turn() -> None:
    """A room was chosen: it is in the link, which Back leads back from."""
    name = (session.widget_value(PATH) or {}).get("room")
    if isinstance(name, str) and name in ROOMS:
        st.query_params[ROOM] = name


def _room(room: Room, words: Guide, following: tuple[Room, Guide] | None) -> None:
    st.header(room.title, anchor=False)
    if room.intro:
        st.markdown(room.intro)
    facts = {"What it needs": words.needs, "Lectures": words.lectures}
    st.markdown("  \n".join(f"**{name}**: {text}" for name, text in facts.items() if text))
    with st.container(key="try"):
        st.subheader("Things to try", anchor=False)
        for title, why, link in words.experiments:
            with st.container(gap=None):
                st.page_link(room.page, label=f"**{title}**", icon=":material/play_circle:", query_params=dict(link))
                st.caption(why)
        if words.note:
            st.caption(words.note)
    if following is not None:
        st.subheader("Where to go next", anchor=False)
        with st.container(gap=None):
            st.page_link(following[0].page, label=f"**{following[0].title}**", icon=":material/arrow_forward:")
            st.caption(following[1].lead)
    marks, keys = st.columns(2, gap="large")
    with marks:
        st.subheader("What the marks mean", anchor=False)
        st.markdown("\n".join(f"- **{mark}**: {text}" for mark, text in words.marks))
    with keys:
        st.subheader("Keys", anchor=False)
        st.markdown("\n".join(["| key | does |", "|---|---|", *(f"| {key} | {text} |" for key, text in words.keys)]))
