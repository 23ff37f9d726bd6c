"""One run of the command line on a cluster: its events as if it were done in this process."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from nnviz.engine.cluster.settings import ClusterSettings
from nnviz.events import Diverged, Done, Event, Failed, Finished, Frame, Metrics, Row, Started, Status, decode_frame
from nnviz.spec import RunSpec
from nnviz.spec.job import JobSpec
from nnviz.statuses import TERMINAL

if TYPE_CHECKING:
    from nnviz.commands.recording import Recording

TOLD = 5.0
"""Seconds without a node after which the person at the terminal is told why nothing happens."""


class ClusterRun:
    """A context manager. `recording`, set by the caller, is what the node waits for until it forgets the run."""

    def __init__(
        self, spec: JobSpec, home: Path, settings: ClusterSettings, interrupts: list[int], warn: Callable[[str], None]
    ) -> None:
        from nnviz.engine.cluster.cluster_engine import ClusterEngine

        self._box: queue.SimpleQueue[dict[str, Any] | bytes] = queue.SimpleQueue()
        self._interrupts, self._warn = interrupts, warn
        self.recording: Recording | None = None
        self._engine = ClusterEngine(home, lambda _run, message: self._box.put(message), settings, self._is_settled)
        self._wait()
        speed = {"rows": 1} if isinstance(spec, RunSpec) else None  # the command line tells of every epoch
        self.id = "" if interrupts else self._engine.submit(spec, visitor="", speed=speed)

    def _wait(self) -> None:
        """Until there is a node, or Ctrl-C."""
        from nnviz.engine.cluster.words import problem

        told = False
        for beat in range(10**9):
            if self._interrupts or self._engine.wait_ready(0.1):
                return
            if beat * 0.1 >= TOLD and not told:
                told = True
                self._warn(f"waiting for the cluster: {problem(self._engine.nodes, self._engine.problem)}")

    def events(self) -> Iterator[Event | Frame]:
        """To the terminal one. Raises KeyboardInterrupt where Ctrl-C is noted."""
        while not self._interrupts:
            try:
                message = self._box.get(timeout=0.1)
            except queue.Empty:
                continue
            if isinstance(message, bytes):
                yield decode_frame(message)
                continue
            detail = message.get("detail") or {}
            if "message" in detail:
                self._warn(detail["message"])
            yield event_of(message)
            if message["event"] in TERMINAL:
                return
        raise KeyboardInterrupt

    def close(self) -> None:
        """Stop it where it has not ended, and let the node forget what is recorded. Idempotent."""
        self._engine.close()

    def _is_settled(self, _run: str) -> bool:
        return self.recording is not None and self.recording.is_written()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def event_of(message: dict[str, Any]) -> Event:
    """The event again of which this is the JSON, as the engine tells it."""
    given = {name: value for name, value in message.items() if name not in {"event", "run", "seq"}}
    name = message["event"]
    if name == "metrics":
        return Metrics(**given) if "epoch_end" in given else Row(given.pop("step"), given)
    if name == "finished":
        return Done(**given) if "result" in given else Finished(**given)
    if name in {"started", "status", "diverged"}:
        kinds: dict[str, type[Event]] = {"started": Started, "status": Status, "diverged": Diverged}
        return kinds[name](**given)
    return Failed(given.get("message", f"the run was {name}"))
