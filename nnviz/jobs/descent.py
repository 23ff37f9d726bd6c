"""The job `descent`: optimisers race down a surface. Its specification is `DescentSpec`."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path as FilePath
from typing import Any

from nnviz.control import Control
from nnviz.events import Done, Event, Frame, Row, Started
from nnviz.jobs.job import Job
from nnviz.link import FieldsLink, Texts
from nnviz.surfaces import OWN
from nnviz.surfaces.frames import race_frame
from nnviz.surfaces.race import Path, descend
from nnviz.surfaces.spec import DescentSpec

EXAMPLE = "x**2 + 3*y**2"
"""A formula where a visitor has written none yet."""


def run(spec: DescentSpec, control: Control | None, *, home: FilePath | None = None) -> Iterator[Event | Frame]:
    """The whole race at once: it takes less time than its first picture. One frame has every step of it, so that a page
    goes to any step, forth and back, without asking; playing it is the page's part."""
    del home  # nothing of it is needed
    yield Started(parameters=spec.parameters, layers=[])
    began, paths, stopped = time.perf_counter(), [], False
    for racer in spec.runners:
        if control is not None and any(command.get("do") == "stop" for command in control.poll()):
            stopped = True
            break
        paths.append(descend(spec, racer))
    seconds = time.perf_counter() - began
    steps = max((path.steps for path in paths), default=0)
    if not stopped:
        if control is not None:
            yield race_frame(spec, paths)
        yield Row(steps, {"height": min(_height(path) for path in paths), "seconds": seconds})
    yield Done("stopped" if stopped else "raced", steps, seconds, {"racers": _ends(spec, paths)})


def _height(path: Path) -> float:
    return float(path.heights[-1]) if path.reason != "diverged" else float("inf")


def _ends(spec: DescentSpec, paths: list[Path]) -> list[dict[str, Any]]:
    return [
        {
            "racer": racer.label, "reason": path.reason, "steps": path.steps, "x": float(path.places[-1][0]),
            "y": float(path.places[-1][1]), "height": float(path.heights[-1]),
        }
        for racer, path in zip(spec.runners, paths, strict=False)
    ]  # fmt: skip


class DescentLink(FieldsLink):
    """A start, say, can be judged only on its surface."""

    def partners(self, query: Texts, name: str) -> Mapping[str, Any]:
        if name == "surface" and query[name] == OWN:
            return {"formula": EXAMPLE}
        if name == "formula":
            return {"surface": OWN}
        surface = {part: query[part] for part in ("surface", "formula", "half_width") if part in query}
        return surface if name in {"start", "racers"} else {}

    def read(
        self, query: Texts, ignore: Iterable[str] = (), base: Texts | None = None
    ) -> tuple[DescentSpec, list[str]]:
        spec, problems = super().read(query, ignore, base)
        if any(problem.startswith("The link's formula=") for problem in problems):
            # Without its formula the name of the surface is no second fault.
            problems = [problem for problem in problems if not problem.startswith("The link's surface=")]
        return spec, problems


DESCENT = Job(
    title="descent", spec=DescentSpec, run=run, columns=("step", "height", "seconds"),
    words={"idle": "click the map for a start, or press Race", "running": "racing…"},
    own_link=DescentLink(DescentSpec),
)  # fmt: skip
