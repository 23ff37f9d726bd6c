"""Take it home: the list of what can be made of the setting and of the run that is shown, each with its download."""

from __future__ import annotations

import html
from functools import partial

import streamlit as st

from nnviz.export import FORMATS, Format, Source
from nnviz.export.format import zipped
from nnviz.ui import controls, session, take_film
from nnviz.ui.room import RoomState
from nnviz.web.services import services

BUTTON = "w_take_home"
"""Key of the button that opens it."""
AGAIN = 2.0
"""Seconds after which the list looks again what there is of a run that has only begun."""
FILM_AGAIN = 1.0
"""Seconds between two looks how far the film is that is being drawn."""


def button() -> None:
    """In the strip; it opens the list."""
    if controls.hidden("take_home"):
        return
    words = "Take it home: as a program, a notebook, a Keras model, tables, a film, a report"
    if st.button("Take it home", key=BUTTON, icon=":material/download:", help=words):
        _dialog()


def of_run(run: str) -> None:
    """The list for a run that another page shows than its room; what cannot be read any more is told."""
    _dialog(run)


@st.dialog("Take it home", width="large")
def _dialog(run: str | None = None) -> None:
    source = _source(run)
    if source is None:
        st.markdown("This run is no longer there, or its setting is another version’s: there is nothing to take home.")
        return
    begun = source.run is not None and not source.run.is_over
    waits = begun and any(kind.refusal(source) for kind in FORMATS.values())
    st.fragment(_list, run_every=AGAIN if waits else None)(run)
    st.fragment(_films, run_every=FILM_AGAIN)(run)
    st.caption("In a terminal: `nnviz export RUN --as FORMAT`.")


def _source(run: str | None) -> Source | None:
    return source_of(session.current()) if run is None else _stored(run)


def _list(run: str | None) -> None:
    source = _source(run)
    if source is None:  # it was deleted meanwhile
        return
    if source.run is None:
        st.markdown("No run is shown: this is what the setting alone gives.")
    else:
        words = ", ".join(filter(None, (source.spec.subject, source.spec.words)))
        status = source.run.status if source.run.is_over else "as it is now"
        st.markdown(f"Of run `{source.run.id[:8]}` (`{words.replace('`', '')}`), {status}.")
    for name, kind in FORMATS.items():
        if kind.slow:
            continue
        why = kind.refusal(source)
        several = why is None and kind.several(source)
        with st.container(key=f"take_{name}", horizontal=True, vertical_alignment="center"):
            with st.container():
                said = kind.about if why is None else f"{why[:1].upper()}{why[1:]}"
                st.html(f"<b>{html.escape(kind.title)}</b><br>{html.escape(said)}")
            st.download_button(
                "Download", partial(_made, kind, source, several), _file(kind, name, source, several),
                "application/zip" if several else "application/octet-stream",
                key=f"w_take_{name}", icon=":material/download:", on_click="ignore", disabled=why is not None,
            )  # fmt: skip


def _films(run: str | None) -> None:
    source = _source(run)
    if source is not None:
        take_film.rows(source)


def _made(kind: Format, source: Source, several: bool) -> bytes:
    """What is downloaded, when it is asked for; in a thread."""
    files = kind.make(source.now())
    return zipped(files) if several else next(iter(files.values()))


def _file(kind: Format, name: str, source: Source, several: bool) -> str:
    return f"{source.name}-{name}.{'zip' if several else kind.ending}"


def source_of(here: RoomState) -> Source:
    """The run that the page shows, as it is now; without one its setting."""
    found = _stored(here.run) if here.run else None
    return found or Source(here.spec, services().home)


def _stored(run: str) -> Source | None:
    at = services()
    row = at.store.get_run(run)
    return None if row is None or row.spec is None else Source(row.spec, at.home, at.store, row)
