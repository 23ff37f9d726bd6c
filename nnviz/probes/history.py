"""A list that grows for ever and stays short: every second row goes when it is full."""

from __future__ import annotations

from typing import Generic, TypeVar

Row = TypeVar("Row")


class History(Generic[Row]):
    """At most `most` rows, evenly out of all that were added, the first and the newest always among them."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._rows: list[Row] = []
        self._newest: Row | None = None
        self._count, self._stride = 0, 1

    def add(self, row: Row) -> None:
        if self._count % self._stride == 0:
            if len(self._rows) >= self.most - 1:
                self._rows = self._rows[::2]
                self._stride *= 2
            if self._count % self._stride == 0:
                self._rows.append(row)
        self._newest = row
        self._count += 1

    def replace(self, row: Row) -> None:
        """The newest row is this one instead."""
        if self._rows and self._rows[-1] is self._newest:
            self._rows[-1] = row
        self._newest = row

    @property
    def rows(self) -> list[Row]:
        if self._newest is None or self._rows[-1] is self._newest:
            return [*self._rows]
        return [*self._rows, self._newest]

    @property
    def pace(self) -> tuple[int, int]:
        """How many were added in all, and of how many one is kept: what `go_on` needs beside the rows."""
        return self._count, self._stride

    def go_on(self, rows: list[Row], pace: tuple[int, int]) -> None:
        """As if these rows of another history had been added here, at that pace."""
        self._rows, self._newest = rows, rows[-1] if rows else None
        self._count, self._stride = pace
