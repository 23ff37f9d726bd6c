"""What of a training is filmed: the recorded frames of its view, in order, each with what was measured then."""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from nnviz.data import cached
from nnviz.data.dataset import Dataset
from nnviz.events import Frame, decode_frame
from nnviz.spec import RunSpec
from nnviz.store.store import Store

MOST_PICTURES = 240
"""Of a saved film; of more that are recorded some are left out, evenly."""
LEAST_PICTURES = 2


class NoFilmError(Exception):
    """There is nothing to be filmed; the message says why."""


@dataclass(frozen=True)
class Picture:
    """A moment: the frames that were on the screen, by view, none of a later step; row: what was measured by then."""

    step: int
    epoch: float
    frames: dict[str, Frame]
    row: dict[str, float | None]


def view_of(spec: RunSpec) -> str:
    """The view whose frames are the film's pictures."""
    return "predictions" if spec.data.is_image else "network"


def check_film(store: Store, run: str, spec: RunSpec) -> list[tuple[int, int, float]]:
    """(seq, step, epoch) of the recorded pictures. Raises NoFilmError where they are too few."""
    if not spec.is_network:
        raise NoFilmError("an SVM is fitted in one go: there is no film of it")
    rows = store.film(run, view_of(spec))
    if len(rows) < LEAST_PICTURES:
        raise NoFilmError(
            f"a film needs {LEAST_PICTURES} recorded pictures, and this run has {len(rows)}: the dashboard records "
            "them while it trains, nnviz train keeps the last one alone"
        )
    return rows


class Reel:
    """The pictures of a run, of a store that is open while they are read. Raises NoFilmError where there are none."""

    def __init__(self, store: Store, run: str, spec: RunSpec, home: Path) -> None:
        self._store, self.run, self.spec, self.home = store, run, spec, home
        rows = check_film(store, run, spec)
        self.view = view_of(spec)
        chosen = np.unique(np.linspace(0, len(rows) - 1, min(len(rows), MOST_PICTURES)).round().astype(int))
        self.rows = [rows[place] for place in chosen]

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def data(self) -> Dataset:
        """Raises nnviz.data.DataError."""
        return cached(self.spec.data, self.home)

    @cached_property
    def history(self) -> dict[str, list[Any]]:
        """The recorded metrics, as columns."""
        return self._store.history(self.run)

    @cached_property
    def tested(self) -> dict[str, Any] | None:
        """meta of the newest predictions, of a run on images."""
        found = self._store.newest_frame(self.run, "predictions")
        return None if found is None else decode_frame(found).meta

    @cached_property
    def _beside(self) -> dict[str, list[tuple[int, int, float]]]:
        return {"filters": self._store.film(self.run, "filters")} if self.spec.data.is_image else {}

    def picture(self, place: int) -> Picture | None:
        """The picture at a place; None where it has gone since: a film is thinned while its run trains."""
        seq, step, epoch = self.rows[place]
        wanted = {self.view: seq}
        for view, rows in self._beside.items():
            if after := bisect.bisect_right(rows, step, key=lambda row: row[1]):
                wanted[view] = rows[after - 1][0]
        found = {view: self._store.frame(self.run, number) for view, number in wanted.items()}
        frames = {view: decode_frame(data) for view, data in found.items() if data is not None}
        return Picture(step, epoch, frames, self._row(step)) if self.view in frames else None

    def _row(self, step: int) -> dict[str, float | None]:
        """The last metrics that are not of a later step; before there are any, none."""
        place = bisect.bisect_right(self.history["step"], step)
        return {name: column[place - 1] if place else None for name, column in self.history.items()}
