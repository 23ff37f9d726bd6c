"""Results of recipes made up for the tests: runs with the numbers that a test says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nnviz.experiments.results import Results, RunResult
from nnviz.jobs import read_spec


def a_run(
    spec: Mapping[str, Any] | None = None, columns: Mapping[str, Sequence[Any]] | None = None, **end: Any
) -> RunResult:
    """One that has ended. columns: of its metrics, at the ends of epochs unless they say otherwise; end: of the event
    that ended it."""
    found = dict(columns or {})
    if found:
        found.setdefault("epoch_end", [True] * len(found["step"]))
    return RunResult("run", read_spec(dict(spec or {})), {"event": "finished", **end}, found)


def accuracies(*found: float, n: int = 10_000, quick: bool = False) -> Results:
    """A case `net` with test accuracies of some seeds."""
    return Results({"net": [a_run(test={"accuracy": one, "n": n}) for one in found]}, quick=quick)
