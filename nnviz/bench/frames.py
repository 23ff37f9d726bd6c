"""What watching a network on images costs its training: one run, now watched, now not, in turn."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Any

from nnviz.bench.recorder import Recorder, ready_engine
from nnviz.bench.works import WORKS
from nnviz.loops.cost import compiled_from
from nnviz.sets.mnist import find
from nnviz.spec import RunSpec

VIEWS = ("filters", "predictions", "statistics", "weights")
NETWORKS = ("dense", "wide", "deep")
"""The lecture's first network, and B14 and B17."""


def bench_frames(
    networks: Sequence[str] = NETWORKS, repeats: int = 7, seconds: float = 3.0
) -> dict[str, dict[str, Any]]:
    """For each of WORKS, by its title, trained on MNIST at full speed, over `repeats` pairs of `seconds` each:

    ratio, the median of training speed with one viewer / with nobody watching, one behind the other; steps, steps a
    second with nobody watching; spread, half of the ratios' middle half; frames, of each view, a second while watched;
    kilobytes, of the largest frame of each view. Raises RuntimeError where MNIST is missing or a run stops reporting,
    TimeoutError where one does not train.
    """
    if find() is None:
        raise RuntimeError("needs MNIST; fetch it with `nnviz data get mnist`, or set NNVIZ_DATA to its folder")
    return {WORKS[name].title: _measure(WORKS[name].spec, repeats, seconds) for name in networks}


def _measure(spec: RunSpec, repeats: int, seconds: float) -> dict[str, Any]:
    recorder = Recorder()
    with ready_engine(recorder) as engine:
        run = engine.submit(spec, visitor="bench")
        recorder.wait(run, lambda e: e["event"] == "metrics" and e["step"] > compiled_from(spec))
        engine.watch(run, 1)
        for view in VIEWS:
            recorder.wait(run, lambda e, view=view: e.get("view") == view)  # type: ignore[misc]
        time.sleep(seconds)  # every graph has been traced, every picture's cost is known
        ratios, alone, frames, largest = [], [], Counter[str](), Counter[str]()
        for _ in range(repeats):
            speeds = []
            for viewers in (0, 1):
                engine.watch(run, viewers)
                time.sleep(0.2)
                began = time.monotonic()
                time.sleep(seconds)
                recorder.wait_for(run, lambda began=began: len(recorder.rows(run, began)) > 1)  # type: ignore[misc]
                speeds.append(recorder.rate(run, began))
            for when, event in recorder.messages[run]:
                if "view" in event:
                    frames[event["view"]] += when >= began  # of the watched half
                    largest[event["view"]] = max(largest[event["view"]], event["bytes"])
            recorder.messages[run].clear()
            ratios.append(speeds[1] / speeds[0])
            alone.append(speeds[0])
    ratios.sort()
    quarter = len(ratios) // 4
    return {
        "ratio": median(ratios), "spread": (ratios[-1 - quarter] - ratios[quarter]) / 2, "steps": median(alone),
        "frames": {view: frames[view] / repeats / seconds for view in VIEWS},
        "kilobytes": {view: largest[view] / 1000 for view in VIEWS},
    }  # fmt: skip
