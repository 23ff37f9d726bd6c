"""A recipe: an experiment of a lecture as data, with the figure that the lecture prints. Pure.

`nnviz/experiments/catalogue/` has them all; what is wrong in one is said when it is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from nnviz import jobs
from nnviz.experiments.claims import Claim
from nnviz.experiments.guesses import Guess
from nnviz.experiments.results import Results, Value
from nnviz.jobs.changes import put
from nnviz.spec.job import JobSpec

Plain = dict[str, Any]
LECTURES: Mapping[str, str] = {
    "A": "Incorporating nonlinear models",
    "B": "Improving the network",
    "C": "Mathematical foundations",
    "D": "CS5489 8b: width and depth",
    "E": "Fundamentals of deep learning",
}
"""Letter of a recipe's id → its lecture, in their order."""
EACH_EPOCH = {"rows": 1}
"""How a recipe's runs are shown (`nnviz.control.Speed`): claims name numbers at the ends of epochs."""


@dataclass(frozen=True)
class Place:
    """Where a recipe is gone on with by hand: a room, and what its link says."""

    room: str
    link: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """One of a recipe's runs. name: of its references, lower-case; title: of its curve; plain: its specification, as
    JSON has it (of another job than a training with its `job`). quick: changes for `--quick`, path → value. seeded:
    whether other seeds make other runs of it. preset: the words of it as a preset of its room; none, no preset. figure:
    what the lecture prints of it, in words."""

    name: str
    title: str
    plain: Plain
    quick: Mapping[str, Any] = field(default_factory=dict)
    seeded: bool = True
    preset: str = ""
    figure: str = ""

    @cached_property
    def spec(self) -> JobSpec:
        return jobs.read_spec(self.plain)

    def member(self, seed: int, quick: bool = False) -> JobSpec:
        """Its run with the seed-th seed, 0 being its own."""
        raw = self.spec.model_dump(mode="json")
        for path, value in self.quick.items() if quick else ():
            put(raw, path, value)
        if seed and self.seeded:
            raw["seed"] = raw.get("seed", 0) + seed
        return jobs.read_spec(raw)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """id: the lecture's row. question: what it answers, ends with a question mark. look: what to look at. figure: what
    the lecture prints, in words. cases: its runs. measure: computes further values from the results, by the names in
    `values`; of recipes without runs all. seeds: of each seeded case, unless another number is asked for. place: its
    room. guess: what a visitor says before it runs. ours: what the lecture leaves unsaid, with our choice. seconds: it
    takes on two cores, as measured."""

    ids: ClassVar[str] = r"[A-E][0-9]{1,2}"

    id: str
    title: str
    question: str
    look: str
    figure: str
    claims: tuple[Claim, ...]
    place: Place
    guess: Guess
    cases: tuple[Case, ...] = ()
    measure: Callable[[Results], Mapping[str, Value]] | None = None
    values: tuple[str, ...] = ()
    seeds: int = 1
    ours: tuple[str, ...] = ()
    seconds: float = 1.0

    def __post_init__(self) -> None:
        try:
            self._check()
        except ValueError as fault:
            raise ValueError(f"recipe {self.id}: {fault}") from None

    @property
    def lecture(self) -> str:
        return LECTURES[self.id[0]]

    def case(self, name: str) -> Case:
        return next(case for case in self.cases if case.name == name)

    def members(self, seeds: int | None = None, quick: bool = False) -> list[tuple[str, JobSpec]]:
        """(case, specification) of each of its runs, the seeds of a case one after the other."""
        count = 1 if quick and seeds is None else seeds or self.seeds
        return [
            (case.name, case.member(seed, quick)) for case in self.cases for seed in range(count if case.seeded else 1)
        ]

    def _check(self) -> None:
        names = [case.name for case in self.cases]
        if len(set(names)) != len(names):
            raise ValueError("two of its cases have one name")
        if not self.question.endswith("?"):
            raise ValueError("its question ends with a question mark")
        if not self.claims:
            raise ValueError("it has no claim")
        if bool(self.values) != (self.measure is not None):
            raise ValueError("it measures values, and does not name them")
        for case in self.cases:
            case.member(0)
            case.member(0, quick=True)
        for claim in self.claims:
            claim.check(names, self.values)
        self.guess.check(names, self.values)
