"""Bounds below HTTP: how many connections and sessions an address may have, how long a request may take to come."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from nnviz.web import connections
from nnviz.web.connections import bound_connections
from nnviz.web.limits import Limits, Places, limits, limits_of
from nnviz.web.quiet import A_MINUTE, FewRepeats, quieten
from tests.serving import Server, free_port


async def said(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


async def quiet_socket(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.receive()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of a real uvicorn with room for four connections of an address, and little patience."""
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 0.3)
    monkeypatch.setattr(connections, "limits", lambda: Limits(sessions=0, connections=6))
    app = Starlette(routes=[Route("/", said, methods=["GET", "POST"]), WebSocketRoute("/socket", quiet_socket)])
    port = free_port()
    config = uvicorn.Config(app, port=port, log_level="critical")
    config.load()
    bound_connections(config)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
    yield port
    server.should_exit = True
    thread.join()


def dial(port: int, source: str = "127.0.0.1") -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=30, source_address=(source, 0))


def until_closed(wire: socket.socket) -> bytes:
    data = b""
    with contextlib.suppress(ConnectionError):
        while part := wire.recv(4096):
            data += part
    return data


@pytest.mark.parametrize("begin", ["", "GET / HT", "GET / HTTP/1.1\r\nHost: a\r\nX: "])
def test_a_request_that_does_not_come_is_not_waited_for(small: int, begin: str) -> None:
    with dial(small) as wire:
        wire.sendall(begin.encode())
        stop = threading.Event()

        def drip() -> None:  # a byte now and then is no request
            with contextlib.suppress(OSError):
                while not stop.wait(0.05):
                    wire.sendall(b"x" if begin else b"")

        dripping = threading.Thread(target=drip)
        dripping.start()
        assert until_closed(wire) == b""
        stop.set()
        dripping.join()


def test_nor_one_behind_another_nor_its_body(small: int) -> None:
    whole = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    with dial(small) as wire:
        wire.sendall(whole)
        answer = b""
        while not answer.endswith(b"\r\n\r\n0"):  # the body may come by itself
            answer += wire.recv(4096)
        wire.sendall(whole[:9])
        assert until_closed(wire) == b""
    with dial(small) as wire:
        wire.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")
        until_closed(wire)


def test_connections_of_an_address_are_bounded_and_come_free(small: int) -> None:
    with ExitStack() as stack:
        for _ in range(4):
            stack.enter_context(connect(f"ws://127.0.0.1:{small}/socket"))
        with dial(small) as wire:
            answer = until_closed(wire)
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"try again" in answer
        with httpx.Client(transport=httpx.HTTPTransport(local_address="127.0.0.2")) as other:
            assert other.get(f"http://127.0.0.1:{small}/").text == "0"
    for _ in range(100):  # closed ones come free as soon as the server has seen it
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"http://127.0.0.1:{small}/").status_code == 200:
                return
    raise AssertionError("no place came free")


def test_three_hundred_raw_connections_leave_a_page_for_the_others(tmp_path: Path) -> None:
    """The server starts with 256 descriptors allowed, as some systems have it, and raises that by itself."""
    # A session that asks for nothing would end while the others are being opened, were the machine slow.
    program = "import nnviz.web.sessions as sessions, nnviz.cli; sessions.FIRST_SECONDS = 600; nnviz.cli.main()"
    start = ["bash", "-c", 'ulimit -Sn 256; exec "$@"', "-", sys.executable, "-c", program]
    with Server(tmp_path, start=start) as server, ExitStack() as stack:
        origin: Any = server.url
        protocols: Any = ["streamlit"]
        opened = refused = 0
        url = f"ws://127.0.0.1:{server.port}/_stcore/stream"
        for _ in range(300):
            try:
                stack.enter_context(connect(url, origin=origin, subprotocols=protocols))
                opened += 1
            except InvalidStatus as answer:
                refused += answer.response.status_code == 403
        assert (opened, refused) == (limits().sessions_each, 300 - limits().sessions_each)
        page = httpx.get(server.url)
        assert page.status_code == 503
        assert "All places are taken" in page.text
        with httpx.Client(transport=httpx.HTTPTransport(local_address="127.0.0.2")) as other:
            assert other.get(server.url).status_code == 200
        assert psutil.Process(server.process.pid).num_fds() > 256
        stack.close()
        while httpx.get(server.url).status_code != 200:
            pass
        server.stop(15)
        assert len(server.err) < 10_000, server.err[:2000]


def test_a_session_that_asks_for_nothing_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    from nnviz.web import sessions

    monkeypatch.setattr(sessions, "FIRST_SECONDS", 0.05)
    sent: list[Any] = []

    async def app(_scope: Any, receive: Any, _send: Any) -> None:
        assert (await receive())["type"] == "websocket.connect"
        assert (await receive())["type"] == "websocket.disconnect"

    async def main() -> None:
        messages = asyncio.Queue[Any]()
        messages.put_nowait({"type": "websocket.connect"})

        async def send(message: Any) -> None:
            sent.append(message["type"])

        await sessions.stream(app, {"client": ("192.0.2.1", 1)}, messages.get, send)

    asyncio.run(main())
    assert sent == ["websocket.close"]


def test_places() -> None:
    places = Places(total=4, each=2)
    assert [places.take("a"), places.take("a"), places.take("a"), places.take("b")] == [True, True, False, True]
    assert [places.take(None), places.take(None)] == [True, False]
    places.leave("a")
    assert places.take("a")
    six = Places(9, 1)
    assert six.take("2001:db8::1")
    assert not six.take("2001:db8::ffff:1")
    assert six.take("2001:db8:0:1::1")


def test_limits_fit_the_descriptors() -> None:
    for descriptors in (256, 1024, 4096, 20_000, 65_536):
        found = limits_of(descriptors)
        assert found.sessions >= 1
        assert 4 * found.sessions <= max(descriptors - 534, 16)
    assert limits_of(4096).sessions_each >= 2 * 60
    assert limits_of(20_000).connections_each >= 60 * 8


def test_a_line_that_comes_again_and_again_is_written_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("nnviz.web.quiet.time.monotonic", lambda: now[0])
    few = FewRepeats()

    def line(text: str = "from %s", level: int = logging.WARNING) -> logging.LogRecord:
        return logging.LogRecord("x", level, "", 0, text, ("a",), None)

    assert sum(few.filter(line()) for _ in range(100)) == A_MINUTE
    assert few.filter(line("another %s"))
    assert all(few.filter(line(level=logging.INFO)) for _ in range(100))
    now[0] = 61.0
    later = line()
    assert few.filter(later)
    assert later.getMessage() == "from a (and 95 like it before)"


def test_no_descriptors_left_is_a_line_not_pages(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        quieten()
        context = {"message": "socket.accept() out of system resource", "exception": OSError(24, "Too many open files")}
        for _ in range(2000):
            asyncio.get_running_loop().call_exception_handler(context)

    asyncio.run(main())
    assert [record.getMessage() for record in caplog.records] == [
        "no connection can be taken: Too many open files"
    ] * A_MINUTE
