"""nnviz's own training: the loop alone, and a whole run in a process of its own, watched or not."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from nnviz.bench.contenders import Steps
from nnviz.bench.works import Work

SECONDS = 120.0
DIGITS = 10_000
AT_LEAST = 1.0
"""Seconds of a measurement of a run: its rows come every twentieth of a second."""


def loop(work: Work) -> Callable[[int], None]:
    """The training loop in chunks of a twentieth of a second, as a run calls it."""
    from nnviz.course import CHUNK_SECONDS
    from nnviz.loops.choice import training_loop
    from nnviz.loops.loop import Samples

    _set_up(work)
    codes = work.codes()
    x, y = work.data() if codes is None else codes
    trained = training_loop(work.spec, work.weights(), Samples(x, y, accuracy=work.spec.data.is_image))
    trained.run(trained.handover + 1 if trained.handover else 0)  # what is timed is its steady pace
    chunk = [8]

    def steps(n: int) -> None:
        while n > 0:
            before, began = trained.step, time.perf_counter()
            trained.run(min(n, chunk[0]))
            done, took = trained.step - before, time.perf_counter() - began
            n -= done
            if before:
                chunk[0] = max(1, min(int(CHUNK_SECONDS * done / took), chunk[0] * 8))

    return steps


def evaluate(work: Work) -> Callable[[int], None]:
    """10,000 digits through the loop's own graph, as the confusion matrix and the gallery have them."""
    from nnviz.loops.choice import training_loop
    from nnviz.loops.loop import Samples

    _set_up(work)
    x, y = work.data()
    trained = training_loop(work.spec, work.weights(), Samples(x, y, accuracy=True))

    def times(n: int) -> None:
        for _ in range(n):
            trained.predict(x[:DIGITS])

    return times


def _set_up(work: Work) -> None:
    """As a run's own process, when it is alone."""
    from nnviz.engine.process import set_up
    from nnviz.loops.choice import cores, useful_threads

    if work.spec.network.family == "network":
        set_up(useful_threads(work.spec, cores()))


def alone(work: Work) -> Steps:
    return _run(work, 0)


def watched(work: Work) -> Steps:
    return _run(work, 1)


def _run(work: Work, viewers: int) -> Steps:
    from nnviz.bench.recorder import TERMINAL, Recorder
    from nnviz.engine.local import LocalEngine
    from nnviz.loops.cost import compiled_from

    recorder = Recorder()
    engine = LocalEngine(Path(tempfile.mkdtemp(prefix="nnviz-bench-")), recorder)
    engine.wait_ready(SECONDS)
    last = work.spec.training.epochs * -(-work.spec.data.train // work.batch)
    run = ""

    def rest(asked: float = 0.0) -> None:
        def resting() -> bool:
            messages = recorder.messages.get(run, [])
            paused = any(when >= asked and event.get("status") == "paused" for when, event in messages)
            return paused or any(event["event"] in TERMINAL for _, event in messages)

        recorder.wait_for(run, resting)

    def command(do: str) -> float:
        asked = time.monotonic()
        engine.send(run, {"do": do})
        return asked

    def start() -> None:
        """A run at its steady pace, in place of one that has come to its last epoch."""
        nonlocal run
        if run:
            command("stop")
            recorder.wait(run, lambda e: e["event"] in TERMINAL)
        recorder.messages.clear()
        run = engine.submit(work.spec, visitor="bench", play=False)
        engine.watch(run, viewers)
        rest()
        if compiled := compiled_from(work.spec):
            command("play")
            recorder.wait(run, lambda e: e["event"] in TERMINAL or (e["event"] == "metrics" and e["step"] > compiled))
            rest(command("pause"))

    def steps(n: int) -> float:
        rows = recorder.rows(run)
        if not rows or rows[-1][1] + 4 * n > last:
            start()
        began = command("play")

        def measured() -> bool:
            found = recorder.rows(run, began)
            done = len(found) > 2 and found[-1][1] - found[1][1] >= n and found[-1][0] - found[1][0] >= AT_LEAST
            return done or recorder.messages[run][-1][1]["event"] in TERMINAL

        recorder.wait_for(run, measured, 10 * SECONDS)
        found = recorder.rows(run, began)[1:]  # the first may be of before
        rest(command("pause"))
        return (found[-1][0] - found[0][0]) / (found[-1][1] - found[0][1]) * n

    return steps


def together(work: Work) -> Steps:
    """n runs as one group, as a sweep's are; from the click to the last one's result."""
    return _many(work, "together")


def apart(work: Work) -> Steps:
    """n runs submitted one by one, as visitors do; from the first click to the last one's result."""
    return _many(work, None)


def _many(work: Work, group: str | None) -> Steps:
    from nnviz.bench.recorder import Recorder
    from nnviz.engine.local import LocalEngine

    recorder = Recorder()
    engine = LocalEngine(Path(tempfile.mkdtemp(prefix="nnviz-bench-")), recorder)
    engine.wait_ready(SECONDS)

    def runs(n: int) -> float:
        began = time.monotonic()
        submitted = [engine.submit(work.spec, visitor="bench", group=group) for _ in range(n)]
        ended = max(recorder.wait(run, lambda e: e["event"] == "finished", seconds=SECONDS) for run in submitted)
        recorder.messages.clear()
        return ended - began

    return runs
