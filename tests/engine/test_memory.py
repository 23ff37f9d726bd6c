"""What a run may need of memory: the bound that is worked out from its spec, held against what real processes take."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from nnviz.engine import memory
from nnviz.engine.admission import MemoryLimitError
from nnviz.engine.limits import Limits
from nnviz.engine.local import LocalEngine
from nnviz.engine.memory import MB
from nnviz.spec import RunSpec
from tests.engine.conftest import Make
from tests.engines import TERMINAL, Ear, until

linux = pytest.mark.skipif(sys.platform != "linux", reason="memory as Linux tells it")


def spec_of(layers: list[dict[str, Any]], batch: int, **changes: Any) -> RunSpec:
    """Two steps on as many digits as a batch has."""
    return RunSpec.model_validate({
        "data": {"name": "digits", "train": min(batch, 1347), "test": 100, **changes.pop("data", {})},
        "model": {"layers": layers, "activation": "relu", **changes},
        "training": {
            "loss": "categorical_crossentropy", "batch_size": batch, "epochs": 2,
            "optimizer": {"learning_rate": 1e-6},  # weights that run away would end a run that a test looks at
        },
    })  # fmt: skip


def conv(filters: int, **more: Any) -> dict[str, Any]:
    return {"kind": "conv2d", "filters": filters, "kernel_size": 3, "padding": "same", **more}


def lstm(units: int) -> dict[str, Any]:
    return {"kind": "lstm", "units": units}


LARGE = {
    "dense": spec_of([{"units": 1024}] * 4, 1300),
    "convolutions": spec_of([conv(128), {"kind": "batch_normalization"}, conv(8)], 1300),
    "lstm": spec_of([lstm(256)], 1300),
    "in NumPy": spec_of([conv(64), conv(8)], 1300, family="scratch"),
}
"""Of each kind one that takes some hundred megabytes."""


def test_every_layer_counts_and_a_recurrent_one_at_every_time_step() -> None:
    small, large = spec_of([lstm(64)], 100), spec_of([lstm(64)], 200)
    rows, gates = 8, 11
    assert large.memory - small.memory >= 100 * 4 * rows * gates * 64
    assert small.activations == 8 * 8 + 8 * 64 + 10
    one, two = spec_of([lstm(64)], 100), spec_of([lstm(64), lstm(64)], 100)
    assert two.activations == one.activations + 8 * 64


def test_no_machine_takes_what_the_spec_forbids() -> None:
    value = {
        "data": {"name": "mnist"},
        "model": {"layers": [lstm(512)]},
        "training": {"batch_size": 60_000, "loss": "categorical_crossentropy"},
    }
    with pytest.raises(ValueError, match=r"training\.batch_size: .*GB.*allowed are at most ([\d,]+)") as caught:
        RunSpec.model_validate(value)
    most = int(str(caught.value).split("allowed are at most ")[1].split(" ")[0].strip(".,\n").replace(",", ""))
    value["training"] = {**value["training"], "batch_size": most}  # type: ignore[dict-item]
    assert RunSpec.model_validate(value).memory <= 6 * 2**30
    value["training"] = {**value["training"], "batch_size": most + 1}  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="batch_size"):
        RunSpec.model_validate(value)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, ear: Ear) -> Iterator[LocalEngine]:
    """A process for each run."""
    engine = LocalEngine(tmp_path_factory.mktemp("home"), ear, method="fork", limits=Limits(spare=0))
    yield engine
    engine.close()


@linux
@pytest.mark.timeout(300)  # some seconds on a machine that has nothing else to do
@pytest.mark.parametrize("name", LARGE)
def test_a_process_takes_no_more_than_the_bound_and_half_of_it_at_least(
    name: str, engine: LocalEngine, ear: Ear
) -> None:
    spec, peak = LARGE[name], 0

    def look() -> None:
        nonlocal peak
        status = engine.status(run)
        assert status is not None
        if status["pid"] is not None:
            peak = max(peak, memory.private(status["pid"]) or 0)

    def seen() -> bool:
        """It takes most within a step: what is missed of one is there again in the next."""
        look()
        over = any(event["event"] in TERMINAL for event in ear.events(run))
        return over or (peak >= spec.memory / 2.5 and any(row["step"] >= 2 for row in ear.metrics(run)))

    def ended() -> bool:
        look()
        return any(event["event"] in TERMINAL for event in ear.events(run))

    run = engine.submit(changed(spec, {"training": {"epochs": 100_000}}), visitor="ann")
    engine.watch(run, 1)
    until(seen)
    engine.send(run, {"do": "stop"})
    until(ended)
    assert ear.end(run)["event"] == "finished", ear.end(run)
    assert spec.memory / 2.5 <= peak <= spec.memory, f"{peak / MB:.0f} MB of {spec.memory / MB:.0f}"


@linux
def test_what_does_not_fit_waits_for_memory_and_smaller_runs_pass_it(make: Make, ear: Ear) -> None:
    large = LARGE["lstm"]
    engine = make(method="fork", limits=Limits(memory=2 * large.memory - 1, run_memory=large.memory))
    endless = {"training": {"epochs": 100_000}}
    first = engine.submit(changed(large, endless), visitor="ann")
    ear.status(first, "running")
    second = engine.submit(changed(large, endless), visitor="bob")
    said = ear.wait(second, lambda m: isinstance(m, dict) and m.get("detail", {}).get("reason") == "memory")
    assert isinstance(said, dict)
    assert (said["status"], said["detail"]) == ("waiting", {"place": 1, "reason": "memory"})
    small = engine.submit(RunSpec.model_validate({"training": {"epochs": 3}}), visitor="cem")
    assert ear.end(small)["reason"] == "epochs"
    engine.send(first, {"do": "stop"})
    ear.end(first)
    ear.status(second, "running")
    engine.send(second, {"do": "stop"})
    ear.end(second)


@linux
def test_what_would_never_fit_is_refused_with_the_field_and_what_is_allowed(make: Make) -> None:
    engine = make(method="fork", limits=Limits(run_memory=250 * MB))
    with pytest.raises(MemoryLimitError, match=r"training\.batch_size: .*250 MB.*allowed are at most") as caught:
        engine.submit(LARGE["lstm"], visitor="ann")
    assert caught.value.field == "training.batch_size"
    with pytest.raises(MemoryLimitError, match=r"model\.layers: .*fewer units"):
        engine.submit(spec_of([{"units": 2048}, {"units": 2048}], 1), visitor="ann")
    turned = spec_of([{"units": 4}], 10, data={"name": "mnist", "train": 60_000, "test": 10_000, "rotate": 15})
    with pytest.raises(MemoryLimitError, match=r"data\.train: .*fewer"):
        engine.submit(turned, visitor="ann")


@linux
def test_a_run_that_takes_more_than_one_may_is_ended_in_words(
    make: Make, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RunSpec, "memory", 10 * MB)  # as if the bound were wrong
    engine = make(method="fork", limits=Limits(run_memory=100 * MB))
    run = engine.submit(changed(LARGE["dense"], {"training": {"epochs": 100_000}}), visitor="ann")
    end = ear.end(run)
    assert end["event"] == "failed"
    assert "here one may have 100 MB. Take fewer units" in end["message"]
    until(lambda: engine.unfinished == 0)
    short = engine.submit(RunSpec.model_validate({"training": {"epochs": 3}}), visitor="bob")
    assert ear.end(short)["reason"] == "epochs"


@linux
def test_a_process_is_refused_more_than_its_bound() -> None:
    """NumPy and TensorFlow say so themselves; `in_words` makes a sentence of it."""
    code = (
        "import numpy as np; from nnviz.engine.child import in_words; from nnviz.engine.share import bound_memory\n"
        "bound_memory(100 * 2**20); kept = np.ones(10 * 2**20)\n"
        "try: np.ones(20 * 2**20)\n"
        "except MemoryError as error: print(in_words(error))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.startswith("There is not enough memory for this run. Take fewer units")


@linux
def test_eight_of_the_largest_at_once_stay_within_what_there_is(make: Make, ear: Ear) -> None:
    """They wait for each other, and all come to their end."""
    large = spec_of([conv(128)], 600, family="scratch")  # the quickest of its size
    most = int(2.5 * large.memory)
    engine = make(method="fork", limits=Limits(memory=most, run_memory=large.memory, spare=0))
    runs = [engine.submit(changed(large, {"seed": i}), visitor=f"visitor {i}") for i in range(8)]

    def living() -> set[int]:
        return {status["pid"] for run in runs if (status := engine.status(run)) and status["pid"] is not None}

    highest = together = 0
    while not all(any(event["event"] in TERMINAL for event in ear.events(run)) for run in runs):
        pids = living() & living()  # in both: what was read of one may be over when the next one is read
        highest = max(highest, sum(memory.private(pid) or 0 for pid in pids))
        together = max(together, len(pids))
        time.sleep(0.01)
    assert [ear.end(run)["event"] for run in runs] == ["finished"] * 8
    assert together <= 2
    assert highest <= most


def changed(spec: RunSpec, change: dict[str, Any]) -> RunSpec:
    value = spec.model_dump(mode="json")
    merged = {part: {**value[part], **new} if isinstance(new, dict) else new for part, new in change.items()}
    return RunSpec.model_validate({**value, **merged})
