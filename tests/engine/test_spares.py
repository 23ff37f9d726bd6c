"""A process that has done its run does another one: sooner, and to the same numbers as a fresh one."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from nnviz.engine.limits import Limits
from nnviz.engine.local import LocalEngine
from nnviz.loops.compiled import CompiledLoop, traced
from nnviz.loops.loop import Samples
from nnviz.models.weights import initial_weights
from nnviz.spec import RunSpec
from tests.engines import Ear, pid_of, until

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


@pytest.fixture(scope="module", params=["fork", "spawn"])
def started(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, ear: Ear
) -> Iterator[LocalEngine]:
    if request.param == "fork":
        yield request.getfixturevalue("forking")
        return
    limits = Limits(terminate=0.6, kill=0.4)
    engine = LocalEngine(tmp_path_factory.mktemp("home"), ear, method="spawn", limits=limits)
    yield engine
    engine.close()
    assert len(engine._spares) == 0


@pytest.fixture
def engine(started: LocalEngine) -> LocalEngine:
    """Without a process that a test before this one has left."""
    started._loop.ask(started._spares.clear)
    until(lambda: len(started._spares) == 0)
    return started


forked = pytest.mark.parametrize("started", ["fork"], indirect=True)
"""Where it makes no difference how the process was started."""


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[RunSpec], dict[str, Any]]]:
    """The last word of a run in a process of its own."""
    heard = Ear()
    engine = LocalEngine(tmp_path_factory.mktemp("fresh"), heard, method="fork", limits=Limits(spare=0))
    done: dict[str, tuple[int, dict[str, Any]]] = {}

    def end(spec: RunSpec) -> dict[str, Any]:
        key = spec.model_dump_json()
        if key not in done:
            done[key] = run(engine, heard, spec)
            assert len({pid for pid, _ in done.values()}) == len(done)
        return done[key][1]

    yield end
    engine.close()


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


def test_what_is_compiled_is_used_again_and_changes_nothing(
    engine: LocalEngine, ear: Ear, fresh: Callable[[RunSpec], dict[str, Any]]
) -> None:
    specs = [
        spec_of(PICTURE),
        spec_of(PICTURE, seed=3),
        spec_of(PICTURE, rate=0.003),
        spec_of(PICTURE, train=50),
        spec_of(PICTURE, train=110, center=True),
    ]
    done = [run(engine, ear, spec) for spec in specs]
    assert len({pid for pid, _ in done}) == 1
    assert [numbers(end) for _, end in done] == [numbers(fresh(spec)) for spec in specs]


@forked
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


@forked
def test_a_second_run_that_does_not_listen_is_ended_by_force(engine: LocalEngine, ear: Ear) -> None:
    pid, _ = run(engine, ear, spec_of(DENSE))
    name = engine.submit(spec_of(DENSE), visitor="ben", play=False)
    ear.status(name, "paused")
    os.kill(pid, signal.SIGSTOP)
    engine.send(name, {"do": "stop"})
    assert ear.end(name)["reason"] == "stopped"
    until(lambda: not psutil.pid_exists(pid))


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


@forked
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
    loop = CompiledLoop(spec, initial_weights(spec), Samples(x, y, accuracy=True))
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
