"""What a run on a node has said, kept until the app has it on its own disk: in memory, and of one that has ended in a
file as well, so that the end of the node's process does not lose it either."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nnviz.engine.protocol import Decoder, Kind, ProtocolError, pack, pack_json

MAX_UNHEARD = 64 * 2**20
"""Bytes of one run that nobody has taken at which its process has to wait for the app."""
KEEP = 7 * 24 * 3600.0
"""Seconds for which the file of a run is kept for an app that does not come."""


class History:
    """Events all, frames until there is credit for them, each under its number: an app that comes anew hears every
    event and the frames that nobody has taken."""

    def __init__(self) -> None:
        self._items: dict[int, tuple[Kind, bytes]] = {}
        self._frames: list[int] = []
        """Numbers of those that are not credited, the oldest first."""
        self.next = 0
        self.exit: int | None = None
        """Number of the item that tells of the process's end, and that is the last."""
        self.code: int | None = None
        self.size = 0

    def add(self, kind: Kind, payload: bytes) -> int:
        """An event or a frame; its number."""
        number, self.next = self.next, self.next + 1
        self._items[number] = (kind, payload)
        self.size += len(payload)
        if kind is Kind.FRAME:
            self._frames.append(number)
        return number

    def credit(self) -> None:
        """The oldest frame has arrived: the app has it."""
        if self._frames:
            _, payload = self._items.pop(self._frames.pop(0))
            self.size -= len(payload)

    def forget(self, count: int) -> None:
        """Nobody will ask for the first `count` any more, but for frames that are not credited."""
        for number in [number for number in self._items if number < count and number not in self._frames]:
            self.size -= len(self._items.pop(number)[1])

    def end(self, code: int | None) -> None:
        """The process has ended, with this exit code (negative for a signal)."""
        self.exit, self.code, self.next = self.next, code, self.next + 1

    def since(self, count: int) -> Iterator[dict[str, Any]]:
        """What an app lacks that has heard the first `count`."""
        for number, (kind, payload) in list(self._items.items()):
            if number >= count:
                yield {"n": number, "kind": int(kind), "data": payload}
        if self.exit is not None and self.exit >= count:
            yield {"n": self.exit, "exit": self.code}

    def save(self, path: Path, about: dict[str, Any]) -> None:
        """Whole or not at all, and on the disk when this returns. Raises OSError."""
        numbers = [*self._items]
        first = {**about, "numbers": numbers, "frames": self._frames, "next": self.next, "exit": self.exit}
        temporary = path.with_suffix(".tmp")
        with temporary.open("wb") as file:
            file.write(pack_json(Kind.RUN, {**first, "code": self.code}))
            for kind, payload in self._items.values():
                file.write(pack(kind, payload))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)


def load(path: Path) -> tuple[History, dict[str, Any]]:
    """What `save` has written, and what it was told about the run. Raises ValueError for another file, OSError."""
    try:
        (_, first), *items = Decoder().feed(path.read_bytes())
    except ProtocolError as error:
        raise ValueError(f"{path} is no run's file") from error
    about, found = json.loads(first), History()
    found._items = dict(zip(about.pop("numbers"), items, strict=True))
    found._frames, found.next = about.pop("frames"), about.pop("next")
    found.exit, found.code = about.pop("exit"), about.pop("code")
    found.size = sum(len(payload) for _, payload in found._items.values())
    return found, about


def saved(folder: Path) -> Iterator[tuple[History, dict[str, Any]]]:
    """All files of a folder; what is too old, or no run's, is removed."""
    for path in sorted(folder.glob("*.run")):
        with contextlib.suppress(OSError, ValueError, KeyError):
            if time.time() - path.stat().st_mtime < KEEP:
                yield load(path)
                continue
        with contextlib.suppress(OSError):
            path.unlink()
