"""Who may start on a cluster: bounded by the memory of its nodes, and by processes for each of their cores."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from nnviz.engine.admission import Admission
from nnviz.engine.cluster.network import ClusterNetwork
from nnviz.engine.launch import Launcher
from nnviz.engine.limits import Limits
from nnviz.engine.run import Run


class ClusterAdmission(Admission):
    """Each node keeps its own memory in order; here is only what must not be begun."""

    def __init__(self, limits: Limits, workers: int | None, network: ClusterNetwork) -> None:
        super().__init__(limits, workers, 1)
        self._network = network

    @property
    def cores(self) -> int:
        """Of all nodes that can be used."""
        return sum(node.cores for node in self._network.nodes if node.connected)

    @property
    def most(self) -> int | None:
        """Of the node that allows most."""
        most = [node.most for node in self._network.nodes if node.connected]
        return None if not most or None in most else max(one for one in most if one is not None)

    def group_may_train(self, live: Collection[Run]) -> bool:
        return sum(run.slot and run.lane == "group" for run in live) < self.cores

    def fits(self, run: Run, live: Collection[Run], launcher: Launcher) -> bool:  # noqa: ARG002
        if run.socket is not None:
            return True
        network = self._network
        return any(node.ready and node.connected and network.room(node) >= run.memory for node in network.nodes)

    def measure(self, live: Collection[Run]) -> Iterator[tuple[Run, str]]:  # noqa: ARG002
        """Nothing: the processes are other machines'."""
        return iter(())

    def _processes(self, launcher: Launcher) -> int:  # noqa: ARG002
        return self.cores * self._limits.forked
