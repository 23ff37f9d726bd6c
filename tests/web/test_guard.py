"""Who may ask: known hosts, our own pages' Origin, on Streamlit's routes as on ours, however the server was started;
and what a running server asks of others: nothing."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from nnviz.web.hosts import host_name, is_known, machine_names, same_origin
from tests.serving import PATIENCE, Server
from tests.web.test_server import WAYS, run_page

RECORD_CONNECTIONS = """
import os, socket, sys
def hook(event, arguments):
    if event in ("socket.connect", "socket.sendto"):
        wire, target = arguments
        silent = event == "socket.connect" and wire.type == socket.SOCK_DGRAM  # asks the routing table, sends nothing
        outside = isinstance(target, tuple) and not silent and not str(target[0]).startswith(("127.", "::1"))
    else:
        outside = event == "socket.getaddrinfo" and arguments[0] not in (None, "localhost", "127.0.0.1")
    if outside:
        with open(os.environ["CONNECTIONS"], "a") as file:
            file.write(f"{event} {arguments[:2]}\\n")
sys.addaudithook(hook)
"""
CLIENT = httpx.Client(verify=False, timeout=PATIENCE)
"""One for all: each has its own certificates to read, a tenth of a second."""
STREAMS = ("/_stcore/stream", "/nnviz/live")
"""The WebSockets: Streamlit's and ours."""


