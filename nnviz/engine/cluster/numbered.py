"""Messages in order, kept until the other side has them: what a connection needs to go on after it was cut."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any


class Numbered:
    """What one side says, each item with its number from 0."""

    def __init__(self) -> None:
        self._items: deque[tuple[int, dict[str, Any]]] = deque()
        self._next = 0

    def add(self, item: dict[str, Any]) -> dict[str, Any]:
        """The item with its number, as `n`."""
        numbered = {**item, "n": self._next}
        self._items.append((self._next, numbered))
        self._next += 1
        return numbered

    def heard(self, count: int) -> None:
        """The other side has the first `count` items: they are forgotten."""
        while self._items and self._items[0][0] < count:
            self._items.popleft()

    def since(self, count: int) -> Iterator[dict[str, Any]]:
        """What the other side lacks, having the first `count`."""
        return (item for number, item in list(self._items) if number >= count)
