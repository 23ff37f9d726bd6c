"""Groups between the engine, the store and the hub: submitted, read again, gone on with when a server starts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any

from nnviz.engine.found import reopen
from nnviz.engine.run import Resumed
from nnviz.jobs import SpecError, columns_of
from nnviz.jobs.changes import changed_spec
from nnviz.spec.job import JobSpec
from nnviz.store.groups import GroupRow
from nnviz.store.runs import new_id
from nnviz.web.columns import Columns
from nnviz.web.groups import LiveGroup, Member, rows_each
from nnviz.web.hub import Hub, LiveRun
from nnviz.web.messages import Refusal
from nnviz.web.services import Services

TakeUp = Callable[[Services, GroupRow, LiveGroup], Awaitable[None]]
logger = logging.getLogger("nnviz.web")
MAX_GROUPS, MAX_GROUPS_THERE, MAX_GROUPS_EACH = 60, 40, 4
"""Groups that have not ended: in all, from one address, of one visitor."""


def check_groups(hub: Hub, visitor: str, address: str = "") -> None:
    """Raises Refusal where this visitor, their address, or all together have as many groups as there may be."""
    unfinished = [group for group in hub.groups.values() if not group.over]
    own = sum(group.owner == visitor for group in unfinished)
    if own >= MAX_GROUPS_EACH:
        raise Refusal(None, f"you have {own} groups that have not ended, which is all you may; stop one first")
    there = sum(group.address == address for group in unfinished) if address else 0
    if len(unfinished) >= MAX_GROUPS or there >= MAX_GROUPS_THERE:
        words = f"the server has {len(unfinished)} groups to do, which is all it takes; try again later"
        raise Refusal(None, words)


def member_specs(raw: dict[str, Any], members: Sequence[dict[str, Any]]) -> list[JobSpec]:
    """The specification of each member: `raw` with its changes. Takes some milliseconds each. Raises Refusal."""
    specs = []
    for number, changes in enumerate(members):
        try:
            specs.append(changed_spec(raw, changes))
        except SpecError as error:
            raise Refusal(f"members.{number}", f"members.{number}: {error}") from None
    return specs


def submit_group(
    here: Services,
    title: str,
    specs: Sequence[JobSpec],
    *,
    visitor: str,
    room: str | None = None,
    sweep: str | None = None,
    recipe: str | None = None,
    speed: dict[str, Any] | None = None,
) -> LiveGroup:
    """Queue all of them as one group, known to store and hub before any of their events: no await in between. `sweep`:
    the JSON of what is swept; `recipe`: the id of the recipe that they are of."""
    group = new_id()
    here.store.groups.create(group, title, visitor, sweep, recipe)
    runs = []
    for number, spec in enumerate(specs):
        runs.append(queue_member(here, group, number, spec, len(specs), visitor=visitor, room=room, speed=speed))
    live = LiveGroup(group, title, visitor, {run.id: Member(run.columns, run.status) for run in runs})
    here.hub.add_group(live, runs)
    return live


def queue_member(
    here: Services,
    group: str,
    number: int,
    spec: JobSpec,
    size: int,
    *,
    visitor: str,
    room: str | None,
    speed: dict[str, Any] | None = None,
) -> LiveRun:
    """Queue the run of this number of a group of `size`, known to the store; the caller makes it known to the hub."""
    run = here.engine.submit(spec, visitor=visitor, group=group, speed=speed)
    here.store.create_run(run, spec, visitor, lane="group", room=room, group=group, member=number)
    return LiveRun(run, spec.model_dump(mode="json"), visitor, None, room, rows_each(size))


async def _load(here: Services, group: str) -> LiveGroup | None:
    def load() -> LiveGroup | None:
        row = here.store.groups.get(group)
        return None if row is None else _live(here, row, here.store.groups.members(group), {})

    return await asyncio.to_thread(load)


async def resume_groups(here: Services, take_up: TakeUp | None = None) -> None:
    """Go on with the groups that the end of a server has interrupted: the runs that had not ended begin anew.
    `take_up`: steers a sweep on."""
    try:
        for row in await asyncio.to_thread(here.store.groups.interrupted):
            live = await _resume(here, row)
            if take_up is not None and live is not None and row.sweep is not None:
                await take_up(here, row, live)
    except Exception:
        logger.exception("groups that were interrupted could not be gone on with")
    finally:
        here.groups_resumed.set()


async def _resume(here: Services, row: GroupRow) -> LiveGroup | None:
    live, runs = await asyncio.to_thread(_reopen, here, row, await asyncio.to_thread(here.engine.found))
    if not runs and not row.grows:
        return None  # of jobs that this version does not know
    if row.held:
        here.engine.send_group(row.id, "pause")
    here.hub.add_group(live, [run for run, *_ in runs])
    for run, spec, resumed in runs:
        here.engine.submit(spec, visitor=run.owner, group=row.id, resumed=resumed)
    return live


async def find_group(here: Services, group: str) -> LiveGroup | None:
    """A group of which runs may be under way; else as the store has it; None if there is none."""
    if group not in here.hub.groups:
        await here.groups_resumed.wait()
    return here.hub.groups.get(group) or await _load(here, group)


async def regroup(here: Services, group: str) -> None:
    """Runs of a group that has ended were deleted, or have come back: whoever looks at it is told."""
    live = await _load(here, group)
    if live is not None:
        here.hub.regroup(live)


def _reopen(
    here: Services, row: GroupRow, found: Collection[str]
) -> tuple[LiveGroup, list[tuple[LiveRun, JobSpec, Resumed]]]:
    """In a thread: the runs that were interrupted wait again, with nothing recorded, but for those that are `found` to
    go on elsewhere."""
    members, reopened = here.store.groups.members(row.id), []
    for id in members:
        run = here.store.get_run(id)
        if run is not None and run.status == "interrupted" and run.spec is not None:
            resumed, _ = reopen(here.store, id, found)
            live = LiveRun(id, run.raw_spec, run.visitor or "", None, run.room, rows_each(len(members)))
            if resumed.again:
                live.columns = Columns.of(columns_of(run.raw_spec), here.store.history(id), rows_each(len(members)))
            reopened.append((live, run.spec, resumed))
    return _live(here, row, members, {live.id: live for live, *_ in reopened}), reopened


def _live(here: Services, row: GroupRow, members: Sequence[str], alive: dict[str, LiveRun]) -> LiveGroup:
    most, found = rows_each(len(members)), {}
    for id in members:
        run = here.store.get_run(id)
        if id in alive:
            found[id] = Member(alive[id].columns, alive[id].status)
        elif run is not None:
            columns = Columns.of(columns_of(run.raw_spec), here.store.history(id), most)
            found[id] = Member(columns, run.status)
    return LiveGroup(row.id, row.title, row.visitor or "", found, row.held)
