"""What every room has above and beside its stage: messages, the presentation, and ways to hand a setting on."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from nnviz.export import setting
from nnviz.ui import controls, session, watch
from nnviz.ui.room import RoomState
from nnviz.web.settings import site_root

HERE = Path(__file__).parent


def messages(here: RoomState) -> tuple[int, int]:
    """What was wrong with a link or a value, until the next change; how many problems and notes there were."""
    problems, notes = [*here.problems], [*here.notes]
    # Always there: a message that came before the instrument would give it another place, and the browser a new one.
    with st.container(key="problems"):
        if problems:
            st.warning("  \n".join(map(session.as_typed, problems)), icon=":material/warning:")
    for note in notes:
        st.toast(note)
    return len(problems), len(notes)


def told(here: RoomState, problems: int, notes: int) -> None:
    """The browser has got so many messages. A newer request may end a run of the script before that."""
    del here.problems[:problems], here.notes[:notes]


def share(here: RoomState) -> None:
    """The setting for somebody else: link, file, command line."""
    if not controls.hidden("share_menu"):
        with st.popover("Share", icon=":material/share:", width="content", help="link, watch me, JSON, command line"):
            _share(here)


def sweep(here: RoomState) -> None:
    """To the Sweep room with this setting."""
    words = "This setting with one to three of its values varied: learning rates, layers, seeds …"
    if st.button("Sweep", key="w_sweep", icon=":material/grid_view:", help=words):
        query = {"room": here.room.name, **here.room.write(here.spec)}
        st.switch_page(site_root() / "pages" / "sweep.py", query_params=query)


def presentation(here: RoomState) -> bool:
    """The bar of a page in a lecture hall, where the controls are folded away: whether they are to be drawn.

    Always there, so that nothing below it changes its place when the mode does.
    """
    present = bool(here.view.get("present"))
    with st.container(key="presenting" if present else "not_presenting", horizontal=True):
        if present:
            label = "Settings" if here.folded else "Fold the settings away"
            st.button(label, key="w_fold", icon=":material/tune:", on_click=_fold)
            st.button("Leave the presentation", key="w_leave", icon=":material/close_fullscreen:", on_click=_turn)
            looks = ["present.css", *(["folded.css"] if here.folded else [])]
            st.html("<style>" + "".join((HERE / look).read_text("utf-8") for look in looks) + "</style>")
    return not (present and here.folded)


def present_button(here: RoomState) -> None:
    """The way into the presentation."""
    if not here.view.get("present") and not controls.hidden("present_button"):
        st.button(
            "Present",
            key="w_present",
            icon=":material/open_in_full:",
            on_click=_turn,
            help="Larger type, controls folded away: to be read from the back row. The link's ?present=1",
        )


def _turn() -> None:
    here = session.current()
    here.folded = True
    here.turn("present")


def _fold() -> None:
    here = session.current()
    here.acted()
    here.folded = not here.folded


def _share(here: RoomState) -> None:
    spec = here.spec
    if here.room.elsewhere:
        st.markdown(
            "The link shows this run. It is no setting: a run of your own model cannot be trained again, forked or "
            "exported here. Its script has the model: save it there, with `model.save(…)`."
        )
        watch.share()
        return
    st.markdown(
        "The address bar **is** the setting: copy the link, and whoever opens it sees the same. "
        "While a run is on, they see it train."
    )
    watch.share()
    st.markdown("For a class, a link can hide controls:")
    key = "w_hide"
    names = here.room.hideable
    chosen = st.multiselect("Hide", list(names), key=key, format_func=names.__getitem__, placeholder="nothing hidden")
    if chosen:
        query = session.setting_link(here, {**here.view, "hide": chosen})
        st.code(f"{st.context.url or ''}?{urlencode(query)}", language=None, wrap_lines=True)
    without = ", or do the same without a browser, with `nnviz train spec.json` on the command line" * bool(
        here.room.job
    )
    st.markdown(f"`spec.json` is the same setting as a file, all of it. Keep it, open it here again{without}.")
    st.download_button(
        "Save the setting as spec.json", setting.text(spec), "spec.json", "application/json", icon=":material/download:"
    )
    key = "w_json"
    given = st.file_uploader("Open a setting (spec.json)", type="json", key=key, max_upload_size=1)
    if given is not None and session.first_sight(key, given.file_id):
        session.current().take_json(given.getvalue())
        st.rerun()
