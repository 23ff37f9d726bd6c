"""What a format of the export is, and what may be taken home: a setting, or a run with all that is recorded of it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from nnviz.data import cached
from nnviz.data.dataset import Dataset
from nnviz.events import Frame, decode_frame
from nnviz.jobs import JOBS
from nnviz.models.svm import SVMPredictor
from nnviz.models.weights import Array, flat_to_weights
from nnviz.sets import SETS, MeasuredSet, OwnSet, is_here
from nnviz.spec import RunSpec, SVMSpec
from nnviz.spec.job import JobSpec
from nnviz.store.runs import RunRow
from nnviz.store.store import Store

Files = dict[str, bytes]
"""Names of files and what is in them; the first is the one that was asked for, the others belong beside it."""


class CannotExport(Exception):  # noqa: N818  (a refusal, not a fault of the program)
    """This cannot be exported so; the message says why, and what can be done."""


@dataclass(frozen=True)
class Source:
    """What is exported. Without a `store` and a `run` it is a setting alone. Of a lecture's experiment: title, for the
    names of files, and printed, the test accuracy that the lecture has of it."""

    spec: JobSpec
    home: Path
    store: Store | None = None
    run: RunRow | None = None
    title: str = ""
    printed: float | None = None
    _kept: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def name(self) -> str:
        """For names of files."""
        return f"nnviz-{self.title or (self.run.id[:8] if self.run else self.spec.subject or self.spec.job)}"

    def now(self) -> Source:
        """The same with the run as it is by now."""
        row = self.store.get_run(self.run.id) if self.store and self.run else None
        return self if row is None else Source(self.spec, self.home, self.store, row)

    @property
    def training(self) -> RunSpec:
        """Raises CannotExport where it is another job."""
        if not isinstance(self.spec, RunSpec):
            if JOBS[self.spec.job].elsewhere:
                raise CannotExport("its model is in the script that trained it: save it there, with model.save")
            raise CannotExport(f"a {JOBS[self.spec.job].title} is no training of a model")
        return self.spec

    @cached_property
    def data(self) -> Dataset:
        """Its samples; images without the turned copies. Do not write into them. Raises nnviz.data.DataError."""
        return cached(self.training.data, self.home)

    def recorded(self) -> tuple[Store, RunRow]:
        """Raises CannotExport for a setting that nobody has trained."""
        if self.store is None or self.run is None:
            raise CannotExport("needs a run of this setting: start one on its page, or with nnviz train")
        return self.store, self.run

    @cached_property
    def history(self) -> dict[str, list[Any]]:
        """The recorded metrics, as columns."""
        store, run = self.recorded()
        return store.history(run.id)

    def frame(self, view: str) -> Frame | None:
        """The newest recorded frame of a view."""
        store, run = self.recorded()
        if view not in self._kept:
            found = store.newest_frame(run.id, view)
            self._kept[view] = None if found is None else decode_frame(found)
        kept: Frame | None = self._kept[view]
        return kept

    def weights_frame(self) -> Frame:
        """The newest frame that carries the whole model. Raises CannotExport."""
        self.recorded()
        frame = self.frame("weights") if self.training.data.is_image else self.frame("network")
        if frame is None:
            raise CannotExport("its weights are not recorded (yet)")
        return frame

    def weights(self) -> tuple[list[Array], int]:
        """A network's arrays in the order of Keras's `get_weights`, and after how many steps. Raises CannotExport."""
        spec, frame = self.training, self.weights_frame()
        if not spec.is_network:
            raise CannotExport("an SVM has support vectors, no layers")
        return flat_to_weights(spec, frame.arrays["weights"]), frame.step

    def svm(self) -> SVMPredictor:
        """Raises CannotExport."""
        model = self.training.model
        assert isinstance(model, SVMSpec)
        return SVMPredictor(model, self.training.data.classes, self.weights_frame().arrays)

    def start(self) -> list[Array] | None:
        """The weights that the run started from, where they are not the seed's."""
        found = None if self.store is None or self.run is None else self.store.start_weights(self.run.id)
        return None if found is None else flat_to_weights(self.training, np.frombuffer(found, np.float32))


@dataclass(frozen=True)
class Format:
    """title, about: on the page, about in one line. ending: of the file. make: raises CannotExport; whatever it imports
    beyond NumPy it imports inside. refusal: why this source does not give it, found out quickly; None: it does.
    several: whether it makes more than one file of this source. options: names of `make`'s keywords. slow: it takes so
    long that the page makes it in a process of its own, and says how far it is."""

    title: str
    about: str
    ending: str
    make: Callable[..., Files]
    refusal: Callable[[Source], str | None]
    several: Callable[[Source], bool] = lambda _: False
    options: tuple[str, ...] = ()
    slow: bool = False


def zipped(files: Files) -> bytes:
    """All of them in one archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def needs(*checks: Callable[[Source], object]) -> Callable[[Source], str | None]:
    """A `Format.refusal` that tries these, each of which raises CannotExport where it does not hold."""

    def refusal(source: Source) -> str | None:
        try:
            for check in checks:
                check(source)
        except CannotExport as why:
            return str(why)
        return None

    return refusal


def is_training(source: Source) -> object:
    return source.training


def is_recorded(source: Source) -> object:
    return source.recorded()


def is_measured(source: Source) -> object:
    if not source.history["step"]:
        raise CannotExport("nothing is measured yet")
    return None


def with_own_data(source: Source) -> object:
    """What visitors bring may have gone since."""
    data = source.training.data
    one = SETS[data.name]
    if isinstance(one, OwnSet):
        folder, ending = one.kept
        if not (source.home / folder / f"{getattr(data, data.name)}.{ending}").is_file():
            raise CannotExport(f"its data ({one.title.lower()}) are not kept here any more: upload them again")
    return None


def with_data(source: Source) -> object:
    """Its samples can be had now."""
    name = source.training.data.name
    if not is_here(name):
        one = SETS[name]
        fetched = one.made_of if isinstance(one, MeasuredSet) else name
        raise CannotExport(f"its data are not here: run `nnviz data get {fetched}`")
    return with_own_data(source)


def with_weights(source: Source) -> object:
    return source.weights_frame()
