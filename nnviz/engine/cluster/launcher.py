"""Fresh processes on the nodes of a cluster: for the engine the same as forking them here."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from nnviz.engine.launch import SIGKILL

if TYPE_CHECKING:
    from nnviz.engine.cluster.network import ClusterNetwork
    from nnviz.engine.cluster.relay import Relay
    from nnviz.engine.cluster.settings import ClusterSettings


class ClusterLauncher:
    """Used from the engine's thread, as every launcher. `settled`: see ClusterNetwork."""

    name = "cluster"
    broken: str | None = None

    def __init__(self, settings: ClusterSettings, home: Path, settled: Callable[[str], bool], lost: float) -> None:
        from nnviz.engine.cluster.network import ClusterNetwork

        self._wake, self._waker = socket.socketpair()
        self._wake.setblocking(False)
        self._waker.setblocking(False)
        self._lives: Counter[str] = Counter()
        self.network: ClusterNetwork = ClusterNetwork(settings, home, self._news, settled, lost)

    def _news(self) -> None:
        with suppress(OSError):  # full: it is awake already
            self._waker.send(b"\0")

    @property
    def ready(self) -> bool:
        nodes = self.network.nodes
        return self.network.discovered.is_set() and any(node.ready and node.connected for node in nodes)

    def wire(self) -> socket.socket | None:
        return self._wake

    def read(self) -> None:
        with suppress(BlockingIOError):
            self._wake.recv(4096)

    def tick(self) -> None:
        pass

    def launch(self, run: str) -> socket.socket:
        self._lives[run] += 1
        ours, theirs = socket.socketpair()
        self.network.begin(run, self._lives[run], theirs)
        return ours

    def _relay(self, run: str) -> Relay | None:
        """Of its newest life: an older one may not have been put away yet."""
        relay = self.network.relay(run)
        return relay if relay is not None and relay.life == self._lives[run] else None

    def pid(self, run: str) -> int | None:  # noqa: ARG002
        return None  # a number of another machine means nothing here

    def exit_code(self, run: str) -> int | None:
        relay = self._relay(run)
        return relay.code if relay is not None and relay.over else None

    def lost(self, run: str) -> str | None:
        relay = self._relay(run)
        return relay.lost if relay is not None else None

    def where(self, run: str) -> str | None:
        relay = self._relay(run)
        return relay.node if relay is not None else None

    def kill(self, run: str, number: int) -> None:
        self.network.kill(run, number, final=number == SIGKILL)

    def forget(self, run: str) -> None:
        self.network.forget(run)

    def shared(self) -> int:
        return 0

    def hand_on(self, run: str, to: str) -> None:
        raise NotImplementedError("on a node each run has a fresh process")

    def close(self) -> None:
        self.network.close()
        self._waker.close()
        self._wake.close()
