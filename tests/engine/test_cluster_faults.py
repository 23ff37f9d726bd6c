"""A cluster whose scheduler ends, whose app is killed and then a node as well, and of which only the app is left: it
heals or says what is wrong, no run hangs, and no row is lost or told twice."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from nnviz import train
from nnviz.engine.cluster.cluster_engine import ClusterEngine
from nnviz.engine.cluster.settings import ClusterSettings
from nnviz.engine.run import Resumed
from nnviz.events import Metrics
from nnviz.models.weights import initial_weights
from tests.clusters import Cluster, assert_whole, more, node_of, steps, wait_for_nodes
from tests.engines import FOREVER, SHORT, Ear, until
from tests.serving import ROOT

pytestmark = pytest.mark.timeout(480)  # three nodes import TensorFlow, in some ten seconds where nothing else is done


PACE = {"steps": 100, "fps": 10, "rows": 1}
"""At full speed the longest run has ended before a scheduler is back."""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with Cluster(tmp_path_factory.mktemp("nodes")) as cluster:
        cluster.node("one")
        yield cluster


def attempts(ear: Ear, run: str) -> list[int]:
    """As they were told."""
    found = [(event.get("detail") or {}).get("attempt") for event in ear.events(run)]
    return [number for number in found if number is not None]


def test_the_scheduler_ends_and_comes_back(cluster: Cluster, tmp_path: Path) -> None:
    ear = Ear()
    engine = ClusterEngine(tmp_path, ear, ClusterSettings(cluster.address), lambda _: True)
    try:
        wait_for_nodes(engine, "one")
        run = engine.submit(FOREVER, visitor="me", speed=PACE)
        more(ear, run)
        cluster.scheduler.kill()
        until(lambda: "does not answer" in (engine.problem or ""))
        told = engine.places()
        assert told is not None
        assert told["problem"] is None  # the node is there
        assert "dask's scheduler at tcp://" in told["missing"]
        cluster.nodes["one"].said("the scheduler is gone; its runs go on")
        more(ear, run)
        assert ear.end(engine.submit(SHORT, visitor="me"))["event"] == "finished"  # others begin meanwhile
        cluster.node("two").said("looking for the scheduler")
        cluster.restart_scheduler()
        cluster.nodes["one"].said("is in the cluster", times=2)
        wait_for_nodes(engine, "one", "two")
        until(lambda: engine.problem is None)
        more(ear, run)
        other = engine.submit(FOREVER, visitor="me", speed=PACE)
        assert node_of(engine, other) == "two"
        more(ear, other)
        for one in (run, other):
            engine.send(one, {"do": "stop"})
            assert ear.end(one)["reason"] == "stopped"
            assert_whole(ear, one)
            assert attempts(ear, one) == [1]
    finally:
        engine.close()


def test_runs_that_were_taken_over_begin_again_when_their_node_ends(cluster: Cluster, tmp_path: Path) -> None:
    """As they had begun for the app that was killed, with its weights and pace; but what was changed by hand."""
    if "two" not in cluster.nodes:
        cluster.node("two")
    code = KILLED.format(root=str(ROOT), home=str(tmp_path), address=cluster.address)
    app = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert app.returncode == -9, app.stderr
    seen = {run: int(step) for run, step in (line.split() for line in app.stdout.splitlines())}
    plain, changed = [*seen][:2], [*seen][2:]
    ear = Ear()
    engine = ClusterEngine(tmp_path, ear, ClusterSettings(cluster.address), lambda _: True)
    try:
        until(lambda: {*engine.found()} == {*seen})
        for run, step in seen.items():
            engine.submit(FOREVER, visitor="me", resumed=Resumed(run, 0, {"step": step}, None, again=True))
            more(ear, run)
        (lost,) = [run for run in plain if node_of(engine, run) == "two"]
        (ended,) = [run for run in changed if node_of(engine, run) == "two"]
        cluster.nodes.pop("two").kill()
        ear.wait(lost, lambda m: isinstance(m, dict) and (m.get("detail") or {}).get("attempt") == 2)
        last = steps(ear, lost)[-1]
        ear.wait(
            lost, lambda m: isinstance(m, dict) and m["event"] == "metrics" and m["step"] > last and m["epoch_end"]
        )
        assert node_of(engine, lost) == "one"
        end = ear.end(ended)
        assert end["event"] == "crashed"
        assert "changed by hand" in end["message"]
        for run in (*plain, *changed):
            engine.send(run, {"do": "stop"})
            ear.end(run)
            assert_whole(ear, run)
            assert attempts(ear, run) == ([1, 2] if run == lost else [1])
    finally:
        engine.close()
    assert steps(ear, lost)[0] > seen[lost]
    rows = {row["step"]: row["loss"] for row in ear.metrics(lost) if row["epoch_end"]}
    events = train(FOREVER, start=initial_weights(FOREVER.model_copy(update={"seed": 7})))
    alone = {}
    while not alone or max(alone) < max(rows):
        event = next(events)
        if isinstance(event, Metrics) and event.epoch_end:
            alone[event.step] = event.loss
    assert rows.items() <= alone.items()


def start() -> bytes:
    """Weights that the specification alone does not give."""
    return (
        np.concatenate([part.ravel() for part in initial_weights(FOREVER.model_copy(update={"seed": 7}))])
        .astype(np.float32)
        .tobytes()
    )


KILLED = """
import os, signal, sys
sys.path.insert(0, {root!r})
from pathlib import Path
from nnviz.engine.cluster.cluster_engine import ClusterEngine
from nnviz.engine.cluster.settings import ClusterSettings
from tests.clusters import more, steps, wait_for_nodes
from tests.engine.test_cluster_faults import PACE, start
from tests.engines import FOREVER, Ear
ear = Ear()
engine = ClusterEngine(Path({home!r}), ear, ClusterSettings({address!r}), lambda run: False)
wait_for_nodes(engine, "one", "two")
runs = [engine.submit(FOREVER, visitor="me", start=start(), speed=PACE) for _ in range(4)]
for run in runs:
    more(ear, run)
for run in runs[2:]:
    engine.send(run, {{"do": "set", "learning_rate": 0.125}})
    ear.wait(run, lambda m: isinstance(m, dict) and (m.get("detail") or {{}}).get("learning_rate") == 0.125)
for run in runs:
    print(run, steps(ear, run)[-1], flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_run_waits_for_a_node_when_all_is_gone_and_begins_again(cluster: Cluster, tmp_path: Path) -> None:
    """The last test of this cluster: its scheduler and its only node end together."""
    ear = Ear()
    engine = ClusterEngine(tmp_path, ear, ClusterSettings(cluster.address), lambda _: True, lost=5.0)
    try:
        wait_for_nodes(engine, "one")
        run = engine.submit(FOREVER, visitor="me")
        more(ear, run)
        cluster.scheduler.kill()
        cluster.nodes.pop("one").kill()
        ear.wait(run, lambda m: isinstance(m, dict) and "begins again" in str((m.get("detail") or {}).get("message")))
        until(lambda: (engine.status(run) or {})["status"] == "waiting")
        until(lambda: "does not answer" in str((engine.places() or {}).get("problem")))  # which may be heard of last
        cluster.restart_scheduler()
        cluster.node("three")
        ear.wait(run, lambda m: isinstance(m, dict) and (m.get("detail") or {}).get("attempt") == 2)
        more(ear, run)
        assert node_of(engine, run) == "three"
        engine.send(run, {"do": "stop"})
        ear.end(run)
        assert_whole(ear, run)
    finally:
        engine.close()
