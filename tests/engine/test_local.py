"""The engine with real processes and real training; forked and spawned runs pass the same tests."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from nnviz.engine import fork
from nnviz.engine.launchers import Method
from nnviz.engine.limits import Limits
from nnviz.engine.local import LocalEngine
from nnviz.events import Frame
from nnviz.models import initial_weights
from nnviz.spec import RunSpec
from tests.engine.conftest import Make
from tests.engines import FOREVER, SHORT, TERMINAL, Ear, pid_of, status_of, until
from tests.serving import PATIENCE, ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals and /proc as Linux has them")


@pytest.fixture(scope="module", params=["fork", "spawn"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, ear: Ear) -> Iterator[LocalEngine]:
    if request.param == "fork":
        yield request.getfixturevalue("forking")
        return
    engine = LocalEngine(tmp_path_factory.mktemp("home"), ear, method="spawn", limits=Limits(terminate=0.6, kill=0.4))
    yield engine
    engine.close()


forked = pytest.mark.parametrize("engine", ["fork"], indirect=True)


# ------------------------------------------------------------------ one run; forked and spawned


def test_a_run_from_the_click_to_its_last_word(engine: LocalEngine, ear: Ear) -> None:
    run = engine.submit(SHORT, visitor="ann")
    engine.watch(run, 1)
    assert len(run) >= 22
    end = ear.end(run)
    assert (end["event"], end["reason"], end["steps"]) == ("finished", "epochs", 75)
    said = [m.view if isinstance(m, Frame) else m.get("status", m["event"]) for m in ear.all(run)]
    said = [word for word in said if word not in {"waiting"}]
    assert said[:5] == ["starting", "started", "data", "network", "metrics"]
    assert said.count("finished") == 1
    assert said[-1] == "finished"
    events = ear.events(run)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert {event["run"] for event in events} == {run}
    first, last = ear.frames(run)[0], ear.frames(run)[-1]
    assert (first.step, last.step) == (0, 75)
    untrained = np.concatenate([array.ravel() for array in initial_weights(SHORT)])
    np.testing.assert_array_equal(first.arrays["weights"], untrained)
    assert np.abs(last.arrays["weights"] - untrained).max() > 1e-3
    assert status_of(engine, run) == ("finished", None)
    assert not engine.send(run, {"do": "play"})


def test_paused_from_the_start_then_step_epoch_set_edit_play_stop(engine: LocalEngine, ear: Ear) -> None:
    run = engine.submit(FOREVER, visitor="ann", play=False, speed={"steps": 5, "fps": 50})
    engine.watch(run, 1)
    ear.status(run, "paused")
    assert status_of(engine, run)[0] == "paused"

    def then(command: dict[str, Any], step: int) -> None:
        heard = ear.count(run)
        assert engine.send(run, command)
        ear.wait(run, lambda m: isinstance(m, dict) and m["event"] == "metrics" and m["step"] == step, heard)
        ear.status(run, "paused", heard)

    then({"do": "step", "n": 3}, 3)
    then({"do": "step", "unit": "epoch"}, 250)
    engine.send(run, {"do": "set", "learning_rate": 0.25})
    ear.wait(run, lambda m: isinstance(m, dict) and m.get("detail", {}).get("learning_rate") == 0.25)
    heard = ear.count(run)
    engine.send(run, {"do": "edit", "layer": 0, "what": "bias", "column": 1, "value": 4.5})
    picture = ear.trained(run, heard)
    assert picture.arrays["weights"][2 * 4 + 1] == 4.5  # behind the kernel of two inputs and four units
    engine.send(run, {"do": "play"})
    row = ear.wait(run, lambda m: isinstance(m, dict) and m["event"] == "metrics" and m["step"] > 260, heard)
    assert isinstance(row, dict)
    assert row["learning_rate"] == pytest.approx(0.25)
    assert status_of(engine, run)[0] == "running"
    heard = ear.count(run)
    engine.send(run, {"do": "pause"})
    ear.status(run, "paused", heard)
    engine.send(run, {"do": "stop"})
    assert ear.end(run)["reason"] == "stopped"
    assert status_of(engine, run)[0] == "stopped"


def test_a_killed_child_is_noticed(engine: LocalEngine, ear: Ear) -> None:
    run = engine.submit(FOREVER, visitor="ann")
    ear.status(run, "running")
    os.kill(pid_of(engine, run), signal.SIGKILL)
    end = ear.end(run)
    assert (end["event"], end["signal"]) == ("crashed", 9)
    assert "SIGKILL" in end["message"]
    assert status_of(engine, run)[0] == "crashed"


def test_a_child_that_does_not_listen_is_ended_by_force(engine: LocalEngine, ear: Ear) -> None:
    run = engine.submit(FOREVER, visitor="ann")
    ear.status(run, "running")
    pid = pid_of(engine, run)
    os.kill(pid, signal.SIGSTOP)  # SIGTERM waits for ever, too
    engine.send(run, {"do": "stop"})
    end = ear.end(run)
    assert (end["event"], end["reason"]) == ("finished", "stopped")
    until(lambda: not psutil.pid_exists(pid))


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_run_that_hears_nothing_is_asked_by_a_signal_first(
    method: Method, make: Make, ear: Ear, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deaf for the word, not for SIGTERM: it never comes to SIGKILL, ten minutes later."""
    (tmp_path / "sitecustomize.py").write_text(
        "import time\n"
        "import nnviz.control as control\n"
        "hear = control.parse_command\n"
        "def deaf(command):\n"
        "    if command['do'] == 'stop':\n"
        "        time.sleep(600)\n"
        "    return hear(command)\n"
        "control.parse_command = deaf\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    engine = make(method=method, limits=Limits(terminate=0.5, kill=600))
    run = engine.submit(FOREVER, visitor="ann")
    ear.status(run, "running")
    pid = pid_of(engine, run)
    engine.send(run, {"do": "stop"})
    end = ear.end(run)
    assert (end["event"], end["reason"]) == ("finished", "stopped")
    assert end["steps"] == ear.metrics(run)[-1]["step"]
    until(lambda: not psutil.pid_exists(pid))


@forked
def test_weights_to_start_from(engine: LocalEngine, ear: Ear) -> None:
    zeros = np.zeros(SHORT.parameters, np.float32)
    run = engine.submit(SHORT, visitor="ann", start=zeros.tobytes())
    engine.watch(run, 1)
    ear.end(run)
    np.testing.assert_array_equal(ear.frames(run)[0].arrays["weights"], zeros)


@forked
def test_a_fault_in_the_child_is_told_in_words(engine: LocalEngine, ear: Ear) -> None:
    run = engine.submit(SHORT, visitor="ann", start=b"\0" * 8)
    end = ear.end(run)
    assert end["event"] == "failed"
    assert f"this network needs {SHORT.parameters * 4}" in end["message"]
    assert status_of(engine, run)[0] == "failed"


@forked
def test_weights_larger_than_any_socket_buffer_arrive_whole(engine: LocalEngine, ear: Ear) -> None:
    wide = RunSpec.model_validate({"model": {"layers": [{"units": 1024}, {"units": 1024}]}})
    zeros = np.zeros(wide.parameters, np.float32)  # 4 MB
    run = engine.submit(wide, visitor="ann", play=False, start=zeros.tobytes())
    row = ear.wait(run, lambda m: isinstance(m, dict) and m["event"] in {"metrics", *TERMINAL})
    assert isinstance(row, dict)
    assert row["loss"] == pytest.approx(0.5)  # every output 0, every target 1 or −1
    engine.send(run, {"do": "stop"})
    ear.end(run)


@forked
def test_frames_are_made_for_those_who_watch(engine: LocalEngine, ear: Ear) -> None:
    run = engine.submit(FOREVER, visitor="ann", speed={"steps": 1, "fps": 50})
    ear.wait(run, lambda m: isinstance(m, dict) and m.get("step", 0) >= 50)
    unwatched = [picture.step for picture in ear.frames(run)]
    assert unwatched[0] == 0
    assert all(after > 1.1 * before for before, after in pairwise(unwatched))  # the film's
    heard = ear.count(run)
    engine.watch(run, 1)
    ear.trained(run, heard)

    def close() -> int:
        """Pictures nearer to the one before than those of a film are."""
        shown = [picture.step for picture in ear.frames(run)][len(unwatched) :]
        return sum(after <= 1.1 * before for before, after in pairwise(shown))

    until(lambda: close() >= 10)
    engine.send(run, {"do": "stop"})
    ear.end(run)


@forked
def test_a_listener_that_raises_costs_nothing(engine: LocalEngine, ear: Ear, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "nnviz.engine"):
        ear.raises = True
        run = engine.submit(SHORT, visitor="ann")
        assert ear.end(run)["reason"] == "epochs"
        ear.raises = False
    assert "the engine's listener failed" in caplog.text


# ------------------------------------------------------------------ faults


def test_a_dead_zygote_takes_its_runs_with_it_and_is_back(make: Make, ear: Ear) -> None:
    engine = make(method="fork", workers=1)
    run = engine.submit(FOREVER, visitor="ann")
    ear.status(run, "running")
    waiting = engine.submit(SHORT, visitor="ann")
    zygote = psutil.Process(pid_of(engine, run)).parent()
    assert zygote is not None
    zygote.kill()
    assert ear.end(run)["event"] == "crashed"
    assert ear.end(waiting)["reason"] == "epochs"
    assert engine.method == "fork"
    assert not zygote.is_running()


def test_a_zygote_that_cannot_be_started_again_is_given_up(
    make: Make, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Any:
        raise OSError("no more processes")

    engine = make(method="fork")
    run = engine.submit(FOREVER, visitor="ann")
    ear.status(run, "running")
    zygote = psutil.Process(pid_of(engine, run)).parent()
    assert zygote is not None
    with monkeypatch.context() as patch:
        patch.setattr(fork, "start_process", fail)
        zygote.kill()
        assert ear.end(run)["event"] == "crashed"
        until(lambda: engine.method == "spawn")
    assert ear.end(engine.submit(SHORT, visitor="ann"))["reason"] == "epochs"


def test_a_zygote_that_must_not_fork_is_given_up(make: Make, ear: Ear, tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import sys, threading\n"
        "if any('zygote' in word for word in sys.orig_argv):\n"
        "    threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    engine = make(method="fork")
    assert engine.wait_ready(PATIENCE)
    run = engine.submit(SHORT, visitor="ann")
    assert ear.end(run)["reason"] == "epochs"
    assert engine.method == "spawn"


def test_a_missing_tensorflow_is_told_to_every_run(make: Make, ear: Ear, tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "tensorflow.py").write_text("raise ImportError('this TensorFlow is broken')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    engine = make()
    end = ear.end(engine.submit(SHORT, visitor="ann"))
    assert end["event"] == "failed"
    assert "this TensorFlow is broken" in end["message"]


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_closing_says_goodbye_and_leaves_nothing_behind(method: Method, tmp_path: Path, ear: Ear) -> None:
    us = psutil.Process()
    others, descriptors = set(us.children(recursive=True)), us.num_fds()
    mine = LocalEngine(tmp_path, ear, method=method, workers=1)
    first, second = (mine.submit(FOREVER, visitor="ann") for _ in range(2))
    ear.status(first, "running")
    until(lambda: len(set(us.children(recursive=True)) - others) == 2)  # zygote and child; child and reserve
    born = set(us.children(recursive=True)) - others
    mine.close()
    mine.close()
    for run in (first, second):
        assert ear.end(run)["reason"] == "stopped"
    assert not [process for process in born if process.is_running()]
    assert us.num_fds() <= descriptors  # fewer where a process of another engine has left
    assert not mine.send(first, {"do": "play"})
    with pytest.raises(RuntimeError, match="closed"):
        mine.submit(SHORT, visitor="ann")


SERVER = """
import sys, time
sys.path.insert(0, sys.argv[3])
from pathlib import Path
from nnviz.engine.local import LocalEngine
from tests.engines import FOREVER, Ear, pid_of

ear = Ear()
engine = LocalEngine(Path(sys.argv[1]), ear, method=sys.argv[2])
run = engine.submit(FOREVER, visitor="ann")
ear.status(run, "running")
print(pid_of(engine, run), flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_nothing_survives_a_killed_server(method: Method, tmp_path: Path) -> None:
    command = [sys.executable, "-c", SERVER, tmp_path, method, ROOT]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        child = int(server.stdout.readline())
        processes = psutil.Process(server.pid).children(recursive=True)
        server.kill()
    assert child in [process.pid for process in processes]
    _, alive = psutil.wait_procs(processes, timeout=PATIENCE)
    assert not alive


def test_runs_in_a_row_leave_nothing_behind() -> None:
    """In a process of its own: here other engines' processes come and go."""
    code = (
        "import json; from nnviz.bench.engine import bench_engine; print(json.dumps(bench_engine(runs=8, repeats=1)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    figures = json.loads(done.stdout)
    assert figures["method"] == "fork"
    assert figures["descriptors_after"] == figures["descriptors_before"]
    assert figures["memory_after"] - figures["memory_before"] < 3.0  # MB; 50 runs: the benchmark
