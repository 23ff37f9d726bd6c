"""Fetching a data set while the server runs: one at a time, in a process of its own, its progress for all to see.

The process is `nnviz.data.fetch_process`: what it checks and where it puts the file is its business. Pages start it
and ask how far it is; neither ever waits for the network.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import IO, Any, Literal

from nnviz.sets import fetchable

COMMAND = (sys.executable, "-m", "nnviz.data.fetch_process")
BROKE = "the download ended without a word; try again, or run `nnviz data get {name}` to see why"


@dataclass(frozen=True)
class Fetch:
    """How far the newest fetch is. `total` is None while the size is not known; `message` is of a failure, in words."""

    name: str | None = None
    status: Literal["idle", "running", "done", "failed"] = "idle"
    bytes: int = 0
    total: int | None = None
    message: str = ""


class Fetching:
    """Any thread may call it."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self._command = command
        self._lock = threading.Lock()
        self._state = Fetch()
        self._process: subprocess.Popen[str] | None = None
        self._closed = False

    def state(self) -> Fetch:
        return self._state

    def start(self, name: str) -> Fetch:
        """Begin, unless a fetch is under way: the answer says of what. Raises ValueError for a name that is no set to
        be fetched."""
        if name not in fetchable():
            raise ValueError(f"name: allowed are {', '.join(fetchable())} (given: {name!r})")
        with self._lock:
            if self._state.status == "running" or self._closed:
                return self._state
            try:
                self._process = subprocess.Popen(
                    [*self._command, name],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    encoding="utf-8",
                )
            except OSError as error:
                self._state = Fetch(name, "failed", message=f"the download could not be started: {error.strerror}")
                return self._state
            self._state = begun = Fetch(name, "running")
            told = (self._process, begun)
            threading.Thread(target=self._follow, args=told, name="nnviz-fetching", daemon=True).start()
            return begun

    def close(self) -> None:
        """End what is under way; a part of a file is no file, so nothing is left behind that counts."""
        with self._lock:
            self._closed = True
            process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(2)
            process.kill()

    def _follow(self, process: subprocess.Popen[str], state: Fetch) -> None:
        """Tell what this process reports, until its end: after that the state may be another fetch's."""
        assert process.stdout is not None
        with process.stdout as stdout:
            for report in json_lines(stdout):
                self._state = state = _after(state, report)
                if state.status != "running":
                    break
            else:
                self._state = replace(state, status="failed", message=BROKE.format(name=state.name))
        process.wait()


def json_lines(stream: IO[str]) -> Any:
    """The JSON objects of a stream; a line that is none is a library's warning and means nothing here."""
    for line in stream:
        with contextlib.suppress(ValueError):
            value = json.loads(line)
            if isinstance(value, dict):
                yield value


def _after(state: Fetch, report: dict[str, Any]) -> Fetch:
    """The state after one line of the process."""
    if report.get("event") == "done":
        return replace(state, status="done", total=state.total or state.bytes, bytes=state.total or state.bytes)
    if report.get("event") == "failed":
        return replace(state, status="failed", message=str(report.get("message") or BROKE.format(name=state.name)))
    return replace(state, bytes=int(report.get("bytes") or 0), total=report.get("total") or None)
