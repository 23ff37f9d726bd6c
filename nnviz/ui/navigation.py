"""The way between the rooms: the header's groups, and on a phone a row of links. Made from the rooms that there are."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from nnviz.ui.rooms import FIRST, ROOMS
from nnviz.web.settings import site_root

GUIDE = site_root() / "pages" / "guide.py"
MOST_SIDE_BY_SIDE = 6
"""So many names fit in a header of 1280 pixels beside Share and Present. Of more, those that are always named and the
guide stand there, and a menu for each section of the others."""


def places() -> dict[Path, tuple[str, str, str]]:
    """Page → its title, icon and section (nothing: it is always named), in the order of the navigation."""
    rooms = {room.page: (room.title, room.icon, "" if room.always_named else room.section) for room in ROOMS.values()}
    return {**rooms, GUIDE: ("Guide", ":material/menu_book:", "")}


def addresses() -> dict[str, Path]:
    """The path of an address → its page. The first room has the shortest one, too."""
    return {"/": ROOMS[FIRST].page, **{f"/{page.stem}": page for page in places()}}


def header() -> tuple[st.Page, Path]:
    """The way between the rooms at the top; the page that the address names, and its file."""
    sections: dict[str, list[st.Page]] = {"": []}
    pages: dict[str, Path] = {}
    flat: list[st.Page] = []
    for path, (title, icon, section) in places().items():
        page = st.Page(path, title=title, icon=icon, default=path == ROOMS[FIRST].page)
        flat.append(page)
        sections.setdefault(section, []).append(page)
        pages[title] = path
    chosen = st.navigation(flat if len(flat) <= MOST_SIDE_BY_SIDE else sections, position="top")
    return chosen, pages[chosen.title]


def row() -> None:
    """The rooms as a row of links, where the window is too narrow for those in the header (style.css)."""
    with st.container(key="ways", horizontal=True):
        known = places()
        first = [path for path in known if not known[path][2]] if len(known) > MOST_SIDE_BY_SIDE else []
        for path in dict.fromkeys([*first, *known]):  # those that are always named: the others may be out of sight
            st.page_link(path, label=known[path][0])
