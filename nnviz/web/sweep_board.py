"""What the Sweep room asks about a sweep: POST /nnviz/sweep (its figure's values and its words), /nnviz/sweep/ensemble
and /nnviz/sweep/importance; and what each room asks about two classifiers, /nnviz/mcnemar. Each is computed once for
all who watch, as long as nothing has happened."""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from nnviz.data import cached
from nnviz.events import Frame, decode_frame, encode_frame
from nnviz.experiments import board as boards
from nnviz.experiments.ensemble import ensemble
from nnviz.experiments.mcnemar import mcnemar, verdict
from nnviz.experiments.outcome import outcome
from nnviz.experiments.search import importances
from nnviz.experiments.settings import label
from nnviz.experiments.sweep import SweepSpec
from nnviz.figures.series import percent
from nnviz.models.predictor import predictor
from nnviz.spec import RunSpec
from nnviz.statuses import ALIVE
from nnviz.store.groups import GroupRow
from nnviz.store.runs import RunRow
from nnviz.web.group_runs import find_group
from nnviz.web.groups import LiveGroup
from nnviz.web.json_errors import BAD, MISSING, Problem, asked, json_errors
from nnviz.web.message import RunId
from nnviz.web.networks import WEIGHTS
from nnviz.web.services import NETWORK, Services, services

FRAME, JSON = "application/octet-stream", "application/json"
MAX_BODY = 4096
MAX_TEST = 2_000
"""Test samples by which an ensemble is judged, the first ones."""
KEPT = 2_000
"""Ended runs of which record and boundary stay in memory."""
Look = Literal["tiles", "scores", "map", "parallel", "panels", "seeds"]


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class AskBoard(_Body):
    """A group that is a sweep's; the figure, and the pixels that it has."""

    group: RunId
    look: Look = "tiles"
    what: Literal["loss", "accuracy"] = "loss"
    width: int = Field(800, ge=50, le=8000)
    height: int = Field(500, ge=50, le=8000)


class AskGroup(_Body):
    group: RunId


class AskVerdict(_Body):
    """How many samples only the one, only the other has right; and what they are called."""

    b: int = Field(ge=0, le=10_000_000)
    c: int = Field(ge=0, le=10_000_000)
    one: str = Field("A", max_length=400)
    other: str = Field("B", max_length=400)


def sweep_routes() -> list[BaseRoute]:
    asks = {"/nnviz/sweep": ask_board, "/nnviz/sweep/ensemble": ask_ensemble, "/nnviz/sweep/importance": ask_importance,
            "/nnviz/mcnemar": ask_verdict}  # fmt: skip
    return [Route(path, json_errors(endpoint), methods=["POST"]) for path, endpoint in asks.items()]


async def ask_board(request: Request) -> Response:
    """A frame, view "sweep": meta is `board` with `values` of the figure; its array z, where the figure has one."""
    body, here = await asked(request, AskBoard, MAX_BODY), services()
    group = await _group(here, body.group)
    live = {run: (member.status, member.columns.to_json()) for run, member in group.members().items()}
    key = ("sweep", _state(group), body)
    return Response(await here.compute.result(key, lambda: _board(here, group.id, live, body)), media_type=FRAME)


async def ask_ensemble(request: Request) -> Response:
    """JSON: see `nnviz.experiments.ensemble.ensemble`; members: the numbers of the runs in it. Refused while runs are
    under way."""
    body, here = await asked(request, AskGroup, MAX_BODY), services()
    group = await _group(here, body.group)
    if not group.over:
        raise Problem(BAD, "group", "group: its runs are under way; the ensemble comes when all have ended")
    key = ("ensemble", _state(group))
    return Response(await here.compute.result(key, lambda: _ensemble(here, group.id)), media_type=JSON)


async def ask_importance(request: Request) -> Response:
    """JSON: [{setting, share}], the largest first."""
    body, here = await asked(request, AskGroup, MAX_BODY), services()
    group = await _group(here, body.group)
    key = ("importance", _state(group))
    return Response(await here.compute.result(key, lambda: _importance(here, group)), media_type=JSON)


async def ask_verdict(request: Request) -> Response:
    """JSON: {p, words} of McNemar's test between two classifiers."""
    body, here = await asked(request, AskVerdict, MAX_BODY), services()

    def judge() -> bytes:
        return _json({"p": mcnemar(body.b, body.c), "words": verdict(body.b, body.c, body.one, body.other)})

    return Response(await here.compute.result(("mcnemar", body), judge), media_type=JSON)


async def _group(here: Services, id: str) -> LiveGroup:
    group = await find_group(here, id)
    if group is None:
        raise Problem(
            MISSING, "group", "group: there is no such sweep; was it deleted, or is the link another server's?"
        )
    return group


def _state(group: LiveGroup) -> tuple[object, ...]:
    """What an answer about a group is of: where all has ended, there is one, as long as no run of it is deleted."""
    return (group.id, "over", *group.runs) if group.over else (group.id, id(group), group.version)


def _row(here: Services, id: str) -> tuple[GroupRow, SweepSpec]:
    row = here.store.groups.get(id)
    if row is None or row.sweep is None:
        raise Problem(BAD, "group", "group: its runs are no sweep's")
    try:
        return row, SweepSpec.model_validate_json(row.sweep)
    except ValueError:
        raise Problem(BAD, "group", "group: another version of nnviz made this sweep") from None


