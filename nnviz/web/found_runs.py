"""When a server starts: the runs of the one before, which was killed, that go on on the nodes of a cluster, and the
groups that its end has interrupted."""

from __future__ import annotations

import asyncio
import logging

from nnviz.engine.found import reopen
from nnviz.spec.job import JobSpec
from nnviz.store.runs import RunRow
from nnviz.web.group_runs import TakeUp, resume_groups
from nnviz.web.services import Services

logger = logging.getLogger("nnviz.web")
LATER = 3.0
"""Seconds between two looks for what nodes have that answer only after the start."""


async def resume_all(here: Services, take_up: TakeUp) -> None:
    """Groups first: what of theirs is found they go on with themselves. Ends where there is no cluster."""
    await resume_groups(here, take_up)
    while True:
        await _take_over_all(here)
        if here.engine.places() is None:
            return
        await asyncio.sleep(LATER)


async def _take_over_all(here: Services) -> None:
    for run, endless in (await asyncio.to_thread(here.engine.found)).items():
        try:
            row = await asyncio.to_thread(here.store.get_run, run)
            if row is None or (row.is_over and row.status != "interrupted"):
                here.engine.discard(frozenset({run}))
            elif row.status == "interrupted" and row.group is None and row.spec is not None:
                await _take_over(here, row, row.spec, endless)
        except Exception:
            logger.exception("run %s, which goes on on a node, could not be taken over", run)


async def _take_over(here: Services, row: RunRow, spec: JobSpec, endless: bool) -> None:
    resumed, frame = await asyncio.to_thread(reopen, here.store, row.id, {row.id})
    loaded = await here.load(row.id)
    assert loaded is not None
    # From here no await: its first event must find it known.
    loaded.status, loaded.result = "waiting", None
    here.engine.submit(spec, visitor=row.visitor or "", resumed=resumed, endless=endless)
    here.hub.take_up(loaded, frame)
