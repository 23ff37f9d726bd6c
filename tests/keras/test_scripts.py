"""A script of a user's, in a process of its own, and a real server: it appears, is paused and stopped, outlives the
server, and its end is told whatever it is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nnviz.events import decode_frame
from nnviz.store.store import Store
from tests.serving import PATIENCE, ROOT, Browser, Server

SCRIPT = """
import pathlib, signal, sys
import keras, numpy as np
from nnviz.keras import Dashboard

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job begins with it ignored
x = np.random.default_rng(0).normal(size=(640, 2)).astype("float32")
y = (x.prod(1) > 0).astype("float32")
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(4, "tanh"), keras.layers.Dense(1, "sigmoid")])
model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])


class Until(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if sys.argv[1] == "raise" and epoch == 3:
            raise ValueError("a fault of the script")
        # In TensorFlow's own code a Ctrl-C may come out as another exception, or as none.
        if pathlib.Path("ctrl-c").exists():
            signal.raise_signal(signal.SIGINT)


fit = model.fit(x, y, epochs=1_000_000, verbose=0, callbacks=[Until(), Dashboard(name="a script", test_data=(x, y))])
print("fit is over after", len(fit.epoch) < 1_000_000)
"""


class Script:
    """One running script. `lines`: what it has printed so far."""

    def __init__(self, home: Path, what: str = "train") -> None:
        env = {**os.environ, "NNVIZ_HOME": str(home), "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, what], cwd=home, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True,
        )  # fmt: skip

    def line(self) -> str:
        """The next that it prints."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def end(self) -> tuple[int, str, str]:
        """Wait for its end: exit code, the rest of what it printed."""
        out, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out, err


@pytest.fixture
def script(tmp_path: Path) -> Iterator[Callable[..., Script]]:
    started: list[Script] = []

    def start(what: str = "train") -> Script:
        started.append(Script(tmp_path, what))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.communicate()


def follow(server: Server) -> tuple[Browser, str]:
    """A page that waits for a run, and the run that has come."""
    viewer = server.browser()
    viewer.say(do="list_runs", limit=1)
    viewer.say(do="watch_table", on=True)
    rows = viewer.until("runs")["rows"]
    while not [row for row in rows if row["status"] == "running"]:
        rows = viewer.until("runs_changed")["rows"]
    run: str = next(row["run"] for row in rows if row["status"] == "running")
    viewer.say(do="watch_table", on=False)
    viewer.say(do="watch", run=run)
    viewer.until("run", mine=True)  # from now on its script is there; what was recorded may have been seen before
    return viewer, run


def views(viewer: Browser, wanted: set[str]) -> None:
    """Read on until a frame of each of these views has come."""
    seen: set[str] = set()
    while not wanted <= seen:
        message = viewer.read()
        if isinstance(message, bytes):
            seen.add(decode_frame(message).view)
            viewer.say(do="ack", n=len(viewer.frames))


def test_it_appears_and_is_paused_and_stopped_from_the_page(tmp_path: Path, script: Callable[..., Script]) -> None:
    with Server(tmp_path) as server:
        running = script()
        assert running.line().startswith(f"nnviz: watch this training at {server.url}/model?run=")
        viewer, run = follow(server)
        told = viewer.events[-1]
        assert (told["mine"], told["room"], told["spec"]["name"]) == (True, "model", "a script")
        views(viewer, {"filters", "statistics", "predictions", "plane", "data"})
        viewer.say(do="pause")
        viewer.until("status", status="paused")
        viewer.say(do="play")
        viewer.until("status", status="running")
        before: int = viewer.until("metrics")["step"]
        assert viewer.until("metrics")["step"] > before
        viewer.say(do="submit", spec=told["spec"])
        assert "is trained by its script" in viewer.until("error")["message"]
        viewer.say(do="go_on", run=run)
        assert viewer.until("error")["field"] == "go_on"
        viewer.say(do="pause")
        viewer.until("status", status="paused")
        viewer.say(do="stop")
        assert viewer.until("finished")["reason"] == "stopped"
        code, out, err = running.end()
        assert (code, out) == (0, "fit is over after True\n"), err
        with server.browser() as later:
            later.say(do="watch", run=run)
            assert later.until("run")["status"] == "stopped"
            assert later.until("history")["columns"]["loss"]
        viewer.close()


def test_it_outlives_the_server_and_finds_the_next_one(tmp_path: Path, script: Callable[..., Script]) -> None:
    running = script()
    assert running.line().startswith("nnviz: no dashboard is running; the run is recorded in")
    with Server(tmp_path) as server:
        viewer, run = follow(server)
        columns = viewer.until("history")["columns"]
        assert columns["step"]  # what was before the server
        viewer.say(do="pause")
        viewer.until("status", status="paused")
        server.stop(signal.SIGKILL)
    assert running.line() == "nnviz: the dashboard has gone while the training was paused; it goes on."
    with Server(tmp_path) as server:
        viewer, again = follow(server)
        assert again == run
        viewer.until("metrics")
        (tmp_path / "ctrl-c").touch()  # at the end of an epoch
        code, _, err = running.end()
        assert "KeyboardInterrupt" in err
        assert code != 0
        assert viewer.until("finished")["reason"] == "stopped"
        viewer.close()
    with Store(tmp_path) as store:
        (row,) = store.list_runs()
        steps = store.history(row.id)["step"]
    assert (row.id, row.status) == (run, "stopped")
    assert steps == sorted(set(steps))


def test_a_script_that_is_killed_and_one_that_fails_are_told_in_words(
    tmp_path: Path, script: Callable[..., Script]
) -> None:
    with Server(tmp_path) as server:
        killed, failing = script(), None
        viewer, run = follow(server)
        viewer.until("metrics")
        killed.process.kill()
        killed.end()
        assert "killed" in viewer.until("crashed")["message"]
        viewer.close()
        failing = script("raise")
        code, _, err = failing.end()
        assert (code, "ValueError: a fault of the script" in err) == (1, True)
    with Store(tmp_path) as store:
        found: dict[str, Any] = {row.status: row for row in store.list_runs()}
    assert found["crashed"].id == run
    assert found["failed"].result["message"] == "fit ended with ValueError: a fault of the script"
