"""From the click to the first picture of a network that has learned something, for each work."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Any

from nnviz.bench.engine import Recorder
from nnviz.bench.works import WORKS
from nnviz.engine.local import LocalEngine
from nnviz.spec import RunSpec

SMALL = 0.7
"""Seconds that the small networks may take."""


def bench_latency(works: Iterable[str] = tuple(WORKS), repeats: int = 5) -> dict[str, dict[str, float]]:
    """For each work, medians in seconds: `drawn`, to the untrained network; `trained`, to the first frame after a step.

    Each of the `repeats` runs has another seed. Raises TimeoutError where a run does not come to that.
    """
    recorder = Recorder()
    found = {}
    with tempfile.TemporaryDirectory() as home:
        engine = LocalEngine(Path(home), recorder)
        try:
            engine.wait_ready(60.0)
            for name in works:
                _click(engine, recorder, WORKS[name].spec, 0)  # files are in the system's cache
                rows = [_click(engine, recorder, WORKS[name].spec, seed) for seed in range(repeats)]
                found[name] = {key: median(row[key] for row in rows) for key in rows[0]}
        finally:
            engine.close()
    return found


def _click(engine: LocalEngine, recorder: Recorder, spec: RunSpec, seed: int) -> dict[str, float]:
    spec = RunSpec.model_validate(spec.model_dump(mode="json") | {"seed": seed})
    clicked = time.monotonic()
    run = engine.submit(spec, visitor="bench")
    engine.watch(run, 1)

    def frame(step: int) -> float:
        return recorder.wait(run, lambda e: "view" in e and e["step"] >= step, seconds=60) - clicked

    drawn, trained = frame(0), frame(1)
    row: dict[str, Any] = {"drawn": drawn, "trained": trained}
    engine.send(run, {"do": "stop"})
    recorder.wait(run, lambda e: e["event"] == "finished")
    recorder.messages.clear()
    return row
