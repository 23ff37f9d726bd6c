"""Sweeps in the server: begun as a group, steered while it runs, taken up again by the next server."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from nnviz.engine.admission import MemoryLimitError
from nnviz.experiments.outcome import outcome
from nnviz.experiments.steering import Steering
from nnviz.experiments.sweep import SweepError, SweepSpec, check_size
from nnviz.spec import RunSpec
from nnviz.statuses import ALIVE, ENDS
from nnviz.store.groups import GroupRow
from nnviz.web.group_runs import queue_member, submit_group
from nnviz.web.groups import LiveGroup, Member
from nnviz.web.messages import Refusal
from nnviz.web.services import Services

logger = logging.getLogger("nnviz.web")


async def steering_of(here: Services, sweep: SweepSpec, points: Sequence[tuple[Any, ...]] = ()) -> Steering:
    """What steers it, its runs checked. Takes some milliseconds a run, in a thread. Raises Refusal."""

    def make() -> Steering:
        steering = Steering(sweep, here.engine.cores + 1, points, here.engine.check)
        steering.more()
        return steering

    try:
        check_size(sweep, here.engine.cores)
        return await asyncio.to_thread(make)
    except (SweepError, MemoryLimitError) as fault:
        raise Refusal("sweep.over", f"sweep.{fault}") from None


def submit_sweep(here: Services, steering: Steering, *, visitor: str, room: str | None) -> LiveGroup:
    """Queue its first runs, or all, as one group: no await in between."""
    sweep = steering.sweep
    text = sweep.model_dump_json()
    group = submit_group(
        here, sweep.title, steering.specs, visitor=visitor, room=room, sweep=text, speed=steering.speed(sweep.base)
    )
    group.grows = steering.grows
    here.store.groups.set_points(group.id, steering.points, steering.grows)
    SweepRun(here, group, steering, room)
    return group


async def take_up(here: Services, row: GroupRow, group: LiveGroup) -> None:
    """A sweep of an earlier server: what it had been told is told again, and what was to come comes."""
    try:
        sweep = SweepSpec.model_validate_json(row.sweep or "")
        steering = await asyncio.to_thread(Steering, sweep, here.engine.cores + 1, row.points, here.engine.check)
    except ValueError:
        logger.exception("the sweep of group %s cannot be steered on", row.id)
        here.store.groups.set_points(row.id, row.points, False)
        return
    room = None
    for number, run in enumerate(group.runs):
        kept = await asyncio.to_thread(here.store.get_run, run)
        room = room or (kept.room if kept else None)
        if kept is not None and kept.status not in ALIVE and isinstance(kept.spec, RunSpec):
            steering.tell(number, outcome(kept.spec, kept.status, kept.result, group.newest(run)))
    group.grows = row.grows
    await SweepRun(here, group, steering, room).grow()


class SweepRun:
    """One sweep under way. On the event loop; Optuna's thinking in a thread, one at a time."""

    def __init__(self, here: Services, group: LiveGroup, steering: Steering, room: str | None) -> None:
        self._here, self._group, self._steering, self._room = here, group, steering, room
        self._growing = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        group.driver = self
        if steering.sweep.minutes is not None:
            asyncio.get_running_loop().call_later(60 * steering.sweep.minutes, self._time_is_up)

    def heard(self, number: int, event: Mapping[str, Any]) -> None:
        """An event of a run of the group."""
        if self._steering.heard(number, event):
            self._here.engine.send(self._group.runs[number], {"do": "stop"})
        if event["event"] in ENDS and self._group.grows:
            task = asyncio.create_task(self.grow(), name="sweep")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def end(self) -> None:
        """Nothing more is to begin."""
        self._steering.end()
        self._settle()

    async def grow(self) -> None:
        """Queue what is to come now."""
        async with self._growing:
            here, group, steering = self._here, self._group, self._steering
            try:
                await asyncio.to_thread(steering.more)
            except SweepError:
                logger.exception("the sweep of group %s ends early", group.id)
                steering.end()
            first, size = len(group.runs), steering.sweep.size
            here.store.groups.set_points(group.id, steering.points, steering.grows)
            added = []
            for number, spec in enumerate(steering.specs[first:], first):
                run = queue_member(
                    here, group.id, number, spec, size, visitor=group.owner, room=self._room, speed=steering.speed(spec)
                )
                added.append((run, Member(run.columns, run.status)))
            here.hub.grow_group(group, added)
            self._settle()

    def _settle(self) -> None:
        if self._group.grows and not self._steering.grows:
            self._group.grows = False
            self._here.store.groups.set_points(self._group.id, self._steering.points, False)
            self._here.hub.settle_group(self._group)

    def _time_is_up(self) -> None:
        """Its budget of minutes is spent: what trains goes to its end, what waits does not begin."""
        if self._group.over:
            return
        self.end()
        for run in self._group.runs:
            live = self._here.hub.runs.get(run)
            if live is not None and live.status == "waiting":
                self._here.engine.send(run, {"do": "stop"})
