"""Recipes done on this machine's cores: which runs there are to do, and what came of each recipe.

A run that two recipes have is done once; one that is recorded is not done again. Who drives it hands over the events of
the engine; this starts nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nnviz.events import Array, decode_frame
from nnviz.experiments.claims import Judged, Verdict, judge, verdict
from nnviz.experiments.recipe import Recipe
from nnviz.experiments.results import Results, RunResult, Value
from nnviz.spec.job import JobSpec
from nnviz.store.runs import RunRow
from nnviz.store.store import Store
from nnviz.store.writer import as_json


@dataclass
class Work:
    """One run to do. recipe: the first that has it; run: its id once it is queued or found."""

    spec: JobSpec
    recipe: Recipe
    run: str | None = None
    over: bool = False


@dataclass(frozen=True)
class Reproduced:
    """What came of a recipe. seconds: of training, of all its runs together, with what its function took; results: what
    the claims were judged on; problem: why its function could not measure."""

    recipe: Recipe
    judged: Sequence[Judged]
    seconds: float
    results: Results
    problem: str = ""

    @property
    def verdict(self) -> Verdict:
        return verdict(self.judged)

    def to_json(self) -> dict[str, Any]:
        return {
            "recipe": self.recipe.id, "title": self.recipe.title, "claims": [one.to_json() for one in self.judged],
            "verdict": self.verdict, "seconds": round(self.seconds, 2), "quick": self.results.quick,
            "seeds": max(map(len, self.results.runs.values()), default=0),
            "runs": {case: [run.run for run in runs] for case, runs in self.results.runs.items()},
        }  # fmt: skip


@dataclass
class Reproduction:
    """recipes, in the order in which they are told. seeds: of each seeded case, None as each recipe says."""

    store: Store
    recipes: Sequence[Recipe]
    seeds: int | None = None
    quick: bool = False
    again: bool = False
    works: dict[str, Work] = field(default_factory=dict)

    def __post_init__(self) -> None:
        done = {} if self.again else self.store.groups.done_of_recipes()
        self._members: dict[str, list[tuple[str, str]]] = {}
        for recipe in self.recipes:
            members = self._members[recipe.id] = []
            for case, spec in recipe.members(self.seeds, self.quick):
                key = as_json(spec.model_dump(mode="json")) or ""
                members.append((case, key))
                if key not in self.works:
                    found = done.get(key)
                    self.works[key] = Work(spec, recipe, found, found is not None)

    @property
    def done(self) -> int:
        return sum(work.over for work in self.works.values())

    def to_do(self) -> Iterator[Work]:
        """The runs that have not begun, those of one recipe after the other."""
        return (work for work in self.works.values() if work.run is None)

    def complete(self, recipe: Recipe) -> bool:
        """Whether all its runs have ended."""
        return all(self.works[key].over for _, key in self._members[recipe.id])

    def tell(self, recipe: Recipe) -> Reproduced:
        """What came of it, all its runs having ended. Takes as long as its function."""
        self.store.flush()
        runs: dict[str, list[RunResult]] = {case.name: [] for case in recipe.cases}
        for case, key in self._members[recipe.id]:
            work = self.works[key]
            assert work.run is not None
            runs[case].append(run_result(self.store, work.run, work.spec))
        return judged(recipe, Results(runs, quick=self.quick))


def judged(recipe: Recipe, results: Results) -> Reproduced:
    """The recipe's claims held against these runs, after its function has measured them."""
    began, problem = time.perf_counter(), ""
    trained = sum(float(one.result.get("seconds") or 0) for each in results.runs.values() for one in each)
    values: Mapping[str, Value] = {}
    if recipe.measure is not None:
        try:
            values = recipe.measure(results)
        except LookupError as missing:  # a run that failed has no result to measure
            problem = str(missing)
    results = Results(results.runs, values, results.quick, problem)
    found = judge(recipe.claims, results)
    return Reproduced(recipe, found, trained + time.perf_counter() - began, results, problem)


def run_result(store: Store, run: str, spec: JobSpec) -> RunResult:
    """A run as it is recorded."""
    row: RunRow | None = store.get_run(run)

    def frame(view: str) -> dict[str, Array] | None:
        data = store.newest_frame(run, view)
        return None if data is None else decode_frame(data).arrays

    return RunResult(run, spec, (row.result if row else None) or {}, store.history(run), frame)
