"""What the benchmarks of the engine share: an engine in a home of its own, and a listener to wait with."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nnviz.engine.local import LocalEngine
from nnviz.events import frame_header

SECONDS = 120.0
"""The longest wait for a start, on a machine that others load."""
TERMINAL = frozenset({"finished", "failed", "crashed", "diverged"})


class Recorder:
    """A listener that keeps what it is told, with the time (monotonic), and lets others wait for it. Of a frame its
    header, and as "bytes" its size."""

    def __init__(self) -> None:
        self._heard = threading.Condition()
        self.messages: dict[str, list[tuple[float, dict[str, Any]]]] = {}

    def __call__(self, run: str, message: dict[str, Any] | bytes) -> None:
        if isinstance(message, bytes):
            message = {**frame_header(message), "bytes": len(message)}
        with self._heard:
            self.messages.setdefault(run, []).append((time.monotonic(), message))
            self._heard.notify_all()

    def wait(
        self, run: str, wanted: Callable[[dict[str, Any]], bool], after: float = 0.0, seconds: float = SECONDS
    ) -> float:
        """When (monotonic) the first event came after `after` that is wanted. Raises TimeoutError."""
        found: list[float] = []

        def come() -> bool:
            found.extend(when for when, event in self.messages.get(run, []) if when >= after and wanted(event))
            return bool(found)

        self.wait_for(run, come, seconds)
        return found[0]

    def wait_for(self, run: str, done: Callable[[], bool], seconds: float = SECONDS) -> None:
        """Until it is done, which is asked with each event. Raises TimeoutError."""
        with self._heard:
            if not self._heard.wait_for(done, seconds):
                last = [event for _, event in self.messages.get(run, []) if "view" not in event][-1:]
                raise TimeoutError(f"run {run} has not come to it within {seconds} s; its last event is {last}")

    def rows(self, run: str, began: float = 0.0) -> list[tuple[float, int]]:
        """When it reported which step, since `began`."""
        found = [one for one in self.messages.get(run, []) if one[0] >= began]
        return [(when, event["step"]) for when, event in found if event["event"] == "metrics"]

    def rate(self, run: str, began: float) -> float:
        """Steps a second since `began`. Raises RuntimeError where fewer than two rows tell."""
        rows = self.rows(run, began)
        if len(rows) < 2:
            raise RuntimeError("the run of the benchmark has stopped reporting")
        return (rows[-1][1] - rows[0][1]) / (rows[-1][0] - rows[0][0])


@contextmanager
def ready_engine(recorder: Recorder, **options: Any) -> Iterator[LocalEngine]:
    """In a home of its own, and closed at the end."""
    with tempfile.TemporaryDirectory() as home:
        engine = LocalEngine(Path(home), recorder, **options)
        try:
            engine.wait_ready(SECONDS)
            yield engine
        finally:
            engine.close()
