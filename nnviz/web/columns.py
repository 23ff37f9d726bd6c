"""A run's metrics as columns, thinned."""

from __future__ import annotations

from typing import Any

MAX_ROWS = 2_000
"""Rows of metrics kept of a run in memory, evenly thinned; the store has them all."""


class Columns:
    """Metrics as columns, every `stride`-th row and always the newest, never more than `most` + 1.

    names: of the columns, "step" among them.
    """

    def __init__(self, names: tuple[str, ...], most: int = MAX_ROWS) -> None:
        self.names, self._most = names, most
        self._rows: list[tuple[float | None, ...]] = []
        self._newest: tuple[float | None, ...] | None = None
        self._count, self._stride = 0, 1

    def __len__(self) -> int:
        return len(self._rows)

    def append(self, event: dict[str, Any]) -> None:
        self._newest = tuple(_short(event.get(name)) for name in self.names)
        if self._count % self._stride == 0:
            self._rows.append(self._newest)
            if len(self._rows) >= self._most:
                self._rows = self._rows[::2]
                self._stride *= 2
        self._count += 1

    @property
    def newest(self) -> dict[str, float | None]:
        """The last row; nothing before there is one."""
        return {} if self._newest is None else dict(zip(self.names, self._newest, strict=True))

    @classmethod
    def of(cls, names: tuple[str, ...], history: dict[str, list[Any]], most: int = MAX_ROWS) -> Columns:
        """Of columns as the store keeps them; one that it has nothing of is empty."""
        columns, empty = cls(names, most), [None] * len(history["step"])
        for row in zip(*(history.get(name, empty) for name in names), strict=True):
            columns.append(dict(zip(names, row, strict=True)))
        return columns

    def to_json(self) -> dict[str, list[float | None]]:
        rows = self._rows
        if self._newest is not None and (not rows or rows[-1] is not self._newest):
            rows = [*rows, self._newest]
        return {name: [row[i] for row in rows] for i, name in enumerate(self.names)}


def _short(value: Any) -> float | int | None:
    """Seven digits are all that a float32 has; the rest is bytes on the wire."""
    return float(f"{value:.7g}") if isinstance(value, float) else value
