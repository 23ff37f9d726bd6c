"""Fan-out: what runs say goes to all who watch, encoded once. Everything here lives on the event loop; no locks.

A viewer has a queue of texts, none of which is left out, and for each view one slot in which the newest frame replaces
an older one that has not been sent: a slow browser skips pictures, never numbers, and costs the others nothing.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from nnviz.events import frame_header

MAX_TEXTS = 5_000
"""Texts that may wait for one viewer; who falls further behind is disconnected, and gets the history on coming back."""
MAX_WAITING = 16_000_000
"""Characters of them."""
MAX_ROWS = 2_000
"""Rows of metrics kept of a run in memory, evenly thinned; the store has them all."""
IN_FLIGHT = 3
"""Frames on the way to a browser that acknowledges them: else the network's buffers hold seconds of old pictures."""
LINGER = 60.0
"""Seconds that a run which has ended stays in memory; after that the store answers."""
COLUMNS = (
    "epoch", "step", "loss", "accuracy", "val_loss", "val_accuracy", "penalty", "learning_rate", "seconds",
)  # fmt: skip
LIVE = ("learning_rate", "regularization_rate", "speed")
SERVER_ONLY = frozenset({"weights"})
"""Views that the server keeps for itself: it looks into the network with them; a browser has no use for megabytes."""
TERMINAL = frozenset({"finished", "stopped", "diverged", "failed", "crashed", "cancelled", "interrupted"})


class Socket(Protocol):
    """The two calls of starlette's WebSocket that a viewer needs."""

    async def send_text(self, data: str) -> None: ...
    async def send_bytes(self, data: bytes) -> None: ...


def encode(message: dict[str, Any]) -> str:
    """One event as it goes over the wire."""
    return json.dumps(message, separators=(",", ":"), allow_nan=False)


class TooSlowError(Exception):
    """A viewer is MAX_TEXTS or MAX_WAITING behind."""


class Viewer:
    """One connection: what waits for it, and what it watches."""

    def __init__(self, host: str = "") -> None:
        self.host = host
        self.visitor: str | None = None
        self.run: str | None = None
        self._texts: deque[str] = deque()
        self._waiting = 0
        self._frames: dict[str, bytes] = {}
        self._wake = asyncio.Event()
        self._sent = 0
        self._acknowledged: int | None = None
        self._lost = False

    def text(self, text: str) -> None:
        if len(self._texts) >= MAX_TEXTS or self._waiting > MAX_WAITING:
            self._lost = True
            self._texts.clear()
        if not self._lost:
            self._texts.append(text)
            self._waiting += len(text)
        self._wake.set()

    def say(self, message: dict[str, Any]) -> None:
        self.text(encode(message))

    def frame(self, view: str, data: bytes) -> None:
        self._frames[view] = data
        self._wake.set()

    def forget_frames(self) -> None:
        """Pictures of a run that is not watched any more need not be sent."""
        self._frames.clear()

    def ack(self, n: int) -> None:
        """The browser has `n` frames in all."""
        self._acknowledged = min(n, self._sent)
        self._wake.set()

    async def pump(self, socket: Socket) -> None:
        """Send what comes, for ever: texts first, then one frame of each view in turn. Raises TooSlowError."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while True:
                if self._lost:
                    raise TooSlowError
                if self._texts:
                    text = self._texts.popleft()
                    self._waiting -= len(text)
                    await socket.send_text(text)
                elif self._frames and self._may_send_frame():
                    data = self._frames.pop(next(iter(self._frames)))
                    self._sent += 1
                    await socket.send_bytes(data)
                else:
                    break

    def _may_send_frame(self) -> bool:
        return self._acknowledged is None or self._sent - self._acknowledged < IN_FLIGHT


class Columns:
    """Metrics as columns, every `stride`-th row and always the newest, never more than MAX_ROWS + 1."""

    def __init__(self) -> None:
        self._rows: list[tuple[float | None, ...]] = []
        self._newest: tuple[float | None, ...] | None = None
        self._count, self._stride = 0, 1

    def append(self, event: dict[str, Any]) -> None:
        self._newest = tuple(_short(event.get(name)) for name in COLUMNS)
        if self._count % self._stride == 0:
            self._rows.append(self._newest)
            if len(self._rows) >= MAX_ROWS:
                self._rows = self._rows[::2]
                self._stride *= 2
        self._count += 1

    @classmethod
    def of(cls, history: dict[str, list[Any]]) -> Columns:
        """Of columns as the store keeps them."""
        columns = cls()
        for row in zip(*(history[name] for name in COLUMNS), strict=True):
            columns.append(dict(zip(COLUMNS, row, strict=True)))
        return columns

    def to_json(self) -> dict[str, list[float | None]]:
        rows = self._rows
        if self._newest is not None and (not rows or rows[-1] is not self._newest):
            rows = [*rows, self._newest]
        return {name: [row[i] for row in rows] for i, name in enumerate(COLUMNS)}


class LiveRun:
    """What a viewer who comes now must be told about a run."""

    def __init__(self, run: str, spec: dict[str, Any], owner: str, speed: dict[str, Any] | None = None) -> None:
        self.id, self.spec, self.owner = run, spec, owner
        self.status, self.place = "waiting", None
        self.live: dict[str, Any] = {"speed": speed} if speed else {}
        self.started: dict[str, Any] | None = None
        self.result: dict[str, Any] | None = None
        self.columns = Columns()
        self.frames: dict[str, bytes] = {}
        self.viewers: set[Viewer] = set()

    def take(self, event: dict[str, Any]) -> None:
        """Keep what an event tells."""
        name = event["event"]
        if name == "metrics":
            self.columns.append(event)
        elif name == "status":
            detail = event.get("detail") or {}
            self.status, self.place = event["status"], detail.get("place")
            self.live.update({key: detail[key] for key in LIVE if key in detail})
        elif name == "started":
            self.started = event
        elif name in TERMINAL:
            self.status, self.place, self.result = status_of(event), None, event

    def to_json(self, visitor: str | None) -> dict[str, Any]:
        """The `run` message. Tells nobody whose it is, only whether it is the viewer's own."""
        live = dict(self.live)
        return {
            "event": "run", "run": self.id, "status": self.status, "place": self.place, "spec": self.spec,
            "speed": live.pop("speed", None), "live": live, "mine": owns(visitor, self.owner), "started": self.started,
            "result": self.result,
        }  # fmt: skip


