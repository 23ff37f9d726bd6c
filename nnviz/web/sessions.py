"""Streamlit's sessions, bounded: one for each open page, with a thread's event loop and all that its widgets hold.

Streamlit opens one for whoever comes, and counts nothing.
"""

from __future__ import annotations

import asyncio
from functools import cache

from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nnviz.web.limits import Places, limits

STREAM = "/_stcore/stream"
NOT_PAGES = ("/_stcore/", "/static/", "/media/", "/nnviz/", "/nnviz-assets/", "/component/")
"""What is no page, and answers also while there is no room for one more."""
FIRST_SECONDS = 15.0
"""A browser asks for its page as soon as the socket is open; who does not holds a session for nothing."""
GOING_AWAY, TRY_LATER = 1001, 1013
FULL = """<!doctype html><html lang="en"><meta charset="utf-8"><title>nnviz</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="refresh" content="30">
<style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:20vh auto;padding:0 1.5rem}</style>
<h1>All places are taken</h1><p>As many pages are open as this nnviz can serve. This one tries again in half a
minute.</p></html>"""


@cache
def places() -> Places:
    """Of the process's sessions."""
    return Places(limits().sessions, limits().sessions_each)


def address_of(scope: Scope) -> str | None:
    """Where a request comes from; behind a proxy that uvicorn trusts, as it says."""
    client = scope.get("client")
    return str(client[0]) if client else None


def full_page(scope: Scope) -> HTMLResponse | None:
    """What a visitor reads where there is no room for their page; None where there is."""
    path = scope["path"]
    if path.startswith(NOT_PAGES) or "." in path or places().has_room(address_of(scope)):
        return None
    return HTMLResponse(FULL, 503, {"Retry-After": "30", "Cache-Control": "no-store"})


async def stream(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """One session, if there is a place for it, for as long as its socket is open."""
    address = address_of(scope)
    if not places().take(address):
        await send({"type": "websocket.close", "code": TRY_LATER})
        return
    count = 0

    async def bounded() -> Message:
        nonlocal count
        count += 1
        if count != 2:  # the first is the connection itself
            return await receive()
        try:
            async with asyncio.timeout(FIRST_SECONDS):
                return await receive()
        except TimeoutError:
            await send({"type": "websocket.close", "code": GOING_AWAY})
            return {"type": "websocket.disconnect", "code": GOING_AWAY}

    try:
        await app(scope, bounded, send)
    finally:
        places().leave(address)
