"""What lives as long as the server: engine, store and hub; and the holder through which routes and pages reach them."""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from nnviz.control import Edit
from nnviz.engine.local import LocalEngine
from nnviz.engine.run import Resumed
from nnviz.events import Frame, Started, decode_frame, encode_frame, frame_header
from nnviz.jobs import JOBS, columns_of, read_spec
from nnviz.layers import Placed
from nnviz.models.summary import summary
from nnviz.models.weights import (
    Array,
    flat_to_weights,
    initial_weights,
    layer_shapes,
    of_layers,
    weights_to_flat,
)
from nnviz.spec import RunSpec
from nnviz.spec.job import JobSpec
from nnviz.store.runs import RunRow, new_id
from nnviz.store.store import Store
from nnviz.training.resume import FORKED, STATE, complete
from nnviz.web.columns import Columns
from nnviz.web.compute_pool import ComputePool
from nnviz.web.fetching import Fetching
from nnviz.web.films import Films
from nnviz.web.hub import SERVER_ONLY, Hub, LiveRun, owns
from nnviz.web.json_errors import Problem
from nnviz.web.messages import Refusal
from nnviz.web.networks import Networks
from nnviz.web.script_runs import ScriptRuns
from nnviz.web.table_news import TableNews

NETWORK = "network"
"""The view whose frames carry all weights."""

