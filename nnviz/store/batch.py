"""What the store's next transaction writes, gathered in memory and kept within bounds while the disk is full."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from nnviz.store.runs import RunRow

MAX_PENDING_BYTES = 32_000_000
MAX_PENDING_METRICS = 20_000
MAX_PENDING_RUNS = 2_000


@dataclass(slots=True)
class Batch:
    """What the next transaction writes."""

    runs: dict[str, tuple[RunRow, bool, bytes | None]] = field(default_factory=dict)
    """By id: the run as it is now, whether its row is new, and the weights that it starts from."""
    metrics: list[tuple[Any, ...]] = field(default_factory=list)
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By id: what was measured of the run (`facts.MEASURES`)."""
    frames: list[tuple[str, int, str, bytes]] = field(default_factory=list)
    """(run, seq, view, frame)"""
    statements: list[tuple[str, tuple[Any, ...] | dict[str, Any]]] = field(default_factory=list)
    ended: set[str] = field(default_factory=set)

    @property
    def size(self) -> int:
        starts = sum(len(start) for _, _, start in self.runs.values() if start)
        return starts + sum(len(frame[3]) for frame in self.frames)

    def is_empty(self) -> bool:
        return not (self.runs or self.metrics or self.facts or self.frames or self.statements or self.ended)

    def absorb(self, later: Batch) -> None:
        """Take over what was gathered after this batch, which could not be written."""
        for id, (row, new, start) in later.runs.items():
            was = self.runs.get(id)
            self.runs[id] = (row, new or was[1], start or was[2]) if was else (row, new, start)
        self.metrics += later.metrics
        self.facts |= later.facts
        self.frames += later.frames
        self.statements += later.statements
        self.ended |= later.ended

    def clear(self) -> None:
        for part in (self.runs, self.metrics, self.facts, self.frames, self.statements, self.ended):
            part.clear()

    def pieces(self) -> Iterator[Batch]:
        """The same, one record at a time."""
        for id, run in self.runs.items():
            yield Batch(runs={id: run})
        for metrics in self.metrics:
            yield Batch(metrics=[metrics])
        for id, facts in self.facts.items():
            yield Batch(facts={id: facts})
        for frame in self.frames:
            yield Batch(frames=[frame])
        yield Batch(statements=self.statements, ended=self.ended)

    def shrink(self) -> set[str]:
        """Stay within bounds; returns the ids of runs that were given up.

        All but the newest frame of each view go first, then starting weights, metrics, and last the oldest ended runs.
        """
        if self.size > MAX_PENDING_BYTES:
            newest = {(run, view): n for n, (run, _, view, _) in enumerate(self.frames)}
            self.frames = [self.frames[n] for n in sorted(newest.values())]
        if self.size > MAX_PENDING_BYTES:
            self.runs = {id: (row, new, None) for id, (row, new, _) in self.runs.items()}
        while self.size > MAX_PENDING_BYTES:
            del self.frames[: len(self.frames) // 2 + 1]
        if len(self.metrics) > MAX_PENDING_METRICS:
            self.metrics = self.metrics[:-1:2] + self.metrics[-1:]
        over = [id for id, (row, _, _) in self.runs.items() if row.is_over]
        gone = set(over[: max(0, len(self.runs) - MAX_PENDING_RUNS)])
        for id in gone:
            del self.runs[id]
            self.facts.pop(id, None)
        self.ended -= gone
        return gone
