"""How the cost grows: with samples, width, viewers and runs side by side. Where it stops being linear, is seen."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from nnviz.bench.live import bench_live
from nnviz.bench.recorder import Recorder, ready_engine
from nnviz.bench.works import WORKS
from nnviz.engine.local import LocalEngine
from nnviz.loops.cost import compiled_from
from nnviz.spec import RunSpec

SAMPLES = (1_000, 5_000, 20_000, 60_000)
WIDTHS = (8, 32, 128, 512, 2048)
VIEWERS = (1, 5, 20, 50)
RUNS = (1, 2, 4, 8)


def bench_growth(
    samples: Sequence[int] = SAMPLES,
    widths: Sequence[int] = WIDTHS,
    viewers: Sequence[int] = VIEWERS,
    runs: Sequence[int] = RUNS,
    seconds: float = 2.0,
) -> dict[str, list[dict[str, Any]]]:
    """Rows of each axis, `seconds` of measurement each.

    samples (784-30-10 at batch 10): epoch (seconds), click (seconds to the first frame after a step). width (784-W-10
    at batch 128): step (seconds), gigaflops (a second, of the matrix products). viewers: frames_per_second of each,
    slowest, cpu_share. runs (2-8-8-1 side by side): steps (a second, of all together).
    """
    return {
        "samples": [_samples(n, seconds) for n in samples],
        "width": [_width(units, seconds) for units in widths],
        "viewers": [{"viewers": int(n), **row} for n, row in bench_live(viewers, 2 * seconds)["viewers"].items()],
        "runs": [_runs(n, seconds) for n in runs],
    }


def _changed(work: str, **changes: Any) -> RunSpec:
    value = WORKS[work].spec.model_dump(mode="json")
    for path, new in changes.items():
        part, name = path.split("__")
        value[part] = {**value[part], name: new}
    return RunSpec.model_validate(value)


def _samples(n: int, seconds: float) -> dict[str, Any]:
    spec = _changed("dense", data__train=n)
    (rate,), click = _rates([spec], seconds)
    return {"samples": n, "epoch": n / spec.batch_size / rate, "click": click}


def _width(units: int, seconds: float) -> dict[str, Any]:
    spec = _changed("dense", model__layers=[{"units": units}], training__batch_size=128)
    (rate,), _ = _rates([spec], seconds)
    # Forward, and ∂L/∂W; ∂L/∂a of the second layer alone.
    operations = 2 * 128 * (2 * 784 * units + 3 * units * 10)
    return {"units": units, "step": 1 / rate, "gigaflops": rate * operations / 1e9}


def _runs(n: int, seconds: float) -> dict[str, Any]:
    spec = WORKS["tiny"].spec
    rates, _ = _rates([spec] * n, seconds)
    return {"runs": n, "steps": sum(rates)}


def _rates(specs: list[RunSpec], seconds: float) -> tuple[list[float], float]:
    """Steps a second of each while all of them run at a steady pace, nobody watching; and seconds from the
    click to the first frame of the first run that has learned something."""
    recorder = Recorder()
    after = max(compiled_from(spec) for spec in specs)
    with ready_engine(recorder, workers=max(2, len(specs))) as engine:
        _train(engine, recorder, specs[0])  # the zygote has read the images
        clicked = time.monotonic()
        ids = [engine.submit(spec, visitor=f"visitor {number}") for number, spec in enumerate(specs)]
        engine.watch(ids[0], 1)
        trained = recorder.wait(ids[0], lambda e: "view" in e and e["step"] > 0) - clicked
        engine.watch(ids[0], 0)
        for run in ids:
            recorder.wait(run, lambda e: e["event"] == "metrics" and e["step"] > after)
        time.sleep(1.0)  # compiled, and at full speed
        began = time.monotonic()
        for run in ids:
            first = recorder.wait(run, lambda e: e["event"] == "metrics", after=began)
            recorder.wait(run, lambda e: e["event"] == "metrics", after=first + seconds)
        return [recorder.rate(run, began) for run in ids], trained


def _train(engine: LocalEngine, recorder: Recorder, spec: RunSpec) -> None:
    run = engine.submit(spec, visitor="bench")
    recorder.wait(run, lambda e: e["event"] == "metrics" and e["step"] > 0)
    engine.send(run, {"do": "stop"})
    recorder.wait(run, lambda e: e["event"] == "finished")
