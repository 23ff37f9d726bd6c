"""From the click to the first picture of a network that has learned something, for each work."""

from __future__ import annotations

import time
from collections.abc import Iterable
from statistics import median

from nnviz.bench.recorder import Recorder, ready_engine
from nnviz.bench.works import WORKS
from nnviz.engine.limits import Limits
from nnviz.engine.local import LocalEngine
from nnviz.spec import RunSpec

SMALL = 0.7
"""Seconds that the small networks may take."""


def bench_latency(works: Iterable[str] = tuple(WORKS), repeats: int = 5) -> dict[str, dict[str, float]]:
    """For each work, medians in seconds: `drawn`, from the click to the untrained network; `trained`, to the first
    frame after a step, in a process that has trained nothing before; `again`, the same in one that has trained the same
    architecture, as when a visitor changes a rate, the seed or the data.

    Each of the `repeats` runs has another seed. Raises TimeoutError where a run does not come to that.
    """
    fresh, second = (_waits(tuple(works), repeats, limits) for limits in (Limits(spare=0), Limits()))
    return {
        name: {"drawn": drawn, "trained": trained, "again": second[name][1]}
        for name, (drawn, trained) in fresh.items()
    }  # fmt: skip


def _waits(works: tuple[str, ...], repeats: int, limits: Limits) -> dict[str, tuple[float, float]]:
    """For each work the medians of `_click`."""
    recorder, found = Recorder(), {}
    with ready_engine(recorder, limits=limits) as engine:
        for name in works:
            _click(engine, recorder, WORKS[name].spec, 0)  # files are in the system's cache
            rows = [_click(engine, recorder, WORKS[name].spec, 1 + seed) for seed in range(repeats)]
            found[name] = median(drawn for drawn, _ in rows), median(trained for _, trained in rows)
    return found


def _click(engine: LocalEngine, recorder: Recorder, spec: RunSpec, seed: int) -> tuple[float, float]:
    """Seconds to the untrained network and to the first trained one."""
    spec = RunSpec.model_validate(spec.model_dump(mode="json") | {"seed": seed})
    clicked = time.monotonic()
    run = engine.submit(spec, visitor="bench")
    engine.watch(run, 1)

    def frame(step: int) -> float:
        return recorder.wait(run, lambda e: "view" in e and e["step"] >= step) - clicked

    drawn, trained = frame(0), frame(1)
    engine.send(run, {"do": "stop"})
    recorder.wait(run, lambda e: e["event"] == "finished")
    recorder.messages.clear()
    return drawn, trained
