"""A recipe done in this very process, run after run, with nothing kept: what an exported program ends with."""

from __future__ import annotations

from pathlib import Path

from nnviz.control import QueueControl
from nnviz.data import DataMissing, load
from nnviz.data.download import have
from nnviz.events import Array, Frame
from nnviz.experiments.recipe import EACH_EPOCH, Recipe
from nnviz.experiments.reproduce import Reproduced, judged
from nnviz.experiments.results import Results, RunResult
from nnviz.experiments.table import between, figure
from nnviz.jobs import JOBS
from nnviz.spec.data import DataSpec
from nnviz.spec.job import JobSpec
from nnviz.statuses import ENDS


def reproduce(recipe: Recipe, quick: bool = False, seeds: int | None = None) -> Reproduced:
    """Do it, and print each claim beside the lecture's figure and the verdict, as `nnviz reproduce` has them."""
    runs: dict[str, list[RunResult]] = {case.name: [] for case in recipe.cases}
    members = recipe.members(seeds, quick)
    for number, (case, spec) in enumerate(members, 1):
        have_data(spec)
        print(f"run {number} of {len(members)}: {recipe.case(case).title}")
        runs[case].append(run(spec))
    found = judged(recipe, Results(runs, quick=quick))
    for one in found.judged:
        told = f"{one.what}: the lecture {figure(one.lecture)}, ours {figure(one.ours)} {between(one)}".strip()
        print(f"{told} ({one.how}): {one.verdict}")
    print(f"{recipe.id} {recipe.title}: {found.verdict}")
    return found


def have_data(spec: JobSpec) -> None:
    """Fetch MNIST where the run needs it and it is not here. Raises DataError, FetchError."""
    data = getattr(spec, "samples", None) or getattr(spec, "data", None)
    if isinstance(data, DataSpec):
        try:
            load(data, Path())
        except DataMissing:
            have("mnist", lambda _done, _total: None)


def run(spec: JobSpec) -> RunResult:
    """One run to its end."""
    job = JOBS[spec.job]
    columns: dict[str, list[float | None]] = {name: [] for name in job.columns}
    frames: dict[str, dict[str, Array]] = {}
    result = {}
    for emitted in job.run(spec, QueueControl({"do": "set", "speed": EACH_EPOCH}, {"do": "play"}), home=Path()):
        if isinstance(emitted, Frame):
            frames[emitted.view] = emitted.arrays
            continue
        told = emitted.to_json()
        if told["event"] == "metrics":
            for name, values in columns.items():
                values.append(told.get(name))
        if told["event"] in ENDS:
            result = told
    return RunResult("", spec, result, columns, frames.get)
