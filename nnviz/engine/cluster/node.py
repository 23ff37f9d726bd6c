"""A node: one process on a machine of the cluster, which forks a child for each run that an app sends.

It outlives the apps and dask's scheduler: its runs go on while nobody listens, and what they say is kept. When it ends,
so do they, for the zygote ends with it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from distributed import Worker
from distributed.core import Server, Status
from filelock import FileLock, Timeout

from nnviz.data.uploads.files import path_of
from nnviz.engine import memory
from nnviz.engine.admission import Admission
from nnviz.engine.cluster.history import saved
from nnviz.engine.cluster.hosted import Hosted
from nnviz.engine.cluster.settings import ClusterError, ClusterSettings, quieten
from nnviz.engine.cluster.stream import Stream
from nnviz.engine.cluster.versions import difference, versions
from nnviz.engine.cluster.words import why
from nnviz.engine.fork import ForkLauncher
from nnviz.engine.launch import SIGKILL, Launcher
from nnviz.engine.limits import Limits
from nnviz.engine.logs import Logs
from nnviz.engine.spawn import SpawnLauncher
from nnviz.loops.choice import cores

logger = logging.getLogger("nnviz.cluster")
BEAT = 1.0
"""Seconds between two words of a node about itself."""
ABANDONED = 24 * 3600.0
"""Seconds after which a run is ended whose app has not come back."""


class Node:
    """Everything on the event loop of the thread that made it (the zygote ends with that thread).

    `folder`: its own, for uploads, logs and results that no app has fetched. `announce` is told in words what the
    person at the terminal should know. Raises ClusterError where another node has the folder, OSError.
    """

    def __init__(self, name: str, folder: Path, announce: Callable[[str], None] = logger.warning) -> None:
        self.name, self._folder, self._announce = name, folder, announce
        self._spool = folder / "results"
        self._spool.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = FileLock(folder / "node.lock", timeout=0, thread_local=False)
        try:
            self._lock.acquire()
        except Timeout:
            raise ClusterError(f"--name: a node {name!r} runs on this machine already; take another name") from None
        self._logs, self._cores = Logs(folder), cores()
        self._admission = Admission(Limits(), None, self._cores)
        self._launcher: Launcher = ForkLauncher(self._logs) if sys.platform == "linux" else SpawnLauncher(self._logs)
        self._wire: Any = None
        self._turned_away: set[str] = set()
        self._hosted: dict[str, Hosted] = {}
        self._streams: dict[str, Stream] = {}
        """Of each app that is here, by its session."""
        for history, about in saved(self._spool):
            hosted = Hosted(about["attempt"], about["run"], about["home"], "", history)
            self._hosted[hosted.attempt] = hosted

    async def serve(
        self, settings: ClusterSettings, host: str | None = None, port: int = 0, announce: str | None = None
    ) -> None:
        """Be a node of the cluster until cancelled. The scheduler may be late, or come and go. `announce`: HOST:PORT by
        which the apps reach it, where that is not `host` and `port`."""
        quieten()
        security = settings.security()
        here = f"{host or _own_address(settings.address)}:{port}"
        protocol = settings.address.partition("://")[0]
        server = Server({"nnviz": self._meet}, local_directory=str(self._folder))
        await server.listen(f"{protocol}://{here}", **security.get_listen_args("worker"))
        await server.start()
        reached = f"{protocol}://{announce}" if announce else server.address
        self._listen()
        tick = asyncio.create_task(self._tick())
        try:
            while True:
                await self._join(settings, security, reached, here.rpartition(":")[0])
                await asyncio.sleep(BEAT)
        finally:
            tick.cancel()
            await server.close()
            self._launcher.close()
            self._lock.release()

    async def _join(self, settings: ClusterSettings, security: Any, address: str, host: str) -> None:
        """Stand in the scheduler's list until it is gone, or drops us."""
        worker = Worker(
            settings.address, nthreads=1, name=self.name, security=security, host=host, memory_limit=0,
            dashboard_address="127.0.0.1:0", dashboard=False, local_directory=str(self._folder),
            startup_information={"nnviz": lambda _: address},
        )  # fmt: skip
        self._announce(f"node {self.name}: looking for the scheduler at {settings.address}")
        try:
            await worker
            self._announce(f"node {self.name} is in the cluster at {settings.address} ({self._cores} cores)")
            await worker.finished()
            self._announce(f"node {self.name}: the scheduler is gone; its runs go on")
        except (OSError, TimeoutError, ValueError, RuntimeError) as error:
            self._announce(f"node {self.name}: not in the cluster yet: {why(error)}")
        finally:
            with suppress(Exception):
                await worker.close()

    # ------------------------------------------------------------------ apps

    async def _meet(self, comm: Any, hello: dict[str, Any]) -> Any:
        """An app has connected: serve it until it goes."""
        stream = Stream(comm)
        try:
            refused = difference(self.name, versions(), dict(hello["versions"]))
            stream.say({"hello": self._introduction(hello), "refused": refused})
            if refused is not None:
                if refused not in self._turned_away:
                    self._announce(f"an app was turned away: {refused}")
                self._turned_away.add(refused)
                async for _ in stream.items():  # it goes by itself, when it has read this
                    pass
                return Status.dont_reply
            await self._attend(stream, hello)
        finally:
            stream.close()
        return Status.dont_reply

    def _introduction(self, hello: dict[str, Any]) -> dict[str, Any]:
        mine = [hosted for hosted in self._hosted.values() if hosted.home == hello["home"]]
        attempts = {
            hosted.attempt: {
                "run": hosted.run,
                "got": hosted.got if hosted.session == hello["session"] else 0,
                "session": hosted.session,
                "endless": hosted.endless,
            }
            for hosted in mine
        }
        return {"name": self.name, "versions": versions(), "attempts": attempts, "load": self._load()}

    async def _attend(self, stream: Stream, hello: dict[str, Any]) -> None:
        session = hello["session"]
        if session in self._streams:
            self._streams[session].close()  # the same app by a new connection
        self._streams[session] = stream
        for attempt, have in hello["have"].items():
            if attempt in self._hosted:
                self._repeat(self._hosted[attempt], stream, have)
        try:
            async for item in stream.items():
                try:
                    self._obey(item, stream, hello)
                except Exception:
                    logger.exception("a node goes on after a fault")
        finally:
            if self._streams.get(session) is stream:
                del self._streams[session]

    def _repeat(self, hosted: Hosted, stream: Stream, have: int) -> None:
        for item in hosted.history.since(have):
            stream.say({"from": hosted.attempt, **item})

    def _obey(self, item: dict[str, Any], stream: Stream, hello: dict[str, Any]) -> None:
        if "have" in item:
            for attempt, have in item["have"].items():
                if attempt in self._hosted:
                    self._hosted[attempt].claimed = time.monotonic()
                    self._hosted[attempt].recorded(have)
        elif "end" in item:
            self._end(item["end"])
        elif "start" in item:
            found = self._hosted.get(item["start"])
            if found is not None and found.order and not found.over:
                stream.say({"from": found.attempt, **found.start_told})
        elif "claim" in item:
            found = self._hosted.get(item["claim"])
            if found is not None and found.session != hello["session"]:  # else it is being said once more
                found.session, found.got, found.claimed = hello["session"], 0, time.monotonic()
                self._repeat(found, stream, 0)
        elif "to" in item:
            self._take(item, hello)

    def _take(self, item: dict[str, Any], hello: dict[str, Any]) -> None:
        attempt, hosted = item["to"], self._hosted.get(item["to"])
        if hosted is None:
            if item["do"] == "begin" and re.fullmatch(r"[A-Za-z0-9._-]{1,100}", attempt):  # it names files
                hosted = self._hosted[attempt] = Hosted(attempt, item["run"], hello["home"], hello["session"])
                hosted.got = 1
                self._keep_uploads(item["files"])
                hosted.start(self._working(), item, self._folder, self._logs, self._say, self._ended)
        elif item["n"] == hosted.got:  # else it has come before
            hosted.got += 1
            if not hosted.over:
                hosted.take(item)

    def _keep_uploads(self, files: list[list[Any]]) -> None:
        for what, name, data in files:
            path = path_of(self._folder, what, name)
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                temporary = path.with_suffix(".tmp")
                temporary.write_bytes(data)
                temporary.replace(path)

    def _say(self, hosted: Hosted, item: dict[str, Any]) -> None:
        stream = self._streams.get(hosted.session)
        if stream is not None:
            stream.say({"from": hosted.attempt, **item})

    def _ended(self, hosted: Hosted) -> None:
        if hosted.attempt in self._hosted:
            try:
                hosted.history.save(self._spool / f"{hosted.attempt}.run", hosted.about)
            except OSError as error:
                self._announce(f"the result of run {hosted.run} is in memory only ({error})")

    def _end(self, attempt: str) -> None:
        """The app has it on its disk, or wants no more of it."""
        hosted = self._hosted.pop(attempt, None)
        if hosted is not None:
            hosted.kill(SIGKILL)
            with suppress(OSError):
                (self._spool / f"{attempt}.run").unlink(missing_ok=True)

    # ------------------------------------------------------------------ itself

    def _working(self) -> Launcher:
        if self._launcher.broken:
            self._announce(f"node {self.name} goes over to spawning: {self._launcher.broken}")
            self._launcher = SpawnLauncher(self._logs)
        return self._launcher

    def _listen(self) -> None:
        """To the zygote's wire, which is another one when the zygote is."""
        loop, wire = asyncio.get_running_loop(), self._launcher.wire()
        if wire is self._wire:
            return
        self._wire = wire
        if wire is not None:
            loop.add_reader(wire, self._read)

    def _read(self) -> None:
        launcher, loop = self._launcher, asyncio.get_running_loop()
        loop.remove_reader(self._wire)  # a lost zygote's is closed in `read`
        self._wire = None
        was = launcher.ready
        launcher.read()
        self._listen()
        if launcher.ready != was:
            self._tell_load()

    async def _tick(self) -> None:
        while True:
            with suppress(OSError):
                self._working().tick()
                self._listen()
                self._guard_memory()
            now = time.monotonic()
            for hosted in [*self._hosted.values()]:
                if not hosted.over:
                    self._logs.trim(hosted.attempt)
                    if hosted.session in self._streams:
                        hosted.claimed = now
                    elif now - hosted.claimed > ABANDONED:
                        self._end(hosted.attempt)
            self._tell_load()
            await asyncio.sleep(BEAT)

    def _tell_load(self) -> None:
        for session, stream in self._streams.items():
            got = {one.attempt: one.got for one in self._hosted.values() if one.session == session}
            stream.say({"load": self._load(), "got": got})

    def _load(self) -> dict[str, Any]:
        """cores; runs that have a process; free, the bytes that another run may take; most, those that one may have;
        whether the zygote is there; load, the machine's mean number of busy processes of the last minute."""
        working = [hosted for hosted in self._hosted.values() if not hosted.over]
        free = memory.available()
        promised = sum(max(0, hosted.needs - self._used(hosted)) for hosted in working)
        return {
            "cores": self._cores, "runs": len(working), "ready": self._launcher.ready, "most": self._admission.most,
            "free": None if free is None else max(0, free - promised - self._admission.reserve),
            "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        }  # fmt: skip

    def _used(self, hosted: Hosted) -> int:
        pid = hosted.pid
        return 0 if pid is None else max(0, (memory.resident(pid) or 0) - self._launcher.shared())

    def _guard_memory(self) -> None:
        """When this machine has none left, the largest run goes before the system chooses."""
        free = memory.available()
        working = [hosted for hosted in self._hosted.values() if hosted.pid is not None]
        if free is not None and free < self._admission.reserve // 4 and working:
            max(working, key=self._used).kill(SIGKILL)


def _own_address(scheduler: str) -> str:
    """This machine's address as the scheduler's machine sees it."""
    from distributed.comm.addressing import get_address_host
    from distributed.utils import get_ip

    host = get_address_host(scheduler)
    return str(get_ip(host))
