"""When which picture of a training network is made, so that all of them together cost it a small share of its time."""

from __future__ import annotations

import math
from dataclasses import dataclass

SHARE = 0.04
"""Of the wall time, while training goes at full speed."""
DEAREST = 0.05
"""Seconds that a picture counts for at most: one that a busy machine held up must not silence its view for long."""


@dataclass(slots=True)
class Job:
    """Something to make again and again. `cost` and `credit` are seconds; an elastic job does as much as it is given:
    it begins with `cost` of them and can use up to `most`."""

    interval: float
    cost: float = 0.0
    most: float | None = None
    credit: float = 0.0
    last: float = -math.inf
    wished: bool = False

    @property
    def wants(self) -> bool:
        # An elastic job may cost more than `most` at the least: it must still come to its turn.
        return self.wished and self.credit < max(self.cost, self.most or 0.0)

    @property
    def weight(self) -> float:
        return math.sqrt(max(self.cost, 1e-4))

    def due(self, now: float, interval: float) -> bool:
        return self.wished and now - self.last >= max(self.interval, interval) and self.credit >= self.cost


class Schedule:
    """Training earns credit; each job saves up for its own next picture, as dear as the last one was.

    What is earned goes to the jobs that have not enough yet, in proportion to the root of what they cost: a picture
    that costs a hundredth of another comes ten times as often, so that what is cheap moves where the rest must be slow.
    What a job has that it needs no more, as it is made often enough, goes to the others. Who has spent more than it had
    pays that back first. Credit that nobody needs is lost, so a quiet hour is not followed by a burst.
    """

    def __init__(self, jobs: dict[str, Job], share: float = SHARE) -> None:
        self.jobs = jobs
        self._rate = share / (1 - share)  # of the time of training, which is what is left of the wall time

    def earn(self, seconds: float) -> None:
        """So many seconds of training are done."""
        wanting = [job for job in self.jobs.values() if job.wants]
        total = sum(job.weight for job in wanting)
        for job in wanting:
            job.credit += self._rate * seconds * job.weight / total

    def wish(self, *names: str) -> None:
        """Make each of these once more, when it is due and paid for."""
        for name in names:
            self.jobs[name].wished = True

    def next(self, now: float, interval: float = 0.0) -> str | None:
        """The job to do now: of those that are due, the one that waits longest. None is done twice in `interval`."""
        due = [name for name, job in self.jobs.items() if job.due(now, interval)]
        return min(due, key=lambda name: self.jobs[name].last, default=None)

    def done(self, name: str, seconds: float, now: float) -> None:
        """A job has been done at the cost of so many seconds."""
        job = self.jobs[name]
        seconds = min(seconds, DEAREST if job.most is None else max(DEAREST, job.cost))
        job.credit -= seconds
        job.last, job.wished = now, False
        if job.most is None:
            # Half of the way: one slow picture (a busy machine, a first call) is not what the next one will cost.
            job.cost += (seconds - job.cost) / 2 if job.cost else seconds

    def made(self, name: str, now: float) -> None:
        """A job has been done outside of the account: where training rests, or a frame was asked for."""
        self.jobs[name].last, self.jobs[name].wished = now, False
