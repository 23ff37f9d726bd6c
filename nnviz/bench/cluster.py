"""What a cluster costs beside the engine of this machine, and how it divides a sweep: its nodes are processes here."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from nnviz.bench.engine import WARM_UP, visit
from nnviz.bench.recorder import SECONDS, TERMINAL, Recorder, ready_engine
from nnviz.engine.cluster.cluster_engine import ClusterEngine
from nnviz.engine.cluster.settings import ClusterError, ClusterSettings
from nnviz.engine.cluster.words import problem
from nnviz.engine.limits import Limits
from nnviz.engine.local import LocalEngine
from nnviz.ports import free_port
from nnviz.spec import RunSpec, TrainingSpec

WAITS = ("first_event", "first_frame", "first_trained_frame", "pause", "stop")
ENGINES = ("local", "fresh", "cluster")
"""This machine's; the same where no process does a second run, as on a node; the cluster's."""


def bench_cluster(nodes: int = 2, repeats: int = 10, runs: int = 16, turns: int = 5) -> dict[str, Any]:
    """A cluster of so many `nodes` and engines of this machine, all ready, in turn: `repeats` visits, then `turns`
    sweeps of `runs` tiny runs each.

    Keys: nodes; WAITS, each {one of ENGINES: median seconds}; rate, {one of ENGINES: median of tiny runs a second};
    shares: of all the sweeps' runs those of each node. Raises RuntimeError where there is no dask.distributed, or a
    part of the cluster ends; TimeoutError.
    """
    recorder, fresh = Recorder(), Limits(spare=0)
    with (
        own_cluster(nodes) as address,
        tempfile.TemporaryDirectory() as home,
        ready_engine(recorder) as local,
        ready_engine(recorder, limits=fresh) as bare,
        closing(ClusterEngine(Path(home), recorder, ClusterSettings(address), lambda _: True)) as cluster,
    ):
        _wait_for_nodes(cluster, nodes)
        engines, placed = dict(zip(ENGINES, (local, bare, cluster), strict=True)), Counter[str]()
        visits = _in_turn(engines, WARM_UP + repeats, lambda engine: visit(engine, recorder))
        sweeps = _in_turn(engines, 1 + turns, lambda engine: _sweep(engine, recorder, runs, placed))
    return {
        "nodes": nodes,
        **{name: {one: median(row[name] for row in visits[one][WARM_UP:]) for one in ENGINES} for name in WAITS},
        "rate": {one: median(sweeps[one][1:]) for one in ENGINES},
        "shares": [placed[f"node-{n + 1}"] / placed.total() for n in range(nodes)],
    }


@contextmanager
def own_cluster(nodes: int) -> Iterator[str]:
    """`nnviz cluster local` in a home of its own; the scheduler's address. Raises RuntimeError."""
    address = f"tcp://127.0.0.1:{free_port()}"
    try:
        ClusterSettings(address)
    except ClusterError as error:
        raise RuntimeError(str(error)) from None
    with tempfile.TemporaryDirectory(prefix="nnviz-bench-", ignore_cleanup_errors=True) as home:
        command = [sys.executable, "-m", "nnviz.cli", "cluster", "local", str(nodes)]
        command += ["--port", address.rpartition(":")[2], "--home", home]
        program = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield address
            if program.poll() is not None:
                raise RuntimeError("the cluster of the benchmark has ended; try `nnviz cluster local` to see why")
        finally:
            program.terminate()
            program.wait(SECONDS)


def _in_turn(
    engines: dict[str, LocalEngine], times: int, measure: Callable[[LocalEngine], Any]
) -> dict[str, list[Any]]:
    """What is measured of each, one behind the other, and each at the head as often as the others."""
    found: dict[str, list[Any]] = {name: [] for name in engines}
    names = [*engines]
    for number in range(times):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            found[name].append(measure(engines[name]))
    return found


def _sweep(engine: LocalEngine, recorder: Recorder, runs: int, placed: Counter[str]) -> float:
    """Tiny runs a second: a group from the click to its last result. `placed` counts the nodes that they were on."""
    specs = [RunSpec(seed=seed, training=TrainingSpec(epochs=3)) for seed in range(runs)]
    began = time.monotonic()
    submitted = [engine.submit(spec, visitor="bench", group=f"sweep at {began}") for spec in specs]
    ended = max(recorder.wait(run, lambda event: event["event"] in TERMINAL) for run in submitted)
    for run in submitted:
        told = [(event.get("detail") or {}).get("node") for _, event in recorder.messages[run]]
        placed.update(node for node in told if node is not None)
    recorder.messages.clear()
    return runs / (ended - began)


def _wait_for_nodes(cluster: ClusterEngine, nodes: int) -> None:
    end = time.monotonic() + SECONDS
    while sum(node.ready and node.connected for node in cluster.nodes) < nodes:
        if time.monotonic() > end:
            told = problem(cluster.nodes, cluster.problem)
            raise TimeoutError(f"the cluster of the benchmark is not ready after {SECONDS:.0f} s: {told}")
        time.sleep(0.05)
