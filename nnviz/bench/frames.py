"""What watching a network on images costs its training: one run, now watched, now not, in turn."""

from __future__ import annotations

import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from nnviz.bench.works import WORKS
from nnviz.data.mnist import find
from nnviz.engine.local import LocalEngine
from nnviz.events import frame_header
from nnviz.spec import RunSpec

VIEWS = ("filters", "predictions", "statistics", "weights")
NETWORKS = ("dense", "wide", "deep")
"""The lecture's first network, and B14 and B17."""
LONGEST_START = 60.0


class _Ear:
    """A listener that counts frames, and keeps when which step was reported."""

    def __init__(self) -> None:
        self._heard = threading.Condition()
        self.rows: list[tuple[float, int]] = []
        self.frames: Counter[str] = Counter()
        self.largest: Counter[str] = Counter()
        self.last: dict[str, Any] = {}

    def __call__(self, run: str, message: dict[str, Any] | bytes) -> None:  # noqa: ARG002  (the engine's signature)
        with self._heard:
            if isinstance(message, bytes):
                view = frame_header(message)["view"]
                self.frames[view] += 1
                self.largest[view] = max(self.largest[view], len(message))
            else:
                self.last = message
                if message["event"] == "metrics":
                    self.rows.append((time.monotonic(), message["step"]))
            self._heard.notify_all()

    def trained(self) -> None:
        """Wait until it trains. Raises RuntimeError where it does not."""
        with self._heard:
            if not self._heard.wait_for(lambda: bool(self.rows) and self.rows[-1][1] > 0, LONGEST_START):
                raise RuntimeError(f"the run of the benchmark does not train; last it said {self.last}")

    def speed(self, began: float) -> float:
        """Steps a second since `began` (monotonic). Raises RuntimeError where fewer than two rows tell."""
        with self._heard:
            rows = [row for row in self.rows if row[0] >= began]
        if len(rows) < 2:
            raise RuntimeError("the run of the benchmark has stopped reporting")
        return (rows[-1][1] - rows[0][1]) / (rows[-1][0] - rows[0][0])


def bench_frames(
    networks: Sequence[str] = NETWORKS, repeats: int = 7, seconds: float = 3.0
) -> dict[str, dict[str, Any]]:
    """For each of WORKS, by its title, trained on MNIST at full speed, over `repeats` pairs of `seconds` each:

    ratio, the median of training speed with one viewer / with nobody watching, one behind the other; steps, steps a
    second with nobody watching; spread, half of the ratios' middle half; frames, of each view, a second while watched;
    kilobytes, of the largest frame of each view. Raises RuntimeError where MNIST is missing or a run does not train.
    """
    if find() is None:
        raise RuntimeError("needs MNIST; fetch it with `nnviz data get mnist`, or set NNVIZ_DATA to its folder")
    return {WORKS[name].title: _measure(WORKS[name].spec, repeats, seconds) for name in networks}


def _measure(spec: RunSpec, repeats: int, seconds: float) -> dict[str, Any]:
    ear = _Ear()
    with tempfile.TemporaryDirectory() as home:
        engine = LocalEngine(Path(home), ear)
        try:
            engine.wait_ready(LONGEST_START)
            run = engine.submit(spec, visitor="bench")
            ear.trained()
            engine.watch(run, 1)
            time.sleep(seconds)  # every graph has been traced, every picture's cost is known
            ratios, alone, frames = [], [], Counter[str]()
            for _ in range(repeats):
                speeds = []
                for viewers in (0, 1):
                    engine.watch(run, viewers)
                    time.sleep(0.2)
                    ear.frames.clear()
                    began = time.monotonic()
                    time.sleep(seconds)
                    speeds.append(ear.speed(began))
                frames += ear.frames  # of the watched half
                ratios.append(speeds[1] / speeds[0])
                alone.append(speeds[0])
        finally:
            engine.close()
    ratios.sort()
    quarter = len(ratios) // 4
    return {
        "ratio": median(ratios), "spread": (ratios[-1 - quarter] - ratios[quarter]) / 2, "steps": median(alone),
        "frames": {view: frames[view] / repeats / seconds for view in VIEWS},
        "kilobytes": {view: ear.largest[view] / 1000 for view in VIEWS},
    }  # fmt: skip
