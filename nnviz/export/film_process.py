"""`python -m nnviz.export.film_process HOME RUN FORMAT SPEED FILE`: draw a film in a process of its own.

It reports as JSON lines: {"event": "drawn", "done", "of"} on the way, and last {"event": "done"} or {"event": "failed",
"message"}. Ended from outside it leaves no file.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from nnviz.data import DataError
from nnviz.export import FORMATS, CannotExport, Source
from nnviz.store.store import Store

REPORT_SECONDS = 0.1
"""Between two lines of progress."""


def write(value: dict[str, Any]) -> None:
    print(json.dumps(value), flush=True)


def film(home: Path, run: str, kind: str, speed: str, path: Path) -> bool:
    """Draw it and write it. False when it failed."""
    last = 0.0

    def report(done: int, of: int) -> None:
        nonlocal last
        if time.monotonic() - last >= REPORT_SECONDS or done == of:
            last = time.monotonic()
            write({"event": "drawn", "done": done, "of": of})

    try:
        with Store(home) as store:
            row = store.get_run(run)
            if row is None or row.spec is None:
                raise CannotExport("the run is not there any more")
            (data,) = FORMATS[kind].make(Source(row.spec, home, store, row), speed=speed, report=report).values()
        part = path.with_suffix(".part")
        part.write_bytes(data)
        part.replace(path)
    except (CannotExport, DataError) as why:
        write({"event": "failed", "message": str(why)})
        return False
    except OSError as why:
        write({"event": "failed", "message": f"the file could not be written: {why.strerror}"})
        return False
    write({"event": "done"})
    return True


def end_with_parent() -> None:
    """Nobody waits for a film whose server has gone: its end of our standard input closes."""

    def wait() -> None:
        while os.read(0, 64):
            pass
        os._exit(1)

    threading.Thread(target=wait, name="parent", daemon=True).start()


if __name__ == "__main__":
    end_with_parent()
    os.nice(5)  # the runs that train come first
    place, run_id, name, factor, target = sys.argv[1:6]
    sys.exit(0 if film(Path(place), run_id, name, factor, Path(target)) else 1)
