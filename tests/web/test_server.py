"""Start and end of the server, in all three ways: the same settings, one clear line where it cannot, no remains."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from websockets.sync.client import connect

from nnviz.spec import RunSpec
from nnviz.store.store import Store
from nnviz.ui.rooms import entries
from nnviz.web import assets
from nnviz.web.front import Front
from nnviz.web.server import tune_server, uvicorn_config
from nnviz.web.settings import site_settings
from tests.serving import PATIENCE, ROOT, Server

WAYS = ("nnviz", "streamlit", "uvicorn")
LONG: dict[str, Any] = {"training": {"epochs": 100_000, "batch_size": 1}}


@pytest.mark.parametrize("how", WAYS)
def test_every_way_to_start_has_the_same_settings_and_one_home_has_one_server(how: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Server(home, how, cwd=tmp_path) as server:
        about = json.loads(server.get("/nnviz/about"))
        assert about["settings"] == site_settings()
        assert about["settings"]["server.address"] == "127.0.0.1"
        assert about["settings"]["runner.postScriptGC"] is False
        assert about["settings"]["server.fileWatcherType"] == "none"
        assert about["settings"]["browser.gatherUsageStats"] is False
        listening = {c.laddr for c in psutil.Process(server.process.pid).net_connections() if c.status == "LISTEN"}
        scripts = json.loads((home / "scripts.json").read_text("utf-8"))["port"]
        assert {(a.ip, a.port) for a in listening} == {("127.0.0.1", server.port), ("127.0.0.1", scripts)}
        # A browser offers to compress; nobody takes it up.
        origin: Any = server.url
        with connect(f"ws://127.0.0.1:{server.port}/nnviz/live", origin=origin, compression="deflate") as socket:
            assert not socket.protocol.extensions

        second = Server(home, how, cwd=tmp_path)
        _, err = second.process.communicate(timeout=PATIENCE)
        assert second.process.returncode == 4
        (line,) = [line for line in err.splitlines() if str(home) in line]
        assert "in use" in line
        assert "--home" in line
        assert "Traceback" not in err
        assert server.get("/_stcore/health") == b"ok"


@pytest.mark.parametrize(
    ("how", "number"), [("nnviz", signal.SIGINT), ("uvicorn", signal.SIGTERM), ("streamlit", signal.SIGTERM)]
)
def test_the_end_waits_for_nobody_and_leaves_nothing(how: str, number: int, tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.create_run("long", RunSpec())
        for seq in range(2_000):
            store.add_event("long", {"event": "metrics", "seq": seq, "step": seq, "epoch": seq / 7, "loss": seq / 9})
    with Server(tmp_path, how) as server, server.browser() as viewer:
        deaf = server.browser(deaf=True)
        for _ in range(60):
            deaf.say(do="watch", run="long")  # 15 MB, none of which it reads
        viewer.submit(LONG)
        viewer.until("metrics")
        family = psutil.Process(server.process.pid).children(recursive=True)
        assert family
        code = server.stop(number)
        if how == "nnviz":
            assert code == 0
        assert "Traceback" not in server.err
        gone, alive = psutil.wait_procs(family, timeout=10)
        assert gone
        assert not alive
        deaf.socket.socket.close()
    assert query(tmp_path, "SELECT status FROM runs ORDER BY created") == [("interrupted",), ("stopped",)]


def test_a_killed_server_loses_nothing_and_its_run_shows_as_interrupted(tmp_path: Path) -> None:
    with Server(tmp_path) as server, server.browser() as viewer:
        run = viewer.submit(LONG, speed={"steps": 25, "fps": 20.0})
        viewer.until("metrics")
        before = [0]
        while len(before) < 10:
            viewer.until("metrics")
            before = [row[0] for row in query(tmp_path, "SELECT step FROM metrics ORDER BY seq")]
        family = psutil.Process(server.process.pid).children(recursive=True)
        server.stop(signal.SIGKILL)
        _, alive = psutil.wait_procs(family, timeout=20)
        assert not alive
    with Server(tmp_path) as server, server.browser(visitor=viewer.visitor) as viewer:
        viewer.say(do="watch", run=run)
        about = viewer.until("run")
        assert about["status"] == "interrupted"
        assert about["mine"]
        assert about["speed"] == {"steps": 25, "fps": 20.0}
        columns = viewer.until("history")["columns"]
        assert columns["step"][: len(before)] == before
        assert all(isinstance(viewer.read(), bytes) for _ in range(2))
        viewer.say(do="play")
        assert "ended" in viewer.until("error")["message"]
        # Its weights are not lost: another run goes on from them.
        viewer.submit(LONG, **{"from": run})
        viewer.until("metrics")
        viewer.say(do="stop")
        viewer.until("finished")
    assert sorted(query(tmp_path, "SELECT status FROM runs")) == [("interrupted",), ("stopped",)]


def test_a_home_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    server = Server(tmp_path / "file" / "home")
    _, err = server.process.communicate(timeout=PATIENCE)
    assert server.process.returncode == 4
    assert len(err.splitlines()) == 1
    assert "cannot write" in err
    assert "NNVIZ_HOME" in err


ABANDON = """
import os, sys
from pathlib import Path
from nnviz.spec import RunSpec
from nnviz.store.store import Store
store = Store(Path(sys.argv[1]))
store.create_run("abandoned", RunSpec(), "v")
for seq in range(3000):
    store.add_event("abandoned", {"event": "metrics", "seq": seq, "step": seq, "epoch": 0.0, "loss": 0.5})
