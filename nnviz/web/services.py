"""What lives as long as the server: engine, store and hub; and the holder through which routes and pages reach them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from nnviz.control import Edit
from nnviz.engine.local import LocalEngine
from nnviz.events import Started, decode_frame, frame_header
from nnviz.models.summary import summary
from nnviz.models.weights import (
    Array,
    LayerShape,
    flat_to_weights,
    initial_weights,
    layer_shapes,
    of_layers,
    weights_to_flat,
)
from nnviz.spec import RunSpec
from nnviz.store import Store
from nnviz.web.doors import Problem
from nnviz.web.fetching import Fetching
from nnviz.web.hub import SERVER_ONLY, Columns, Hub, LiveRun
from nnviz.web.messages import Refusal
from nnviz.web.networks import Networks
from nnviz.web.workshop import Workshop

NETWORK = "network"
"""The view whose frames carry all weights."""

ready = threading.Event()
"""Set while the services are there."""
_holder: list[Services] = []


@dataclass(frozen=True)
class Services:
    """One of each for the process. `submit` and the hub belong to the event loop; the store and `load` to anybody."""

    home: Path
    store: Store
    engine: LocalEngine
    hub: Hub
    workshop: Workshop = field(default_factory=Workshop)
    fetching: Fetching = field(default_factory=Fetching)

    @cached_property
    def networks(self) -> Networks:
        return Networks(self.store, self.hub)

    def submit(
        self,
        spec: RunSpec,
        *,
        visitor: str,
        play: bool = True,
        speed: dict[str, Any] | None = None,
        start: bytes | None = None,
        parent: str | None = None,
    ) -> LiveRun:
        """Queue a run and make it known to hub and store before anything it says is heard: no await in between."""
        run_id = self.engine.submit(spec, visitor=visitor, play=play, speed=speed, start=start)
        run = LiveRun(run_id, spec.model_dump(mode="json"), visitor, speed)
        self.store.create_run(run_id, spec, visitor, parent=parent, start=start)
        if run.live:
            self.store.set_live(run_id, dict(run.live))
        self.hub.add(run)
        return run

    async def load(self, run_id: str) -> LiveRun | None:
        """A run that is not in memory any more, from the store; None if there is none."""
        return await asyncio.to_thread(self._load, run_id)

    def _load(self, run_id: str) -> LiveRun | None:
        row = self.store.get_run(run_id)
        if row is None:
            return None
        live = dict(row.live)
        run = LiveRun(row.id, row.raw_spec, row.visitor or "", live.pop("speed", None))
        run.live.update(live)
        run.status, run.result = row.status, row.result
        if row.spec is not None and row.started is not None:
            run.started = Started(row.spec.parameters, summary(row.spec), row.versions).to_json()
        run.columns = Columns.of(self.store.history(run_id))
        run.frames = self.store.newest_frames(run_id, leave_out=SERVER_ONLY)
        return run

    async def picture(self, run_id: str, seq: int) -> bytes:
        """A picture of a run's film. Raises Refusal where it is not (any more)."""
        data = await asyncio.to_thread(self.store.frame, run_id, seq)
        if data is None:
            raise Refusal("seq", "seq: this picture is not in the run's film (any more)")
        return data

    async def start_weights(
        self, spec: RunSpec, start_from: str | None, seq: int | None, edits: Sequence[Edit]
    ) -> bytes | None:
        """float32 weights to start from: those of another run (now, or at a picture of its film), or the initial ones,
        with some changed by hand.

        None when there is nothing to change. Raises Refusal when the run is not there, its network has another shape,
        or an edit lies outside the network."""
        if start_from is None and not edits:
            return None
        if not spec.is_network:
            raise Refusal("from", "from: an SVM is fitted from nothing; it has no weights to start from")
        shapes = [shape for shape in layer_shapes(spec) if shape.kind == "dense"]
        for i, edit in enumerate(edits):
            _check_edit(shapes, edit, f"edits.{i}.")
        if start_from is None:
            weights = await asyncio.to_thread(initial_weights, spec)  # orthogonal ones of a wide layer take a second
        else:
            weights = _fitting(spec, await self._weights_of(start_from, seq))
        for edit in edits:
            apply_edit(spec, weights, edit)
        return weights_to_flat(spec, weights).tobytes()

    async def _weights_of(self, run_id: str, seq: int | None) -> Array:
        """All weights of a run, now or when a picture of its film was made. Raises Refusal."""
        row = await asyncio.to_thread(self.store.get_run, run_id)
        if row is None:
            raise Refusal("from", "from: there is no such run")
        if row.spec is not None and row.spec.data.is_image:
            return await self._weights_on_images(run_id, seq)
        if seq is not None:
            frame: bytes | None = await self.picture(run_id, seq)
        else:
            run = self.hub.runs.get(run_id) or await self.load(run_id)
            frame = run.frames.get(NETWORK) if run else None
        if frame is None:
            raise Refusal("from", "from: this run has no weights yet")
        return decode_frame(frame).arrays["weights"]

    async def _weights_on_images(self, run_id: str, seq: int | None) -> Array:
        """Pictures of such a run carry no weights: those count that were kept at the picture's step, or last before."""
        step = None if seq is None else frame_header(await self.picture(run_id, seq))["step"]
        try:
            network = await self.networks.find(run_id, step)
        except Problem as problem:
            raise Refusal("from", f"from: {problem.message}") from None
        if step is not None and network.step > step:
            raise Refusal("from", "from: of a network this large only the newest weights are kept; train on from those")
        arrays = await asyncio.to_thread(network.read)
        if "weights" not in arrays:
            raise Refusal("from", "from: that run has no weights to start from")
        return arrays["weights"]


