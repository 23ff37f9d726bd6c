"""The WebSocket `/nnviz/live`: one connection, its messages obeyed one after the other. `messages.py` has the protocol.

Streamlit checks neither size nor rate on routes that are not its own: that is here; the guard has checked its origin.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from functools import cache
from typing import Any

from pydantic import BaseModel
from starlette.websockets import WebSocket, WebSocketDisconnect

from nnviz.control import Edit
from nnviz.engine.admission import MemoryLimitError
from nnviz.events import frame_header
from nnviz.faults import StoreError
from nnviz.jobs import JOBS
from nnviz.jobs.own_model import ELSEWHERE
from nnviz.spec.job import JobSpec
from nnviz.statuses import TERMINAL
from nnviz.web.channels import ChannelError
from nnviz.web.group_runs import check_groups, find_group, member_specs, submit_group
from nnviz.web.groups import LiveGroup
from nnviz.web.hub import SERVER_ONLY, Hub, owns, send_all
from nnviz.web.limits import Places, limits
from nnviz.web.message import Message
from nnviz.web.messages import (
    MAX_MESSAGE,
    Ack,
    EndChannel,
    Follow,
    GoOn,
    GroupCommand,
    Hello,
    Lead,
    ListFrames,
    Past,
    Picture,
    Refusal,
    Still,
    Submit,
    SubmitGroup,
    SubmitRecipe,
    SubmitSweep,
    Watch,
    WatchGroup,
    parse,
    visitor_name,
)
from nnviz.web.recipes import recipe_specs, submit_recipe
from nnviz.web.run_table import TableConnection
from nnviz.web.services import Services, check_edit, services
from nnviz.web.sessions import address_of
from nnviz.web.sweeps import steering_of, submit_sweep
from nnviz.web.table_messages import TABLE_MESSAGES
from nnviz.web.viewer import PAST, TooSlowError, Viewer, encode

logger = logging.getLogger("nnviz.web")
MAX_RATE = 100
"""Messages a second that one connection may send for long; three times as many at once."""
SUBMITS_A_MINUTE, SUBMITS_A_MINUTE_THERE = 30, 600
"""Of one visitor, and from one address: sixty visitors behind one router fit, each with ten a minute."""
MAX_UNFINISHED, MAX_UNFINISHED_THERE, MAX_UNFINISHED_EACH = 400, 300, 60
"""Runs that wait, train or are paused: in all, from one address, of one visitor. Whoever makes up new visitors stops at
the second."""
SOMEBODYS = "only the visitor who started this run can control it; you are watching"
SCRIPTS = "other machines can come in here, so this run is controlled by its script alone; you are watching"
TOO_SLOW, TOO_BIG, POLICY, TRY_LATER = 4008, 1009, 1008, 1013
"""Close codes. After TOO_SLOW and TRY_LATER a browser may come back."""


async def live(websocket: WebSocket) -> None:
    """The route."""
    here = services()
    await websocket.accept()
    address = address_of(websocket.scope)
    if not _places().take(address):
        full = Refusal(None, f"the server has {len(here.hub.viewers)} viewers, which is all it takes; try again later")
        await _refuse_and_close(websocket, full, TRY_LATER)
        return
    try:
        await Connection(websocket, here).serve()
    finally:
        _places().leave(address)


@cache
def _places() -> Places:
    """Of the viewers: one for each of Streamlit's sessions."""
    return Places(limits().sessions, limits().sessions_each)


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
    """`most` for each visitor or address, over the last 60 seconds; who has been quiet for a minute takes no memory."""

    def __init__(self, most: int = SUBMITS_A_MINUTE) -> None:
        self._most = most
        self._times: dict[str, deque[float]] = {}

    def take(self, visitor: str, now: float | None = None) -> bool:
        now = time.monotonic() if now is None else now
        for name in [name for name, times in self._times.items() if times[-1] <= now - 60]:
            del self._times[name]
        times = self._times.setdefault(visitor, deque([now - 60]))
        while times and times[0] <= now - 60:
            times.popleft()
        allowed = len(times) < self._most
        if allowed or not times:
            times.append(now)
        return allowed


_submits, _submits_there = SubmitLimit(), SubmitLimit(SUBMITS_A_MINUTE_THERE)


