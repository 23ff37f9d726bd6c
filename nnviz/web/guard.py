"""The middleware before everything else, Streamlit's own routes included: who may ask at all, and what a browser is
told about how to treat the answers.

Streamlit alone answers whatever host it is called by, and asks an outside service for this machine's address, on the
event loop, where the Origin is a foreign one. Here such a request ends before it sees it.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Mapping, MutableMapping
from typing import Any
from urllib.parse import quote, unquote

from starlette.middleware import Middleware
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nnviz.web.entrance import TOKEN_FIELD, Entrance, entrance
from nnviz.web.front import ENTRIES, Front
from nnviz.web.headers import response_headers
from nnviz.web.hosts import host_name, is_known, same_origin
from nnviz.web.sessions import STREAM, full_page, stream
from nnviz.web.uploads import before_upload

logger = logging.getLogger("nnviz.web")
FORBIDDEN, MISDIRECTED, FAULT = 403, 421, 500
POLICY = 1008
"""The close code of a WebSocket that is refused."""
READING = frozenset({"GET", "HEAD", "OPTIONS"})
HEALTH = "/_stcore/health"
"""Tells that a server is there and nothing else: whoever watches over machines may ask without the token."""
COOKIE_SECONDS = 30 * 24 * 3600
PLAYGROUND = "/playground"
"""The playground is the first page and has the shortest address; people write its name all the same."""
ASK_FOR_TOKEN = """<!doctype html><html lang="en"><meta charset="utf-8"><title>nnviz</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:20vh auto;padding:0 1.5rem}</style>
<h1>The link is needed</h1><p>This nnviz is opened by the whole link that its owner gives away, the one with
<code>?token=…</code> at its end. After the first time, this browser remembers it.</p></html>"""


def middleware(entries: Mapping[str, tuple[str, ...]]) -> list[Middleware]:
    """What `st.App` is to put before its own, the outermost first. entries: see `front.ENTRIES`."""
    ENTRIES.update(entries)
    return [Middleware(Guard), Middleware(Front)]


class Guard:
    """ASGI middleware: known hosts, our own pages' Origin, the token, a bounded number of pages; and the headers of
    every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        started = False

        async def answer(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _add_headers(message, response_headers(request.headers.get("host", "")))
            await send(message)

        response = refuse(request, entrance()) or elsewhere(request)
        if response is None and scope["type"] == "http":
            response = full_page(scope)
        if response is not None:
            if scope["type"] == "websocket":  # before it is accepted: the browser sees 403, and would show no words
                await send({"type": "websocket.close", "code": POLICY})
            else:
                await response(scope, receive, answer)
            return
        try:
            if scope["type"] == "websocket" and scope["path"] == STREAM:
                await stream(self._app, scope, receive, send)
            else:
                if scope["type"] == "http":
                    before_upload(scope)
                await self._app(scope, receive, answer)
        except Exception:
            if scope["type"] == "http" and not started:
                await PlainTextResponse("The server failed; its log says why.", FAULT)(scope, receive, answer)
            raise  # to the log


def refuse(request: HTTPConnection, here: Entrance) -> Response | None:
    """Why this request is not answered, or the way past the token; None: it may go on."""
    scope = request.scope
    host, origins = request.headers.get("host"), request.headers.getlist("origin")
    reached = (scope.get("server") or (None,))[0]
    if not is_known(host, reached, here.names):
        return PlainTextResponse(_unknown(host), MISDIRECTED)
    writes = scope["type"] == "websocket" or scope["method"] not in READING
    if (origins or writes) and not (len(origins) == 1 and same_origin(origins[0], host)):
        sentence = "Only a page of this server may ask this: the request's Origin is not its Host"
        return PlainTextResponse(f"{sentence}. A proxy in front must pass the Host on as it comes.", FORBIDDEN)
    if here.token is not None and not (scope["path"] == HEALTH and not writes):
        return _ask_token(request, here.token)
    return None


def _unknown(host: str | None) -> str:
    """What a person reads who came by a name that is not known."""
    if not host:
        return "A request must say which host it asks (the header Host)."
    name = host_name(host) or "".join(c for c in host[:100] if c.isprintable())
    return (
        f"This nnviz does not know the host {name}. If that is a name of its machine, "
        f"start it with --allow-host {name} (or NNVIZ_ALLOW_HOSTS={name})."
    )


def elsewhere(request: HTTPConnection) -> Response | None:
    """The way from another spelling of an address to the address; None where it is none."""
    scope = request.scope
    if _is_page(scope) and scope["path"].rstrip("/") == PLAYGROUND:
        return _redirect("/", scope["query_string"].decode("latin-1"))
    return None


def _ask_token(request: HTTPConnection, token: str) -> Response | None:
    """None for a browser that has it in its cookie; from a link that has it, a cookie and the same address without."""
    scope = request.scope
    known = _is(request.cookies.get(cookie_name(token)), token)
    if _is_page(scope):
        fields = scope["query_string"].decode("latin-1").split("&")
        given = [field for field in fields if field.startswith(f"{TOKEN_FIELD}=")]
        if given:
            rest = "&".join(field for field in fields if field not in given)
            scope["query_string"] = rest.encode("latin-1")  # uvicorn logs it after us
            if known or _is(unquote(given[0].partition("=")[2]), token):
                response = _redirect(scope["path"], rest)
                response.set_cookie(
                    cookie_name(token), token, max_age=COOKIE_SECONDS, httponly=True, samesite="lax",
                    secure=scope["scheme"] == "https",
                )  # fmt: skip
                return response
    return None if known else HTMLResponse(ASK_FOR_TOKEN, FORBIDDEN)


def cookie_name(token: str) -> str:
    """One for each token: all servers of a machine, whatever their port, share its cookies."""
    return "nnviz_" + hashlib.sha256(token.encode()).hexdigest()[:8]


def _is_page(scope: Scope) -> bool:
    """Whether this may be a page that a browser opens."""
    return scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}


def _is(given: str | None, token: str) -> bool:
    """In a time that does not tell how much of it was right."""
    return given is not None and hmac.compare_digest(given.encode(errors="replace"), token.encode())


def _redirect(path: str, query: str) -> RedirectResponse:
    """To a path of this server; what begins with two slashes would be another's."""
    url = quote("/" + path.lstrip("/\\"), safe="/@:!$&'()*+,;=~-._")
    return RedirectResponse(f"{url}?{query}" if query else url, 303, {"Cache-Control": "no-store"})


def _add_headers(message: MutableMapping[str, Any], headers: list[tuple[bytes, bytes]]) -> None:
    there = {name.lower() for name, _ in message.get("headers", [])}
    message["headers"] = [*message.get("headers", []), *(one for one in headers if one[0] not in there)]
