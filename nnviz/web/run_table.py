"""The table of runs on the live socket: pages of it, what changes in it, several runs over each other.

Whose runs: where other machines can come in, each visitor's own; else all of this machine's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from nnviz.events import frame_header
from nnviz.experiments.compare import differences, labels
from nnviz.jobs import columns_of
from nnviz.spec import RunSpec
from nnviz.store.runs import RunRow
from nnviz.store.table import Query
from nnviz.web.columns import Columns
from nnviz.web.entrance import entrance
from nnviz.web.group_runs import regroup
from nnviz.web.groups import LiveGroup, Member, rows_each
from nnviz.web.message import Message
from nnviz.web.messages import Refusal
from nnviz.web.services import Services
from nnviz.web.table_messages import (
    ChangeRun,
    Compare,
    DeleteRuns,
    ListRuns,
    RestoreRuns,
    WatchTable,
)
from nnviz.web.table_news import REMOVED, may_see, shown
from nnviz.web.viewer import Viewer

COST = 3
"""Multiply-adds of a training step in those of its way forward: the gradient takes about twice as many again."""
FILTERS = frozenset(ListRuns.model_fields) - {"do", "n", "after", "limit"}
BACK = "This run is back."


class TableConnection:
    """What one viewer asks of the table."""

    def __init__(self, viewer: Viewer, here: Services) -> None:
        self._viewer, self._here, self._store = viewer, here, here.store

    async def obey(self, message: Message) -> None:
        """One of TABLE_MESSAGES. Raises Refusal."""
        match message:
            case ListRuns():
                await self._list(message)
            case WatchTable():
                self._viewer.table = message.on
            case ChangeRun():
                await self._own([message.run])
                fields = message.model_dump(exclude={"do", "run"}, exclude_none=True)
                self._store.table.change(message.run, **fields)
                self._here.news.mark([message.run])
            case DeleteRuns():
                await self._delete(message.runs)
            case RestoreRuns():
                await self._restore(message.runs)
            case Compare():
                await self._compare(message.runs)

    @property
    def _visitor(self) -> str:
        if self._viewer.visitor is None:
            raise Refusal("visitor", "visitor: say hello first")
        return self._viewer.visitor

    async def _list(self, message: ListRuns) -> None:
        whose = self._visitor if entrance().is_open else None
        query = Query(visitor=whose, **{name: getattr(message, name) for name in FILTERS})
        table = self._store.table

        def read() -> dict[str, Any]:
            first = message.after is None
            rows = [shown(row, self._viewer.visitor) for row in table.page(query, message.after, message.limit)]
            more = {"total": table.count(query), "choices": table.choices(whose)} if first else {}
            return {"event": "runs", "n": message.n, "rows": rows, **more}

        self._viewer.say(await asyncio.to_thread(read))

    async def _own(self, runs: Sequence[str]) -> list[dict[str, Any]]:
        """Their rows, where the visitor may change them all. Raises Refusal."""
        rows = await asyncio.to_thread(self._store.table.rows, runs)
        if len(rows) < len(set(runs)):
            raise Refusal("runs", "runs: one of them is not there any more")
        if not all(may_see(self._visitor, row["visitor"]) for row in rows):
            raise Refusal("runs", "runs: only the visitor who started a run can change it")
        return rows

    async def _delete(self, runs: Sequence[str]) -> None:
        groups = _groups(await self._own(runs))
        for group in groups:
            found = self._here.hub.groups.get(group)
            if found is not None and not found.over:
                raise Refusal("runs", f"runs: “{found.title or 'a group'}” is under way; stop it before its runs go")
        gone, stopping = [], []
        for run in dict.fromkeys(runs):
            live = self._here.hub.runs.get(run)
            if live is not None and live.result is None:
                self._here.news.doom(run)
                self._here.send(run, {"do": "stop"})
                stopping.append(run)
            elif await asyncio.to_thread(self._store.throw_away, run):
                self._here.hub.drop(run, REMOVED)
                gone.append(run)
        self._viewer.say({"event": "deleted", "runs": gone, "stopping": stopping})
        self._here.news.mark(gone)
        for group in groups:
            await regroup(self._here, group)
        if not gone and not stopping:
            raise Refusal("runs", "runs: they have not ended, and train in another process; stop them there")

    async def _restore(self, runs: Sequence[str]) -> None:
        groups = _groups(await self._own(runs))
        await asyncio.to_thread(self._store.take_back, *runs)
        for viewer in [viewer for viewer in self._here.hub.viewers if viewer.run in runs]:
            viewer.say({"event": "notice", "message": BACK, "over": True})
        self._viewer.say({"event": "restored", "runs": list(runs)})
        self._here.news.mark(runs)
        for group in groups:
            await regroup(self._here, group)

    async def _compare(self, runs: Sequence[str]) -> None:
        if not runs:
            self._here.hub.overlay(self._viewer, None)
            return
        found, answer = await asyncio.to_thread(self._compared, list(dict.fromkeys(runs)))
        live = self._here.hub.runs
        members = {}
        for row, columns in found:
            under_way = live.get(row.id)
            members[row.id] = Member(under_way.columns if under_way else columns, row.status)
        self._viewer.say(answer)
        self._here.hub.overlay(self._viewer, LiveGroup("", "", "", members))

    def _compared(self, runs: Sequence[str]) -> tuple[list[tuple[RunRow, Columns]], dict[str, Any]]:
        """In a thread. The runs with their curves, and what the page is told of them."""
        rows = {row["run"]: row for row in self._store.table.rows(runs) if row["deleted"] is None}
        found = [row for row in map(self._store.get_run, runs) if row is not None and row.id in rows]
        specs = [(row.id, row.spec) for row in found if isinstance(row.spec, RunSpec)]
        trainings = [spec for _, spec in specs]
        named = dict(zip((id for id, _ in specs), labels(trainings), strict=True))
        told = []
        for row in found:
            spec = row.spec if isinstance(row.spec, RunSpec) else None
            told.append({
                **shown(rows[row.id], self._viewer.visitor), "label": named.get(row.id, ""), "comparable": bool(spec),
                "work": COST * spec.multiply_adds * spec.data.training_samples if spec else None,
                "tested": self._tested(row.id), "fork": self._fork(row),
            })  # fmt: skip
        answer = {
            "event": "compared", "runs": told, "missing": [run for run in runs if run not in rows],
            "differences": [{"name": name, "values": values} for name, values in differences(trainings)],
            "compared": [id for id, _ in specs],
        }  # fmt: skip
        curves = [
            (row, Columns.of(columns_of(row.raw_spec), self._store.history(row.id), rows_each(len(found))))
            for row in found
        ]
        return curves, answer

    def _tested(self, run: str) -> dict[str, Any] | None:
        """The curve of the predictions, {split, history}, of a training on images."""
        live = self._here.hub.runs.get(run)
        frame = (live.frames.get("predictions") if live else None) or self._store.newest_frame(run, "predictions")
        if frame is None:
            return None
        meta = frame_header(frame)["meta"]
        return {"split": meta.get("split"), "history": meta.get("history")}

    def _fork(self, row: RunRow) -> dict[str, Any] | None:
        """Where a run left its parent: {parent, step}."""
        return None if row.parent is None else {"parent": row.parent, "step": row.parent_step}


def _groups(rows: Sequence[dict[str, Any]]) -> set[str]:
    """Those that these runs belong to."""
    return {row["of_group"] for row in rows if row["of_group"] is not None}
