"""What children write to standard error: one file for each run under `home/logs`, kept short and not for ever."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from pathlib import Path

KEEP_BYTES = 64 * 2**10
KEEP_FILES = 100


class Logs:
    """Nothing here raises: a home that cannot be written costs the logs, not the runs."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "logs"
        self._kept: deque[Path] = deque()
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._kept.extend(sorted(self._folder.glob("*.log"), key=lambda path: path.stat().st_mtime))
            self._prune()

    def path(self, name: str) -> Path:
        return self._folder / f"{name}.log"

    def trim(self, name: str) -> None:
        """Cut the file to its last 64 KB. Safe while its process writes: that one appends wherever the end is."""
        path = self.path(name)
        with suppress(OSError):
            if path.stat().st_size > KEEP_BYTES:
                with path.open("rb+") as file:
                    file.seek(-KEEP_BYTES, 2)
                    tail = file.read(KEEP_BYTES)
                    file.seek(0)
                    file.write(tail)
                    file.truncate()

    def end(self, name: str, *, keep: bool) -> None:
        """The run is over: its log goes unless it may explain something, and the oldest when there are too many."""
        path = self.path(name)
        with suppress(OSError):
            if not keep:
                path.unlink(missing_ok=True)
            elif path.exists():
                self.trim(name)
                self._kept.append(path)
                self._prune()

    def _prune(self) -> None:
        while len(self._kept) > KEEP_FILES:
            self._kept.popleft().unlink(missing_ok=True)
