"""The rooms are shown once to nobody, right after the start: the first visitor does not wait for what Python then
imports, compiles and keeps."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from nnviz.web.assets import PLOTLY, find, imports_of, script_url
from nnviz.web.front import ENTRIES, widget_urls

if TYPE_CHECKING:
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

logger = logging.getLogger("nnviz.web")
SECONDS = 30
prepared: list[str] = []
"""The rooms that have been shown, by their addresses."""


async def warm_up() -> None:
    """Run the rooms' scripts in a session without a browser, then compress the scripts that every page loads.

    Whatever goes wrong here goes wrong again for the first visitor, who is told; so it is only logged."""
    try:
        for room in ENTRIES:
            await asyncio.wait_for(_show(room), SECONDS)
            prepared.append(room)
        await asyncio.to_thread(_pack)
    except Exception:
        logger.warning("the rooms could not be prepared for the first visitor", exc_info=True)


class _Nobody:
    """A session's client that only notes the end of the script."""

    client_context = None

    def __init__(self) -> None:
        self.done = asyncio.Event()

    def write_forward_msg(self, message: ForwardMsg) -> None:
        if message.WhichOneof("type") == "script_finished":
            self.done.set()


async def _show(room: str) -> None:
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.runtime import Runtime

    runtime, nobody = Runtime.instance(), _Nobody()
    session = runtime.connect_session(client=nobody, user_info={})
    try:
        ask = BackMsg()
        ask.rerun_script.page_name = room
        runtime.handle_backmsg(session, ask)
        await nobody.done.wait()
    finally:
        runtime.close_session(session)


def _pack() -> None:
    own = imports_of(name for names in ENTRIES.values() for name in names)
    for url in (script_url(PLOTLY.name), *map(script_url, own), *widget_urls()):
        if found := find(url):
            found[0].pack()
