"""NumPy makes the first steps and XLA the others: one curve, whoever computes."""

from __future__ import annotations

import os
from functools import partial
from typing import Any

import numpy as np
import pytest

from nnviz.loops import compiled, handover
from nnviz.loops.choice import training_loop
from nnviz.loops.compiled import CompiledLoop
from nnviz.loops.cost import handover_step
from nnviz.loops.handover import HandoverLoop
from nnviz.loops.loop import Samples
from nnviz.loops.numpy_loop import ScratchLoop
from nnviz.loops.xla_process import XLAProcess
from nnviz.models.weights import initial_weights
from nnviz.optimizers import OPTIMIZERS
from nnviz.spec import RunSpec
from tests.loops.test_compiled import EXTRAS, data, spec_of


def handover_loop_of(spec: RunSpec, accuracy: bool = False) -> HandoverLoop:
    run = spec, initial_weights(spec), Samples(*data(spec, 35), accuracy=accuracy)
    return HandoverLoop(ScratchLoop(*run), partial(CompiledLoop, *run, xla=True))


@pytest.fixture
def early(monkeypatch: pytest.MonkeyPatch) -> None:
    """XLA comes after some dozen steps."""
    monkeypatch.setattr(handover, "handover_step", lambda _: 21)


@pytest.mark.usefixtures("early")
@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_what_the_optimizer_remembers_is_handed_over(name: str) -> None:
    """As if NumPy had gone on: the step's number, the order of the samples, decay and memory are all there."""
    decay = {"name": "cosine", "rate": 0.1, "steps": 60}
    for extra in EXTRAS.get(name, [{}]):
        optimizer = {"name": name, "learning_rate": 0.02, **extra}
        spec = spec_of(training={"optimizer": optimizer, "batch_size": 10, "decay": decay})
        both = handover_loop_of(spec)
        numpy = ScratchLoop(spec, initial_weights(spec), Samples(*data(spec, 35)))
        for steps in (both.handover - 2, 1, 30):
            assert both.run(steps) == numpy.run(steps)
        assert (both.step, both.epoch, both.rate) == (numpy.step, numpy.epoch, numpy.rate)
        assert isinstance(both._now, CompiledLoop)
        for a, b in zip(both.weights, numpy.weights, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-4)


def test_the_handover_is_at_a_fixed_step_and_traces_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handover, "handover_step", lambda _: 700)
    spec = spec_of(training={"batch_size": 10, "epochs": 1000})
    first, second = handover_loop_of(spec), handover_loop_of(spec)
    first.run(first.handover + 200)
    second.run(first.handover - 1)
    while second.step < first.step:
        second.run(min(11, first.step - second.step))
    for a, b in zip(first.weights, second.weights, strict=True):
        np.testing.assert_array_equal(a, b)
    compiled = second._now
    assert isinstance(compiled, CompiledLoop)
    assert [f.experimental_get_tracing_count() for f in compiled._graphs.steps.values()] == [1]


