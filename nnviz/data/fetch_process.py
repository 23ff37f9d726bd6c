"""`python -m nnviz.data.fetch_process NAME`: fetch a set in a process of its own, and report it as JSON lines.

{"bytes", "total"} on the way, and last {"event": "done", "path"} or {"event": "failed", "message"}.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

from nnviz.data.download import FetchError, have

REPORT_SECONDS = 0.2
"""Between two lines of progress."""


def fetch_reporting(name: str, address: str | None, write: Callable[[dict[str, Any]], None]) -> bool:
    """Fetch a set that is not here; `write` gets those values. False when it failed."""
    last = 0.0

    def report(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= REPORT_SECONDS:
            last = time.monotonic()
            write({"bytes": done, "total": total})

    try:
        path, _ = have(name, report, address)
    except FetchError as error:
        write({"event": "failed", "message": str(error)})
        return False
    write({"event": "done", "path": str(path)})
    return True


def end_when_asked() -> None:
    """SIGTERM becomes an exception: what has come so far is removed."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


if __name__ == "__main__":
    end_when_asked()
    sys.exit(0 if fetch_reporting(sys.argv[1], None, lambda value: print(json.dumps(value), flush=True)) else 1)
