"""A process that has done its run does another one: sooner, and to the same numbers as a fresh one."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from engines import Ear, pid_of, until

from nnviz.engine.limits import Limits
from nnviz.engine.local import LocalEngine
from nnviz.models.compiled_loop import CompiledLoop, traced
from nnviz.models.weights import initial_weights
from nnviz.spec import RunSpec

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals and /proc as Linux has them")
CONV: dict[str, Any] = {"kind": "conv2d", "filters": 4, "kernel_size": 3}


def spec_of(
    layers: list[dict[str, Any]], *, seed: int = 0, rate: float = 0.01, train: int = 60, **data: Any
) -> RunSpec:
    return RunSpec.model_validate({
        "data": {"name": "digits", "train": train, "test": 50, **data},
        "model": {"layers": layers, "regularizer": {"name": "l2", "rate": rate / 100}},
        "training": {
            "loss": "categorical_crossentropy", "batch_size": 20, "epochs": 3,
            "optimizer": {"name": "adam", "learning_rate": rate},
        },
        "seed": seed,
    })  # fmt: skip


DENSE, PICTURE = [{"units": 8}], [CONV, {"kind": "max_pooling2d"}, {"kind": "dropout", "rate": 0.25}]


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture(params=["fork", "spawn"])
def engine(
    request: pytest.FixtureRequest, tmp_path: Path, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LocalEngine]:
    monkeypatch.setenv("NNVIZ_DATA", str(tmp_path))  # a zygote that reads MNIST has half a second for nothing else
    engine = LocalEngine(tmp_path, ear, method=request.param, limits=Limits(terminate=0.6, kill=0.4))
    yield engine
    engine.close()
    assert len(engine._spares) == 0


def run(engine: LocalEngine, ear: Ear, spec: RunSpec) -> tuple[int, dict[str, Any]]:
    """(the process, the last word) of a whole run."""
    name = engine.submit(spec, visitor="ann", play=False)
    engine.watch(name, 1)
    ear.status(name, "paused")
    pid = pid_of(engine, name)
    engine.send(name, {"do": "play"})
    end = ear.end(name)
    until(lambda: engine.unfinished == 0)
    return pid, end


def numbers(end: dict[str, Any]) -> dict[str, Any]:
    assert end["event"] == "finished", end
    return {key: end[key] for key in ("epochs", "steps", "train", "test")}


def test_what_is_compiled_is_used_again_and_changes_nothing(engine: LocalEngine, ear: Ear, tmp_path: Path) -> None:
    specs = [
        spec_of(PICTURE),
        spec_of(PICTURE, seed=3),
        spec_of(PICTURE, rate=0.003),
        spec_of(PICTURE, train=50),
        spec_of(PICTURE, train=110, center=True),
    ]
    done = [run(engine, ear, spec) for spec in specs]
    assert len({pid for pid, _ in done}) == 1
    heard = Ear()
    fresh = LocalEngine(tmp_path / "fresh", heard, method="fork", limits=Limits(spare=0))
    try:
        alone = [run(fresh, heard, spec) for spec in specs]
    finally:
        fresh.close()
    assert len({pid for pid, _ in alone}) == len(specs)
    assert [numbers(end) for _, end in done] == [numbers(end) for _, end in alone]


def test_who_has_only_used_numpy_takes_any_run_but_tensorflow_binds(engine: LocalEngine, ear: Ear) -> None:
    first, _ = run(engine, ear, spec_of(DENSE))
    second, _ = run(engine, ear, spec_of([{"units": 5}, {"units": 4}]))
    third, _ = run(engine, ear, spec_of(PICTURE))  # starts TensorFlow
    assert first == second == third
    fourth, _ = run(engine, ear, spec_of(DENSE))
    assert fourth != first
    fifth, _ = run(engine, ear, spec_of([CONV]))
    assert fifth == fourth
    sixth, _ = run(engine, ear, spec_of(PICTURE))
    assert sixth == first


def test_a_second_run_can_be_killed_and_is_told_apart(engine: LocalEngine, ear: Ear) -> None:
    pid, _ = run(engine, ear, spec_of(DENSE))
    endless = RunSpec.model_validate({"training": {"epochs": 100_000, "batch_size": 1}})
    name = engine.submit(endless, visitor="ben")
    ear.status(name, "running")
    assert pid_of(engine, name) == pid
    os.kill(pid, signal.SIGKILL)
    end = ear.end(name)
    assert (end["event"], end["signal"]) == ("crashed", signal.SIGKILL)
    again = engine.submit(endless, visitor="ben")
    ear.status(again, "running")
    engine.send(again, {"do": "stop"})
    assert ear.end(again)["reason"] == "stopped"


def test_a_second_run_that_does_not_listen_is_ended_by_force(engine: LocalEngine, ear: Ear) -> None:
    pid, _ = run(engine, ear, spec_of(DENSE))
    name = engine.submit(spec_of(DENSE), visitor="ben", play=False)
    ear.status(name, "paused")
    os.kill(pid, signal.SIGSTOP)
    engine.send(name, {"do": "stop"})
    assert ear.end(name)["reason"] == "stopped"
    until(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)


def test_a_spare_that_dies_is_not_missed(engine: LocalEngine, ear: Ear) -> None:
    pid, _ = run(engine, ear, spec_of(DENSE))
    os.kill(pid, signal.SIGSTOP)
    name = engine.submit(spec_of(DENSE), visitor="ann")  # is given the process, which cannot take it
    ear.status(name, "starting")
    os.kill(pid, signal.SIGKILL)
    assert ear.end(name)["event"] == "finished"
    other, _ = run(engine, ear, spec_of(DENSE))
    os.kill(other, signal.SIGKILL)
    until(lambda: len(engine._spares) == 0)
    assert run(engine, ear, spec_of(DENSE))[0] not in {pid, other}


def test_words_to_a_run_that_is_over_do_not_reach_the_next(engine: LocalEngine, ear: Ear) -> None:
    first = engine.submit(spec_of(DENSE), visitor="ann")
    ear.end(first)
    for viewers in (5, 0):
        engine.watch(first, viewers)
        engine.send(first, {"do": "stop"})
    pid, end = run(engine, ear, spec_of(DENSE))
    assert end["reason"] == "epochs"
    assert run(engine, ear, spec_of(DENSE, seed=1))[0] == pid


def test_spares_leave_after_their_time_and_with_the_engine(tmp_path: Path, ear: Ear) -> None:
    engine = LocalEngine(tmp_path, ear, method="fork", limits=Limits(spare=0.01))
    try:
        pid, _ = run(engine, ear, spec_of(DENSE))
        until(lambda: not psutil.pid_exists(pid))
    finally:
        engine.close()
    engine = LocalEngine(tmp_path, ear, method="fork")
    try:
        pids = {run(engine, ear, spec_of(PICTURE))[0], run(engine, ear, spec_of([CONV]))[0]}
        assert len(engine._spares) >= 1
    finally:
        engine.close()
    until(lambda: not any(psutil.pid_exists(pid) for pid in pids))


# ------------------------------------------------------------------ specs of one architecture share their graphs

SAME: list[dict[str, Any]] = [
    {"seed": 7},
    {"training": {"optimizer": {"learning_rate": 0.1}}},
    {"model": {"regularizer": {"rate": 0.02}}},
    {"training": {"epochs": 9, "shuffle": False}},
    {"model": {"initializer": "zeros", "bias_initializer": "zeros"}},
    {"data": {"train": 45}},
]
OTHER: list[dict[str, Any]] = [
    {"model": {"regularizer": {"name": "l1"}}},
    {"model": {"layers": [*PICTURE[:2], {"kind": "dropout", "rate": 0.5}]}},
    {"model": {"activation": "sigmoid"}},
    {"model": {"output_activation": "sigmoid"}, "training": {"loss": "binary_crossentropy"}},
    {"training": {"loss": "categorical_focal_crossentropy"}},
    {"training": {"batch_size": 15}},
    {"training": {"decay": {"name": "exponential", "rate": 0.5, "steps": 3}}},
    {"training": {"optimizer": {"beta_1": 0.5}}},
    {"training": {"optimizer": {"clipnorm": 0.1}}},
    {"training": {"optimizer": {"name": "adamax"}}},
]


def merged(spec: Any, change: Any) -> Any:
    if not isinstance(change, dict) or not isinstance(spec, dict):
        return change
    if "name" in change and change["name"] != spec.get("name"):
        return change
    return spec | {key: merged(spec.get(key), value) for key, value in change.items()}


def trained(spec: RunSpec) -> list[Any]:
    rng = np.random.default_rng(1)
    x = rng.random((spec.data.train, 8, 8, 1), np.float32)
    y = np.eye(10, dtype=np.float32)[rng.integers(0, 10, len(x))]
    loop = CompiledLoop(spec, initial_weights(spec), x, y, accuracy=True)
    loop.run(7)
    return [*loop.weights, *loop.predict(x), np.array(loop.running)]


@pytest.mark.parametrize("change", [*SAME, *OTHER], ids=str)
def test_graphs_that_were_traced_before_compute_the_same(change: dict[str, Any]) -> None:
    before = spec_of(PICTURE)
    after = RunSpec.model_validate(merged(before.model_dump(mode="json"), change))
    traced.cache_clear()
    alone = trained(after)
    traced.cache_clear()
    trained(before)
    for ours, theirs in zip(trained(after), alone, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert (before.architecture == after.architecture) == (change in SAME)
