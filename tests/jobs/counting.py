"""A job that no program has: it counts. Importing this module adds it to those that the engine can do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field

from nnviz.control import Control
from nnviz.events import Event, Frame, Row
from nnviz.jobs import JOBS
from nnviz.jobs.job import Job
from nnviz.jobs.steps import Stepwise
from nnviz.spec.job import JobSpec
from tests.serving import ROOT

PROGRAM = (sys.executable, "-c", "import tests.jobs.counting, nnviz.cli; nnviz.cli.main()")
"""nnviz with this job."""


class CountSpec(JobSpec):
    job: Literal["count"] = "count"
    to: int = Field(100, ge=1, le=1_000_000)
    fail_at: int | None = None
    pace: float = Field(0.0, ge=0, le=1, description="seconds that a step takes")

    @property
    def subject(self) -> str:
        return "natural numbers"

    @property
    def words(self) -> str:
        return f"up to {self.to}"


class Counting(Stepwise):
    unit = 10

    def __init__(self, spec: CountSpec, control: Control | None) -> None:
        super().__init__(control)
        self.spec = spec

    def advance(self) -> Iterator[Event]:
        number = self.step + 1
        time.sleep(self.spec.pace)
        if number == self.spec.fail_at:
            raise ZeroDivisionError("it was to fail here")
        yield Row(number, {"square": float(number**2), "odd": float(number) if number % 2 else None})

    def frames(self) -> Iterator[Frame]:
        yield Frame("number", self.step, 0.0, {}, {"digits": np.array([int(d) for d in str(self.step)], np.uint8)})

    def ended(self) -> str | None:
        return "counted" if self.step == self.spec.to else None

    def result(self) -> dict[str, int]:
        return {"sum": self.step * (self.step + 1) // 2}


def run(spec: CountSpec, control: Control | None, **_: Path | None) -> Iterator[Event | Frame]:
    return Counting(spec, control).events()


JOBS["count"] = Job(title="counting", spec=CountSpec, run=run, columns=("step", "square", "odd"))


def command(home: Path, *words: str, program: tuple[str, ...] = PROGRAM) -> subprocess.CompletedProcess[str]:
    """A command on a home, to its end."""
    env = {**os.environ, "NNVIZ_HOME": str(home), "PYTHONPATH": str(ROOT)}
    return subprocess.run([*program, *words], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
