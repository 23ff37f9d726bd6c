"""How long a visitor waits for the engine, measured from outside it. Printing is the command line's."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from statistics import median
from typing import Any

from nnviz.bench.recorder import Recorder, ready_engine
from nnviz.engine.launchers import Method
from nnviz.engine.local import LocalEngine
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


def bench_engine(runs: int = 50, repeats: int = 10, method: Method | None = None) -> dict[str, Any]:
    """Medians of `repeats` in seconds, and memory (MB) and descriptors of this process around `runs` runs in a row.

    Keys: method, start (until the engine is ready), those of GOALS, goals, runs, run (one of the runs in a row),
    memory_before, memory_after, descriptors_before, descriptors_after (None where there is no /proc).
    """
    recorder = Recorder()
    began = time.monotonic()
    with ready_engine(recorder, method=method) as engine:
        start = time.monotonic() - began
        times = [_one(engine, recorder) for _ in range(WARM_UP + repeats)][WARM_UP:]
        for _ in range(WARM_UP):
            _short(engine, recorder)
        before = _at_rest(engine)
        short = [_short(engine, recorder) for _ in range(runs)]
        after = _at_rest(engine)
        used = engine.method
    return {
        "method": used, "start": start,
        **{name: median(one[name] for one in times) for name in GOALS}, "goals": GOALS,
        "runs": runs, "run": median(short),
        "memory_before": before[0], "memory_after": after[0],
        "descriptors_before": before[1], "descriptors_after": after[1],
    }  # fmt: skip


def visit(engine: LocalEngine, recorder: Recorder) -> dict[str, float]:
    """Seconds that a visitor waits whose watched run is paused, goes on and is stopped: first_event, first_frame,
    first_trained_frame, pause, stop."""
    run, clicked = _click(engine)
    started = recorder.wait(run, lambda e: e["event"] == "started")
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
    recorder.messages.clear()
    return {
        "first_event": started - clicked, "first_frame": first - clicked, "first_trained_frame": trained - clicked,
        "pause": paused, "stop": stopped,
    }  # fmt: skip


def _one(engine: LocalEngine, recorder: Recorder) -> dict[str, float]:
    """A visit, and a run that is killed."""
    waits = visit(engine, recorder)
    run, _ = _click(engine)
    recorder.wait(run, lambda e: e.get("view") == "network" and e["step"] > 0)
    status = engine.status(run)
    assert status is not None
    asked = time.monotonic()
    os.kill(status["pid"], getattr(signal, "SIGKILL", signal.SIGTERM))
    noticed = recorder.wait(run, lambda e: e["event"] == "crashed") - asked
    recorder.messages.clear()
    return {**waits, "kill_noticed": noticed}


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
