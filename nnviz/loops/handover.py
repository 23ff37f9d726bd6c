"""NumPy trains from the first instant; long runs go on in XLA, which compiles beside it meanwhile.

For small dense networks XLA's steps are the quickest there are, but it needs most of a second before the first one,
and where TensorFlow has yet to be imported some seconds. So NumPy does as many steps as take it about that long: who
trains no longer never waits for a compiler, and who does has lost little.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress

from nnviz.loops.checkpoint import Checkpoint
from nnviz.loops.compiled import CompiledLoop
from nnviz.loops.cost import handover_step
from nnviz.loops.loop import Chunk, Loop, Standing
from nnviz.loops.numpy_loop import ScratchLoop
from nnviz.loops.xla_process import XLAProcess
from nnviz.models.forward import predict
from nnviz.models.weights import Array

AHEAD = 0.5
"""The part of NumPy's steps that are left when the compiler begins: it would hold up the first pictures, and a run
that is stopped soon, or is watched step by step, needs none."""
NICE = 5
"""Added to the compiler's thread's: it gets a third of what a thread that trains gets of a core that both want."""
SWITCH = 2e-4
"""Seconds until the thread that traces has to let the one that trains go on: Python's own 5 ms would be a step each."""


class HandoverLoop(Loop):
    """A `Loop` for specs that `uses_xla` is true of. A run that ends before the handover never meets TensorFlow."""

    def __init__(
        self, numpy: ScratchLoop, compiled: Callable[[], CompiledLoop | XLAProcess], beside: bool = False
    ) -> None:
        """`numpy` stands at step 0; `compiled` makes XLA's loop of the same run. `beside`: in a process of its own,
        which begins at once, as it has TensorFlow to import, and trains later, so that it is as nice as this one."""
        spec = numpy.spec
        super().__init__(spec, numpy.samples)
        self.handover = handover_step(spec)
        self._begin = 0 if beside else int((1 - AHEAD) * self.handover)
        self._nice = 0 if beside else NICE
        self._numpy, self._compile = numpy, compiled
        self._compiler: Future[CompiledLoop | XLAProcess] | None = None
        self._now: ScratchLoop | CompiledLoop | XLAProcess = self._numpy

    @property
    def weights(self) -> list[Array]:
        return self._now.weights

    @weights.setter
    def weights(self, arrays: list[Array]) -> None:
        self._now.weights = arrays

    @property
    def sums(self) -> tuple[float, float]:
        return self._now.sums

    def checkpoint(self) -> Checkpoint:
        return self._now.checkpoint()

    def restore(self, step: int, checkpoint: Checkpoint) -> None:
        """Beyond the handover XLA goes on, once it is compiled: the curve is that of a run that never stopped."""
        self._numpy.restore(step, checkpoint)
        self.step = step

    def busy(self) -> bool:
        if self.step < self.handover or self._now is not self._numpy:
            return False
        return not self._compiler_begun().done()

    def run(self, steps: int) -> Chunk:
        if self.step >= self._begin and self.last > self.handover:
            self._compiler_begun()
        before = min(steps, max(0, self.handover - self.step))
        chunk = self._run(before) if before else Chunk(0)
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
        compiled = self._compiler_begun().result()
        numpy = self._numpy
        compiled.take_over(Standing(numpy.step, numpy.weights, numpy.checkpoint()))
        self._now = compiled

    def _compiler_begun(self) -> Future[CompiledLoop | XLAProcess]:
        def compiled() -> CompiledLoop | XLAProcess:
            with suppress(OSError, AttributeError):  # Linux has a priority for each thread; those below it inherit it
                thread = threading.get_native_id()
                os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + self._nice)
            with _switching(SWITCH):
                loop = self._compile()
                loop.prepare()
            return loop

        if self._compiler is None:
            executor = ThreadPoolExecutor(1, "xla")
            self._compiler = executor.submit(compiled)
            executor.shutdown(wait=False)
        return self._compiler


@contextmanager
def _switching(seconds: float) -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(seconds)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