@pytest.fixture(scope="module", params=WAYS)
def server(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    place = tmp_path_factory.mktemp("guard")
    (place / "sitecustomize.py").write_text(RECORD_CONNECTIONS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(place))
        patch.setenv("CONNECTIONS", str(place / "connections"))
        patch.setenv("NNVIZ_ALLOW_HOSTS", "nn.example.org, 203.0.113.7")
        with Server(place / "home", request.param) as server:
            server.slow = socket.create_connection(("127.0.0.1", server.port))
            server.slow.sendall(b"GET / HTTP/1.1\r\nHost: local")
            with server.slow:
                yield server


def status(server: Server, host: str, path: str = "/", method: str = "GET", **headers: str) -> int:
    return CLIENT.request(method, server.url + path, headers={"host": host, **headers}).status_code


def handshake(server: Server, path: str, host: str, origin: str | None) -> int:
    """101 where the WebSocket opens, else the answer's status."""
    wire = socket.create_connection(("127.0.0.1", server.port))
    claimed: Any = origin
    protocols: Any = ["streamlit"] if path == STREAMS[0] else None
    try:
        with connect(f"ws://{host}{path}", sock=wire, origin=claimed, subprotocols=protocols):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


def test_hosts(server: Server) -> None:
    for host in (
        "127.0.0.1",
        "localhost",
        "LocalHost.",
        "127.9.8.7:80",
        "[::1]:8501",
        "nn.example.org",
        "203.0.113.7:1",
    ):
        assert status(server, host) == 200, host
    for host in (
        "evil.test",
        f"evil.test:{server.port}",
        "localhost.evil.test",
        "198.51.100.1",
        "a@localhost",
        "[::2]",
    ):
        for path in ("/", "/nnviz/about", "/_stcore/health", "/_stcore/host-config", "/static/none.js"):
            answer = CLIENT.get(server.url + path, headers={"host": host})
            assert answer.status_code == 421, (host, path)
    assert answer.text.count("\n") == 0
    assert "--allow-host" in CLIENT.get(server.url, headers={"host": "evil.test"}).text
    for path in STREAMS:
        assert handshake(server, path, "evil.test", "http://evil.test") == 403
        assert handshake(server, path, "nn.example.org", "https://nn.example.org") == 101


def test_origins(server: Server) -> None:
    host = f"127.0.0.1:{server.port}"
    for origin in ("http://evil.test", "null", "http://127.0.0.1:1", "http://[bad", None):
        for path in STREAMS:
            assert handshake(server, path, host, origin) == 403, (path, origin)
        headers = {} if origin is None else {"origin": origin}
        for method, path in (
            ("POST", "/nnviz/look"),
            ("PUT", "/_stcore/upload_file/session/file"),
            ("DELETE", "/_stcore/upload_file/session/file"),
            ("PATCH", "/"),
        ):
            assert status(server, host, path, method, **headers) == 403, (method, path, origin)
        if origin is not None:
            for path in ("/_stcore/health", "/media/none", "/nnviz/about", "/"):
                assert status(server, host, path, **headers) == 403, (path, origin)
                assert status(server, host, path, "OPTIONS", **headers) == 403, (path, origin)
    for path in STREAMS:
        assert handshake(server, path, host, f"https://{host}") == 101
    assert status(server, host, "/nnviz/look", "POST", origin=f"http://{host}") == 400
    two = [("host", host), ("origin", f"http://{host}"), ("origin", "http://evil.test")]
    assert CLIENT.post(server.url + "/nnviz/look", headers=two).status_code == 403


def test_the_playground_has_its_name(server: Server) -> None:
    for path in ("/playground", "/playground/"):
        answer = CLIENT.get(f"{server.url}{path}?layers=3,3&hide=a%26b")
        assert (answer.status_code, answer.headers["location"]) == (303, "/?layers=3,3&hide=a%26b")
    assert CLIENT.get(f"{server.url}/playground").headers["location"] == "/"


def test_every_answer_has_its_headers(server: Server) -> None:
    for path in (
        "/",
        "/digits",
        "/_stcore/health",
        "/nnviz/about",
        "/nnviz-assets/plotly.min.js",
        "/nnviz-assets/js/no",
    ):
        headers = CLIENT.get(server.url + path).headers
        policy = headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "'unsafe-eval'" not in policy
        assert "script-src 'self' blob: 'wasm-unsafe-eval' 'sha256-" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


def test_a_running_server_asks_nobody(server: Server) -> None:
    """After all the above: foreign origins, foreign hosts, and a page that was shown."""
    run_page(server)
    record = Path(os.environ["CONNECTIONS"])
    assert not record.exists(), record.read_text()


def test_headers_that_do_not_come_are_not_waited_for(server: Server) -> None:
    """Begun before all the above."""
    server.slow.settimeout(60)
    assert server.slow.recv(1) == b""


def test_nor_does_its_start_beyond_loopback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit by itself asks for its external address, to print it."""
    (tmp_path / "sitecustomize.py").write_text(RECORD_CONNECTIONS)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("CONNECTIONS", str(tmp_path / "connections"))
    with Server(tmp_path / "home", "streamlit", more=["--server.address", "0.0.0.0"]) as server:
        server.stop(15)
    assert f"nnviz is at http://localhost:{server.port}/" in server.out
    assert server.err.count("asks nobody for a token") == 1
    assert not (tmp_path / "connections").exists(), (tmp_path / "connections").read_text()


def test_names() -> None:
    assert host_name("[::FFFF:127.0.0.1]:80") == "127.0.0.1"
    assert host_name("NN.Example.") == "nn.example"
    for bad in (None, "", ":80", "a b", "a@b", "a/b", "::1", "a:b", "a:123456", "."):
        assert host_name(bad) is None, bad
    assert is_known("192.168.1.7:8501", "192.168.1.7", frozenset())
    assert not is_known("192.168.1.8:8501", "192.168.1.7", frozenset())
    assert all(is_known(name, None, frozenset()) for name in machine_names())
    assert not is_known("a.b", None, frozenset({"b"}))


def test_same_origin() -> None:
    assert same_origin("http://Localhost:8501", "localhost:8501")
    assert same_origin("https://nn.example", "nn.example")
    assert not same_origin("https://nn.example", "nn.example:8501")
    assert not same_origin("https://nn.example.evil", "nn.example")
    assert not same_origin(None, "nn.example")
    assert not same_origin("http://nn.example", None)