@pytest.mark.usefixtures("early")
def test_rates_weights_and_sums_pass_through() -> None:
    parts: dict[str, Any] = {"data": {"name": "digits", "train": 35}, "model": {"regularizer": {"name": "l2"}}}
    spec = spec_of(**parts, training={"loss": "categorical_crossentropy", "batch_size": 10})
    both = handover_loop_of(spec, accuracy=True)
    numpy = ScratchLoop(spec, initial_weights(spec), Samples(*data(spec, 35), accuracy=True))
    for loop in (both, numpy):
        loop.learning_rate = 0.05
        loop.run(both.handover - 1)
        loop.regularization_rate = 0.01
        loop.run(2)  # one on either side
        loop.weights = [1.1 * w for w in loop.weights]
        loop.learning_rate = 0.2
        loop.run(5)
    assert both.running == pytest.approx(numpy.running, rel=1e-4)
    for a, b in zip(both.weights, numpy.weights, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=2e-5)
    x = data(spec, 9)[0]
    for ours, theirs in zip(both.predict(x), numpy.predict(x), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


def test_a_short_run_never_meets_tensorflow(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any, **__: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(compiled, "CompiledLoop", never)
    spec = spec_of(training={"batch_size": 10, "epochs": 10})
    loop = training_loop(spec, initial_weights(spec), Samples(*data(spec, 35)))
    assert isinstance(loop, HandoverLoop)
    assert loop.run(40).steps == 40
    assert loop._compiler is None
    assert not loop.busy()


@pytest.mark.usefixtures("early")
def test_a_compiler_that_fails_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise MemoryError("no room for the graph")

    monkeypatch.setattr(CompiledLoop, "prepare", full)
    loop = handover_loop_of(spec_of(training={"batch_size": 10}))
    assert loop.run(loop.handover).steps == loop.handover
    with pytest.raises(MemoryError, match="no room"):
        loop.run(1)


@pytest.mark.usefixtures("early")
def test_a_number_that_breaks_before_the_handover_ends_the_run_there() -> None:
    spec = spec_of(
        data={"name": "plane"}, model={"activation": "relu", "initializer": "he_normal"},
        training={"batch_size": 10, "loss": "mean_squared_error", "optimizer": {"learning_rate": 1000}},
    )  # fmt: skip
    loop = handover_loop_of(spec)
    chunk = loop.run(500)
    assert chunk.bad is not None
    assert loop.step == chunk.steps == chunk.bad_step - 1 < loop.handover


def test_a_longer_run_begins_as_a_shorter_one() -> None:
    """How many epochs there are to be does not say where XLA takes over; what a step takes NumPy does."""
    steps = {handover_step(spec_of(training={"batch_size": 10, "epochs": epochs})) for epochs in (1, 60, 100_000)}
    assert len(steps) == 1
    dear = spec_of(model={"layers": [{"units": 64}] * 8}, training={"batch_size": 40, "optimizer": {"name": "adam"}})
    assert 1000 < handover_step(dear) < min(steps)


@pytest.mark.usefixtures("early")
def test_a_run_that_is_made_longer_at_the_handover_goes_on_in_xla() -> None:
    spec = spec_of(training={"batch_size": 10, "epochs": 3})
    loop = handover_loop_of(spec)
    assert loop.run(12) == loop.run(9)._replace(steps=12)
    assert loop._compiler is None, "it was to end before"
    assert loop.busy()
    assert loop._compiler is not None
    loop._compiler.result()
    assert not loop.busy()
    loop.run(3)
    assert isinstance(loop._now, CompiledLoop)


@pytest.mark.usefixtures("early")
def test_a_process_of_its_own_computes_the_same() -> None:
    spec = spec_of(
        model={"regularizer": {"name": "l2"}},
        training={"batch_size": 10, "optimizer": {"name": "sgd", "momentum": 0.5}},
    )
    run = spec, initial_weights(spec), Samples(*data(spec, 35))
    beside = HandoverLoop(ScratchLoop(*run), partial(XLAProcess, *run), beside=True)
    within = handover_loop_of(spec)
    for loop in (beside, within):
        loop.run(30)
        loop.learning_rate, loop.regularization_rate = 0.05, 0.01
        loop.weights = [1.1 * w for w in loop.weights]
        loop.run(9)
    assert (beside.step, beside.sums) == (within.step, within.sums)
    for a, b in zip(beside.weights, within.weights, strict=True):
        np.testing.assert_array_equal(a, b)
    process = beside._now
    assert isinstance(process, XLAProcess)
    own, other = (os.getpriority(os.PRIO_PROCESS, pid) for pid in (0, process._process.pid))
    assert own == other, "it is to train, not only to compile"
    process._process.kill()
    with pytest.raises(RuntimeError, match="has ended"):
        beside.run(1)
