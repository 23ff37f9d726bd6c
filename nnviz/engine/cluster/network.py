"""The app's side of a cluster, in a thread of its own: which nodes there are, where a run goes, what becomes of it."""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from distributed.core import rpc

from nnviz.data.uploads.files import path_of
from nnviz.engine.cluster.link import Link, NodeState
from nnviz.engine.cluster.relay import Relay
from nnviz.engine.cluster.settings import ClusterSettings, quieten
from nnviz.engine.cluster.words import why
from nnviz.engine.launch import SIGKILL
from nnviz.engine.run import SPARE_MEMORY
from nnviz.jobs import read_spec
from nnviz.sets import own_sets
from nnviz.spec import RunSpec

logger = logging.getLogger("nnviz.cluster")
LOOK = 0.5
"""Seconds between two looks at the scheduler's list of nodes."""
LOST = 30.0
"""Seconds without a word after which a node counts as gone that the scheduler still has in its list."""
LEAVE = 5.0
"""Seconds that what is under way may take to end."""
FIRST = 10.0
"""Seconds that the first look at the cluster, and then each node's first word, may take until runs are placed without
them."""


class ClusterNetwork:
    """`news()` is called, from the network's thread, whenever `nodes`, `placed` or an end may be another.
    `settled(run)`, in some thread: whether the end of this run is on the disk, so that the node may forget it.
    """

    def __init__(
        self,
        settings: ClusterSettings,
        home: Path,
        news: Callable[[], None],
        settled: Callable[[str], bool],
        lost: float = LOST,
    ) -> None:
        quieten()
        self.home, self.session = _identity(home), secrets.token_hex(8)
        self._security = settings.security()
        self.connection: dict[str, Any] = self._security.get_connection_args("client")
        self._address, self._folder, self._news, self._settled, self._lost = settings.address, home, news, settled, lost
        self.nodes: tuple[NodeState, ...] = ()
        """As they are now; any thread may read it."""
        self.discovered = threading.Event()
        """Set when every node that was there at the start has been met, or has not answered."""
        self.scheduler: str | None = "not asked yet"
        """Why the scheduler does not answer, in words; None: it does."""
        self._life: str | None = None
        """Of the scheduler that has answered last; one that was started anew has another."""
        self._listed: set[str] = set()
        """Nodes that this scheduler has had in its list."""
        self._looked = asyncio.Event()
        """Set once the scheduler has answered and there is a link to each node of its list."""
        self._links: dict[str, Link] = {}
        self._relays: dict[str, Relay] = {}
        self._placed: Counter[str] = Counter()
        self._homeless: list[Relay] = []
        """Those that wait for a node."""
        self._unsettled: dict[str, tuple[str, str]] = {}
        """Attempts whose run is over, each with its run and its node."""
        self._unwanted: dict[str, str] = {}
        """Attempts that are to be ended where they still live → node."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="nnviz-cluster", daemon=True)
        self._thread.start()

    # ------------------------------------------------------------------ from the engine's thread

    def begin(self, key: str, life: int, engine: socket.socket) -> None:
        """A run whose order comes by this socket: it is placed when the order is whole. `life`: which of its processes
        this is, from 1."""
        self._ask(self._begin, key, life, engine)

    def kill(self, key: str, number: int, final: bool) -> None:
        """A signal for its process; `final`: it is not waited for where its node does not answer."""
        self._ask(self._kill, key, number, final)

    def forget(self, key: str) -> None:
        """The engine has done with this process."""
        self._ask(self._forget, key)

    def discard(self, runs: frozenset[str]) -> None:
        """End these runs of former apps, wherever they are."""
        self._ask(self._discard, runs)

    def found(self) -> dict[str, dict[str, Any]]:
        """Runs of this home that live on nodes, or wait there for their result to be fetched, and that no relay of
        this app has: by name, {"node", "attempt", "endless"}. Call it when `discovered` is set."""
        ours = {relay.attempt for relay in [*self._relays.values()]} | {*self._unsettled} | {*self._unwanted}
        return {
            about["run"]: {"node": node.name, "attempt": attempt, "endless": about["endless"]}
            for node in self.nodes
            if node.connected
            for attempt, about in [*node.attempts.items()]
            if attempt not in ours and about["session"] != self.session
        }

    def relay(self, key: str) -> Relay | None:
        return self._relays.get(key)

    def close(self) -> None:
        """What is recorded is forgotten on the nodes; what is not, they keep for the next app."""
        self.discovered.set()
        if not self._loop.is_closed():
            future = asyncio.run_coroutine_threadsafe(self._take_leave(), self._loop)
            with suppress(Exception):
                future.result(5.0)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()

    def _ask(self, function: Callable[..., None], *arguments: Any) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(function, *arguments)

    # ------------------------------------------------------------------ the network's thread from here on

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        tasks = [self._loop.create_task(work()) for work in (self._look, self._keep_settling, self._discover)]
        self._loop.run_forever()
        for link in self._links.values():
            link.close()
        for relay in self._relays.values():
            relay.close()
        # Also what the library has begun, which may wait for a scheduler that is no more.
        pending = asyncio.all_tasks(self._loop).union(tasks)
        for task in pending:
            task.cancel()
        self._loop.run_until_complete(asyncio.wait(pending, timeout=LEAVE))
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    async def _look(self) -> None:
        """Keep the list of nodes as the scheduler has it."""
        while True:
            listed: dict[str, str] = {}
            scheduler: Any = rpc(self._address, connection_args=self.connection, timeout=5)
            try:
                known = await asyncio.wait_for(scheduler.identity(), 8.0)
                listed = {str(one["name"]): one["nnviz"] for one in known["workers"].values() if "nnviz" in one}
                self.scheduler = None
                self._listed = {*listed} | (self._listed if known["id"] == self._life else set())
                self._life = known["id"]
            except (OSError, TimeoutError) as error:
                self.scheduler = f"dask's scheduler at {self._address} does not answer: {why(error)}"
            finally:
                with suppress(Exception):
                    await scheduler.close_rpc()
            for name, address in listed.items():
                if name in self._links:
                    self._links[name].move(address)
                else:
                    self._links[name] = Link(self, name, address, self._changed)
            if self.scheduler is None:
                self._looked.set()
            for link in [*self._links.values()]:
                if not link.state.connected and link.name not in listed and self._gone(link):
                    link.close()
                    del self._links[link.name]
            self._changed()
            await asyncio.sleep(LOOK)

    async def _discover(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._looked.wait(), FIRST)
        for link in [*self._links.values()]:
            with suppress(TimeoutError):
                await asyncio.wait_for(link.met.wait(), FIRST)
        self.discovered.set()
        self._changed()

    def _gone(self, link: Link) -> bool:
        """A node that neither talks nor stands in the list: at once where this scheduler had it in the list, else
        after a while; one that has just been started has to be found by its nodes first."""
        dropped = self.scheduler is None and link.name in self._listed
        if not dropped and time.monotonic() - link.heard < self._lost:
            return False
        self._lose(link, f"{link.name} is gone")
        return True

    def _lose(self, link: Link, why: str) -> None:
        for relay in self._at(link.name):
            self._unwanted[relay.attempt] = link.name
            relay.end(-SIGKILL, f"{why}: the run begins again on another node")
        self._changed()

    def _at(self, node: str) -> list[Relay]:
        return [relay for relay in self._relays.values() if relay.node == node and not relay.over]

    def _changed(self) -> None:
        self.nodes = tuple(link.state for link in self._links.values())
        for relay in [*self._homeless]:
            self._place(relay)
        self._news()

    # What a link asks and tells (nnviz.engine.cluster.link.Network).

    def have(self, node: str) -> dict[str, int]:
        return {relay.attempt: relay.have for relay in self._relays.values() if relay.node == node}

    def met(self, link: Link) -> None:
        """Both sides know again what the other has; what is missing is said once more."""
        theirs = link.state.attempts
        for relay in self._at(link.name):
            if relay.attempt in theirs:
                relay.resume(ours=theirs[relay.attempt]["session"] == self.session)
                relay.heard(theirs[relay.attempt]["got"])
            elif relay.begun:
                self._unwanted.pop(relay.attempt, None)
                relay.end(-SIGKILL, f"{link.name} was started anew: the run begins again")
                continue
            for item in relay.down.since(theirs.get(relay.attempt, {"got": 0})["got"]):
                link.say(item)
        for attempt in [attempt for attempt, node in self._unwanted.items() if node == link.name]:
            link.say({"end": attempt})
            theirs.pop(attempt, None)
            del self._unwanted[attempt]
        for attempt, about in [*theirs.items()]:
            if about["session"] != self.session and self._begun_otherwise(about["run"], link.name, attempt):
                self._end(attempt, link.name)

    def _begun_otherwise(self, run: str, node: str, attempt: str) -> bool:
        """Whether a run has begun anew in this app before the node that had it was met."""
        return any(
            relay.node is not None and relay.run == run and (relay.node, relay.attempt) != (node, attempt)
            for relay in self._relays.values()
        )

    def taken(self, link: Link, item: dict[str, Any]) -> None:
        if "got" in item:
            for relay in self._at(link.name):
                relay.heard(item["got"].get(relay.attempt, 0))
            return
        for relay in self._relays.values():
            if relay.attempt == item["from"] and relay.node == link.name:
                relay.take(item)
                if relay.over:
                    self._news()
                return

    def parted(self, link: Link) -> None:
        if time.monotonic() - link.heard >= self._lost and self._at(link.name):
            self._lose(link, f"{link.name} has not answered for {self._lost:.0f} seconds")

    # Runs.

    def _begin(self, key: str, life: int, engine: socket.socket) -> None:
        self._relays[key] = Relay(key, life, engine, self._place, self._tell)

    def _tell(self, relay: Relay, item: dict[str, Any]) -> None:
        link = self._links.get(relay.node or "")
        if link is not None:
            link.say(item)

    def _place(self, relay: Relay) -> None:
        """On the node where it lives already, else on the one with the fewest runs for each core that has room."""
        found = self.found().get(relay.run)
        if relay in self._homeless:
            self._homeless.remove(relay)
        if found is not None:
            relay.claim(found["node"], found["attempt"])
        elif relay.order["again"]:
            relay.end(-SIGKILL, "The node that had this run is gone: it begins again")
        elif (node := self.best(needs := _needs(relay))) is not None:
            self._placed[node.name] += 1
            relay.begin(node.name, _uploads(relay, self._folder), needs)
        else:
            self._homeless.append(relay)
            return
        self._news()

    def best(self, needs: int) -> NodeState | None:
        """Where a run goes that may need so many bytes; None: nowhere now. Where no room is left that is known of, and
        the engine has begun it all the same, to the node with the most."""
        usable = [node for node in self.nodes if node.ready and node.connected]
        if not usable:
            return None
        with_room = [node for node in usable if self.room(node) >= needs]
        if not with_room:
            return max(usable, key=self.room)
        return min(with_room, key=self._busy)

    def _busy(self, node: NodeState) -> tuple[float, float]:
        """Runs there now, and all that were ever sent there, for each core: of short ones none may be left."""
        return len(self._at(node.name)) / max(1, node.cores), self._placed[node.name] / max(1, node.cores)

    def room(self, node: NodeState) -> float:
        """Bytes that another run may take there, those on their way to it counted. Any thread may call it."""
        if node.free is None:
            return float("inf")
        sent = [one for one in [*self._relays.values()] if one.node == node.name and not (one.begun or one.over)]
        return node.free - sum(map(_needs, sent))

    def _kill(self, key: str, number: int, final: bool) -> None:
        relay = self._relays.get(key)
        if relay is None or relay.over:
            return
        link = self._links.get(relay.node or "")
        if link is not None and link.state.connected:
            relay.signal(number)
        elif final or relay.node is None:
            if relay in self._homeless:
                self._homeless.remove(relay)
            if relay.node is not None:
                self._unwanted[relay.attempt] = relay.node
            relay.end(-number)
            self._news()

    def _forget(self, key: str) -> None:
        relay = self._relays.pop(key, None)
        if relay is None:
            return
        relay.close()
        if relay.node is not None and relay.attempt not in self._unwanted and relay.lost is None:
            self._unsettled[relay.attempt] = (relay.run, relay.node)

    def _discard(self, runs: frozenset[str]) -> None:
        for run, about in self.found().items():
            if run in runs:
                self._end(about["attempt"], about["node"])

    def _end(self, attempt: str, node: str) -> None:
        """Now, or when the node is there again."""
        link = self._links.get(node)
        if link is not None and link.state.connected:
            link.say({"end": attempt})
            link.state.attempts.pop(attempt, None)
        else:
            self._unwanted[attempt] = node

    async def _keep_settling(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            try:
                await self._settle()
            except Exception:
                logger.exception("the cluster goes on after a fault")

    async def _take_leave(self) -> None:
        await self._settle()
        for link in [*self._links.values()]:
            await link.flush()

    async def _settle(self) -> None:
        """The nodes forget what is on our disk."""
        for attempt, (run, node) in [*self._unsettled.items()]:
            if await asyncio.to_thread(self._settled, run):
                self._end(attempt, node)
                self._unsettled.pop(attempt, None)


def _needs(relay: Relay) -> int:
    """Bytes, as in its order."""
    return max(0, int(relay.order["memory"]) - SPARE_MEMORY) // 2


def _uploads(relay: Relay, home: Path) -> list[list[Any]]:
    """The visitor's own files that it reads, each as set, id and bytes: a node has none of them."""
    spec = read_spec(relay.order["spec"])
    if not isinstance(spec, RunSpec):
        return []
    found = []
    for what in own_sets():
        name = getattr(spec.data, what)
        if name is not None:
            with suppress(OSError):  # missing here as there: the run says so
                found.append([what, name, path_of(home, what, name).read_bytes()])
    return found


def _identity(home: Path) -> str:
    """The name that this home has on the nodes: made once."""
    file = home / "cluster-home"
    with suppress(OSError):
        return file.read_text().strip()
    name = secrets.token_hex(16)
    home.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):
        file.write_text(name)
    return name