_ended: OrderedDict[str, tuple[RunRow, Any]] = OrderedDict()
"""Run → its record and its small boundary, of runs that have ended."""


def _seen(
    here: Services, run: str, status: str, columns: dict[str, list[float | None]], tiles: bool
) -> boards.Seen | None:
    row, tile = _ended.get(run, (None, None)) if status not in ALIVE else (None, None)
    if row is None or (tiles and tile is None):
        row = here.store.get_run(run)
        if row is None or not isinstance(row.spec, RunSpec):
            return None
        tile = _tile(here, row.spec, run) if tiles and status not in {"waiting", "starting"} else None
        if row.is_over and status not in ALIVE:
            _ended[run] = (row, tile)
            while len(_ended) > KEPT:
                _ended.popitem(last=False)
    assert isinstance(row.spec, RunSpec)
    newest = {name: values[-1] for name, values in columns.items() if values}
    found = outcome(row.spec, row.status if row.is_over else status, row.result, newest)
    return boards.Seen(run, found, columns, tile)


def _tile(here: Services, spec: RunSpec, run: str) -> Any:
    live = here.hub.runs.get(run)
    data = live.frames.get(NETWORK) if live is not None else None
    if data is None:
        data = here.store.newest_frame(run, NETWORK)
    return None if data is None else boards.small(spec, decode_frame(data).arrays["boundary"])


def _board(
    here: Services, id: str, live: dict[str, tuple[str, dict[str, list[float | None]]]], body: AskBoard
) -> bytes:
    values_of = here.store.groups.points(id)
    if len(values_of) < len(live):  # the record of its runs is on its way to the disk
        here.store.flush()
        values_of = here.store.groups.points(id)
    row, sweep = _row(here, id)
    tiles = body.look == "tiles" and not sweep.base.data.is_image
    found = {run: _seen(here, run, status, columns, tiles) for run, (status, columns) in live.items()}
    there = [(values_of[run], one) for run, one in found.items() if one is not None and run in values_of]
    if not there:
        raise Problem(BAD, "group", "group: all of its runs have been deleted")
    points, seen = [point for point, _ in there], [one for _, one in there]
    values: dict[str, Any]
    made = boards.board(sweep, points, seen)
    # While runs come, some that are recorded are not known here yet.
    gone = 0 if row.unfinished or row.grows else sum(run not in found for run in values_of)
    if body.look == "tiles":
        values = boards.tiles(sweep, points, seen, made["best"], (body.width, body.height))
    elif body.look == "panels":
        values = boards.panels(sweep, points, seen, body.what, body.width)
    elif body.look == "seeds":
        values = boards.seeds(sweep, points, seen, body.what)
    elif body.look == "scores":
        values = boards.scores(sweep, points, seen, body.width)
    else:
        values = {"map": boards.heat, "parallel": boards.parallel}[body.look](sweep, points, seen)
    arrays = {"z": values.pop("z")} if "z" in values else {}
    about = {"look": body.look, "sweep": sweep.model_dump(mode="json")}
    meta = {**made, **about, "values": values, "grows": row.grows, "gone": gone}
    return encode_frame(Frame("sweep", 0, 0.0, meta, arrays), "")


def _ensemble(here: Services, id: str) -> bytes:
    _, sweep = _row(here, id)
    spec = sweep.base
    if spec.data.classes == 0:
        raise Problem(BAD, "group", "group: an ensemble here is of classifiers, and this is a regression")
    data = cached(spec.data, here.home)
    x, labels = data.inputs("test")[:MAX_TEST], data.labels("test")[:MAX_TEST]
    probabilities, members, points = [], [], here.store.groups.points(id)
    runs = [(run, kept) for run in points if (kept := here.store.get_run(run)) is not None]
    for number, (run, kept) in enumerate(runs):
        if not isinstance(kept.spec, RunSpec) or kept.spec.data != spec.data:
            continue
        frame = here.store.newest_frame(run, WEIGHTS if spec.data.is_image else NETWORK)
        if kept.status not in {"finished", "stopped"} or frame is None:
            continue
        probabilities.append(predictor(kept.spec, decode_frame(frame).arrays).probabilities(x))
        members.append(number)
    if len(members) < 2 or not len(labels):
        raise Problem(BAD, "group", "group: an ensemble needs two runs on the same data that have ended well")
    found = ensemble(probabilities, np.asarray(labels, np.int64))
    words = [sweep.words(points[runs[number][0]]) for number in members]
    better = sum(found["accuracy"] > accuracy for accuracy in found["members"])
    said = (
        f"Ensemble of {len(members)}: {percent(found['accuracy'], 1)} of {found['n']:,} test samples "
        f"({percent(found['low'], 1)} to {percent(found['high'], 1)}), better than {better} of its members"
    )
    return _json({**found, "numbers": members, "words": words, "said": said})


def _importance(here: Services, group: LiveGroup) -> bytes:
    _, sweep = _row(here, group.id)
    told, points = [], here.store.groups.points(group.id)
    for run, member in group.members().items():
        seen = _seen(here, run, member.status, member.columns.to_json(), tiles=False)
        if seen is not None and seen.outcome.is_over and seen.outcome.value is not None and run in points:
            told.append((points[run], seen.outcome.value))
    shares = sorted(importances(sweep, told).items(), key=lambda one: -one[1])
    return _json([{"setting": label(name), "share": share} for name, share in shares])


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()
