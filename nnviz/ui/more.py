"""What is shown at first sight and what is one click away: the switch "More settings", and what of it a link has set.

Whether it is open is part of the view: the visitor's session remembers it, and a link takes it along.
"""

from __future__ import annotations

import streamlit as st

from nnviz.ui import controls, session
from nnviz.ui.room import RoomState

KEY = "w_more_settings"


def switch(here: RoomState) -> bool:
    """The switch; whether the settings behind it are to be drawn."""
    if controls.hidden("more_settings"):
        return False
    is_open = bool(here.view.get("more"))
    names = here.room.changed(here.spec)
    about = here.room.about_more
    if names:
        about += f" Not as by default: {', '.join(names)}."
    session.explain_control(KEY, about, expanded=is_open)
    st.button(
        "More settings" + (f" · {len(names)} changed" if names else ""),
        key=KEY,
        icon=":material/keyboard_arrow_down:" if is_open else ":material/chevron_right:",
        width="stretch",
        on_click=_turn,
    )
    return is_open


def heading(text: str) -> None:
    """Of a group of settings."""
    st.markdown(f"**{text}**")


def _turn() -> None:
    session.current().turn("more")