NOT_ENDED = "run: it has not ended: pause it, or let it play"

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
    compute: ComputePool = field(default_factory=ComputePool)
    fetching: Fetching = field(default_factory=Fetching)
    films: Films = field(default_factory=Films)
    groups_resumed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the groups that the end of a server had interrupted are known to the hub."""

    def send(self, run: str, command: dict[str, Any]) -> bool:
        """A command of nnviz.control for a run, wherever it trains; False where there is none such or it has ended."""
        return self.scripts.send(run, command) or self.engine.send(run, command)

    def watch(self, run: str, viewers: int) -> None:
        """So many watch it now."""
        if not self.scripts.watch(run, viewers):
            self.engine.watch(run, viewers)

    @cached_property
    def scripts(self) -> ScriptRuns:
        return ScriptRuns(self.home, self.hub, self.load, self.store.end_abandoned)

    @cached_property
    def news(self) -> TableNews:
        return TableNews(self.store, self.hub)

    @cached_property
    def networks(self) -> Networks:
        return Networks(self.store, self.hub)

    def submit(
        self,
        spec: JobSpec,
        *,
        visitor: str,
        play: bool = True,
        speed: dict[str, Any] | None = None,
        start: bytes | None = None,
        parent: str | None = None,
        endless: bool = False,
        room: str | None = None,
    ) -> LiveRun:
        """Queue a run and make it known to hub and store before any of its events: no await in between."""
        run_id = self.engine.submit(spec, visitor=visitor, play=play, speed=speed, start=start, endless=endless)
        run = LiveRun(run_id, spec.model_dump(mode="json"), visitor, speed, room)
        self.store.create_run(run_id, spec, visitor, parent=parent, start=start, room=room)
        if run.live:
            self.store.set_live(run_id, dict(run.live))
        self.hub.add(run)
        return run

    async def go_on(
        self,
        run_id: str,
        *,
        visitor: str,
        play: bool = True,
        speed: dict[str, Any] | None = None,
        endless: bool = False,
        rates: Mapping[str, float] = MappingProxyType({}),
    ) -> LiveRun:
        """A run that has ended goes on where it ended, under its id, for as many epochs again; of another visitor's
        run, which may still train, a copy does. rates: those that are others from its first step on (control.Rates).
        Raises Refusal."""
        row = await asyncio.to_thread(self.store.get_run, run_id)
        spec = check_resumable(row)
        assert row is not None
        mine = owns(visitor, row.visitor or "")
        if mine and not row.is_over:
            raise Refusal("run", NOT_ENDED)
        live = {**row.live, **rates}
        frame = await self._end_of(row, spec, live)
        if mine:
            name, last = run_id, await asyncio.to_thread(self.store.reopen_run, run_id, frame.step)
            if last is None:
                raise Refusal("run", NOT_ENDED)
        else:
            name = new_id()
            last = await asyncio.to_thread(self.store.copy_run, run_id, name, spec, visitor, frame.step)
        await asyncio.to_thread(self.store.set_live, name, live)
        return await self._resume(name, spec, last, frame, visitor=visitor, play=play, speed=speed, endless=endless)

    async def fork(
        self,
        spec: JobSpec,
        parent: str,
        seq: int,
        edits: Sequence[Edit],
        *,
        visitor: str,
        room: str | None = None,
        play: bool = True,
        speed: dict[str, Any] | None = None,
        endless: bool = False,
    ) -> LiveRun | None:
        """A run that shares a parent's past up to a picture of its film, its curve and its film too, and goes on from
        there under this setting. None where their curves are not of one kind: other data, another loss or batch size,
        a network of another shape. Raises Refusal."""
        row = await asyncio.to_thread(self.store.get_run, parent)
        if row is None or not shares_past(row.spec, spec):
            return None
        assert isinstance(spec, RunSpec)
        weights, step = await self._weights_at(parent, seq)
        metrics = last_row(await asyncio.to_thread(self.store.history, parent), step)
        if metrics is None:
            return None
        arrays = _fitting(spec, weights)
        for edit in edits:
            apply_edit(spec, arrays, edit)
        name, flat = new_id(), weights_to_flat(spec, arrays)
        last = await asyncio.to_thread(self.store.copy_run, parent, name, spec, visitor, step, room)
        frame = complete(None, flat, {**metrics, "step": step}, FORKED, {})
        return await self._resume(name, spec, last, frame, visitor=visitor, play=play, speed=speed, endless=endless)

    async def _resume(
        self, name: str, spec: RunSpec, last: tuple[int, int], frame: Frame, *, visitor: str, play: bool,
        speed: dict[str, Any] | None, endless: bool,
    ) -> LiveRun:  # fmt: skip
        """A recorded run trains on from a completed "state" frame, for as many epochs again where those of its
        specification are done. last: the numbers of its last event and frame."""
        loaded = await self.load(name)
        assert loaded is not None
        # From here no await: its first event must find it known.
        event, picture = last
        resumed = Resumed(name, event, frame.meta["row"], encode_frame(frame, name))
        budget = spec.training.epochs
        end = budget if frame.epoch < budget else math.floor(frame.epoch) + budget
        self.engine.submit(
            spec, visitor=visitor, play=play, speed=speed, resumed=resumed, epochs=end, endless=endless
        )  # fmt: skip
        if speed is not None:
            loaded.live["speed"] = speed
        loaded.status, loaded.result = "waiting", None
        self.hub.take_up(loaded, picture)
        return loaded

    async def _end_of(self, row: RunRow, spec: RunSpec, live: dict[str, Any]) -> Frame:
        """The "state" frame that the run goes on from, under these rates. Raises Refusal."""
        if spec.data.is_image:
            try:
                network = await self.networks.find(row.id)
            except Problem as problem:
                raise Refusal("run", problem.message) from None
            step, weights = network.step, (await asyncio.to_thread(network.read)).get("weights")
        else:
            frame = await self._newest(row.id, NETWORK)
            step, weights = (0, None) if frame is None else (frame.step, frame.arrays["weights"])
        history = await asyncio.to_thread(self.store.history, row.id)
        metrics = last_row(history, step)
        if weights is None or metrics is None:
            raise Refusal("run", "run: it has no weights to go on from")
        state = await self._newest(row.id, STATE)
        if state is not None and state.step != step:
            state = None
        return complete(state, weights, {**metrics, "step": step}, (row.result or {}).get("reason"), live)

    async def _newest(self, run_id: str, view: str) -> Frame | None:
        run = self.hub.runs.get(run_id)
        data = run.frames.get(view) if run else None
        if data is None:
            data = await asyncio.to_thread(self.store.newest_frame, run_id, view)
        return None if data is None else decode_frame(data)

    async def load(self, run_id: str) -> LiveRun | None:
        """A run that is not in memory any more, from the store; None if there is none."""
        return await asyncio.to_thread(self._load, run_id)

    def _load(self, run_id: str) -> LiveRun | None:
        row = self.store.get_run(run_id)
        if row is None:
            return None
        live = dict(row.live)
        run = LiveRun(row.id, row.raw_spec, row.visitor or "", live.pop("speed", None), row.room)
        run.live.update(live)
        run.status, run.result = row.status, row.result
        if isinstance(row.spec, RunSpec) and row.started is not None:
            run.started = Started(row.spec.parameters, summary(row.spec), row.versions).to_json()
        run.columns = Columns.of(columns_of(row.raw_spec), self.store.history(run_id))
        run.frames = self.store.newest_frames(run_id, leave_out=SERVER_ONLY)
        return run

    async def picture(self, run_id: str, seq: int) -> bytes:
        """A picture of a run's film. Raises Refusal where it is not (any more)."""
        data = await asyncio.to_thread(self.store.frame, run_id, seq)
        if data is None:
            raise Refusal("seq", "seq: this picture is not in the run's film (any more)")
        return data

    async def start_weights(
        self, spec: JobSpec, start_from: str | None, seq: int | None, edits: Sequence[Edit]
    ) -> bytes | None:
        """float32 weights to start from: those of another run (now, or at a picture of its film), or the initial ones,
        with some changed by hand.

        None when there is nothing to change. Raises Refusal when the run is not there, its network has another shape,
        or an edit lies outside the network."""
        if start_from is None and not edits:
            return None
        if not isinstance(spec, RunSpec):
            raise Refusal("from", f"from: {JOBS[spec.job].title} starts from no weights")
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
        if seq is not None or await self._is_on_images(run_id):
            return (await self._weights_at(run_id, seq))[0]
        run = self.hub.runs.get(run_id) or await self.load(run_id)
        frame = run.frames.get(NETWORK) if run else None
        if frame is None:
            raise Refusal("from", "from: this run has no weights yet")
        return decode_frame(frame).arrays["weights"]

    async def _is_on_images(self, run_id: str) -> bool:
        row = await asyncio.to_thread(self.store.get_run, run_id)
        if row is None:
            raise Refusal("from", "from: there is no such run")
        return isinstance(row.spec, RunSpec) and row.spec.data.is_image

    async def _weights_at(self, run_id: str, seq: int | None) -> tuple[Array, int]:
        """All weights when a picture of the run's film was made, and the step that they are of. Pictures of a run on
        images carry no weights: those count that were kept at the picture's step, or last before. Raises Refusal."""
        if not await self._is_on_images(run_id):
            assert seq is not None
            frame = decode_frame(await self.picture(run_id, seq))
            return frame.arrays["weights"], frame.step
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
        return arrays["weights"], network.step


