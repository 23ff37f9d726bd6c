"""XLA's loop in a process of its own, for a process that has not imported TensorFlow.

To import TensorFlow takes seconds of Python, which in a thread of the same process would hold up NumPy's steps and be
held up by them. Here it is imported beside them, on another core, and nothing that libraries print gets into the
caller's output.

The two speak over the standard streams of the second: the run, answered by None when it is compiled; then a `_Job` for
each `run`, answered by a `_Done`. A fault is an answer, too.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, NamedTuple

from nnviz.loops.checkpoint import Checkpoint
from nnviz.loops.loop import Chunk, Loop, Samples, Standing
from nnviz.models.forward import predict
from nnviz.models.tensorflow_import import import_tensorflow
from nnviz.models.weights import Array
from nnviz.spec import RunSpec


class _Job(NamedTuple):
    steps: int
    learning_rate: float
    regularization_rate: float
    standing: Standing | None
    """At the handover."""
    weights: list[Array] | None
    """Where somebody has set them."""
    checkpoint: bool = False
    """Whether one is wanted of where this job ends."""


class _Done(NamedTuple):
    chunk: Chunk
    step: int
    weights: list[Array]
    sums: tuple[float, float]
    checkpoint: Checkpoint | None


class XLAProcess(Loop):
    """As `CompiledLoop` with `xla`, for what `HandoverLoop` asks of it. Its process starts to import at once.

    Raises RuntimeError, from `prepare` or `run`, where that process ends or fails.
    """

    def __init__(self, spec: RunSpec, weights: list[Array], samples: Samples) -> None:
        super().__init__(spec, samples)
        self._weights, self._sums = weights, (0.0, 0.0)
        self._standing: Standing | None = None
        self._set: list[Array] | None = None
        self._told: Any = (spec.model_dump_json(), weights, samples)
        paths = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
        self._process = subprocess.Popen(
            [sys.executable, "-c", f"from {__name__} import main; main()"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
            env={**os.environ, "PYTHONPATH": paths, "PYTHONSAFEPATH": "1"},
        )  # fmt: skip

    @property
    def weights(self) -> list[Array]:
        return [w.copy() for w in self._weights]

    @weights.setter
    def weights(self, arrays: list[Array]) -> None:
        self._weights = self._set = [w.copy() for w in arrays]

    @property
    def sums(self) -> tuple[float, float]:
        return self._sums

    def prepare(self) -> None:
        """Comes back when all is compiled; needs no time of this process's."""
        self._ask(self._told)
        self._told = None

    def take_over(self, other: Standing) -> None:
        """Go on where another loop of the same run has come to."""
        self.step, self._weights, self._sums, self._standing = (
            other.step, other.weights, other.checkpoint.sums, other,
        )  # fmt: skip

    def checkpoint(self) -> Checkpoint:
        if self._standing is not None:
            return self._standing.checkpoint
        done: _Done = self._ask(_Job(0, self.learning_rate, self.regularization_rate, None, None, checkpoint=True))
        assert done.checkpoint is not None
        return done.checkpoint

    def restore(self, step: int, checkpoint: Checkpoint) -> None:
        self.take_over(Standing(step, self._weights, checkpoint))

    def run(self, steps: int) -> Chunk:
        job = _Job(steps, self.learning_rate, self.regularization_rate, self._standing, self._set)
        done: _Done = self._ask(job)
        self._standing = self._set = None
        self.step, self._weights, self._sums = done.step, done.weights, done.sums
        return done.chunk

    def predict(self, x: Array) -> tuple[Array, Array]:
        return predict(self.spec, self._weights, x)

    def _ask(self, what: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            _send(self._process.stdin, what)
            answer = pickle.load(self._process.stdout)
        except (EOFError, OSError) as fault:
            code = self._process.wait()
            raise RuntimeError(f"the process in which XLA compiles has ended (exit code {code})") from fault
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def __del__(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                stream.close()  # type: ignore[union-attr]


def _send(stream: IO[bytes], what: Any) -> None:
    pickle.dump(what, stream, pickle.HIGHEST_PROTOCOL)
    stream.flush()


def _serve(jobs: IO[bytes], answers: IO[bytes]) -> None:
    import_tensorflow()
    import tensorflow as tf

    from nnviz.loops.compiled import CompiledLoop

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    spec, weights, samples = pickle.load(jobs)
    run = RunSpec.model_validate_json(spec)
    loop = CompiledLoop(run, weights, samples, xla=True)
    loop.prepare()
    _send(answers, None)
    while True:
        job: _Job = pickle.load(jobs)
        if job.standing is not None:
            loop.take_over(job.standing)
        if job.weights is not None:
            loop.weights = job.weights
        loop.learning_rate, loop.regularization_rate = job.learning_rate, job.regularization_rate
        chunk = loop.run(job.steps)
        checkpoint = loop.checkpoint() if job.checkpoint else None
        _send(answers, _Done(chunk, loop.step, loop.weights, loop.sums, checkpoint))


def _end_with(parent: int) -> None:
    """End when that process has: in the midst of an import nobody reads the end of a stream."""
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(0)


def main() -> None:
    """The whole life of the second process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    try:
        _serve(sys.stdin.buffer, answers)
    except (EOFError, ConnectionError):
        pass  # the run is over
    except MemoryError as fault:
        _send(answers, fault)
    except Exception as fault:
        short = type(fault).__name__ == "ResourceExhaustedError"
        _send(answers, MemoryError() if short else RuntimeError(f"{type(fault).__name__}: {fault}"))
    os._exit(0)
