"""The watch link: one visitor's page, followed by others (static/kit/watch.js, nnviz/web/channels.py).

The session knows which channel its page leads or follows. Where the one that is followed has gone comes from the
browser; the page turns there before it is drawn.
"""

from __future__ import annotations

import io
import secrets
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import streamlit as st

from nnviz.ui import session
from nnviz.ui.live import component
from nnviz.ui.navigation import addresses
from nnviz.web.entrance import entrance
from nnviz.web.hosts import host_name, is_loopback

KEY, SWITCH = "watch", "w_watch_me"
NOT_FOLLOWED = frozenset({session.FOLLOW, "present", "token"})
"""What a follower's link keeps for itself."""


def following() -> str | None:
    """The channel that this page follows."""
    return session.watching().follow


def bar(path: object) -> None:
    """The line above the page, and where the one that is followed has gone. `path`: the page that is to be drawn."""
    here, asked = session.watching(), st.query_params.get(session.FOLLOW)
    if asked and asked not in {here.follow, here.left}:
        here.follow = asked[:64]
    go, here.go = here.go, None
    with st.container(key="watching"):
        component("watch", "kit/watch.js", ("kit/watch.css",))(
            key=KEY,
            data=[
                {
                    "lead": here.lead,
                    "decided": here.decided,
                    "follow": here.follow,
                    "heard": here.heard,
                    "link": _own_link(here.lead),
                }
            ],
            on_lead_change=_lead,
            on_go_change=_go,
            on_own_change=_own,
        )
    if go is None or here.follow is None:
        return
    page, query = go
    if page != path:
        st.switch_page(page, query_params=query)
    st.query_params.from_dict(query)


def share() -> None:
    """The way to be watched: a link, a QR code."""
    leading = session.watching().lead
    st.markdown("**Watch me**: whoever has the link sees what you do, in every room, until they try it themselves.")
    st.toggle("Let others watch", key=SWITCH, value=bool(leading), on_change=_toggle)
    if not leading:
        return
    link, here_only = watch_link(leading, st.context.url or "")
    st.code(link, language=None, wrap_lines=True)
    st.image(_code(link), width=220)
    if here_only:
        st.caption("This link works on this machine only. For others, start with `nnviz --host 0.0.0.0`.")


@lru_cache(maxsize=32)
def _code(link: str) -> bytes:
    """Its QR code, a PNG."""
    import segno

    picture = io.BytesIO()
    segno.make(link, error="m").save(picture, kind="png", scale=6, border=2)
    return picture.getvalue()


def watch_link(channel: str, url: str) -> tuple[str, bool]:
    """The link to give away, with the token where one is asked for, from a page at `url`; and whether it leads nowhere
    from other machines. A name by which the browser reached us works for others too, unless it is a loopback one."""
    come_in, path = entrance(), f"/?{session.FOLLOW}={channel}"
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    name = host_name(parts.netloc) or parts.hostname or ""
    whole = come_in.link(path)
    rest = whole.removeprefix(come_in.base or "")
    if origin and not is_loopback(name):
        return origin + rest, False
    return (whole, False) if come_in.base else (origin + rest, True)


def _toggle() -> None:
    _leads(secrets.token_urlsafe(16) if session.widget_value(SWITCH) else None)


def _leads(channel: str | None) -> None:
    here = session.watching()
    here.lead, here.decided = channel, True


def _own_link(channel: str | None) -> str | None:
    return None if channel is None else watch_link(channel, st.context.url or "")[0]


def _said(name: str) -> dict[str, Any]:
    said = (session.widget_value(KEY) or {}).get(name)
    return said if isinstance(said, dict) else {}


def _lead() -> None:
    """After a reload the browser knows what this session does not; and it can end it."""
    channel = _said("lead").get("channel")
    _leads(channel if isinstance(channel, str) and 16 <= len(channel) <= 64 else None)


def _go() -> None:
    said = _said("go")
    if isinstance(number := said.get("n"), int):
        session.watching().heard = number
    page = addresses().get(str(said.get("path")))
    if page is not None and following() is not None:
        query = dict(parse_qsl(str(said.get("query"))[:8000]))
        session.watching().go = (page, {name: text for name, text in query.items() if name not in NOT_FOLLOWED})


def _own() -> None:
    here = session.watching()
    if here.follow is not None:  # else it has heard of it before
        here.left, here.follow = here.follow, None
