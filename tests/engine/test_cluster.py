"""Runs on a cluster of two nodes, each a process of its own: placed, steered, and what becomes of them when a node, the
network or an app goes. The engine's own tests hold on one machine what is the same here."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from nnviz import train
from nnviz.data.uploads.tables import save_table
from nnviz.engine.cluster import stream
from nnviz.engine.cluster.cluster_engine import ClusterEngine
from nnviz.engine.cluster.settings import ClusterSettings
from nnviz.events import Metrics
from nnviz.spec import RunSpec
from tests.clusters import Cable, Cluster, assert_whole, copy_package, more, node_of, steps, wait_for_nodes
from tests.engines import FOREVER, SHORT, Ear, until
from tests.serving import ROOT, free_port

NODES = ("one", "two")
pytestmark = pytest.mark.timeout(480)  # its nodes import TensorFlow side by side


@pytest.fixture(scope="module")
def cable() -> Iterator[Cable]:
    """The way to node two."""
    cable = Cable(free_port())
    yield cable
    cable.close()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, cable: Cable) -> Iterator[Cluster]:
    with Cluster(tmp_path_factory.mktemp("nodes")) as cluster:
        cluster.node("one")
        cluster.node("two", "--port", str(cable._to), "--announce", f"127.0.0.1:{cable.port}")
        yield cluster


@pytest.fixture(scope="module")
def ear() -> Ear:
    return Ear()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def engine(cluster: Cluster, home: Path, ear: Ear) -> Iterator[ClusterEngine]:
    engine = ClusterEngine(home, ear, ClusterSettings(cluster.address), lambda run: bool(ear.events(run)))
    wait_for_nodes(engine, *NODES)
    yield engine
    engine.close()


def test_a_sweep_splits_evenly_and_gives_the_numbers_of_one_machine(engine: ClusterEngine, ear: Ear) -> None:
    long = [engine.submit(FOREVER, visitor="me", group="long") for _ in range(4)]
    assert Counter(node_of(engine, run) for run in long) == {"one": 2, "two": 2}
    for run in long:
        engine.send(run, {"do": "stop"})
        ear.end(run)
    specs = [SHORT.model_copy(update={"seed": seed}) for seed in range(4)]
    runs = [engine.submit(spec, visitor="me", group="sweep", speed={"rows": 1}) for spec in specs]
    ends = [ear.end(run) for run in runs]
    for spec, run, end in zip(specs, runs, ends, strict=True):
        alone = [*train(spec)]
        rows = [event.loss for event in alone if isinstance(event, Metrics) and event.epoch_end]
        assert [event["loss"] for event in ear.metrics(run) if event["epoch_end"]][-len(rows) :] == rows
        assert end["train"] == alone[-1].to_json()["train"]
        assert_whole(ear, run)


def test_it_is_watched_paused_changed_and_stopped_as_on_one_machine(engine: ClusterEngine, ear: Ear) -> None:
    run = engine.submit(FOREVER, visitor="me", play=False)
    engine.watch(run, 1)
    ear.status(run, "paused")
    engine.send(run, {"do": "step", "n": 7})
    ear.wait(run, lambda m: isinstance(m, dict) and m["event"] == "metrics" and m["step"] == 7)
    engine.send(run, {"do": "set", "learning_rate": 0.125})
    ear.wait(run, lambda m: isinstance(m, dict) and (m.get("detail") or {}).get("learning_rate") == 0.125)
    engine.send(run, {"do": "play"})
    first = ear.trained(run)
    ear.wait(run, lambda m: not isinstance(m, dict) and m.view == "network" and m.step > first.step + 1000)
    engine.send(run, {"do": "stop"})
    assert ear.end(run)["reason"] == "stopped"
    assert_whole(ear, run)


def test_an_upload_is_sent_along_and_what_is_missing_is_said(engine: ClusterEngine, ear: Ear, home: Path) -> None:
    rows = [f"{i % 5},{i % 7},{'in' if i % 5 > 2 else 'out'}" for i in range(35)]
    table = save_table(home, "\n".join(["x1,x2,label", *rows]).encode())
    data = table.data_fields()
    spec = RunSpec.model_validate({"data": data, "training": {"epochs": 2}})
    assert ear.end(engine.submit(spec, visitor="me"))["event"] == "finished"
    lacking = RunSpec.model_validate({"data": {**data, "table": "0" * 64}, "training": {"epochs": 2}})
    end = ear.end(engine.submit(lacking, visitor="me"))
    assert end["event"] == "failed"
    assert "table" in end["message"]


def test_a_crash_is_a_crash_and_not_a_lost_node(engine: ClusterEngine, ear: Ear) -> None:
    run = engine.submit(FOREVER, visitor="me")
    ear.status(run, "running")
    more(ear, run)
    engine._cluster.kill(next(one.id for one in [*engine._live.values()] if one.name == run), 9)
    end = ear.end(run)
    assert (end["event"], end["signal"]) == ("crashed", 9)


@pytest.mark.parametrize("told", [True, False])
def test_a_cut_network_heals_and_nothing_is_lost(
    engine: ClusterEngine, ear: Ear, cable: Cable, told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the connection ends (`told`), or nothing more comes through it and what was under way comes late."""
    until(lambda: engine.unfinished == 0)  # what has not quite left a node counts where the next one goes
    runs = [engine.submit(FOREVER, visitor="me") for _ in range(2)]
    far = next(run for run in runs if node_of(engine, run) == "two")
    more(ear, far)
    monkeypatch.setattr(stream, "SILENCE", 2.0)  # the app's: the node waits as long as ever
    more(ear, far)
    (cable.cut if told else cable.pull)()
    until(lambda: any(node.name == "two" and not node.connected for node in engine.nodes))
    silent = steps(ear, far)[-1]
    engine.send(far, {"do": "pause"})  # kept until it can be told
    cable.mend()
    ear.status(far, "paused")
    assert (engine.status(far) or {})["node"] == "two"
    assert steps(ear, far)[-1] > silent
    for run in runs:
        engine.send(run, {"do": "stop"})
        ear.end(run)
        assert_whole(ear, run)
        assert not [event for event in ear.events(run) if (event.get("detail") or {}).get("attempt", 1) > 1]