def services() -> Services:
    """The services of this process. Raises RuntimeError outside the server's life."""
    if not _holder:
        raise RuntimeError(
            "nnviz's services are not running: start it with `nnviz`, `streamlit run app.py` or `uvicorn app:app`"
        )
    return _holder[0]


def install(new: Services | None) -> None:
    """The lifespan's call: from here on `services()` answers; None: not any more."""
    _holder[:] = [] if new is None else [new]
    if new is None:
        ready.clear()
    else:
        ready.set()


def check_edit(spec: dict[str, Any], edit: Edit) -> None:
    """Raises Refusal for an edit of a number that this network does not have."""
    _check_edit([s for s in layer_shapes(RunSpec.model_validate(spec)) if s.kind == "dense"], edit, "")


def _check_edit(shapes: Sequence[LayerShape], edit: Edit, prefix: str) -> None:
    if not shapes:
        raise Refusal(f"{prefix}layer", f"{prefix}layer: an SVM has no weights to change")
    if edit.layer >= len(shapes):
        raise Refusal(f"{prefix}layer", f"{prefix}layer: allowed are 0 to {len(shapes) - 1} (given: {edit.layer})")
    shape = shapes[edit.layer]
    if edit.column >= shape.units:
        raise Refusal(f"{prefix}column", f"{prefix}column: allowed are 0 to {shape.units - 1} (given: {edit.column})")
    if edit.what == "kernel" and edit.row >= shape.inputs:
        raise Refusal(f"{prefix}row", f"{prefix}row: allowed are 0 to {shape.inputs - 1} (given: {edit.row})")


def apply_edit(spec: RunSpec, weights: list[Array], edit: Edit) -> None:
    """Change one number, in place. `weights` in `get_weights` order; the edit has been checked."""
    dense = [arrays for layer, arrays in of_layers(spec, weights) if layer.kind == "dense"]
    kernel, bias = dense[edit.layer]
    if edit.what == "kernel":
        kernel[edit.row, edit.column] = edit.value
    else:
        bias[edit.column] = edit.value


def _fitting(spec: RunSpec, flat: Array) -> list[Array]:
    if not np.isfinite(flat).all():
        raise Refusal("from", "from: that run diverged; its weights are not numbers any more")
    try:
        return flat_to_weights(spec, flat)
    except ValueError as error:
        raise Refusal("from", "from: the network of that run has another shape; its weights do not fit") from error
