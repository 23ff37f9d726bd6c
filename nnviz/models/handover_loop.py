"""NumPy trains from the first instant, while TensorFlow traces and XLA compiles in a thread; then XLA goes on.

For small dense networks XLA's steps are the quickest there are, but it needs most of a second before the first one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from nnviz.models.compiled_loop import CompiledLoop
from nnviz.models.forward import predict
from nnviz.models.loop import Chunk, Loop
from nnviz.models.scratch_loop import ScratchLoop
from nnviz.models.weights import Array
from nnviz.spec import Dense, Flatten, RunSpec

HANDOVER = 500
"""NumPy does so many steps for each layer. Fixed by the spec, so that the same seed gives the same curve; deeper
networks compile longer, and at a usual pace none is late."""
FIRST = 100
"""Steps before the compiler starts: it would hold up the first picture."""
XLA_PARAMETERS = 60_000
XLA_WORK = 1_500_000
"""Parameters × batch size up to which XLA is the faster one: 2–6 times for small networks, even at this size."""
XLA_LAYERS = 12
"""Its compile time grows with the depth: 0.25 s for 2 layers, 0.7 s for 8, 1.9 s for 16."""
SWITCH = 2e-4
"""Seconds until the thread that traces has to let the one that trains go on: Python's own 5 ms would be a step each."""


def uses_xla(spec: RunSpec) -> bool:
    """XLA wins for small dense networks; on a CPU its matrices are slow, and its compile time grows with the depth."""
    layers = spec.network.layers
    return (
        all(isinstance(layer, Dense | Flatten) for layer in layers)
        and len(layers) <= XLA_LAYERS
        and spec.parameters <= XLA_PARAMETERS
        and spec.parameters * spec.batch_size <= XLA_WORK
    )


class HandoverLoop(Loop):
    """A `Loop` for specs that `uses_xla` is true of. A run that ends before the handover never meets TensorFlow."""

    def __init__(self, numpy: ScratchLoop, compiled: Callable[[], CompiledLoop]) -> None:
        """`numpy` stands at step 0; `compiled` makes XLA's loop of the same run."""
        spec = numpy.spec
        super().__init__(spec, numpy.order.samples, numpy.accuracy)
        self.handover = HANDOVER * (1 + sum(isinstance(layer, Dense) for layer in spec.network.layers))
        self._numpy, self._compile = numpy, compiled
        self._compiler: Future[CompiledLoop] | None = None
        self._goes_on = spec.training.epochs * self.steps_per_epoch > self.handover
        self._now: ScratchLoop | CompiledLoop = self._numpy

    @property
    def weights(self) -> list[Array]:
        return self._now.weights

    @weights.setter
    def weights(self, arrays: list[Array]) -> None:
        self._now.weights = arrays

    @property
    def sums(self) -> tuple[float, float]:
        return self._now.sums

    def busy(self) -> bool:
        return self.step >= self.handover and self._compiler is not None and not self._compiler.done()

    def warming_up(self) -> bool:
        return self._goes_on and self.step < self.handover and not (self._compiler and self._compiler.done())

    def run(self, steps: int) -> Chunk:
        before = min(steps, max(0, self.handover - self.step))
        chunk = self._run(before) if before else Chunk(0)
        if self._goes_on and self._compiler is None and self.step >= FIRST:
            self._begin_to_compile()
        if chunk.bad is not None or chunk.steps == steps:
            return chunk
        if self._now is self._numpy:
            self._hand_over()
        rest = self._run(steps - chunk.steps)
        return rest._replace(steps=chunk.steps + rest.steps)

    def predict(self, x: Array) -> tuple[Array, Array]:
        return predict(self.spec, self._now.weights, x)

    def _run(self, steps: int) -> Chunk:
        now = self._now
        now.learning_rate, now.regularization_rate = self.learning_rate, self.regularization_rate
        chunk = now.run(steps)
        self.step = now.step
        return chunk

    def _hand_over(self) -> None:
        """To XLA, as soon as it is there. Raises what went wrong with it."""
        if self._compiler is None:
            self._begin_to_compile()
        assert self._compiler is not None
        compiled = self._compiler.result()
        compiled.take_over(self._numpy)
        self._now = compiled

    def _begin_to_compile(self) -> None:
        def compiled() -> CompiledLoop:
            with _switching(SWITCH):
                loop = self._compile()
                loop.prepare()
            return loop

        thread = ThreadPoolExecutor(1, "xla")
        self._compiler = thread.submit(compiled)
        thread.shutdown(wait=False)


@contextmanager
def _switching(seconds: float) -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(seconds)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
