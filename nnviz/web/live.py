"""The WebSocket `/nnviz/live`: one connection, its messages obeyed one after the other. `messages.py` has the protocol.

Streamlit checks neither origin nor size nor rate on routes that are not its own: all of that is here.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque

from pydantic import BaseModel
from starlette.websockets import WebSocket, WebSocketDisconnect

from nnviz.control import Edit
from nnviz.events import frame_header
from nnviz.web.doors import same_origin
from nnviz.web.hub import SERVER_ONLY, TERMINAL, Hub, TooSlowError, Viewer, encode, owns, send_all
from nnviz.web.messages import (
    MAX_MESSAGE,
    Ack,
    Film,
    Hello,
    Picture,
    Refusal,
    Still,
    Submit,
    Watch,
    parse,
    visitor_name,
)
from nnviz.web.services import Services, check_edit, services

logger = logging.getLogger("nnviz.web")
MAX_CONNECTIONS = 200
MAX_RATE = 100
"""Messages a second that one connection may send for long; three times as many at once."""
SUBMITS_A_MINUTE = 30
MAX_UNFINISHED, MAX_UNFINISHED_EACH = 400, 60
"""Runs that wait, train or are paused, in all and of one visitor: whoever makes up new visitors stops here, too."""
TOO_SLOW, TOO_BIG, POLICY, TRY_LATER = 4008, 1009, 1008, 1013
"""Close codes. After TOO_SLOW and TRY_LATER a browser may come back."""


async def live(websocket: WebSocket) -> None:
    """The route."""
    if not same_origin(websocket.headers.get("origin"), websocket.headers.get("host")):
        await websocket.close(POLICY)  # before accept: the browser sees 403
        return
    here = services()
    await websocket.accept()
    if len(here.hub.viewers) >= MAX_CONNECTIONS:
        full = Refusal(None, f"the server has {MAX_CONNECTIONS} viewers, which is all it takes; try again later")
        await _refuse_and_close(websocket, full, TRY_LATER)
        return
    await Connection(websocket, here).serve()


class Rate:
    """A bucket of `burst` tokens that fills at `rate` a second."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._level, self._time = burst, time.monotonic()

    def take(self) -> bool:
        now = time.monotonic()
        self._level = min(self._burst, self._level + (now - self._time) * self._rate)
        self._time = now
        if self._level < 1:
            return False
        self._level -= 1
        return True


class SubmitLimit:
    """SUBMITS_A_MINUTE for each visitor, over the last 60 seconds; who has been quiet for a minute takes no memory."""

    def __init__(self) -> None:
        self._times: dict[str, deque[float]] = {}

    def take(self, visitor: str, now: float | None = None) -> bool:
        now = time.monotonic() if now is None else now
        for name in [name for name, times in self._times.items() if times[-1] <= now - 60]:
            del self._times[name]
        times = self._times.setdefault(visitor, deque([now - 60]))
        while times and times[0] <= now - 60:
            times.popleft()
        allowed = len(times) < SUBMITS_A_MINUTE
        if allowed or not times:
            times.append(now)
        return allowed


_submits = SubmitLimit()


def check_room(hub: Hub, visitor: str) -> None:
    """Raises Refusal where this visitor, or all together, have as many runs under way as there may be."""
    owners = [run.owner for run in hub.runs.values() if run.result is None]
    own = owners.count(visitor)
    if own >= MAX_UNFINISHED_EACH:
        raise Refusal(None, f"you have {own} runs that have not ended, which is all you may; stop some first")
    if len(owners) >= MAX_UNFINISHED:
        raise Refusal(None, f"the server has {len(owners)} runs to do, which is all it takes; try again later")


