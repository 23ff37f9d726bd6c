"""The job `gan`: a generator and a discriminator play against each other. A step is one of the game: so many updates of
the discriminator, one of the generator; by command also one update of either alone."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from nnviz.control import Command, Only
from nnviz.course import Emitted
from nnviz.events import Event, Frame, Row, Started, Status
from nnviz.gan.spec import GanSpec
from nnviz.jobs.job import Job
from nnviz.jobs.steps import Stepwise

if TYPE_CHECKING:
    from nnviz.control import Control
    from nnviz.gan.measures import Measured
    from nnviz.gan.verdict import Scores

LATELY = 20
"""Rows of metrics over which it is told at which modes the generator has been."""
RECENT = 0.5
"""Seconds of work over which the speed is taken."""


class GanRun(Stepwise):
    def __init__(self, spec: GanSpec, control: Control | None) -> None:
        from nnviz.gan.game import Game
        from nnviz.gan.measures import Measure

        super().__init__(control)
        self.spec, self.game = spec, Game(spec)
        self.measure = Measure(self.game)
        self.now = self._measured()
        self.lately: deque[list[int]] = deque(maxlen=LATELY)
        self.marks: deque[tuple[float, int]] = deque([(0.0, 0)])

    def advance(self) -> Iterator[Event]:
        with quiet():
            self.game.step()
        yield from self._row(due=(self.step + 1) % self.spec.every == 0 or self.pace.until is not None)

    def other(self, command: Command) -> Emitted:
        """One network alone, then it rests."""
        if not isinstance(command, Only):
            yield from super().other(command)
            return
        for _ in range(command.n):
            if self.ended() is None:
                yield from self._alone(command.network)
        self.pace.paused, self.pace.until = True, None
        yield from self.rest()
        yield Status("paused")

    def _alone(self, network: Literal["discriminator", "generator"]) -> Iterator[Event]:
        with quiet():
            if network == "discriminator":
                self.game.discriminator_step()
            else:
                self.game.generator_step()
        yield from self._row(due=True)
        self.step += 1

    def _row(self, due: bool) -> Iterator[Event]:
        """Of the state after the step that is being done."""
        if not due:
            return
        self.now = self._measured()
        if self.now.covered is not None:
            self.lately.append(np.flatnonzero(self.now.covered).tolist())
        scores, losses = self._scores(), self.game.played
        yield Row(self.step + 1, {
            "discriminator_loss": _known(losses[0] + losses[1]), "generator_loss": _known(losses[2]),
            "real_score": _known(scores.real), "fake_score": _known(scores.fake), "distance": _known(self.now.distance),
            "precision": self.now.precision, "coverage": self.now.coverage,
            "modes": None if self.now.covered is None else float(self.now.covered.sum()),
        })  # fmt: skip

    def frames(self) -> Iterator[Frame]:
        from nnviz.gan.frames import frame
        from nnviz.gan.verdict import verdict

        self.now = self._measured()
        recent = [mode for row in self.lately for mode in row]
        told = verdict(self.spec, self.step, self.now, self._scores(), self.measure.floor, recent)
        updates = {"discriminator": self.game.discriminator.updates, "generator": self.game.generator.updates}
        with quiet():
            made = frame(self.game, self.measure, self.step, self.now, told, rate=self._rate(), updates=updates)
        yield made

    def _rate(self) -> float | None:
        """Steps a second, of the time that was spent on them lately."""
        self.marks.append((self.seconds, self.step))
        while len(self.marks) > 2 and self.marks[-1][0] - self.marks[1][0] >= RECENT:
            self.marks.popleft()
        (began, first), (seconds, step) = self.marks[0], self.marks[-1]
        return (step - first) / (seconds - began) if seconds > began else None

    def _measured(self) -> Measured:
        with quiet():
            return self.measure.of(self.game.generate(self.measure.latent))

    def _scores(self) -> Scores:
        from nnviz.gan.verdict import Scores

        game, says = self.game, self.game.loss.says
        with quiet():
            fake = game.generate(self.measure.latent)
            return Scores(float(says(game.score(self.measure.real)).mean()), float(says(game.score(fake)).mean()))

    def ended(self) -> str | None:
        if self.step % self.spec.every == 0 and self.game.diverged:
            return "diverged"
        return "trained" if self.step >= self.spec.steps else None

    def result(self) -> dict[str, Any]:
        found = self.now
        return {
            "distance": _known(found.distance), "precision": found.precision, "coverage": found.coverage,
            "modes": None if found.covered is None else int(found.covered.sum()),
        }  # fmt: skip


def quiet() -> np.errstate:
    """Weights that run away are told in words."""
    return np.errstate(all="ignore")


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None


def run(spec: GanSpec, control: Control | None = None, **_: Any) -> Iterator[Event | Frame]:
    """Frames of view "gan" (nnviz.gan.frames); the reason of `Done`: trained, diverged, stopped."""
    yield Started(parameters=spec.parameters, layers=[])
    yield from GanRun(spec, control).events()


COLUMNS = (
    "step", "discriminator_loss", "generator_loss", "real_score", "fake_score", "distance", "precision", "coverage",
    "modes",
)  # fmt: skip
GAN = Job(
    title="GAN", spec=GanSpec, run=run, columns=COLUMNS,
    words={"idle": "not trained yet: press Train", "running": "training"},
)  # fmt: skip
