"""What is known of a run, and how its events change that: plain values, no files."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from nnviz import jobs
from nnviz.spec.job import JobSpec
from nnviz.statuses import ALIVE, TERMINAL


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run. Times are seconds since 1970. `result` is the event that ended it.

    `spec` is None where this version does not know the job, or refuses what another one took; `raw_spec` always holds
    what was recorded.
    """

    id: str
    raw_spec: dict[str, Any]
    status: str = "waiting"
    live: dict[str, Any] = field(default_factory=dict)
    visitor: str | None = None
    lane: str = "interactive"
    parent: str | None = None
    created: float = 0.0
    started: float | None = None
    ended: float | None = None
    result: dict[str, Any] | None = None
    versions: dict[str, str] = field(default_factory=dict)
    owner: str | None = None
    notes: str = ""
    room: str | None = None
    """The room it was started in."""
    group: str | None = None
    member: int | None = None
    """The group that it belongs to, and which run of it this is, from 0."""
    parent_step: int | None = None
    """The step of the run `parent` whose weights it started from; None: the parent's newest."""
    spec: JobSpec | None = None

    @property
    def is_over(self) -> bool:
        return self.status in TERMINAL


class Progress(NamedTuple):
    """A run's newest epoch, training seconds and losses, and the best of its validation losses; None: not measured."""

    epoch: float | None = None
    seconds: float | None = None
    loss: float | None = None
    val_loss: float | None = None
    best_val_loss: float | None = None


def new_id() -> str:
    """22 url-safe characters that nobody guesses; no dash in front, which a command line would take for an option."""
    while not (name := secrets.token_urlsafe(16))[0].isalnum():
        pass
    return name


def read_spec(raw: dict[str, Any]) -> JobSpec | None:
    """The spec in a record, or None where this version refuses it."""
    try:
        return jobs.read_spec(raw)
    except jobs.SpecError:
        return None


def after(row: RunRow, event: dict[str, Any], now: float) -> RunRow:
    """The run once `event` (as its JSON) has happened. The first end is the end: what comes later changes nothing."""
    name = event.get("event")
    if row.is_over or not isinstance(name, str):
        return row
    if name == "started":
        return replace(row, started=row.started or now, versions=event.get("versions") or {})
    if name == "status" and event.get("status") in ALIVE:
        status = event["status"]
        return replace(row, status=status, started=row.started or (now if status == "running" else None))
    if name in TERMINAL:
        status = "stopped" if name == "finished" and event.get("reason") == "stopped" else name
        result = {key: value for key, value in event.items() if key not in {"seq", "run"}}
        return replace(row, status=status, ended=now, result=result)
    return row
