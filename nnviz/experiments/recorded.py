"""What came of the recipes on a machine of ours: kept beside the catalogue, shown before a visitor has run anything,
and the README's table. Written by `nnviz reproduce … --record FILE`, read as package data."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from nnviz.events import finite
from nnviz.experiments.claims import Judged
from nnviz.experiments.curves import axis, lines, main_column, shown
from nnviz.experiments.recipe import Recipe
from nnviz.experiments.reproduce import Reproduced
from nnviz.experiments.table import Row, markdown, rows

FILE = Path(__file__).parent / "catalogue" / "recorded.json"
MOST = 40
"""Points of a recorded curve."""
DIGITS = 4
"""Of a curve's numbers."""
Entry = dict[str, Any]


@dataclass(frozen=True)
class Recording:
    """Where and how recipes were done: one line each, for whoever wants to do it again."""

    date: str
    machine: str
    command: str

    @classmethod
    def now(cls, command: str) -> Recording:
        return cls(datetime.now(UTC).date().isoformat(), machine(), command)


def machine() -> str:
    """This machine in words: processor, cores, versions."""
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    libraries = ", ".join(f"{name} {metadata.version(package)}" for name, package in (
        ("TensorFlow", "tensorflow"), ("scikit-learn", "scikit-learn"), ("NumPy", "numpy"),
    ))  # fmt: skip
    several = "core" if cores == 1 else "cores"
    return f"{processor()}, {cores} {several}, Python {platform.python_version()}, {libraries}"


def processor() -> str:
    """The name that the processor gives itself."""
    try:
        found = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in found.splitlines() if line.startswith("model name"))
    return next(names, platform.machine())


def digest(recipe: Recipe) -> str:
    """Of what a recipe does and claims. Where it is another one than is recorded, the record is of another recipe. What
    we think of a miss may be worded anew."""
    claims = [[type(claim).__name__, {**asdict(claim), "why": ""}] for claim in recipe.claims]
    cases = [[case.name, case.plain, dict(case.quick), case.seeded] for case in recipe.cases]
    text = json.dumps([recipe.id, claims, cases, recipe.seeds, recipe.values], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def entry(found: Reproduced, where: Recording) -> Entry:
    """What is kept of a recipe that was done."""
    recipe, results = found.recipe, found.results
    runs = [(case, one.run, one.columns) for case, each in results.runs.items() for one in each]
    column = main_column(recipe, shown(columns for *_, columns in runs))
    drawn = lines(recipe, [run for run in runs if run[2].get("step")], column, MOST)
    return {
        **asdict(where), "digest": digest(recipe), "quick": results.quick,
        "seeds": max(map(len, results.runs.values()), default=0), "seconds": round(found.seconds, 1),
        "verdict": found.verdict, "claims": [one.to_json() for one in found.judged],
        "column": column, "axis": axis(columns for *_, columns in runs),
        "lines": [{**line, "run": "", "x": _short(line["x"]), "y": _short(line["y"])} for line in drawn],
    }  # fmt: skip


def _short(values: Sequence[float]) -> list[float]:
    return [float(f"{value:.{DIGITS}g}") for value in values]


def write(file: Path, told: Sequence[Reproduced], where: Recording) -> None:
    """Put these recipes into the file, which may have others already. Raises OSError, ValueError."""
    known = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    known |= {found.recipe.id: finite(entry(found, where)) for found in told}
    lines = (f"{json.dumps(id)}: {json.dumps(one, ensure_ascii=False, sort_keys=True)}" for id, one in known.items())
    file.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")  # a recipe a line


@lru_cache(maxsize=1)
def recorded() -> dict[str, Entry]:
    """What is recorded, by the recipes' ids."""
    found: dict[str, Entry] = json.loads(FILE.read_text("utf-8"))
    return found


def stale(recipes: Mapping[str, Recipe], known: Mapping[str, Entry]) -> list[str]:
    """Ids of what is recorded of a recipe that there is not, or not as it was."""
    return [id for id, one in known.items() if id not in recipes or one["digest"] != digest(recipes[id])]


def table(recipes: Mapping[str, Recipe], known: Mapping[str, Entry]) -> Iterator[str]:
    """The README's lines: where, when and how, then a table of all recipes; of those that are not recorded it says
    so."""
    ways: dict[Recording, list[str]] = {}
    for id in recipes:
        if id in known:
            one = known[id]
            ways.setdefault(Recording(one["date"], one["machine"], one["command"]), []).append(id)
    for where, ids in ways.items():
        which = "" if len(ways) == 1 else f"{', '.join(ids)}: "
        yield f"{which}{where.date}, {where.machine}: `{where.command}`."
        yield ""
    yield from markdown(_rows(recipes, known))


def _rows(recipes: Mapping[str, Recipe], known: Mapping[str, Entry]) -> Iterator[Row]:
    for id, recipe in recipes.items():
        if id in known:
            yield from rows(id, recipe.title, judged(known[id]), known[id]["seconds"])
        else:
            yield (id, recipe.title, "", "", "", "not run yet", "")


def judged(one: Entry) -> list[Judged]:
    """The recorded claims."""
    return [Judged(**claim) for claim in one["claims"]]
