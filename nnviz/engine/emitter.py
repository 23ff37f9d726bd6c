"""What the engine tells its listener of runs: numbered events, and frames."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from nnviz.engine.run import Run
from nnviz.events import Status

logger = logging.getLogger("nnviz.engine")
Listener = Callable[[str, dict[str, Any] | bytes], None]


class Emitter:
    """`listener(run, message)` gets an event's dict (with run and seq) or a frame's bytes. What it raises is logged."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener

    def event(self, run: Run, event: dict[str, Any]) -> None:
        run.seq += 1
        self.frame(run, {**event, "run": run.name, "seq": run.seq})

    def status(self, run: Run, status: str) -> None:
        """It is now that."""
        run.status, run.paused_at = status, time.monotonic()
        self.event(run, Status(status).to_json())

    def frame(self, run: Run, message: dict[str, Any] | bytes) -> None:
        """As it is."""
        try:
            self._listener(run.name, message)
        except Exception:
            logger.exception("the engine's listener failed at run %s", run.id)
