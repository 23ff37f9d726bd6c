"""ClusterEngine: the engine whose runs live on the nodes of a cluster."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from nnviz.engine.cluster.admission import ClusterAdmission
from nnviz.engine.cluster.launcher import ClusterLauncher
from nnviz.engine.cluster.link import NodeState
from nnviz.engine.cluster.network import LOST
from nnviz.engine.cluster.settings import ClusterSettings
from nnviz.engine.cluster.words import problem, state
from nnviz.engine.emitter import Listener
from nnviz.engine.limits import Limits
from nnviz.engine.local import LocalEngine
from nnviz.store.store import Store


def recorded_engine(
    home: Path, listener: Listener, settings: ClusterSettings, store: Store, workers: int | None = None
) -> ClusterEngine:
    """An engine whose listener records in `store`."""

    def settled(run: str) -> bool:
        row = store.get_run(run)
        return row is None or (row.is_over and store.flush(1.0))

    return ClusterEngine(home, listener, settings, settled, workers)


class ClusterEngine(LocalEngine):
    """`settled(run)`, called in any thread: whether the end of this run is recorded on the disk. Until then its node
    keeps what it said. `lost`: seconds after which a node that does not answer counts as gone."""

    def __init__(
        self,
        home: Path,
        listener: Listener,
        settings: ClusterSettings,
        settled: Callable[[str], bool],
        workers: int | None = None,
        limits: Limits | None = None,
        lost: float = LOST,
    ) -> None:
        limits = replace(limits or Limits(), spare=0.0)
        self._cluster = ClusterLauncher(settings, home, settled, lost)
        self._network = self._cluster.network
        self._nodes_admission = ClusterAdmission(limits, workers, self._network)
        super().__init__(
            home, listener, workers, limits=limits, launcher=self._cluster, admission=self._nodes_admission
        )

    @property
    def cores(self) -> int:
        return self._nodes_admission.cores or 1

    @property
    def cores_of_one(self) -> int:
        """Of the smallest node: a run has the same threads, and so the same sums, wherever it goes."""
        return min((node.cores for node in self._network.nodes if node.connected), default=self._cores)

    @property
    def nodes(self) -> tuple[NodeState, ...]:
        return self._network.nodes

    @property
    def problem(self) -> str | None:
        return self._network.scheduler

    def places(self) -> dict[str, Any] | None:
        nodes = sorted(self.nodes, key=lambda node: node.name)
        told = [
            {"name": node.name, "state": state(node), "usable": node.ready and node.connected, "runs": node.runs,
             "cores": node.cores, "load": node.load, "free": node.free}
            for node in nodes
        ]  # fmt: skip
        usable = any(one["usable"] for one in told)
        wrong = None if usable else problem(nodes, self.problem)
        return {"problem": wrong, "missing": self.problem if usable else None, "nodes": told}

    def found(self) -> Mapping[str, bool]:
        self._network.discovered.wait()
        return {run: about["endless"] for run, about in self._network.found().items()}

    def discard(self, runs: frozenset[str]) -> None:
        self._network.discard(runs)
