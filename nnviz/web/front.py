"""The first thing that a request meets: scripts from memory, and a page that names at once all that it will need.

Streamlit's page finds out step by step what it has to load: its own scripts, then those of each widget, then our
instrument, then what that imports, then Plotly. The links that are put into the page here let the browser ask for all
of it in the first moment. Streamlit reads each file anew for each visitor, piece by piece through a pool of threads;
from memory the hundred scripts of a page take a fifth of the processor's time.
"""

from __future__ import annotations

import json
import re
from functools import cache

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nnviz.web.assets import PLOTLY, Kept, find, imports_of, script_url, streamlit_files, streamlit_folder

ENTRIES: dict[str, tuple[str, ...]] = {}
"""The scripts with which a page starts, by the last part of its address: the rooms say them (app.py)."""
WIDGETS = ("Html", "Markdown", "Selectbox", "Button", "PageLink", "BidiComponent")
"""What stands on a room's page from the start, by Streamlit's names; each is a script that imports others."""
_ANSWERED = ("/nnviz/", "/nnviz-assets/", "/static/", "/_stcore/", "/media/", "/component/")
_HEAD = b"</head>"


class Front:
    """ASGI middleware: a GET of a file that `assets.find` knows is answered here, a page gets its links."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        if found := find(path):
            await _answer(Request(scope), *found)(scope, receive, send)
        elif path.startswith(_ANSWERED):
            await self.app(scope, receive, send)
        else:
            # What the browser has kept of the page is of Streamlit's file; ours changes with our scripts.
            headers = [(k, v) for k, v in scope["headers"] if k not in (b"if-none-match", b"if-modified-since")]
            await self.app({**scope, "headers": headers}, receive, _Linking(send, path))


def _answer(request: Request, kept: Kept, caching: str) -> Response:
    headers = {"Cache-Control": caching, "ETag": kept.tag, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == kept.tag:
        return Response(status_code=304, headers=headers)
    if kept.packed is None or "gzip" not in request.headers.get("accept-encoding", ""):
        packing = BackgroundTask(kept.pack) if kept.compressible and kept.packed is None else None
        return Response(kept.body, media_type=kept.media_type, headers=headers, background=packing)
    return Response(kept.packed, media_type=kept.media_type, headers={**headers, "Content-Encoding": "gzip"})


class _Linking:
    """`send` of a request that may be answered with Streamlit's page: that is held back until it is whole."""

    def __init__(self, send: Send, path: str) -> None:
        self.send, self.path = send, path
        self.start: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_page(message):
            self.start = message
        elif self.start is None or message["type"] != "http.response.body":
            await self.send(message)
        else:
            self.body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._finish(self.start)

    async def _finish(self, start: Message) -> None:
        head, end, rest = self.body.partition(_HEAD)
        body = head + links(self.path, head.decode()).encode() + end + rest if end else self.body
        gone = (b"etag", b"last-modified", b"content-length")
        kept = [(name, value) for name, value in start["headers"] if name.lower() not in gone]
        await self.send({**start, "headers": [*kept, (b"content-length", str(len(body)).encode())]})
        await self.send({"type": "http.response.body", "body": body})


def _is_page(start: Message) -> bool:
    headers = {name.lower(): value for name, value in start["headers"]}
    return (
        start["status"] == 200
        and headers.get(b"content-type", b"").startswith(b"text/html")
        and b"content-encoding" not in headers
    )


@cache
def _wanted(room: str) -> tuple[str, ...]:
    """The links of a room's page: Streamlit's scripts for its widgets, our own, Plotly's."""
    found = [f'<link rel="modulepreload" crossorigin href="{url}">' for url in widget_urls()]
    scripts = imports_of(ENTRIES.get(room, ()))
    found += [f'<link rel="modulepreload" href="{script_url(name)}">' for name in scripts]
    if "kit/plotly.js" in scripts:
        found.append(f'<link rel="preload" as="script" fetchpriority="low" href="{script_url(PLOTLY.name)}">')
    return tuple(found)


def links(path: str, head: str) -> str:
    """The links for the page at this path, but for those that its head has already."""
    known = set(re.findall(r'href="\.?(/static/[^"]+)"', head))
    room = path.rstrip("/").rpartition("/")[2]
    return "\n    ".join(link for link in _wanted(room) if not any(f'"{url}"' in link for url in known)) + "\n  "


@cache
def widget_urls() -> tuple[str, ...]:
    """The scripts of WIDGETS and what they import, by the list that Streamlit's build left behind; none without it."""
    folder = streamlit_folder()
    manifest = folder / "manifest.json" if folder else None
    if manifest is None or not manifest.is_file():
        return ()
    parts = json.loads(manifest.read_text("utf-8"))
    wanted = [name for name in parts if name.rpartition("/")[2] in {f"{widget}.tsx" for widget in WIDGETS}]
    found: dict[str, None] = {}
    while wanted:
        part = parts.get(wanted.pop(0), {})
        if part.get("file", "").endswith(".js") and part["file"] not in found:
            found[part["file"]] = None
            wanted += part.get("imports", [])
    return tuple(f"/{name}" for name in found if name.removeprefix("static/") in streamlit_files())
