"""The token: all but health asks for it, however the server was started; the link brings it, a cookie keeps it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from nnviz.web.entrance import Entrance
from tests.serving import PATIENCE, Server
from tests.web.test_server import WAYS

TOKEN = "a.long-enough_token~1"
PATHS = (
    "/", "/digits", "/static/none.js", "/_stcore/host-config", "/nnviz/about", "/nnviz-assets/js/kit/wire.js",
    "/nnviz-assets/plotly.min.js", "/media/none",
)  # fmt: skip


@pytest.fixture(scope="module", params=WAYS)
def server(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NNVIZ_TOKEN", TOKEN)
        with Server(tmp_path_factory.mktemp("token"), request.param) as server:
            yield server


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with httpx.Client(verify=False, timeout=PATIENCE) as client:
        yield client


def handshake(server: Server, path: str, cookie: str | None) -> int:
    url, origin = f"ws://127.0.0.1:{server.port}{path}", server.url
    headers = {} if cookie is None else {"Cookie": cookie}
    claimed: Any = origin
    try:
        with connect(url, origin=claimed, additional_headers=headers):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


def test_without_it_only_health_answers(server: Server, client: httpx.Client) -> None:
    assert client.get(f"{server.url}/_stcore/health").text == "ok"
    for path in PATHS:
        for query in ("", "?token=", "?token=wrong", f"?token={TOKEN}x"):
            answer = client.get(server.url + path + query)
            assert answer.status_code == 403, path + query
            assert "set-cookie" not in answer.headers
            assert "the whole link" in answer.text
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert client.post(f"{server.url}/nnviz/look", headers={"origin": server.url}).status_code == 403
    for path in ("/_stcore/stream", "/nnviz/live"):
        for cookie in (None, "nnviz_token=wrong", f"token={TOKEN}"):
            assert handshake(server, path, cookie) == 403


def test_the_link_brings_it_and_the_cookie_keeps_it(server: Server, client: httpx.Client) -> None:
    answer = client.get(f"{server.url}/digits?data=mnist&token={TOKEN}&layers=16@5,max2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/digits?data=mnist&layers=16@5,max2")
    (morsel,) = SimpleCookie(answer.headers["set-cookie"]).values()
    assert (morsel["httponly"], morsel["samesite"], morsel["path"], morsel["secure"]) == (True, "lax", "/", "")
    cookie = f"{morsel.key}={morsel.value}"
    for path in PATHS[:3]:
        assert client.get(server.url + path, headers={"cookie": cookie}).status_code in {200, 404}
    for path in ("/_stcore/stream", "/nnviz/live"):
        assert handshake(server, path, cookie) == 101
    client.cookies.clear()
    # A link never leads away from here, whatever its path.
    for path in ("//evil.test/", "/%5Cevil.test", "/%0d%0aa:b"):
        location = client.get(f"{server.url}{path}?token={TOKEN}").headers["location"]
        assert re.match(r"/(?![/\\])[^\r\n]*$", location), location
        client.cookies.clear()


def test_it_is_in_no_log(server: Server, client: httpx.Client) -> None:
    client.get(f"{server.url}/?token={TOKEN}", follow_redirects=True)
    client.cookies.clear()
    server.stop(15)
    assert TOKEN not in server.err + server.out.replace(f"/?token={TOKEN}\n", "")


def test_a_server_for_other_machines_makes_one(
    tmp_path: Path, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NNVIZ_TOKEN", raising=False)
    with Server(tmp_path, more=["--host", "0.0.0.0"]) as server:
        assert client.get(server.url).status_code == 403
        server.stop(15)
    own, other, words, *_ = server.out.splitlines()
    found = re.fullmatch(rf"nnviz is at http://localhost:{server.port}/\?token=([\w-]{{20,}})", own)
    assert found, own
    assert re.fullmatch(rf"Other machines reach it at http://\S+:{server.port}/\?token={found[1]}", other)
    assert "Whoever has this link" in words


def test_a_server_for_other_machines_that_asks_nobody_says_so(tmp_path: Path, client: httpx.Client) -> None:
    with Server(tmp_path, more=["--host", "0.0.0.0", "--no-token"]) as server:
        assert client.get(server.url).status_code == 200
        server.stop(15)
    assert "token=" not in server.out
    assert server.err.count("asks nobody for a token") == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--token", "short"], "8 to 200"),
        (["--token", "with spaces in it"], "8 to 200"),
        (["--token", TOKEN, "--no-token"], "choose one"),
        (["--allow-host", "a b"], "--allow-host"),
    ],
)
def test_wrong_options(tmp_path: Path, options: list[str], words: str) -> None:
    command = [sys.executable, "-m", "nnviz.cli", "serve", "--no-browser", "--home", str(tmp_path), *options]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert ended.returncode == 2
    (line,) = ended.stderr.splitlines()
    assert words in line


def test_links() -> None:
    here = Entrance("192.168.1.7", 8501, frozenset(), "secret-token")
    assert here.base == "http://192.168.1.7:8501"
    assert here.link("/digits?run=x#a") == "http://192.168.1.7:8501/digits?run=x&token=secret-token#a"
    assert here.own_link == "http://192.168.1.7:8501/?token=secret-token"
    alone = Entrance("127.0.0.1", 8501, frozenset(), None)
    assert (alone.is_open, alone.base, alone.own_link, alone.link("/?a=1")) == (
        False, None, "http://127.0.0.1:8501/", "/?a=1",
    )  # fmt: skip
    assert Entrance("::", 80, frozenset(), None).own_link == "http://localhost:80/"
    assert Entrance("fd00::1", 80, frozenset(), None).base == "http://[fd00::1]:80"
    assert Entrance(None, None, frozenset(), None).base is None
