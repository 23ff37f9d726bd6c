"""A home that goes wrong under a server: damaged, gone, replaced. It is told in words, at the start and later."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nnviz.spec import RunSpec
from nnviz.store.store import Store
from tests.serving import PATIENCE, Server
from tests.web.test_server import LONG, query


def record_a_run(home: Path) -> None:
    with Store(home) as store:
        store.create_run("r", RunSpec())
        for seq in range(3_000):
            store.add_event("r", {"event": "metrics", "seq": seq, "step": seq, "epoch": 0.0, "loss": 0.5})


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "truncated": lambda data: data[: len(data) // 2],
    "a header of noise": lambda data: bytes(range(100)) + data[100:],
    "noise in its middle": lambda data: data[: len(data) // 3] + b"\xa5" * 20_000 + data[len(data) // 3 + 20_000 :],
    "cut within a page": lambda data: data[:5000],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_database_is_told_as_that_at_the_start(damage: str, tmp_path: Path) -> None:
    record_a_run(tmp_path)
    path = tmp_path / "nnviz.db"
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    for command in (["serve", "--no-browser"], ["runs"]):
        arguments = [sys.executable, "-m", "nnviz.cli", *command, "--home", str(tmp_path)]
        ended = subprocess.run(arguments, capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert ended.returncode == 4, ended.stderr
        (line,) = ended.stderr.splitlines()
        assert f"the database {path} is damaged" in line
        assert "move the file away" in line
        assert "disk has room" not in line
    path.rename(tmp_path / "away")  # what the line says helps
    with Store(tmp_path) as store:
        assert store.list_runs() == []


def test_a_database_damaged_while_it_runs_is_told_as_that(tmp_path: Path) -> None:
    record_a_run(tmp_path)
    with Server(tmp_path) as server, server.browser() as viewer:
        with (tmp_path / "nnviz.db").open("r+b") as file:
            file.seek(4096)
            file.write(b"\xa5" * 140_000)
        viewer.say(do="watch", run="r")
        assert "is damaged" in viewer.until("error")["message"]
        server.stop(signal.SIGTERM)
    assert "Traceback" not in server.err


def test_a_home_that_goes_away_while_it_runs_is_told_and_is_taken_up_again(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Server(home) as server, server.browser() as viewer:
        home.rename(tmp_path / "elsewhere")
        assert f"nnviz's home {home} is gone" in viewer.until("notice")["message"]
        run = viewer.submit(LONG, speed={"steps": 25, "fps": 20.0})
        viewer.until("metrics")
        another = tmp_path / "another"
        another.mkdir()
        (another / "nnviz.db").touch()
        another.rename(home)
        assert "was replaced by another" in viewer.until("notice")["message"]
        viewer.until("metrics")
        shutil.rmtree(home)
        (tmp_path / "elsewhere").rename(home)
        while not viewer.until("notice")["over"]:
            pass
        viewer.say(do="stop")
        viewer.until("finished")
        server.stop(signal.SIGTERM)
    assert "Traceback" not in server.err
    assert query(home, "SELECT id, status FROM runs") == [(run, "stopped")]