def shares_past(parent: JobSpec | None, child: JobSpec) -> bool:
    """Whether a run of `child` can begin with the curve of one of `parent`: the same data, judged by the same loss, in
    epochs of as many steps, by networks with the same arrays of weights."""
    if not (isinstance(parent, RunSpec) and isinstance(child, RunSpec) and parent.is_network and child.is_network):
        return False
    if (parent.data, parent.training.loss, parent.batch_size) != (child.data, child.training.loss, child.batch_size):
        return False
    shapes = [[layer.arrays for layer in layer_shapes(spec)] for spec in (parent, child)]
    return shapes[0] == shapes[1]


def check_resumable(row: RunRow | None) -> RunSpec:
    """The spec of a run that could go on. Raises Refusal."""
    if row is None:
        raise Refusal("run", "run: there is no such run; was it deleted, or is the link another server's?")
    if row.spec is None:
        raise Refusal("run", "run: another version of nnviz made it; start a new one with its setting")
    if not isinstance(row.spec, RunSpec):
        raise Refusal("run", f"run: {JOBS[row.spec.job].title} does not go on after its end; start a new one")
    if not row.spec.is_network:
        raise Refusal("run", "run: an SVM is fitted in one go; there is nothing to go on with")
    if row.status in {"diverged", "failed"}:
        raise Refusal("run", f"run: it has {row.status}; there is nothing to go on from")
    return row.spec


def last_row(history: dict[str, list[Any]], step: int) -> dict[str, Any] | None:
    """The newest metrics of a history up to a step."""
    rows = sum(at <= step for at in history["step"])
    return {name: column[rows - 1] for name, column in history.items() if name != "seq"} if rows else None


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
    found = read_spec(spec)
    if not isinstance(found, RunSpec):
        raise Refusal("do", f"edit: {JOBS[found.job].title} has no weights to change")
    _check_edit([s for s in layer_shapes(found) if s.kind == "dense"], edit, "")


def _check_edit(shapes: Sequence[Placed], edit: Edit, prefix: str) -> None:
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
