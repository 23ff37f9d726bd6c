"""How many steps a training does in one go, and when it does them."""

from __future__ import annotations

import time

from nnviz.course import CHUNK_SECONDS, Course
from nnviz.loops.loop import Chunk
from nnviz.training.learner import Learner


class Chunks:
    """size: steps of the next chunk, adapted to CHUNK_SECONDS. frame_left: steps to the next frame, when paced.

    `whole_epochs`: no epoch ends unseen within a chunk, where its sums would be lost; else chunks end with epochs.
    """

    def __init__(self, learner: Learner, course: Course, whole_epochs: bool) -> None:
        self._learner, self._course, self._whole_epochs = learner, course, whole_epochs
        self.size = 8
        self.frame_left = 0

    def delay(self) -> float:
        """Seconds that the next step has to wait: for XLA's compiler, or for the time of the next frame."""
        if self._learner.loop.busy():
            return 0.01
        course = self._course
        return course.until_frame(course.interval) if course.paced and self.frame_left <= 0 else 0.0

    def advance(self, last: int) -> Chunk:
        """Do the next steps, at most to the step `last`."""
        loop, before, began = self._learner.loop, self._learner.loop.step, time.perf_counter()
        chunk = loop.run(self._steps(last))
        took = time.perf_counter() - began
        self._learner.seconds += took
        self.frame_left -= chunk.steps
        if chunk.steps and before:  # the first one has traced a graph, and tells nothing
            self.size = max(1, min(int(CHUNK_SECONDS * chunk.steps / took), self.size * 8))
        return chunk

    @property
    def slow_epoch_ended(self) -> bool:
        """Its end is always a row; quick epochs have theirs where a frame is due, or where the speed asks for it."""
        loop, rows = self._learner.loop, self._course.speed.rows
        if not self._learner.epoch_ended:
            return False
        return loop.steps_per_epoch > self.size or (rows is not None and loop.step % (rows * loop.steps_per_epoch) == 0)

    def _steps(self, last: int) -> int:
        course, loop = self._course, self._learner.loop
        step, epoch = loop.step, loop.steps_per_epoch
        if course.paced and self.frame_left <= 0:
            self.frame_left = course.speed.steps or 0
        until = last if course.until is None else min(last, course.until)
        if step < loop.handover:  # the step after it may have to wait for XLA, which the run does while it listens
            until = min(until, loop.handover)
        if course.paced:
            until = min(until, step + self.frame_left)
        if course.speed.rows is not None:
            every = course.speed.rows * epoch
            until = min(until, (step // every + 1) * every)
        left = epoch - step % epoch
        if not self._whole_epochs or self.size < left:
            return min(self.size, left, until - step)
        steps = min(self.size, until - step)
        return steps if steps < left else left + (steps - left) // epoch * epoch