def test_a_killed_app_finds_its_runs_again(engine: ClusterEngine, cluster: Cluster, tmp_path: Path) -> None:
    """At once the ones that still train, and the results of those that have ended meanwhile."""
    del engine  # the nodes are ready
    code = KILLED.format(root=str(ROOT), home=str(tmp_path), address=cluster.address)
    app = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert app.returncode == -9, app.stderr
    long, short, seen = app.stdout.split()
    ear = Ear()
    again = ClusterEngine(tmp_path, ear, ClusterSettings(cluster.address), lambda _: True)
    try:
        until(lambda: {*again.found()} == {long, short})
        from nnviz.engine.run import Resumed

        for run, spec in ((long, FOREVER), (short, SHORT)):
            told = {"step": int(seen)} if run == long else {}
            assert again.submit(spec, visitor="me", resumed=Resumed(run, 3, told, None, again=True)) == run
        assert ear.end(short)["reason"] == "epochs"
        assert steps(ear, short)[-1] == ear.end(short)["steps"]
        more(ear, long)
        assert steps(ear, long)[0] > int(seen)
        again.send(long, {"do": "stop"})
        assert ear.end(long)["steps"] > int(seen)
        until(lambda: not again.found())
    finally:
        again.close()


KILLED = """
import os, signal, sys
sys.path.insert(0, {root!r})
from pathlib import Path
from nnviz.engine.cluster import stream
from nnviz.engine.cluster.cluster_engine import ClusterEngine
from nnviz.engine.cluster.settings import ClusterSettings
from tests.engines import FOREVER, SHORT, Ear
ear = Ear()
engine = ClusterEngine(Path({home!r}), ear, ClusterSettings({address!r}), lambda run: False)
long, short = engine.submit(FOREVER, visitor="me"), engine.submit(SHORT, visitor="me")
row = ear.wait(long, lambda m: isinstance(m, dict) and m["event"] == "metrics")
ear.status(short, "running")
print(long, short, row["step"], flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_node_of_another_version_is_refused_in_words(engine: ClusterEngine, cluster: Cluster, tmp_path: Path) -> None:
    other = copy_package(tmp_path)
    about = other / "nnviz" / "__init__.py"
    about.write_text(about.read_text("utf-8").replace("__version__ =", '__version__ = "9.9"  # ', 1), "utf-8")
    program = cluster.node("other", package=other)
    words = "other is refused: it has nnviz 9.9; the app has nnviz"
    program.said(words)
    until(lambda: any(node.refused and words in node.refused for node in engine.nodes))
    cluster.nodes.pop("other").stop()


def test_the_runs_of_a_killed_node_begin_again_elsewhere(engine: ClusterEngine, cluster: Cluster, ear: Ear) -> None:
    """The last test of this cluster: one node is left."""
    until(lambda: engine.unfinished == 0)
    runs = [engine.submit(FOREVER, visitor="me") for _ in range(4)]
    for run in runs:
        engine.watch(run, 1)
        ear.trained(run)
        more(ear, run)
    there = [run for run in runs if node_of(engine, run) == "one"]
    assert len(there) == 2
    changed = there.pop()
    engine.send(changed, {"do": "set", "learning_rate": 0.5})
    ear.wait(changed, lambda m: isinstance(m, dict) and (m.get("detail") or {}).get("learning_rate") == 0.5)
    cluster.nodes.pop("one").kill()
    for run in there:
        ear.wait(run, lambda m: isinstance(m, dict) and (m.get("detail") or {}).get("attempt") == 2)
        more(ear, run)
        assert node_of(engine, run) == "two"
    end = ear.end(changed)
    assert end["event"] == "crashed"
    assert "changed by hand" in end["message"]
    for run in [*there, *(run for run in runs if run not in there and run != changed)]:
        engine.send(run, {"do": "stop"})
        ear.end(run)
    for run in runs:
        assert_whole(ear, run)
