"""NumPy makes the first steps and XLA the others: one curve, whoever computes."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from test_compiled_loop import EXTRAS, data, spec_of

from nnviz.models import compiled_loop, handover_loop
from nnviz.models.compiled_loop import CompiledLoop
from nnviz.models.handover_loop import HandoverLoop
from nnviz.models.loop import training_loop
from nnviz.models.scratch_loop import ScratchLoop
from nnviz.models.weights import initial_weights
from nnviz.spec import OPTIMIZERS, RunSpec


def handover_loop_of(spec: RunSpec, accuracy: bool = False) -> HandoverLoop:
    run = (spec, initial_weights(spec), *data(spec, 35))
    return HandoverLoop(ScratchLoop(*run, accuracy=accuracy), partial(CompiledLoop, *run, accuracy=accuracy, xla=True))


@pytest.fixture
def early(monkeypatch: pytest.MonkeyPatch) -> None:
    """XLA comes after some dozen steps."""
    monkeypatch.setattr(handover_loop, "HANDOVER", 7)
    monkeypatch.setattr(handover_loop, "FIRST", 1)


@pytest.mark.usefixtures("early")
@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_what_the_optimizer_remembers_is_handed_over(name: str) -> None:
    """As if NumPy had gone on: the step's number, the order of the samples, decay and memory are all there."""
    decay = {"name": "cosine", "rate": 0.1, "steps": 60}
    for extra in EXTRAS.get(name, [{}]):
        optimizer = {"name": name, "learning_rate": 0.02, **extra}
        spec = spec_of(training={"optimizer": optimizer, "batch_size": 10, "decay": decay})
        both = handover_loop_of(spec)
        numpy = ScratchLoop(spec, initial_weights(spec), *data(spec, 35))
        for steps in (both.handover - 2, 1, 30):
            assert both.run(steps) == numpy.run(steps)
        assert (both.step, both.epoch, both.rate) == (numpy.step, numpy.epoch, numpy.rate)
        assert isinstance(both._now, CompiledLoop)
        for a, b in zip(both.weights, numpy.weights, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-4)


def test_the_handover_is_at_a_fixed_step_and_traces_once() -> None:
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
    numpy = ScratchLoop(spec, initial_weights(spec), *data(spec, 35), accuracy=True)
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

    monkeypatch.setattr(compiled_loop, "CompiledLoop", never)
    spec = spec_of(training={"batch_size": 10, "epochs": 10})
    loop = training_loop(spec, initial_weights(spec), *data(spec, 35))
    assert isinstance(loop, HandoverLoop)
    assert not loop.warming_up()
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
