"""Which network a look goes into: a run's weights now or at a step of its film, or those that a spec starts from.

Finding out is quick and belongs to the event loop; reading weights and making a predictor of them happens in the
compute pool's threads, once for each (run, step) that is looked at.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nnviz.events import Array, decode_frame, frame_header
from nnviz.models.predictor import Predictor, predictor
from nnviz.models.weights import untrained_arrays
from nnviz.spec import RunSpec
from nnviz.store.store import Store
from nnviz.web.hub import Hub
from nnviz.web.json_errors import BAD, MISSING, Problem

WEIGHTS, POINTS = "weights", "network"
"""The views whose frames carry what a predictor is made of: of images, and of points."""
KEPT, KEPT_BYTES = 8, 200_000_000
"""Predictors in memory: how many, and about how large."""
NUMBER = 4
"""Bytes: what comes as uint8 (support vectors) is float32 in a predictor."""


@dataclass(frozen=True)
class Network:
    """A network at a step. `run` is None for the untrained one of a spec; (name, step) is one set of weights."""

    run: str | None
    name: str
    spec: RunSpec
    step: int
    epoch: float
    read: Callable[[], dict[str, Array]]
    """The arrays of a "weights" frame; from memory, disk or random numbers, so not on the event loop."""

    @property
    def work(self) -> int:
        """Multiply-adds for one picture; of an SVM at most, as if every training image were a support vector."""
        return self.spec.multiply_adds or self.spec.data.train * math.prod(self.spec.input_shape)

    @property
    def key(self) -> tuple[str, int]:
        return self.name, self.step


class Networks:
    """Belongs to the event loop, but for `predictor`."""

    def __init__(self, store: Store, hub: Hub) -> None:
        self._store, self._hub = store, hub
        self._predictors: OrderedDict[tuple[str, int], tuple[Predictor, int]] = OrderedDict()
        self._lock = threading.Lock()

    async def find(self, run_id: str, step: int | None = None, points: bool = False) -> Network:
        """A run's newest network, or the newest that is not of a later step than `step`.

        Where a network is too large for a film of its weights there is only the newest, which then may be later; the
        result says its step. Raises Problem where there is no such run or where it learns no images, unless `points`.
        """
        run = self._hub.runs.get(run_id)
        data = None if run is None else run.frames.get(WEIGHTS) or (run.frames.get(POINTS) if points else None)
        if data is not None:
            header = frame_header(data)
            if step is None or header["step"] <= step:
                spec = _spec(await asyncio.to_thread(self._store.get_run, run_id), points)
                return Network(run_id, run_id, spec, header["step"], header["epoch"], lambda: _arrays(data))
        return await asyncio.to_thread(self._find_stored, run_id, step, points)

    async def spec(self, run_id: str) -> RunSpec:
        """What a run on images was asked to do. Raises Problem."""
        return _spec(await asyncio.to_thread(self._store.get_run, run_id))

    async def begun(self, network: Network) -> Network:
        """The same network before its training, with the weights that its run began with."""
        if network.run is None:
            return network
        start = await asyncio.to_thread(self._store.start_weights, network.run)
        return self._begun(network.run, network.spec, start)

    async def asked(self, run_id: str | None, spec: RunSpec | None, step: int | None, points: bool = False) -> Network:
        """The network that a question names, a run's (`find`) or the untrained one of a spec, one of the two. Raises
        Problem."""
        if run_id is not None and spec is None:
            return await self.find(run_id, step, points)
        if spec is not None and run_id is None:
            return self.untrained(spec, points)
        raise Problem(BAD, "run", "run: name a run, or give the spec of an untrained network, one of the two")

    def untrained(self, spec: RunSpec, points: bool = False) -> Network:
        """The network that a spec starts from. Raises Problem for one that is nothing before it is fitted."""
        _check(spec, "spec", points)
        if not spec.is_network:
            raise Problem(BAD, "spec.model.family", "an SVM says nothing before it is fitted: press Train")
        name = hashlib.sha256(spec.model_dump_json().encode()).hexdigest()
        return Network(None, name, spec, 0, 0.0, lambda: untrained_arrays(spec))

    def predictor(self, network: Network) -> Predictor:
        """What answers for this network. Takes its time where it is not in memory: for the compute pool's threads.

        Raises Problem where the weights are not this network's: another version of nnviz has made them."""
        with self._lock:
            if network.key in self._predictors:
                self._predictors.move_to_end(network.key)
                return self._predictors[network.key][0]
        arrays = network.read()
        try:
            made = predictor(network.spec, arrays)
        except ValueError as fault:
            raise Problem(BAD, "run", f"run: {fault}") from None
        with self._lock:
            self._predictors[network.key] = (made, sum(NUMBER * array.size for array in arrays.values()))
            while len(self._predictors) > 1 and self._too_many():
                self._predictors.popitem(last=False)
        return made

    def _too_many(self) -> bool:
        return len(self._predictors) > KEPT or sum(size for _, size in self._predictors.values()) > KEPT_BYTES

    def _begun(self, run_id: str, spec: RunSpec, start: bytes | None) -> Network:
        return Network(run_id, f"{run_id} start", spec, 0, 0.0, lambda: untrained_arrays(spec, start))

    def _find_stored(self, run_id: str, step: int | None, points: bool = False) -> Network:
        spec = _spec(self._store.get_run(run_id), points)
        view = WEIGHTS if spec.data.is_image else POINTS
        found = self._store.find_frame(run_id, view, step)
        if found is None and (step is None or step > 0):
            found = self._store.find_frame(run_id, view)
        if found is None:
            if not spec.is_network:
                words = "run: it has not been fitted, or it has more support vectors than are kept"
                raise Problem(MISSING, "run", words)
            return self._begun(run_id, spec, self._store.start_weights(run_id))
        seq, at = found
        data = self._store.frame(run_id, seq)
        if data is None:  # thinned out just now
            raise Problem(MISSING, "step", "step: this picture is not in the run's film any more")
        return Network(run_id, run_id, spec, at, frame_header(data)["epoch"], lambda: _arrays(data))


def _spec(row: Any, points: bool = False) -> RunSpec:
    if row is None:
        raise Problem(MISSING, "run", "run: there is no such run; was it deleted, or is the link another server's?")
    spec = row.spec
    if not isinstance(spec, RunSpec):
        words = "another version of nnviz made it" if spec is None else "it is no training"
        raise Problem(BAD, "run", f"run: {words}; it can be seen, not looked into")
    return _check(spec, "run", points)


def _check(spec: RunSpec, field: str, points: bool = False) -> RunSpec:
    if not (points or spec.data.is_image):
        raise Problem(BAD, field, f"{field}: its data are no images")
    return spec


def _arrays(data: bytes) -> dict[str, Array]:
    return decode_frame(data).arrays
