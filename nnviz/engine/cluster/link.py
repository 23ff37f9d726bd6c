"""The app's connection to one node: made anew whenever it breaks, until the node is gone."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from distributed.comm.core import connect

from nnviz.engine.cluster.stream import Stream
from nnviz.engine.cluster.versions import difference, versions

logger = logging.getLogger("nnviz.cluster")
AGAIN = 0.5
"""Seconds between two attempts to connect."""
REFUSED = 10.0
"""The same to a node of another version: somebody may install the right one."""
BEAT = 1.0


@dataclass(frozen=True)
class NodeState:
    """What anybody may read of a node. free, most: bytes (None: nobody tells)."""

    name: str
    address: str
    connected: bool = False
    ready: bool = False
    cores: int = 0
    runs: int = 0
    free: int | None = None
    most: int | None = None
    load: float | None = None
    refused: str | None = None
    attempts: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Runs of this home that it had when it was met: {attempt: {"run", "session", "got"}}."""


class Network(Protocol):
    """What a link asks of the network that it belongs to."""

    home: str
    session: str
    connection: dict[str, Any]

    def have(self, node: str) -> dict[str, int]: ...

    def met(self, link: Link) -> None: ...

    def taken(self, link: Link, item: dict[str, Any]) -> None: ...

    def parted(self, link: Link) -> None: ...


class Link:
    """Used from the network's event loop only. `met` is set when it is first known whether the node can be used."""

    def __init__(self, network: Network, name: str, address: str, changed: Callable[[], None]) -> None:
        self._network, self._changed = network, changed
        self.state = NodeState(name, address)
        self.heard = time.monotonic()
        """When the node last said something."""
        self.met = asyncio.Event()
        self._stream: Stream | None = None
        self._task = asyncio.create_task(self._keep())

    @property
    def name(self) -> str:
        return self.state.name

    def move(self, address: str) -> None:
        """The node has another address now: a new process of the same name."""
        if address != self.state.address:
            self._put(address=address, refused=None)
            if self._stream is not None:
                self._stream.close()

    def say(self, item: dict[str, Any]) -> None:
        """Now, if there is a connection; what must arrive is kept and said again by its relay."""
        if self._stream is not None:
            self._stream.say(item)

    async def flush(self) -> None:
        """Wait until what was said is written, if there is a connection."""
        if self._stream is not None:
            await self._stream.flush()

    def close(self) -> None:
        self._task.cancel()
        if self._stream is not None:
            self._stream.close()

    def _put(self, **values: Any) -> None:
        self.state = NodeState(**{**self.state.__dict__, **values})
        self._changed()

    async def _keep(self) -> None:
        while True:
            try:
                await self._talk(self.state.address)
            except (OSError, TimeoutError, ValueError, KeyError, TypeError) as error:
                logger.debug("node %s: %s", self.name, error)
            if self._stream is not None:
                self._stream.close()
                self._stream = None
                self._put(connected=False, ready=False)
            self.met.set()
            self._network.parted(self)
            await asyncio.sleep(REFUSED if self.state.refused else AGAIN)

    async def _talk(self, address: str) -> None:
        comm = await connect(address, timeout=5, **self._network.connection)
        try:
            await comm.write({"op": "nnviz", "reply": False, "hello": self._hello()})
            stream = Stream(comm)
        except BaseException:
            comm.abort()
            raise
        beat = asyncio.create_task(self._beat(stream))
        try:
            async for item in stream.items():
                self.heard = time.monotonic()
                if "hello" in item:
                    if not self._greet(stream, item):
                        return
                elif "load" in item:
                    self._put(**item["load"])
                    self._network.taken(self, item)
                else:
                    self._network.taken(self, item)
        finally:
            beat.cancel()
            stream.close()

    def _hello(self) -> dict[str, Any]:
        return {
            "home": self._network.home, "session": self._network.session, "versions": versions(),
            "have": self._network.have(self.name),
        }  # fmt: skip

    def _greet(self, stream: Stream, item: dict[str, Any]) -> bool:
        """Whether the node can be used."""
        hello = item["hello"]
        refused = item["refused"] or difference(self.name, dict(hello["versions"]), versions())
        if refused is not None:
            if refused != self.state.refused:
                logger.warning("%s", refused)
            self._put(refused=refused)
            return False
        self._stream = stream
        self._put(connected=True, refused=None, attempts=dict(hello["attempts"]), **hello["load"])
        self._network.met(self)
        self.met.set()
        return True

    async def _beat(self, stream: Stream) -> None:
        while True:
            await asyncio.sleep(BEAT)
            stream.say({"have": self._network.have(self.name)})