class Hub:
    """Who watches what. `watch(run, n)` tells the engine how many do; `keep(run, message)` gives the store its copy."""

    def __init__(
        self,
        watch: Callable[[str, int], None] = lambda _run, _viewers: None,
        keep: Callable[[str, dict[str, Any] | bytes], None] = lambda _run, _message: None,
        linger: float = LINGER,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._watch, self._keep, self._linger = watch, keep, linger
        self.runs: dict[str, LiveRun] = {}
        self.viewers: set[Viewer] = set()
        self.problem: str | None = None

    # From other threads.

    def listen(self, run: str, message: dict[str, Any] | bytes) -> None:
        """The engine's listener: any thread may call it; after the loop's end it does nothing."""
        self._from_thread(self.publish, run, message)

    def warn(self, problem: str | None) -> None:
        """Something is wrong with the server (a full disk), or no longer: tell all. Any thread may call it."""
        self._from_thread(self.notice, problem)

    def _from_thread(self, function: Callable[..., None], *arguments: Any) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(function, *arguments)

    # On the loop.

    def add(self, run: LiveRun) -> None:
        self.runs[run.id] = run

    def publish(self, run_id: str, message: dict[str, Any] | bytes) -> None:
        """One event or one encoded frame of a run, to the store and to all who watch."""
        self._keep(run_id, message)
        run = self.runs.get(run_id)
        if run is None:
            return
        if isinstance(message, bytes):
            view = frame_header(message)["view"]
            run.frames[view] = message
            if view not in SERVER_ONLY:
                for viewer in run.viewers:
                    viewer.frame(view, message)
            return
        message = {**message, "run": run_id}
        ended_before = run.result is not None
        run.take(message)
        text = encode(message)
        for viewer in run.viewers:
            viewer.text(text)
        if run.result is not None and not ended_before:
            self._loop.call_later(self._linger, self.runs.pop, run_id, None)

    def notice(self, problem: str | None) -> None:
        """A problem of the whole server is told to all who are here and to all who come, until it is over (None)."""
        self.problem = problem
        text = encode(_notice(problem))
        for viewer in self.viewers:
            viewer.text(text)

    def join(self, viewer: Viewer) -> None:
        self.viewers.add(viewer)
        if self.problem is not None:
            viewer.say(_notice(self.problem))

    def leave(self, viewer: Viewer) -> None:
        self.detach(viewer)
        self.viewers.discard(viewer)

    def attach(self, viewer: Viewer, run: LiveRun) -> None:
        """Everything so far, then everything that comes, with nothing lost or doubled between the two."""
        self.detach(viewer)
        viewer.run = run.id
        send_all(viewer, run)
        if run.result is None:
            run.viewers.add(viewer)
            self._watch(run.id, len(run.viewers))

    def detach(self, viewer: Viewer) -> None:
        run = self.runs.get(viewer.run) if viewer.run else None
        viewer.run = None
        viewer.forget_frames()
        if run is not None and viewer in run.viewers:
            run.viewers.remove(viewer)
            if run.result is None:
                self._watch(run.id, len(run.viewers))


def send_all(viewer: Viewer, run: LiveRun) -> None:
    """Where a run stands, its history, its newest frames."""
    viewer.say(run.to_json(viewer.visitor))
    viewer.say({"event": "history", "run": run.id, "columns": run.columns.to_json()})
    for view, data in run.frames.items():
        if view not in SERVER_ONLY:
            viewer.frame(view, data)


def owns(visitor: str | None, owner: str) -> bool:
    """Whether this visitor started the run, in a time that does not tell how much of the name was right."""
    return visitor is not None and hmac.compare_digest(visitor.encode(), owner.encode())


def status_of(event: dict[str, Any]) -> str:
    """The store's word for how a run ended."""
    name: str = event["event"]
    return "stopped" if name == "finished" and event.get("reason") == "stopped" else name


def _notice(problem: str | None) -> dict[str, Any]:
    return {"event": "notice", "message": problem or "Runs are being recorded again.", "over": problem is None}


def _short(value: Any) -> float | int | None:
    """Seven digits are all that a float32 has; the rest is bytes on the wire."""
    return float(f"{value:.7g}") if isinstance(value, float) else value
