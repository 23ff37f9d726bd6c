"""What goes wrong in the runs under way (nnviz/diagnosis.py), told over the live socket when it changes; of one
that has ended and in which nothing went wrong, how well it fits (nnviz/fit.py).

On the event loop, but for the looking, which a thread does: it takes some milliseconds. A run is looked at when it has
made a twentieth more steps and a second has passed, and where it rests.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nnviz.data import cached, load
from nnviz.diagnosis import Diagnosis, course, diagnose, divergence, guessing
from nnviz.events import decode_frame
from nnviz.fit import fit, held_of
from nnviz.jobs import DEFAULT, job_name
from nnviz.spec import RunSpec
from nnviz.web.hub import LiveRun

logger = logging.getLogger("nnviz.web")
SECONDS = 1.0
GROWTH = 1.05
FIRST = 200
"""Steps before which nothing can be said."""
VIEWS = ("predictions", "statistics", "network")
"""Views that tell something of the layers, or of samples that are not trained on."""


@dataclass
class _Patient:
    spec: RunSpec
    guess: tuple[float, float | None] | None = None
    n_validation: int = 0
    step: float = 0
    time: float = -float("inf")
    busy: bool = False
    again: bool = False
    result: dict[str, Any] | None = None
    told: list[dict[str, Any]] = field(default_factory=list)


class Doctor:
    """`find(run)`: the run in the hub; `publish(run, message)`: what the hub does with a message."""

    def __init__(
        self, home: Path, find: Callable[[str], LiveRun | None], publish: Callable[[str, dict[str, Any]], None]
    ) -> None:
        self._home, self._find, self._publish = home, find, publish
        self._patients: dict[str, _Patient] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def hear(self, run: str, message: dict[str, Any]) -> None:
        """An event of a run, before the viewers hear it."""
        name = message["event"]
        known = name == "metrics" and run in self._patients
        if name in {"started", "metrics"} and not known and (live := self._find(run)):
            if job_name(live.spec) != DEFAULT or live.group is not None:
                return  # only a single training is looked at
            self._patients[run] = _Patient(RunSpec.model_validate(live.spec))
        patient = self._patients.get(run)
        if patient is None or not patient.spec.is_network:
            return
        if name == "metrics":
            now, step = time.monotonic(), message["step"]
            if step >= max(FIRST, patient.step * GROWTH) and now >= patient.time + SECONDS:
                patient.step, patient.time = step, now
                self._look(run, patient)
        elif name == "status" and message["status"] == "paused":
            self._look(run, patient)
        elif name == "diverged":
            live = self._find(run)
            rates = (live.live if live else {}).get
            training, penalty = patient.spec.training.optimizer, patient.spec.network.regularizer
            found = divergence(
                patient.spec, rates("learning_rate", training.learning_rate), rates("regularization_rate", penalty.rate)
            )
            self._tell(run, patient, [found])
            del self._patients[run]
        elif name == "finished":
            patient.result = message
            self._look(run, patient)
            del self._patients[run]
        elif name in {"failed", "crashed", "cancelled"}:
            del self._patients[run]

    def _look(self, run: str, patient: _Patient) -> None:
        if patient.busy:
            patient.again = True
            return
        patient.busy = True
        # Not at once: the hub has not heard of this message yet, nor of the frame that comes with it.
        task = asyncio.get_running_loop().create_task(self._examine(run, patient))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _examine(self, run: str, patient: _Patient) -> None:
        await asyncio.sleep(0)
        try:
            live = self._find(run)
            if live is not None:
                columns, frames = live.columns.to_json(), [live.frames[v] for v in VIEWS if v in live.frames]
                found = await asyncio.to_thread(self._diagnose, patient, columns, frames)
                self._tell(run, patient, found)
        except Exception:
            logger.warning("run %s could not be looked at", run, exc_info=True)
        finally:
            patient.busy = False
            if patient.again:
                patient.again = False
                self._look(run, patient)

    def _diagnose(self, patient: _Patient, columns: dict[str, Any], frames: list[bytes]) -> list[Diagnosis]:
        if patient.guess is None:
            data = patient.spec.data
            dataset = cached(data, self._home) if data.is_image else load(data, self._home)
            patient.guess, patient.n_validation = guessing(patient.spec, dataset.labels("train")), dataset.n_validation
        found = diagnose(course(patient.spec, columns, patient.guess, [decode_frame(frame) for frame in frames]))
        return found or _fit(patient, columns)

    def _tell(self, run: str, patient: _Patient, found: list[Diagnosis]) -> None:
        """Only where another thing is wrong than before, or nothing any more: numbers alone change all the time."""
        told = [one.to_json() for one in found]
        if [(d["id"], d["label"]) for d in told] != [(d["id"], d["label"]) for d in patient.told]:
            patient.told = told
            self._publish(run, {"event": "diagnosis", "diagnoses": told})


def _fit(patient: _Patient, columns: dict[str, Any]) -> list[Diagnosis]:
    """Of a training that has ended after an epoch at least, where accuracies on other samples tell."""
    spec, result, guess = patient.spec, patient.result, patient.guess
    if result is None or result["epochs"] < 1 or guess is None or guess[1] is None:
        return []
    train, held = result["train"].get("accuracy"), held_of(spec, result, columns, patient.n_validation)
    return [fit(spec, train, held, guess[1])] if train is not None and held is not None else []


def keep_and(keep: Callable[[str, Any], None], doctor: Callable[[], Doctor]) -> Callable[[str, Any], None]:
    """The hub's `keep`: a run's messages go to the store, but for diagnoses, and to the doctor, but for frames."""

    def both(run: str, message: dict[str, Any] | bytes) -> None:
        if isinstance(message, bytes):
            keep(run, message)
        elif message["event"] != "diagnosis":
            keep(run, message)
            doctor().hear(run, message)

    return both