assert store.flush()
os.kill(os.getpid(), 9)
"""


def test_a_start_on_a_full_disk_with_an_abandoned_run_tells_who_comes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", ABANDON, str(tmp_path)], check=False)
    assert (tmp_path / "nnviz.db-wal").stat().st_size > 50_000
    # No file may grow beyond 40 kB: what is written behind the log's end has no room, as on a full disk.
    start = ["bash", "-c", 'ulimit -f 40; exec "$@"', "-", sys.executable, "-m", "nnviz.cli"]
    with Server(tmp_path, start=start) as server, server.browser(hello=False) as viewer:
        assert "not being recorded" in viewer.until("notice")["message"]
        server.stop(signal.SIGTERM)
    assert "Traceback" not in server.err


def test_a_wrong_number_of_workers_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNVIZ_WORKERS", "many")
    server = Server(tmp_path)
    _, err = server.process.communicate(timeout=PATIENCE)
    assert server.process.returncode == 2
    assert err == "Error: NNVIZ_WORKERS is 'many'; allowed is a whole number from 1 to 256\n"


def run_page(server: Server) -> None:
    """What a browser does for a page: open Streamlit's stream, ask for the script, wait until it has run."""
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    origin: Any = server.url
    protocols: Any = ["streamlit"]
    with connect(f"ws://127.0.0.1:{server.port}/_stcore/stream", origin=origin, subprotocols=protocols) as stream:
        ask = BackMsg()
        ask.rerun_script.query_string = ""
        stream.send(ask.SerializeToString())
        while True:
            message = ForwardMsg()
            data = stream.recv(timeout=PATIENCE)
            assert isinstance(data, bytes)
            message.ParseFromString(data)
            assert message.delta.new_element.WhichOneof("type") != "exception", message
            if message.WhichOneof("type") == "script_finished":
                return