class Connection:
    """One viewer's socket."""

    def __init__(self, websocket: WebSocket, here: Services) -> None:
        self._websocket, self._services, self._hub = websocket, here, here.hub
        self._viewer = Viewer()
        self._rate = Rate(MAX_RATE, 3 * MAX_RATE)

    async def serve(self) -> None:
        """Until either side ends it."""
        self._hub.join(self._viewer)
        pump = asyncio.create_task(self._viewer.pump(self._websocket), name="viewer")
        read = asyncio.create_task(self._read(), name="reader")
        code, refusal = 1000, None
        try:
            done, _ = await asyncio.wait({pump, read}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                error = task.exception()
                if isinstance(error, TooSlowError):
                    code = TOO_SLOW
                elif isinstance(error, _ClosedError):
                    code, refusal = error.code, error.refusal
                elif error is not None and not isinstance(error, WebSocketDisconnect):
                    raise error
                elif task is read:
                    return
        finally:
            self._hub.leave(self._viewer)
            for task in (pump, read):
                task.cancel()
            await asyncio.gather(pump, read, return_exceptions=True)
        await _refuse_and_close(self._websocket, refusal, code)

    async def _read(self) -> None:
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            if not self._rate.take():
                raise _ClosedError(POLICY, Refusal(None, f"at most {MAX_RATE} messages a second; come back later"))
            text = message.get("text")
            if text is None:
                self._viewer.say(Refusal(None, "a message must be JSON text, not bytes").to_json())
                continue
            if len(text) > MAX_MESSAGE or len(text.encode(errors="replace")) > MAX_MESSAGE:
                raise _ClosedError(TOO_BIG, Refusal(None, f"a message has at most {MAX_MESSAGE:,} bytes"))
            try:
                await self._obey(parse(text))
            except Refusal as refusal:
                self._viewer.say(refusal.to_json())
            except Exception:
                logger.exception("a message on the live socket")
                self._viewer.say(Refusal(None, "the server failed at this message; its log says why").to_json())

    async def _obey(self, message: BaseModel) -> None:
        match message:
            case Ack():
                self._viewer.ack(message.n)
            case Hello():
                self._hello(message.visitor)
            case Watch():
                await self._watch(message.run)
            case Submit():
                await self._submit(message)
            case Film():
                run = self._watched()
                frames = await asyncio.to_thread(self._services.store.film, run, message.view)
                self._viewer.say({"event": "film", "run": run, "view": message.view, "frames": frames})
            case Picture():
                self._viewer.frame("film", await self._services.picture(self._watched(), message.seq))
            case Still():
                await self._still(self._watched(), message.step)
            case _:
                self._command(message)

    def _hello(self, token: str) -> None:
        self._viewer.visitor = visitor_name(token)
        self._viewer.say({"event": "welcome"})

    async def _watch(self, run_id: str | None) -> None:
        if run_id is None:
            self._hub.detach(self._viewer)
            return
        run = self._hub.runs.get(run_id)
        if run is not None:
            self._hub.attach(self._viewer, run)
            return
        kept = await self._services.load(run_id)
        if kept is None:
            raise Refusal("run", "run: there is no such run; was it deleted, or is the link another server's?")
        self._hub.detach(self._viewer)
        self._viewer.run = run_id
        send_all(self._viewer, kept)

    async def _still(self, run: str, step: int) -> None:
        found = await asyncio.to_thread(self._services.store.newest_frames, run, step, SERVER_ONLY)
        steps = {view: frame_header(data)["step"] for view, data in found.items()}
        self._viewer.say({"event": "still", "run": run, "step": step, "views": steps})
        for view, data in found.items():
            self._viewer.frame(f"film:{view}", data)  # a slot of its own: the newest frame goes on coming

    async def _submit(self, message: Submit) -> None:
        visitor = self._viewer.visitor
        if visitor is None:
            raise Refusal("visitor", "visitor: say hello before you submit a run")
        if not _submits.take(visitor):
            raise Refusal(None, f"at most {SUBMITS_A_MINUTE} runs a minute; wait a little")
        here, parent = self._services, message.start_from
        start = await here.start_weights(message.spec, parent, message.seq, message.edits)
        check_room(self._hub, visitor)
        speed = message.speed.model_dump() if message.speed else None
        run = here.submit(message.spec, visitor=visitor, play=message.play, speed=speed, start=start, parent=parent)
        self._viewer.say({"event": "submitted", "run": run.id})
        self._hub.attach(self._viewer, run)

    def _watched(self) -> str:
        if self._viewer.run is None:
            raise Refusal("run", "run: watch a run first")
        return self._viewer.run

    def _command(self, message: BaseModel) -> None:
        """To the engine, if the visitor may. What comes of it is told by the run."""
        run_id = self._watched()
        run = self._hub.runs.get(run_id)
        if run is not None and not owns(self._viewer.visitor, run.owner):
            raise Refusal("run", "only the visitor who started this run can control it; you are watching")
        if run is None or run.status in TERMINAL:
            raise Refusal("run", "run: it has ended, or it runs elsewhere")
        if isinstance(message, Edit):
            check_edit(run.spec, message)
        if not self._services.engine.send(run_id, message.model_dump(exclude_none=True)):
            raise Refusal("run", "run: it has ended")


class _ClosedError(Exception):
    """This side ends the connection."""

    def __init__(self, code: int, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.code, self.refusal = code, refusal


async def _refuse_and_close(websocket: WebSocket, refusal: Refusal | None, code: int) -> None:
    """Best effort: whoever reads nothing cannot be told anything, and must not hold us up."""
    with contextlib.suppress(WebSocketDisconnect, RuntimeError, TimeoutError, OSError):
        async with asyncio.timeout(1):
            if refusal is not None:
                await websocket.send_text(encode(refusal.to_json()))
            await websocket.close(code)
