"""Films that visitors take home while the server runs: each drawn in a process of its own, its progress for its page.

The process is `nnviz.export.film_process`. A page starts it, asks how far it is and may end it; it never waits for it.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from nnviz.film.render import SECONDS
from nnviz.web.fetching import json_lines

COMMAND = (sys.executable, "-m", "nnviz.export.film_process")
AT_ONCE = 2
"""Films that are drawn at the same time; more wait."""
MOST_WAITING = 20
KEPT = 40
"""Owners whose newest film is known, and its file kept, until others come."""
LONGEST = SECONDS + 60
"""Seconds after which the process is ended: its own limit does not count its imports."""
BROKE = "the drawing ended without a word; try again"
FULL = f"{MOST_WAITING} films wait to be drawn, which is all the server takes; try again later"


@dataclass(frozen=True)
class Film:
    """How far a film is. path: of the file, when it is done; message: of a failure, in words."""

    run: str = ""
    kind: str = ""
    speed: str = ""
    status: Literal["none", "waiting", "running", "done", "failed", "cancelled"] = "none"
    done: int = 0
    of: int = 0
    message: str = ""
    path: Path | None = None

    @property
    def is_under_way(self) -> bool:
        return self.status in {"waiting", "running"}


class _Job:
    """One film: how far it is, and its process while there is one."""

    def __init__(self, film: Film) -> None:
        self.film = film
        self.process: subprocess.Popen[str] | None = None


class Films:
    """One film for each owner (a page's session). Any thread may call it."""

    def __init__(self, command: Sequence[str] = COMMAND, longest: float = LONGEST) -> None:
        self._command, self._longest = command, longest
        self._lock = threading.RLock()
        self._jobs: OrderedDict[str, _Job] = OrderedDict()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="nnviz-films")
        self._folder: Path | None = None
        self._number = 0
        self._closed = False

    def state(self, owner: str) -> Film:
        with self._lock:
            job = self._jobs.get(owner)
            return Film() if job is None else job.film

    def start(self, owner: str, home: Path, run: str, kind: str, speed: str) -> Film:
        """Begin, unless the owner's film is under way; the one before is gone then."""
        with self._lock:
            if self._closed or self.state(owner).is_under_way:
                return self.state(owner)
            self._forget(owner)
            waiting = sum(job.film.status == "waiting" for job in self._jobs.values())
            full = waiting >= MOST_WAITING
            film = Film(run, kind, speed, "failed" if full else "waiting", message=FULL if full else "")
            job = self._jobs[owner] = _Job(film)
            for other in [name for name, one in self._jobs.items() if not one.film.is_under_way][: -KEPT or None]:
                self._forget(other)
            if not full:
                self._number += 1
                path = self._place() / f"{self._number}.{kind}"
                self._pool.submit(self._draw, job, home, path)
            return film

    def cancel(self, owner: str) -> None:
        """What is under way is given up."""
        with self._lock:
            job = self._jobs.get(owner)
            if job is None or not job.film.is_under_way:
                return
            job.film = replace(job.film, status="cancelled")
            _end(job.process)

    def close(self) -> None:
        """End what is under way; no file is left."""
        with self._lock:
            self._closed = True
            for owner in list(self._jobs):
                self.cancel(owner)
        self._pool.shutdown(wait=True, cancel_futures=True)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _place(self) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="nnviz-films-"))
        return self._folder

    def _forget(self, owner: str) -> None:
        job = self._jobs.pop(owner, None)
        if job is not None and job.film.path is not None:
            job.film.path.unlink(missing_ok=True)

    def _draw(self, job: _Job, home: Path, path: Path) -> None:
        """In a thread of the pool: start the process and tell what it reports, until its end."""
        film = job.film
        with self._lock:
            if job.film.status != "waiting":
                return  # cancelled meanwhile
            try:
                job.process = process = subprocess.Popen(
                    [*self._command, str(home), film.run, film.kind, film.speed, str(path)],
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8",
                )  # fmt: skip
            except OSError as error:
                job.film = replace(film, status="failed", message=f"it could not be started: {error.strerror}")
                return
            job.film = replace(film, status="running")
        late = threading.Timer(self._longest, self._too_late, (job,))
        late.start()
        assert process.stdout is not None
        with process.stdout as stdout:
            for report in json_lines(stdout):
                self._tell(job, report, path)
        process.wait()
        late.cancel()
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
        self._tell(job, {"event": "failed", "message": BROKE}, path)  # nothing, where it has told its end
        if job.film.status != "done":
            for left in (path, path.with_suffix(".part")):
                left.unlink(missing_ok=True)

    def _tell(self, job: _Job, report: dict[str, Any], path: Path) -> None:
        with self._lock:
            if job.film.status != "running":
                return
            if report.get("event") == "done":
                job.film = replace(job.film, status="done", path=path)
            elif report.get("event") == "failed":
                job.film = replace(job.film, status="failed", message=str(report.get("message") or BROKE))
            else:
                job.film = replace(job.film, done=int(report.get("done") or 0), of=int(report.get("of") or 0))

    def _too_late(self, job: _Job) -> None:
        words = f"it took more than {self._longest:g} seconds, which is all that a film may take"
        with self._lock:
            if job.film.status == "running":
                job.film = replace(job.film, status="failed", message=words)
            _end(job.process)


def _end(process: subprocess.Popen[str] | None) -> None:
    """It has nothing to put in order: a part of a file is no file."""
    if process is not None and process.poll() is None:
        process.kill()