def test_an_installed_package_needs_no_checkout(tmp_path: Path) -> None:
    """The real wheel, unpacked far from here: app.py, pages/, the settings and the scripts travel in it."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    package = tmp_path / "lib" / "nnviz"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(package.parent)
    script = (
        f"import sys; sys.path[:0] = [{str(package.parent)!r}]; import nnviz.cli;"
        f"assert nnviz.__file__.startswith({str(package)!r}); nnviz.cli.main()"
    )
    with Server(tmp_path / "home", start=[sys.executable, "-P", "-c", script], cwd=tmp_path) as server:
        assert json.loads(server.get("/nnviz/about"))["settings"] == site_settings()
        assert b"render" in server.get("/nnviz-assets/js/rooms/playground/playground.js")
        assert json.loads(server.get("/nnviz/recipes"))["recipes"]  # with the record beside the catalogue
        run_page(server)


def test_the_web_process_stays_lean() -> None:
    heavy = ("tensorflow", "keras", "sklearn", "pandas", "matplotlib")
    code = f"import app, nnviz.cli, sys; print([m for m in {heavy} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert out.stdout == "[]\n"


def test_scripts_come_from_memory_and_are_kept_for_ever() -> None:
    async def rest(scope: Scope, receive: Receive, send: Send) -> None:
        await Response(status_code=404)(scope, receive, send)

    async def main() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(Front(rest)), base_url="http://nnviz") as client:
            plotly, zipped = assets.script_url(assets.PLOTLY.name), {"accept-encoding": "gzip"}
            plain = await client.get(plotly, headers={"accept-encoding": "identity"})
            assert b"plotly.js (cartesian - minified)" in plain.content[:100]
            kept, _ = assets.find(plotly) or pytest.fail("no Plotly")
            kept.pack()
            packed = await client.get(plotly, headers=zipped)
            assert packed.headers["content-encoding"] == "gzip"
            assert packed.content == plain.content
            assert int(packed.headers["content-length"]) < len(plain.content) / 2
            streamlit = next(f"/static/{name}" for name in assets.streamlit_files() if name.startswith("js/index."))
            for path in (plotly, assets.script_url("kit/wire.js"), streamlit):
                script = await client.get(path)
                assert script.headers["content-type"].startswith("text/javascript")
                assert "immutable" in script.headers["cache-control"]
            # Without the digest of the contents the browser asks each time; the answer is short.
            script = await client.get("/nnviz-assets/js/kit/wire.js")
            assert script.headers["cache-control"] == "no-cache"
            again = await client.get("/nnviz-assets/js/kit/wire.js", headers={"if-none-match": script.headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")
            for path in ("%2e%2e/settings.py", "..%2fsettings.py", "nothing.js", "", "000000000000/kit/wire.js"):
                assert (await client.get(f"/nnviz-assets/js/{path}")).status_code == 404
            assert (await client.get("/static/../index.html")).status_code == 404

    asyncio.run(main())


def test_every_connection_sends_at_once() -> None:
    """`nnviz` and `streamlit run` listen on a socket that names no protocol, where asyncio leaves TCP's delay on."""

    async def main() -> None:
        @asynccontextmanager
        async def lifespan(_app: Any) -> AsyncIterator[None]:
            tune_server(uvicorn_config())
            yield

        app = Starlette(routes=[Route("/", lambda _: Response("here"))], lifespan=lifespan)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
            listening.bind(("127.0.0.1", 0))
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            while not server.started:
                await asyncio.sleep(0.01)
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}") as client:
                assert (await client.get("/")).text == "here"
                (connection,) = server.server_state.connections
                wire = connection.transport.get_extra_info("socket")
                assert wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            server.should_exit = True
            await serving

    asyncio.run(main())


def test_the_rooms_have_been_shown_to_nobody_before_the_first_visitor_comes(tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        while json.loads(server.get("/nnviz/about"))["prepared"] != list(entries()):
            assert server.process.poll() is None
            time.sleep(0.05)
        page = server.get("/digits").decode()
        links = re.findall(r'<link rel="(?:modulepreload|preload)"[^>]* href="(/[^"]+)"', page)
        scripts = ("rooms/digits/digits.js", "kit/wire.js", "plotly-cartesian.min.js")
        assert set(scripts) <= {link.removeprefix(assets.PREFIX).partition("/")[2] for link in links}
        for link in links:
            assert server.get(link), link
        server.stop(signal.SIGTERM)
        assert server.err == ""


def query(home: Path, query: str) -> list[Any]:
    with sqlite3.connect(home / "nnviz.db") as db:
        rows = db.execute(query).fetchall()
    db.close()
    return rows
