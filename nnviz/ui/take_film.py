"""The film among what can be taken home: asked for, drawn while a bar tells how far it is, given up, downloaded."""

from __future__ import annotations

import html

import streamlit as st

from nnviz.export import FORMATS, Format, Source
from nnviz.playback import PLAYBACK_SPEEDS, USUAL_SPEED
from nnviz.ui import session
from nnviz.web.films import Film
from nnviz.web.services import services

SPEED = "w_film_speed"
WORDS = {"waiting": "waiting: others are being drawn", "cancelled": "Given up."}


def rows(source: Source) -> None:
    """A line for each kind of film, and the speed of all."""
    film, kinds = state(), {name: kind for name, kind in FORMATS.items() if kind.slow}
    if any(kind.refusal(source) is None for kind in kinds.values()):
        st.segmented_control(
            "Speed of the film", list(PLAYBACK_SPEEDS), format_func=PLAYBACK_SPEEDS.__getitem__, default=USUAL_SPEED,
            key=SPEED, disabled=film.is_under_way, required=True,
        )  # fmt: skip
    for name, kind in kinds.items():
        with st.container(key=f"take_{name}", horizontal=True, vertical_alignment="center"):
            _row(name, kind, source, film)


def state() -> Film:
    return services().films.state(session.film_owner())


def _row(name: str, kind: Format, source: Source, film: Film) -> None:
    why, run = kind.refusal(source), source.run
    mine = film.kind == name and run is not None and film.run == run.id
    with st.container():
        said = kind.about if why is None else f"{why[:1].upper()}{why[1:]}"
        st.html(f"<b>{html.escape(kind.title)}</b><br>{html.escape(said)}")
        if mine and film.is_under_way:
            text = f"picture {film.done} of {film.of}" if film.of else WORDS.get(film.status, "starting")
            st.progress(film.done / film.of if film.of else 0.0, text)
        elif mine and (words := film.message or WORDS.get(film.status)):
            st.caption(words)
    if mine and film.is_under_way:
        st.button("Cancel", key=f"w_cancel_{name}", icon=":material/close:", on_click=_cancel)
    elif run is not None and mine and film.path is not None and film.path.is_file():
        size = film.path.stat().st_size
        st.download_button(
            f"Download ({size / 1e6:.1f} MB)", film.path.read_bytes, f"{source.name}-film.{kind.ending}",
            "video/mp4" if name == "mp4" else "image/gif", key=f"w_take_{name}", icon=":material/download:",
            on_click="ignore",
        )  # fmt: skip
        st.button("Draw again", key=f"w_draw_{name}", icon=":material/movie:", on_click=_start, args=(name, run.id))
    else:
        other = "another film is being drawn: cancel it first" if film.is_under_way else None
        st.button(
            "Draw the film", key=f"w_draw_{name}", icon=":material/movie:", on_click=_start,
            args=(name, run.id if run else ""), disabled=why is not None or other is not None, help=why or other,
        )  # fmt: skip


def _start(kind: str, run: str) -> None:
    here = services()
    here.films.start(session.film_owner(), here.home, run, kind, session.widget_value(SPEED) or USUAL_SPEED)


def _cancel() -> None:
    services().films.cancel(session.film_owner())
