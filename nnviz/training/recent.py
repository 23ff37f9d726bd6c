"""How well the training goes at present: means over the last samples, sliding across the ends of epochs.

Keras's running mean begins anew with every epoch: a curve of it falls off a cliff at each epoch's start.
"""

from __future__ import annotations

from collections import deque
from typing import Any

LEAST = 1000
"""Samples of a mean: an accuracy of 90 % is then within ± 2 %."""
SHARE = 10
"""A tenth of an epoch, where that is more."""


class Recent:
    """Means over a tenth of an epoch, at least LEAST samples and at most an epoch, and at least what was added last.

    `samples` of an epoch, `batch` of a step.
    """

    def __init__(self, samples: int, batch: int) -> None:
        self.samples, self.batch = samples, batch
        self.steps_per_epoch = -(-samples // batch)
        self.window = min(samples, max(LEAST, samples // SHARE))
        self._marks: deque[tuple[int, float, float]] = deque([(0, 0.0, 0.0)])
        """Samples used so far, their losses together, and how many were answered correctly."""
        self._epoch, self._start = 0, (0.0, 0.0)  # the epoch of the newest mark, and the two sums at its beginning
        self._step = 0

    def add(self, step: int, sums: tuple[float, float]) -> None:
        """After `step` updates `sums` are those of the epoch's samples so far: (losses, right answers)."""
        if step <= self._step:
            return
        epoch, steps = (step - 1) // self.steps_per_epoch, (step - 1) % self.steps_per_epoch + 1
        if epoch != self._epoch:
            if self._step == epoch * self.steps_per_epoch:  # it ended where we looked: go on from there
                self._start = self._marks[-1][1:]
            else:  # what came between is not known
                self._start = (0.0, 0.0)
                self._marks = deque([(epoch * self.samples, 0.0, 0.0)])
            self._epoch = epoch
        used = epoch * self.samples + min(steps * self.batch, self.samples)
        self._marks.append((used, self._start[0] + sums[0], self._start[1] + sums[1]))
        self._step = step
        while len(self._marks) > 2 and used - self._marks[1][0] >= self.window:
            self._marks.popleft()

    @property
    def course(self) -> dict[str, Any]:
        """What `go_on` needs, in plain numbers."""
        return {"marks": [list(m) for m in self._marks], "epoch": self._epoch, "start": self._start, "step": self._step}

    def go_on(self, course: dict[str, Any]) -> None:
        """With the means of another process of the same run."""
        self._marks = deque((used, loss, correct) for used, loss, correct in course["marks"])
        self._epoch, self._step = course["epoch"], course["step"]
        loss, correct = course["start"]
        self._start = (loss, correct)

    def means(self) -> tuple[float, float]:
        """(loss, accuracy); there has been a step."""
        (first, *before), (last, *now) = self._marks[0], self._marks[-1]
        loss, correct = (b - a for a, b in zip(before, now, strict=True))
        return loss / (last - first), correct / (last - first)
