"""How long a visitor waits for the engine, measured from outside it. Printing is the command line's."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from nnviz.engine.local import LocalEngine, Method
from nnviz.events import frame_header
from nnviz.spec import RunSpec, TrainingSpec

GOALS = {
    "first_frame": 0.15,
    "first_trained_frame": 1.0,
    "stop": 0.15,
    "pause": 0.15,
    "kill_noticed": 0.2,
}
"""Seconds that each median may take."""
WARM_UP = 2


class Recorder:
    """A listener that keeps what it is told, with the time, and lets others wait for it."""

    def __init__(self) -> None:
        self._heard = threading.Condition()
        self.messages: dict[str, list[tuple[float, dict[str, Any]]]] = {}

    def __call__(self, run: str, message: dict[str, Any] | bytes) -> None:
        event = frame_header(message) if isinstance(message, bytes) else message
        with self._heard:
            self.messages.setdefault(run, []).append((time.monotonic(), event))
            self._heard.notify_all()

    def wait(
        self, run: str, wanted: Callable[[dict[str, Any]], bool], after: float = 0.0, seconds: float = 30.0
    ) -> float:
        """When (monotonic) the first event came after `after` that is wanted. Raises TimeoutError."""
        end = time.monotonic() + seconds
        with self._heard:
            while True:
                for when, event in self.messages.get(run, []):
                    if when >= after and wanted(event):
                        return when
                if not self._heard.wait(end - time.monotonic()):
                    raise TimeoutError(f"run {run} has not said it within {seconds} s")


def bench_engine(runs: int = 50, repeats: int = 10, method: Method | None = None) -> dict[str, Any]:
    """Medians of `repeats` in seconds, and memory (MB) and descriptors of this process around `runs` runs in a row.

    Keys: method, start (until the engine is ready), those of GOALS, goals, runs, run (one of the runs in a row),
    memory_before, memory_after, descriptors_before, descriptors_after (None where there is no /proc).
    """
    recorder = Recorder()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as home:
        engine = LocalEngine(Path(home), recorder, method=method)
        try:
            engine.wait_ready(60.0)
            start = time.monotonic() - began
            times = [_one(engine, recorder) for _ in range(WARM_UP + repeats)][WARM_UP:]
            for _ in range(WARM_UP):
                _short(engine, recorder)
            before = _at_rest(engine)
            short = [_short(engine, recorder) for _ in range(runs)]
            after = _at_rest(engine)
            used = engine.method
        finally:
            engine.close()
    return {
        "method": used, "start": start,
        **{name: median(one[name] for one in times) for name in GOALS}, "goals": GOALS,
        "runs": runs, "run": median(short),
        "memory_before": before[0], "memory_after": after[0],
        "descriptors_before": before[1], "descriptors_after": after[1],
    }  # fmt: skip


def _one(engine: LocalEngine, recorder: Recorder) -> dict[str, float]:
    """A watched run that is paused and stopped, and one that is killed."""
    run, clicked = _click(engine)
    first = recorder.wait(run, lambda e: e.get("view") == "network")
    trained = recorder.wait(run, lambda e: e.get("view") == "network" and e["step"] > 0)
    time.sleep(0.2)  # let it run
    asked = time.monotonic()
    engine.send(run, {"do": "pause"})
    paused = recorder.wait(run, lambda e: e.get("status") == "paused", after=asked) - asked
    asked = time.monotonic()
    engine.send(run, {"do": "play"})
    recorder.wait(run, lambda e: e.get("status") == "running", after=asked)
    time.sleep(0.2)
    asked = time.monotonic()
    engine.send(run, {"do": "stop"})
    stopped = recorder.wait(run, lambda e: e["event"] == "finished") - asked

    run, _ = _click(engine)
    recorder.wait(run, lambda e: e.get("view") == "network" and e["step"] > 0)
    status = engine.status(run)
    assert status is not None
    asked = time.monotonic()
    os.kill(status["pid"], getattr(signal, "SIGKILL", signal.SIGTERM))
    noticed = recorder.wait(run, lambda e: e["event"] == "crashed") - asked
    recorder.messages.clear()
    return {
        "first_frame": first - clicked, "first_trained_frame": trained - clicked,
        "pause": paused, "stop": stopped, "kill_noticed": noticed,
    }  # fmt: skip


def _click(engine: LocalEngine) -> tuple[str, float]:
    clicked = time.monotonic()
    run = engine.submit(RunSpec(training=TrainingSpec(epochs=100_000)), visitor="bench")
    engine.watch(run, 1)
    return run, clicked


def _short(engine: LocalEngine, recorder: Recorder) -> float:
    """Seconds from the click on a run of a few epochs to its result."""
    began = time.monotonic()
    run = engine.submit(RunSpec(training=TrainingSpec(epochs=3)), visitor="bench")
    engine.watch(run, 1)
    seconds = recorder.wait(run, lambda e: e["event"] == "finished") - began
    recorder.messages.clear()
    return seconds


def _at_rest(engine: LocalEngine) -> tuple[float | None, int | None]:
    """Memory and descriptors when the last process has gone."""
    while engine.unfinished:
        time.sleep(0.01)
    return _memory(), _descriptors()


def _memory() -> float | None:
    """Resident memory of this process in MB."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return None
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _descriptors() -> int | None:
    try:
        return len(list(Path("/proc/self/fd").iterdir()))
    except OSError:
        return None
