"""Groups of runs as their viewers see them: the statuses and thinned curves of all members, in one message.

On the event loop; no locks. A member keeps only what its curve needs: its frames are those of its own run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from nnviz.statuses import ALIVE
from nnviz.web.columns import Columns

if TYPE_CHECKING:
    from nnviz.web.viewer import Viewer

MAX_ROWS = 20_000
"""Rows of metrics kept of a group in memory, of all members together, each member's evenly thinned."""
MAX_FRESH = 8
"""New rows of one member in one message, evenly thinned, the newest among them."""
EVERY = 0.25
"""Seconds from one message of new rows to the next."""


class Member:
    """One run of a group. `columns`: all of its curve, thinned, kept by its run; `fresh`: what was not told yet."""

    def __init__(self, columns: Columns, status: str) -> None:
        self.columns, self.status = columns, status
        self.fresh = Columns(columns.names, MAX_FRESH)
        self.changed = False
        """Its status is another one than was told last."""


class Driver(Protocol):
    """What steers a group while its runs are under way: a sweep's search."""

    def heard(self, number: int, event: Mapping[str, Any]) -> None:
        """An event of the run of this number."""

    def end(self) -> None:
        """The visitor has stopped it: nothing more is to begin."""


class LiveGroup:
    """What a viewer who comes now must be told about a group, and what has changed since the last message."""

    def __init__(self, id: str, title: str, owner: str, members: Mapping[str, Member], held: bool = False) -> None:
        """members: by the runs' ids, in the group's order."""
        self.id, self.title, self.owner, self.held = id, title, owner, held
        self._members = dict(members)
        self._numbers = {run: number for number, run in enumerate(self._members)}
        self._alive = sum(member.status in ALIVE for member in self._members.values())
        self.viewers: set[Viewer] = set()
        self.address = ""
        """Where its visitor sits: told to nobody, counted."""
        self.driver: Driver | None = None
        self.grows = False
        """Runs will come to those that there are."""
        self.version = 0
        """Counts what has happened to it."""

    @property
    def runs(self) -> list[str]:
        """Their ids, in the group's order."""
        return [*self._members]

    @property
    def over(self) -> bool:
        """Whether all runs have ended, and none is to come."""
        return self._alive == 0 and not self.grows

    def add(self, run: str, member: Member) -> None:
        """One more run, the last."""
        self._members[run] = member
        self._numbers[run] = len(self._numbers)
        self._alive += member.status in ALIVE
        self.version += 1

    def members(self) -> dict[str, Member]:
        """By the runs' ids, in the group's order."""
        return dict(self._members)

    def newest(self, run: str) -> dict[str, Any]:
        """A run's newest metrics."""
        return self._members[run].columns.newest

    def take(self, run: str, status: str, event: dict[str, Any]) -> None:
        """An event of one of its runs, which has that status now."""
        member = self._members[run]
        if event["event"] == "metrics":
            member.fresh.append(event)
        if status != member.status:
            self._alive += (status in ALIVE) - (member.status in ALIVE)
            member.status, member.changed = status, True
        self.version += 1
        if self.driver is not None:
            self.driver.heard(self._numbers[run], event)

    def to_json(self, mine: bool) -> dict[str, Any]:
        """The `group` message."""
        return {
            "event": "group", "group": self.id, "title": self.title, "mine": mine, "held": self.held,
            "grows": self.grows,
            "runs": self.runs, "statuses": [member.status for member in self._members.values()],
        }  # fmt: skip

    def history(self) -> dict[str, Any]:
        """The `group_history` message."""
        columns = _stack([(number, member.columns) for number, member in enumerate(self._members.values())])
        return {"event": "group_history", "group": self.id, "columns": columns}

    def news(self) -> dict[str, Any] | None:
        """The `group_rows` message: what has come since the last one; None where there is nothing."""
        rows: list[tuple[int, Columns]] = []
        statuses: dict[int, str] = {}
        for number, member in enumerate(self._members.values()):
            if len(member.fresh):
                rows.append((number, member.fresh))
                member.fresh = Columns(member.columns.names, MAX_FRESH)
            if member.changed:
                statuses[number], member.changed = member.status, False
        if not rows and not statuses:
            return None
        return {"event": "group_rows", "group": self.id, "columns": _stack(rows), "statuses": statuses}


def rows_each(members: int) -> int:
    """Of a group of so many runs."""
    return max(MAX_ROWS // max(members, 1), 20)


def _stack(parts: Sequence[tuple[int, Columns]]) -> dict[str, list[float | None]]:
    """Columns of several members as one array a name, `member` saying whose row it is; None where a member has no such
    column."""
    names = dict.fromkeys(name for _, columns in parts for name in columns.names)
    stacked: dict[str, list[float | None]] = {"member": [], **{name: [] for name in names}}
    for number, columns in parts:
        values = columns.to_json()
        rows = len(values["step"])
        stacked["member"] += [number] * rows
        for name in names:
            stacked[name] += values.get(name) or [None] * rows
    return stacked
