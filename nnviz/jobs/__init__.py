"""The jobs that the engine can do. To add one: a file with its spec type, its `run` and its `Job`, and a line in JOBS.

A specification names its job in `job`; without that word it is a training's.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from nnviz.jobs.approximation import APPROXIMATION
from nnviz.jobs.backprop import BACKPROP
from nnviz.jobs.depth import DEPTH
from nnviz.jobs.descent import DESCENT
from nnviz.jobs.gan import GAN
from nnviz.jobs.grid_search import GRID_SEARCH
from nnviz.jobs.job import Job
from nnviz.jobs.own_model import OWN_MODEL
from nnviz.jobs.perceptron import PERCEPTRON
from nnviz.jobs.reinforcement import REINFORCEMENT
from nnviz.jobs.slow_start import SLOW_START
from nnviz.jobs.train import TRAIN
from nnviz.jobs.unfold import UNFOLD
from nnviz.spec import explain
from nnviz.spec.job import JobSpec

JOBS: dict[str, Job] = {
    "train": TRAIN,
    "perceptron": PERCEPTRON,
    "descent": DESCENT,
    "grid_search": GRID_SEARCH,
    "slow_start": SLOW_START,
    "unfold": UNFOLD,
    "backprop": BACKPROP,
    "depth": DEPTH,
    "approximation": APPROXIMATION,
    "reinforcement": REINFORCEMENT,
    "gan": GAN,
    "keras": OWN_MODEL,
}
DEFAULT = "train"


class SpecError(ValueError):
    """No spec. `lines`: one for each fault, with the field and what is allowed."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("; ".join(lines))
        self.lines = lines


def job_name(raw: Any) -> str:
    """The job that a specification's JSON names; of another value than an object, the default one."""
    return str(raw.get("job", DEFAULT)) if isinstance(raw, dict) else DEFAULT


def find_job(raw: Any) -> Job:
    """The job that a specification's JSON names. Raises SpecError."""
    job = JOBS.get(job_name(raw))
    if job is None:
        raise SpecError([f"job: allowed are {', '.join(JOBS)} (given: {job_name(raw)[:60]!r})"])
    return job


def read_spec(raw: Any) -> JobSpec:
    """The specification in plain values, as read from JSON: of the type that its `job` says. Raises SpecError."""
    job = find_job(raw)
    try:
        return job.spec.model_validate(raw)
    except ValidationError as error:
        raise SpecError(explain(error, job.spec)) from error


def columns_of(raw: Any) -> tuple[str, ...]:
    """Names of the numbers in the metrics of a run with this specification; of a job that is not known here, "step"."""
    job = JOBS.get(job_name(raw))
    return job.columns if job else ("step",)
