"""The messages of the table of runs, as `messages` has those of a single run."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from nnviz.store.schema import SORTS
from nnviz.store.table import MAX_NAME, MAX_NOTE, MAX_TAG, MAX_TAGS, PAGE
from nnviz.web.message import Message, RunId, by_do

MOST_AT_ONCE = 500
"""Runs that one message throws away or brings back."""
MOST_COMPARED = 12
Word = Annotated[str, Field(max_length=200)]


class ListRuns(Message):
    """A page of the table: {"event": "runs", "n", "rows"}, each row with its `key`. Without `after` the first one, with
    `total` (rows of all pages) and `choices` (what can be filtered by). n: comes back with the answer."""

    do: Literal["list_runs"]
    n: int = Field(0, ge=0, le=2**53)
    search: Word = ""
    data: Word | None = None
    family: Word | None = None
    status: Word | None = None
    tag: Word | None = None
    star: bool = False
    kind: Literal["single", "group"] | None = None
    deleted: bool = False
    sort: Literal[SORTS] = "created"  # type: ignore[valid-type]
    descending: bool = True
    after: tuple[float | str | None, int] | None = None
    limit: int = Field(PAGE, ge=1, le=500)


class WatchTable(Message):
    """Tell me about runs of the table that begin, go on, end or change: {"event": "runs_changed", "rows"}, at most
    twice a second."""

    do: Literal["watch_table"]
    on: bool


class ChangeRun(Message):
    """Name, star, tags or note of a run; what is left out stays as it is. An empty name: its title in words again."""

    do: Literal["change_run"]
    run: RunId
    name: str | None = Field(None, max_length=MAX_NAME)
    star: bool | None = None
    tags: tuple[Annotated[str, Field(max_length=MAX_TAG)], ...] | None = Field(None, max_length=MAX_TAGS)
    note: str | None = Field(None, max_length=MAX_NOTE)


class DeleteRuns(Message):
    """Throw runs away, those that train once they have stopped: {"event": "deleted", "runs", "stopping"}. They can come
    back for a day (`restore_runs`)."""

    do: Literal["delete_runs"]
    runs: tuple[RunId, ...] = Field(min_length=1, max_length=MOST_AT_ONCE)


class RestoreRuns(Message):
    """Bring runs back that were thrown away: {"event": "restored", "runs"}."""

    do: Literal["restore_runs"]
    runs: tuple[RunId, ...] = Field(min_length=1, max_length=MOST_AT_ONCE)


class Compare(Message):
    """Several runs over each other: {"event": "compared", "runs": their rows, "differences", …}, then their curves as
    those of a group: {"event": "group_history"}, and as they grow {"event": "group_rows"}. None: no more of it."""

    do: Literal["compare"]
    runs: tuple[RunId, ...] = Field(max_length=MOST_COMPARED)


TABLE_MESSAGES = by_do(ListRuns, WatchTable, ChangeRun, DeleteRuns, RestoreRuns, Compare)
