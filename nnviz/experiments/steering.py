"""Which runs of a sweep begin when, and which are stopped before their end: for the server and the command line alike.

A grid or a random search is known at once. A TPE search grows: a few runs wait or train, and when one has ended the
next place to look is asked for. It reads no clock and starts nothing: who steers tells it of events.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nnviz.experiments.board import MOST_PANELS
from nnviz.experiments.outcome import Outcome, outcome
from nnviz.experiments.search import RUNGS, Search
from nnviz.experiments.sweep import Point, SweepError, SweepSpec, members
from nnviz.jobs import SpecError
from nnviz.spec import RunSpec
from nnviz.statuses import ENDS

CURVE, COARSE = 40, 8
"""Rows of metrics of a run at least: where its curve is looked at, and else."""
TRIES = 50
"""Points that a search proposes for one run, where some do not go together."""


class Steering:
    """points: of the runs so far, in the order of the group. Numbers are places in it."""

    def __init__(
        self,
        sweep: SweepSpec,
        ahead: int,
        points: Sequence[Point] = (),
        check: Callable[[RunSpec], None] = lambda _: None,
    ) -> None:
        """ahead: runs of a search that wait or train at once; points: those of an earlier life; check: raises
        ValueError for a run that the machine cannot take. Raises SweepError."""
        self.sweep, self._ahead, self._check = sweep, max(1, ahead), check
        self.points: list[Point] = []
        self.specs: list[RunSpec] = []
        self._newest: dict[int, Mapping[str, Any]] = {}
        self._rungs: dict[int, int] = {}
        self._over: set[int] = set()
        self._ended = False
        self._search = Search(sweep) if sweep.method == "tpe" else None
        if self._search is None:
            for point, spec in members(sweep):
                self._add(point, spec)
            return
        for point in points:
            self._search.take_up(point)
            self._add(point, sweep.member(point))

    @property
    def grows(self) -> bool:
        """Whether runs will come to those that there are."""
        return self._search is not None and not self._ended and len(self.points) < self.sweep.size

    def more(self) -> list[RunSpec]:
        """Runs to be added now, after those that there are: of a search so many that there is work ahead."""
        first = len(self.points)
        while self.grows and self._search is not None and len(self.points) - len(self._over) < self._ahead:
            self._add(*self._propose(self._search))
        return self.specs[first:]

    def speed(self, spec: RunSpec) -> dict[str, Any]:
        """How a run is shown (`nnviz.control.Speed`): with a curve where curves are looked at or compared."""
        curves = self._search is not None or self.sweep.size <= MOST_PANELS
        return {"rows": max(1, spec.training.epochs // (CURVE if curves else COARSE))}

    def heard(self, number: int, event: Mapping[str, Any]) -> bool:
        """Take an event of a run. True: it is among the worse half, let it be stopped."""
        if self._search is None or number in self._over:
            return False
        name = event.get("event")
        if name == "metrics":
            self._newest[number] = event
            return self._compare(number, event)
        if name in ENDS:
            status = "stopped" if event.get("reason") == "stopped" else str(name)
            self.tell(number, outcome(self.specs[number], status, event, self._newest.get(number)))
        return False

    def tell(self, number: int, found: Outcome) -> None:
        """How a run of a search has ended."""
        if self._search is not None and number not in self._over:
            self._over.add(number)
            self._search.tell(number, found.value, stopped=found.word == "stopped early")

    def end(self) -> None:
        """No more runs are added."""
        self._ended = True

    def _add(self, point: Point, spec: RunSpec) -> None:
        try:
            self._check(spec)
        except ValueError as fault:
            raise SweepError(f"over: {self.sweep.words(point)}: {fault}") from None
        self.points.append(point)
        self.specs.append(spec)

    def _propose(self, search: Search) -> tuple[Point, RunSpec]:
        """A point whose values go together. Raises SweepError where the search finds none."""
        fault: Exception | None = None
        for _ in range(TRIES):
            point = search.ask()
            try:
                spec = self.sweep.member(point)
                self._check(spec)
            except (SpecError, ValueError) as why:
                fault = why
                search.drop()
                continue
            return point, spec
        raise SweepError(f"over: of {TRIES} combinations none is allowed; {self.sweep.words(point)}: {fault}")

    def _compare(self, number: int, event: Mapping[str, Any]) -> bool:
        spec, epoch = self.specs[number], event.get("epoch") or 0.0
        rung = int(RUNGS * epoch / spec.training.epochs)
        value = outcome(spec, "running", None, event).value
        if self._search is None or value is None or not self._rungs.get(number, 0) < rung < RUNGS:
            return False
        self._rungs[number] = rung
        return self._search.report(number, rung, value)