def check_room(hub: Hub, visitor: str, address: str = "") -> None:
    """Raises Refusal where this visitor, their address, or all together have as many runs under way as there may be."""
    unfinished = [run for run in hub.runs.values() if run.result is None and run.group is None]
    own = sum(run.owner == visitor for run in unfinished)
    if own >= MAX_UNFINISHED_EACH:
        raise Refusal(None, f"you have {own} runs that have not ended, which is all you may; stop some first")
    there = sum(run.address == address for run in unfinished) if address else 0
    if len(unfinished) >= MAX_UNFINISHED or there >= MAX_UNFINISHED_THERE:
        raise Refusal(None, f"the server has {len(unfinished)} runs to do, which is all it takes; try again later")


class Connection:
    """One viewer's socket."""

    def __init__(self, websocket: WebSocket, here: Services) -> None:
        self._websocket, self._services, self._hub = websocket, here, here.hub
        self._viewer = Viewer()
        self._table = TableConnection(self._viewer, here)
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
            except StoreError as error:
                self._viewer.say(Refusal(None, str(error)).to_json())
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
            case Lead() | EndChannel():
                self._lead(message)
            case Follow():
                self._hub.channels.follow(self._viewer, message.channel)
            case SubmitGroup():
                await self._submit_group(message)
            case SubmitSweep():
                await self._submit_sweep(message)
            case SubmitRecipe():
                await self._submit_recipe(message)
            case WatchGroup():
                await self._watch_group(message.group)
            case GroupCommand():
                await self._command_group(message)
            case Past():
                await self._past(message.run, message.views)
            case GoOn():
                await self._go_on(message)
            case ListFrames():
                run = self._watched()
                frames = await asyncio.to_thread(self._services.store.film, run, message.view)
                self._viewer.say({"event": "film", "run": run, "view": message.view, "frames": frames})
            case Picture():
                self._viewer.frame("film", await self._services.picture(self._watched(), message.seq))
            case Still():
                await self._still(self._watched(), message.step)
            case Message() if type(message) in TABLE_MESSAGES.values():
                await self._table.obey(message)
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

    def _lead(self, message: Lead | EndChannel) -> None:
        visitor = self._viewer.visitor
        if visitor is None:
            raise Refusal("visitor", "visitor: say hello first")
        if isinstance(message, EndChannel):
            self._hub.channels.end(visitor, message.channel)
            return
        try:
            self._hub.channels.lead(self._viewer, visitor, message.channel, message.path, message.query)
        except ChannelError as error:
            raise Refusal("channel", str(error)) from None

    async def _past(self, run_id: str, views: tuple[str, ...]) -> None:
        run = self._hub.runs.get(run_id) or await self._services.load(run_id)
        if run is None:  # of one that has been deleted nothing is sent
            return
        self._viewer.say({"event": "past", "run": run_id, "columns": run.columns.to_json()})
        for view in views:
            if view in run.frames and view not in SERVER_ONLY:
                self._viewer.frame(f"{PAST}{view}", run.frames[view])

    async def _still(self, run: str, step: int) -> None:
        found = await asyncio.to_thread(self._services.store.newest_frames, run, step, SERVER_ONLY)
        steps = {view: frame_header(data)["step"] for view, data in found.items()}
        self._viewer.say({"event": "still", "run": run, "step": step, "views": steps})
        for view, data in found.items():
            self._viewer.frame(f"film:{view}", data)  # a slot of its own: the newest frame goes on coming

    def _admitted(self) -> tuple[str, str]:
        """The visitor, who may start one more run, and the address. Raises Refusal."""
        visitor = self._viewer.visitor
        if visitor is None:
            raise Refusal("visitor", "visitor: say hello before you submit a run")
        address = address_of(self._websocket.scope) or ""
        if not _submits.take(visitor) or (address and not _submits_there.take(address)):
            raise Refusal(None, f"at most {SUBMITS_A_MINUTE} runs a minute; wait a little")
        return visitor, address

    async def _go_on(self, message: GoOn) -> None:
        visitor, address = self._admitted()
        check_room(self._hub, visitor, address)
        speed = message.speed.model_dump(exclude_none=True) if message.speed else None
        try:
            run = await self._services.go_on(
                message.run, visitor=visitor, play=message.play, speed=speed, endless=message.endless,
                rates=message.rates.model_dump(exclude_none=True),
            )  # fmt: skip
        except Refusal as refusal:
            raise Refusal("go_on", refusal.message) from None  # told from what is wrong with a command
        run.address = address
        self._viewer.say({"event": "submitted", "run": run.id})
        if self._viewer not in run.viewers:
            self._hub.attach(self._viewer, run)

    async def _submit(self, message: Submit[JobSpec]) -> None:
        visitor, address = self._admitted()
        if JOBS[message.spec.job].elsewhere:
            raise Refusal("spec.job", f"spec.job: {ELSEWHERE}")
        here, parent = self._services, message.start_from
        try:
            here.engine.check(message.spec)
        except MemoryLimitError as error:
            raise Refusal(error.field, str(error)) from None
        if message.endless and not JOBS[message.spec.job].goes_on:
            raise Refusal("endless", f"endless: {JOBS[message.spec.job].title} ends by itself")
        check_room(self._hub, visitor, address)
        speed = message.speed.model_dump(exclude_none=True) if message.speed else None
        how: dict[str, Any] = {
            "visitor": visitor, "play": message.play, "speed": speed, "endless": message.endless, "room": message.room,
        }  # fmt: skip
        run = None
        if parent is not None and message.seq is not None:
            run = await here.fork(message.spec, parent, message.seq, message.edits, **how)
        if run is None:
            start = await here.start_weights(message.spec, parent, message.seq, message.edits)
            check_room(self._hub, visitor, address)
            run = here.submit(message.spec, start=start, parent=parent, **how)
        run.address = address
        self._viewer.say({"event": "submitted", "run": run.id})
        self._hub.attach(self._viewer, run)

    async def _submit_group(self, message: SubmitGroup) -> None:
        visitor, address = self._admitted()
        specs = await asyncio.to_thread(member_specs, message.spec, message.members)
        for number, spec in enumerate(specs):
            try:
                self._services.engine.check(spec)
            except MemoryLimitError as error:
                raise Refusal(f"members.{number}", f"members.{number}: {error}") from None
        check_groups(self._hub, visitor, address)
        self._begun(submit_group(self._services, message.title, specs, visitor=visitor, room=message.room), address)

    async def _submit_sweep(self, message: SubmitSweep) -> None:
        visitor, address = self._admitted()
        steering = await steering_of(self._services, message.sweep)
        check_groups(self._hub, visitor, address)
        self._begun(submit_sweep(self._services, steering, visitor=visitor, room=message.room), address)

    async def _submit_recipe(self, message: SubmitRecipe) -> None:
        visitor, address = self._admitted()
        recipe, specs = await recipe_specs(self._services, message.recipe, message.seeds, message.quick)
        check_groups(self._hub, visitor, address)
        self._begun(submit_recipe(self._services, recipe, specs, visitor=visitor), address)

    def _begun(self, group: LiveGroup, address: str) -> None:
        group.address = address
        self._viewer.say({"event": "submitted_group", "group": group.id, "runs": group.runs})
        self._hub.attach_group(self._viewer, group)

    async def _watch_group(self, group_id: str | None) -> None:
        if group_id is None:
            self._hub.detach_group(self._viewer)
            return
        group = await find_group(self._services, group_id)
        if group is None:
            raise Refusal("group", "group: there is no such group; was it deleted, or is the link another server's?")
        self._hub.attach_group(self._viewer, group)

    async def _command_group(self, message: GroupCommand) -> None:
        group = self._hub.groups.get(message.group)
        if group is None or group.over:
            raise Refusal("group", "group: there is no such group, or it has ended")
        if not owns(self._viewer.visitor, group.owner):
            raise Refusal("group", "only the visitor who started this group can control it; you are watching")
        if message.command == "stop" and group.driver is not None:
            group.driver.end()
        self._services.engine.send_group(group.id, message.command)
        self._services.store.groups.hold(group.id, message.command == "pause")
        self._hub.hold_group(group, message.command == "pause")

    def _watched(self) -> str:
        if self._viewer.run is None:
            raise Refusal("run", "run: watch a run first")
        return self._viewer.run

    def _command(self, message: BaseModel) -> None:
        """To the engine, if the visitor may. What comes of it is told by the run."""
        run_id = self._watched()
        run = self._hub.runs.get(run_id)
        if run is not None and not run.obeys(self._viewer.visitor):
            raise Refusal("run", SCRIPTS if run.of_script else SOMEBODYS)
        if run is None or run.status in TERMINAL:
            raise Refusal("run", "run: it has ended, or it runs elsewhere")
        if isinstance(message, Edit):
            check_edit(run.spec, message)
        if not self._services.send(run_id, message.model_dump(exclude_none=True)):
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
