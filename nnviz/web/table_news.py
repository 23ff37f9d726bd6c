"""Tells those who look at the table of runs what changes in it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from typing import Any

from nnviz.figures.colors import run_color
from nnviz.statuses import TERMINAL
from nnviz.store.store import Store
from nnviz.web.entrance import entrance
from nnviz.web.hub import Hub, owns

logger = logging.getLogger("nnviz.web")
EVERY = 0.5
"""Seconds between two messages of what has changed."""
REMOVED = "This run has been deleted. What you see stays until you leave it."


class TableNews:
    """Tells those who look at the table what changes in it. On the event loop; no locks."""

    def __init__(self, store: Store, hub: Hub) -> None:
        self._store, self._hub = store, hub
        self._changed: set[str] = set()
        self._doomed: set[str] = set()
        """Runs that are thrown away as soon as they have ended."""
        self._tasks: set[asyncio.Task[None]] = set()

    def hear(self, run: str, message: dict[str, Any] | bytes) -> None:
        """An event or a frame of a run."""
        if isinstance(message, bytes):
            return
        self.mark([run])
        if message["event"] in TERMINAL and run in self._doomed:
            self._doomed.discard(run)
            self._start(self._throw_away(run))

    def doom(self, run: str) -> None:
        """It is to stop, and is thrown away then."""
        self._doomed.add(run)

    def mark(self, runs: Sequence[str]) -> None:
        """These are others than they were."""
        if not any(viewer.table for viewer in self._hub.viewers):
            return
        if not self._changed:
            self._start(self._tell_soon())
        self._changed.update(runs)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell_soon(self) -> None:
        await asyncio.sleep(EVERY)
        runs, self._changed = self._changed, set()
        try:
            rows = await asyncio.to_thread(self._store.table.rows, list(runs)[:500])
            for viewer in [viewer for viewer in self._hub.viewers if viewer.table]:
                if seen := [shown(row, viewer.visitor) for row in rows if may_see(viewer.visitor, row["visitor"])]:
                    viewer.say({"event": "runs_changed", "rows": seen})
        except Exception:
            logger.exception("changes of the table of runs could not be told")

    async def _throw_away(self, run: str) -> None:
        if await asyncio.to_thread(self._store.throw_away, run):
            self._hub.drop(run, REMOVED)
            self.mark([run])


def may_see(visitor: str | None, owner: str | None) -> bool:
    """Whether a visitor finds this owner's runs in the table, and may change them there."""
    return not entrance().is_open or owns(visitor, owner or "")


def shown(row: dict[str, Any], visitor: str | None) -> dict[str, Any]:
    """A row as its viewer gets it: nobody is told whose it is, nor what a visitor wrote for themselves."""
    owner = row["visitor"] or ""
    rest = {name: value for name, value in row.items() if name != "visitor"}
    if not may_see(visitor, owner):
        rest |= {"note": "", "tags": []}
    return {**rest, "mine": owns(visitor, owner), "color": run_color(row["number"])}
