"""Pictures made beside the training, by a thread on a core that the training leaves idle.

What XLA compiles runs on one thread and without Python's lock; NumPy lets go of the lock in its products, too. So on a
machine of two cores and more, evaluating and drawing a small network costs its training next to nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from nnviz.events import Frame
from nnviz.loops.choice import cores, useful_threads
from nnviz.spec import RunSpec

LEISURE, CONTENDED = 3.0, 10.0
"""Times what the last pictures took, from the beginning of one job to that of the next; and where the core was not idle
after all, as other runs train on it."""
LONGEST = 1.0
"""Seconds of such a pause, unless LEISURE alone makes it longer: the curve is to have a point at least so often."""
WAITED = 1.5
"""Times the processor's time that a job took: then it has had to wait for the processor."""


def leaves_a_core(spec: RunSpec) -> bool:
    """Whether training this network cannot use all processors."""
    have = cores()
    return useful_threads(spec, have) < have or (spec.network.family == "scratch" and have > 1)


class Beside:
    """One job at a time. Who asks for one and who takes its frames is the same thread."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "pictures")
        self._job: Future[list[Frame]] | None = None
        self._began = -float("inf")
        self._pause = 0.0  # seconds from the beginning of a job to that of the next

    def free(self, now: float) -> bool:
        """Whether a job may begin now (`time.perf_counter()`)."""
        return self._job is None and now - self._began >= self._pause

    def begin(self, job: Callable[[], list[Frame]]) -> None:
        """Needs `free`, or at least that the job before has been taken."""
        assert self._job is None
        self._began = time.perf_counter()
        self._job = self._pool.submit(self._do, job)

    def _do(self, job: Callable[[], list[Frame]]) -> list[Frame]:
        began, used = time.perf_counter(), time.thread_time()
        try:
            return job()
        finally:
            took, worked = time.perf_counter() - began, time.thread_time() - used
            self._pause = took * LEISURE
            if took > WAITED * worked:
                self._pause = max(self._pause, min(took * CONTENDED, LONGEST))

    def take(self, wait: bool = False) -> list[Frame]:
        """What the job has made, once; nothing while it is at work, unless `wait`. Raises what it raised."""
        if self._job is None or not (wait or self._job.done()):
            return []
        job, self._job = self._job, None
        return job.result()

    def close(self) -> None:
        """Wait for the job, and end the thread: a process with a thread of its own is not given another run."""
        self._pool.shutdown(wait=True, cancel_futures=True)
