"""Start and end of the server, in all three ways: the same settings, one clear line where it cannot, no remains."""

from __future__ import annotations

import asyncio
import json
import signal
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from serving import ROOT, Server
from starlette.applications import Starlette
from websockets.sync.client import connect

from nnviz.spec import RunSpec
from nnviz.store import Store
from nnviz.web.assets import asset_routes
from nnviz.web.settings import site_settings

WAYS = ("nnviz", "streamlit", "uvicorn")
LONG: dict[str, Any] = {"training": {"epochs": 100_000}}


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
        assert [(a.ip, a.port) for a in listening] == [("127.0.0.1", server.port)]
        # A browser offers to compress; nobody takes it up.
        origin: Any = server.url
        with connect(f"ws://127.0.0.1:{server.port}/nnviz/live", origin=origin, compression="deflate") as socket:
            assert not socket.protocol.extensions

        second = Server(home, how, cwd=tmp_path)
        _, err = second.process.communicate(timeout=20)
        assert second.process.returncode == 4
        (line,) = [line for line in err.splitlines() if str(home) in line]
        assert "in use" in line
        assert "--home" in line
        assert "Traceback" not in err
        assert server.get("/_stcore/health") == b"ok"


@pytest.mark.parametrize(
    ("how", "number"), [("nnviz", signal.SIGINT), ("uvicorn", signal.SIGTERM), ("streamlit", signal.SIGTERM)]
)
def test_the_end_takes_less_than_three_seconds_and_leaves_nothing(how: str, number: int, tmp_path: Path) -> None:
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
        seconds, code = server.stop(number)
        assert seconds < 3
        if how == "nnviz":
            assert code == 0
        assert "Traceback" not in server.err
        gone, alive = psutil.wait_procs(family, timeout=1)
        assert gone
        assert not alive
        deaf.socket.socket.close()
    assert _query(tmp_path, "SELECT status FROM runs ORDER BY created") == [("interrupted",), ("stopped",)]


def test_a_killed_server_loses_nothing_and_its_run_shows_as_interrupted(tmp_path: Path) -> None:
    with Server(tmp_path) as server, server.browser() as viewer:
        run = viewer.submit(LONG, speed={"steps": 25, "fps": 20.0})
        viewer.until("metrics")
        before = [0]
        while len(before) < 10:
            viewer.until("metrics")
            before = [row[0] for row in _query(tmp_path, "SELECT step FROM metrics ORDER BY seq")]
        family = psutil.Process(server.process.pid).children(recursive=True)
        server.stop(signal.SIGKILL)
        _, alive = psutil.wait_procs(family, timeout=5)
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
    assert sorted(_query(tmp_path, "SELECT status FROM runs")) == [("interrupted",), ("stopped",)]


def test_a_home_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    server = Server(tmp_path / "file" / "home")
    _, err = server.process.communicate(timeout=20)
    assert server.process.returncode == 4
    assert len(err.splitlines()) == 1
    assert "cannot write" in err
    assert "NNVIZ_HOME" in err


def test_a_wrong_number_of_workers_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNVIZ_WORKERS", "many")
    server = Server(tmp_path)
    _, err = server.process.communicate(timeout=20)
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
            data = stream.recv(timeout=10)
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
        assert b"render" in server.get("/nnviz-assets/js/instrument.js")
        run_page(server)


def test_the_web_process_stays_lean() -> None:
    heavy = ("tensorflow", "keras", "sklearn", "pandas", "matplotlib")
    code = f"import app, nnviz.cli, sys; print([m for m in {heavy} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert out.stdout == "[]\n"


def test_assets() -> None:
    async def main() -> None:
        transport = httpx.ASGITransport(Starlette(routes=asset_routes()))
        async with httpx.AsyncClient(transport=transport, base_url="http://nnviz") as client:
            plain = await client.get("/nnviz-assets/plotly.min.js", headers={"accept-encoding": "identity"})
            packed = await client.get("/nnviz-assets/plotly.min.js?v=1", headers={"accept-encoding": "gzip"})
            assert packed.headers["content-encoding"] == "gzip"
            assert packed.content == plain.content
            assert int(packed.headers["content-length"]) < len(plain.content) / 2
            assert "immutable" in packed.headers["cache-control"]
            assert "immutable" not in plain.headers["cache-control"]
            script = await client.get("/nnviz-assets/js/wire.js")
            assert script.headers["content-type"].startswith("text/javascript")
            assert script.headers["cache-control"] == "no-cache"
            again = await client.get("/nnviz-assets/js/wire.js", headers={"if-none-match": script.headers["etag"]})
            assert again.status_code == 304
            for path in ("%2e%2e/settings.py", "..%2fsettings.py", "nothing.js", ""):
                assert (await client.get(f"/nnviz-assets/js/{path}")).status_code == 404

    asyncio.run(main())


def _query(home: Path, query: str) -> list[Any]:
    with sqlite3.connect(home / "nnviz.db") as db:
        rows = db.execute(query).fetchall()
    db.close()
    return rows
