"""What the store has of a run, and what can be computed again from it: its data, its model, one of its images."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.analysis.rotation import judged_split
from nnviz.data import cached
from nnviz.data.dataset import Dataset, Split
from nnviz.events import Frame, decode_frame
from nnviz.models.predictor import Predictor, predictor
from nnviz.models.weights import untrained_arrays
from nnviz.store.store import Store


@dataclass(frozen=True)
class Wish:
    """What of a run is to be seen. layer: from 0; of: a class, or a unit of a recurrent layer; threshold: of output
    weights; image: of the split that tells how good the model is, from 0; angle, every: degrees."""

    layer: int = 0
    of: int = 0
    threshold: float = 0.75
    image: int = 0
    angle: float = 30.0
    every: float = 10.0


class Recorded:
    """What the store, while it is open, has of a run as it was at a step (None: at its newest). Raises LookupError for
    an unknown run."""

    def __init__(self, store: Store, run: str, home: Path, step: int | None) -> None:
        row = store.get_run(run)
        if row is None or row.spec is None:
            raise LookupError(f"there is no run {run!r} in {home}")
        self.run, self.home, self.step = run, home, step
        self.spec: Any = row.spec  # of the type that its job says
        self.result: dict[str, Any] = row.result or {}
        self.history = store.history(run)
        self._frames = store.newest_frames(run, step)
        self._store = store

    def has(self, view: str) -> bool:
        """Whether a frame of this view is recorded."""
        return view in self._frames

    def frame(self, view: str) -> Frame:
        """The recorded frame of a view. Raises LookupError."""
        if view not in self._frames:
            raise LookupError(f"no {view} are recorded of run {self.run!r}")
        return decode_frame(self._frames[view])

    def whole(self, view: str) -> Frame | None:
        """The newest frame of a view, whatever the step that was asked for."""
        found = self._store.newest_frame(self.run, view)
        return None if found is None else decode_frame(found)

    @cached_property
    def data(self) -> Dataset:
        return cached(self.spec.data, self.home)

    @cached_property
    def images(self) -> Dataset:
        """As `data`, of a run on images. Raises LookupError for another one."""
        if not self.spec.data.is_image:
            raise LookupError(f"run {self.run!r} learns points, not images")
        return self.data

    @cached_property
    def model(self) -> Predictor:
        """The model with the weights that were recorded, or, of a network without any, those it began with. Raises
        LookupError where they are not kept."""
        if self.has("weights"):
            return predictor(self.spec, self.frame("weights").arrays)
        if self.step is not None and self.whole("weights"):
            raise LookupError(f"no weights of step {self.step:,} are kept of run {self.run!r}; its newest are")
        if not self.spec.is_network:
            raise LookupError(f"run {self.run!r} has no fitted SVM, or one with more support vectors than are kept")
        return predictor(self.spec, self.untrained)

    @property
    def untrained(self) -> dict[str, NDArray[Any]]:
        """The arrays of the weights that the run began with."""
        return untrained_arrays(self.spec, self._store.start_weights(self.run))

    @property
    def split(self) -> tuple[Split, int]:
        """(name, images) of the images that tell how good the model is."""
        return judged_split(self.images)

    def image(self, number: int) -> tuple[NDArray[Any], int]:
        """(float32 [h, w, 1], class) of an image of `split`. Raises LookupError."""
        split, n = self.split
        if not 0 <= number < n:
            raise LookupError(f"image: of the {split} images allowed are 0 to {n - 1} (given: {number})")
        return self.data.x[self.data.rows(split).start + number], int(self.data.labels(split)[number])

    def judged(self) -> tuple[Frame, NDArray[Any], NDArray[Any]]:
        """The predictions, which images of the split they are of, and their true classes."""
        frame = self.frame("predictions")
        index = frame.arrays.get("index", np.arange(len(frame.arrays["predicted"])))
        return frame, index, np.asarray(self.data.labels(frame.meta["split"]))[index]
