"""nnviz's own training: the loop alone, and a whole run in a process of its own, watched or not."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nnviz.bench.contenders import Steps
from nnviz.bench.works import Work

SECONDS = 60.0
DIGITS = 10_000
AT_LEAST = 1.0
"""Seconds of a measurement of a run: its rows come every twentieth of a second."""


def loop(work: Work) -> Callable[[int], None]:
    """The training loop in chunks of a twentieth of a second, as a run calls it."""
    from nnviz.models.loop import training_loop
    from nnviz.training.run import CHUNK_SECONDS

    _set_up(work)
    codes = work.codes()
    x, y = work.data() if codes is None else codes
    trained = training_loop(work.spec, work.weights(), x, y, accuracy=work.spec.data.is_image)
    chunk = [8]

    def steps(n: int) -> None:
        while n > 0:
            before, began = trained.step, time.perf_counter()
            until = trained.handover - before if before < trained.handover else n
            trained.run(min(n, chunk[0], until))
            done, took = trained.step - before, time.perf_counter() - began
            n -= done
            if before:
                chunk[0] = max(1, min(int(CHUNK_SECONDS * done / took), chunk[0] * 8))

    return steps


def evaluate(work: Work) -> Callable[[int], None]:
    """10,000 digits through the loop's own graph, as the confusion matrix and the gallery have them."""
    from nnviz.models.loop import training_loop

    _set_up(work)
    x, y = work.data()
    trained = training_loop(work.spec, work.weights(), x, y, accuracy=True)

    def times(n: int) -> None:
        for _ in range(n):
            trained.predict(x[:DIGITS])

    return times


def _set_up(work: Work) -> None:
    """As a run's own process, when it is alone."""
    from nnviz.engine.child import set_up
    from nnviz.models.loop import useful_threads

    if work.spec.network.family == "network":
        set_up(useful_threads(work.spec, os.cpu_count() or 1))


def alone(work: Work) -> Steps:
    return _run(work, 0)


def watched(work: Work) -> Steps:
    return _run(work, 1)


class _Rows:
    """What a run says of its steps, with the time; and its status."""

    def __init__(self) -> None:
        self._heard = threading.Condition()
        self._rows: list[tuple[float, int]] = []
        self._last: dict[str, Any] = {}
        self._status = ""

    def __call__(self, run: str, message: dict[str, Any] | bytes) -> None:  # noqa: ARG002  (the engine's signature)
        if isinstance(message, bytes):
            return
        with self._heard:
            self._last = message
            if message["event"] == "metrics":
                self._rows.append((time.monotonic(), message["step"]))
            self._status = message.get("status", self._status)
            self._heard.notify_all()

    def wait(self, done: Callable[[], bool], seconds: float = SECONDS) -> None:
        """Raises RuntimeError where it does not come to that."""
        with self._heard:
            if not self._heard.wait_for(done, seconds):
                raise RuntimeError(f"the run does not go on; last it said {self._last}")

    @property
    def status(self) -> str:
        return self._status

    @property
    def ended(self) -> bool:
        return self._last.get("event") in {"finished", "failed", "crashed", "diverged"}

    @property
    def step(self) -> int:
        return self._rows[-1][1] if self._rows else 0

    def forget(self) -> None:
        with self._heard:
            self._rows, self._last, self._status = [], {}, ""

    def since(self, began: float) -> list[tuple[float, int]]:
        return [row for row in self._rows if row[0] >= began]


def _run(work: Work, viewers: int) -> Steps:
    from nnviz.engine.local import LocalEngine

    rows = _Rows()
    engine = LocalEngine(Path(tempfile.mkdtemp(prefix="nnviz-bench-")), rows)
    engine.wait_ready(SECONDS)
    last = work.spec.training.epochs * -(-work.spec.data.train // work.batch)
    run = ""

    def start() -> None:
        """A run at step 0, in place of one that has come to its last epoch."""
        nonlocal run
        if run:
            engine.send(run, {"do": "stop"})
            rows.wait(lambda: rows.ended)
        rows.forget()
        run = engine.submit(work.spec, visitor="bench", play=False)
        engine.watch(run, viewers)
        rows.wait(lambda: rows.status == "paused")

    def steps(n: int) -> float:
        if not run or rows.step + 4 * n > last:
            start()
        began = time.monotonic()
        engine.send(run, {"do": "play"})

        def measured() -> bool:
            found = rows.since(began)
            done = len(found) > 2 and found[-1][1] - found[1][1] >= n and found[-1][0] - found[1][0] >= AT_LEAST
            return done or rows.ended

        rows.wait(measured, 10 * SECONDS)
        found = rows.since(began)[1:]  # the first may be of before
        engine.send(run, {"do": "pause"})
        rows.wait(lambda: rows.status == "paused" or rows.ended)
        return (found[-1][0] - found[0][0]) / (found[-1][1] - found[0][1]) * n

    return steps


def together(work: Work) -> Steps:
    """n runs submitted at once, each in a process of its own; from the click to the last one's result."""
    from nnviz.bench.engine import Recorder
    from nnviz.engine.local import LocalEngine

    recorder = Recorder()
    engine = LocalEngine(Path(tempfile.mkdtemp(prefix="nnviz-bench-")), recorder)
    engine.wait_ready(SECONDS)

    def runs(n: int) -> float:
        began = time.monotonic()
        submitted = [engine.submit(work.spec, visitor=f"visitor {number}") for number in range(n)]
        ended = max(recorder.wait(run, lambda e: e["event"] == "finished", seconds=SECONDS) for run in submitted)
        recorder.messages.clear()
        return ended - began

    return runs
