"""Runs that scripts of this machine's user train (nnviz.keras): they come in over a socket of 127.0.0.1, each with one
connection, as events and frames of the engine's protocol, and are shown as every other run is.

Who comes in must know the secret of the home's address file, which only this user can read; a browser, which could be
made to ask anything of 127.0.0.1, speaks HTTP and is cut off at its first byte. A script records its run by itself, in
the same home: nothing is lost where this server ends or begins in the midst of a training. Here it is only shown.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import logging
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from nnviz.engine.protocol import Decoder, Kind, ProtocolError, pack, pack_json
from nnviz.events import frame_header
from nnviz.home import Address
from nnviz.jobs import JOBS, SpecError, read_spec
from nnviz.statuses import STATUSES, TERMINAL
from nnviz.web.entrance import entrance
from nnviz.web.hub import Hub, LiveRun

logger = logging.getLogger("nnviz.web")
ROOM = "model"
"""The room that shows them."""
MOST = 32
"""Scripts at once; further ones are sent away, and record without being seen."""
FIRST_SECONDS, FIRST_BYTES = 5.0, 4096
"""For the first message, with the secret."""
MOST_BYTES = 16_000_000
"""Of a later one."""
FORGOTTEN = 10.0
"""Seconds after which a script that has gone without a word is looked for no longer."""
EVENTS = frozenset({"started", "metrics", "status"}) | TERMINAL
KILLED = "The script ended without a word: it was killed, or it crashed."

Load = Callable[[str], Awaitable[LiveRun | None]]


class ScriptRuns:
    """On the event loop; no locks. load(run): a run as it is recorded. end(run, event): it ends so in the store, where
    its process is gone."""

    def __init__(self, home: Path, hub: Hub, load: Load, end: Callable[[str, dict[str, Any]], bool]) -> None:
        self._home, self._hub, self._load, self._end = home, hub, load, end
        self._address: Address | None = None
        self._server: asyncio.Server | None = None
        self._writers: dict[str, asyncio.StreamWriter] = {}
        """Of each run whose script is connected."""
        self._connections: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Listen, and leave the address in the home. A machine that allows none of that has no runs of scripts."""
        try:
            self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=2**18)
            port = self._server.sockets[0].getsockname()[1]
            self._address = Address(port, secrets.token_urlsafe(32), secrets.token_urlsafe(32))
            self._address.write(self._home)
        except OSError as error:
            logger.warning("runs of nnviz.keras cannot be shown: %s", error)

    async def close(self) -> None:
        """The scripts train on, and record."""
        Address.remove(self._home)
        if self._server is not None:
            self._server.close()
        for task in [*self._connections]:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def trains(self, run: str) -> bool:
        """Whether a script does, or did until just now."""
        found = self._hub.runs.get(run)
        return found is not None and found.of_script

    def send(self, run: str, command: dict[str, Any]) -> bool:
        """A command of nnviz.control; False where no script trains it."""
        return self._write(run, pack_json(Kind.COMMAND, command))

    def watch(self, run: str, viewers: int) -> bool:
        """How many watch it now; False where no script trains it."""
        return self._write(run, pack_json(Kind.VIEWERS, viewers))

    def _write(self, run: str, message: bytes) -> bool:
        writer = self._writers.get(run)
        if writer is None or writer.is_closing():
            return False
        writer.write(message)
        return True

    # ---- one connection

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        run: LiveRun | None = None
        try:
            messages = _Messages(reader)
            if await self._is_known(messages, writer):
                run = await self._take_in(messages, writer)
                await self._read(run, messages, writer)
        except (ProtocolError, ValueError, KeyError, TypeError) as error:
            logger.warning("a script on port %s said what is not understood: %s", self._port, error)
        except (OSError, EOFError, TimeoutError):
            pass
        finally:
            self._connections.discard(task)
            writer.close()
            if run is not None and self._writers.get(run.id) is writer:
                del self._writers[run.id]
                if run.result is None and self._server is not None and self._server.is_serving():
                    lost = asyncio.create_task(self._lost(run))
                    self._connections.add(lost)
                    lost.add_done_callback(self._connections.discard)

    @property
    def _port(self) -> int | None:
        return self._address.port if self._address else None

    async def _is_known(self, messages: _Messages, writer: asyncio.StreamWriter) -> bool:
        """Whether the first message has the secret; then it is answered."""
        assert self._address is not None
        async with asyncio.timeout(FIRST_SECONDS):
            kind, payload = await messages.next()
        said = json.loads(payload) if kind is Kind.HELLO else {}
        secret = said.get("secret") if isinstance(said, dict) else None
        if not isinstance(secret, str) or not hmac.compare_digest(secret.encode(), self._address.secret.encode()):
            return False
        if len(self._writers) >= MOST:
            return False
        here = entrance()
        url = None if here.port is None else here.on_this_machine(f"/{ROOM}")
        writer.write(pack_json(Kind.WELCOME, {"answer": self._address.answer, "url": url}))
        messages.decoder.most = MOST_BYTES
        return True

    async def _take_in(self, messages: _Messages, writer: asyncio.StreamWriter) -> LiveRun:
        """The run that the script trains. What it has recorded of it so far is shown first."""
        async with asyncio.timeout(FIRST_SECONDS):
            kind, payload = await messages.next()
        if kind is not Kind.RUN:
            raise ProtocolError(f"kind {kind} where a run was to be named")
        said = json.loads(payload)
        name, status = said["run"], said["status"]
        try:
            spec = read_spec(said["spec"])
        except SpecError as error:
            raise ProtocolError(str(error)) from error
        if not isinstance(name, str) or not 0 < len(name) <= 64 or not JOBS[spec.job].elsewhere:
            raise ProtocolError("the run of a script has a name, and is a model of its own")
        if status not in STATUSES:
            raise ProtocolError(f"status {status!r}")
        run = self._hub.runs.get(name) or await self._load(name)
        if run is not None and run.spec.get("job") != spec.job:
            raise ProtocolError("this run is not a script's")
        if run is None:  # it could not be recorded: a full disk
            run = LiveRun(name, spec.model_dump(mode="json"), "", room=ROOM)
        run.of_script, run.result = True, None
        run.status = status
        self._writers[name] = writer
        self._hub.take_in(run)
        writer.write(pack_json(Kind.VIEWERS, len(run.viewers)))
        self._hub.publish(name, {"event": "status", "status": status, "detail": {}})
        return run

    async def _read(self, run: LiveRun, messages: _Messages, writer: asyncio.StreamWriter) -> None:
        """Until the run ends, or the connection."""
        while run.result is None:
            kind, payload = await messages.next()
            if kind is Kind.FRAME:
                if frame_header(payload)["run"] != run.id:
                    raise ProtocolError("a frame of another run")
                self._hub.publish(run.id, payload)
                writer.write(pack(Kind.CREDIT))
            elif kind is Kind.EVENT:
                event = json.loads(payload)
                if event["event"] not in EVENTS:
                    raise ProtocolError(f"event {event['event']!r}")
                if event["event"] != "metrics" or event["step"] > (run.columns.newest.get("step") or -1):
                    self._hub.publish(run.id, event)  # else it was recorded, and has been read from there

    async def _lost(self, run: LiveRun) -> None:
        """The connection ended before the run: its process has ended, or it will be back."""
        for _ in range(int(FORGOTTEN / 0.2)):
            if run.id in self._writers:
                return
            event = {"event": "crashed", "message": KILLED, "signal": None}
            with contextlib.suppress(Exception):  # a store that cannot be read
                if await asyncio.to_thread(self._end, run.id, event):
                    self._hub.publish(run.id, event)
                    return
                kept = await self._load(run.id)
                if kept is not None and kept.result is not None:
                    self._hub.publish(run.id, kept.result)
                    return
            await asyncio.sleep(0.2)
        if run.id not in self._writers:
            self._hub.publish(run.id, {"event": "crashed", "message": KILLED, "signal": None})


class _Messages:
    """Whole messages of a connection, one after the other."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self.decoder = Decoder(FIRST_BYTES)
        self._waiting: list[tuple[Kind, bytes]] = []

    async def next(self) -> tuple[Kind, bytes]:
        """Raises EOFError, ProtocolError."""
        while not self._waiting:
            data = await self._reader.read(2**18)
            if not data:
                raise EOFError
            self._waiting += self.decoder.feed(data)
        return self._waiting.pop(0)
