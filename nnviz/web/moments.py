"""How runs looked at a step, as small pictures: POST /nnviz/moments, for the runs that lie over each other."""

from __future__ import annotations

import asyncio
import base64
import io
import json
from collections import OrderedDict
from typing import Any, Literal

import numpy as np
from PIL import Image
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from nnviz.data import DataError, cached
from nnviz.events import decode_frame
from nnviz.figures.theme import THEMES
from nnviz.film import small
from nnviz.spec import RunSpec
from nnviz.web.json_errors import asked, json_errors
from nnviz.web.message import RunId
from nnviz.web.services import NETWORK, Services, services
from nnviz.web.table_messages import MOST_COMPARED

MAX_BODY = 8192
KEPT = 600
"""Pictures that stay in memory: some seconds of twelve runs."""
FILTER_BOX = (160.0, 160.0)
"""Pixels of a small picture of filters."""
Theme = Literal["light", "dark"]
Images = Literal["predictions", "filters"]


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Wanted(_Body):
    run: RunId
    step: int | None = Field(None, ge=0, le=2**53, description="the newest picture that is not later; null: the newest")


class AskMoments(_Body):
    runs: tuple[Wanted, ...] = Field(min_length=1, max_length=MOST_COMPARED)
    theme: Theme = "light"
    images: Images = Field("predictions", description="what is shown of a run on images")


def moment_routes() -> list[BaseRoute]:
    return [Route("/nnviz/moments", json_errors(ask_moments), methods=["POST"])]


async def ask_moments(request: Request) -> Response:
    """JSON: a list of {run, step, kind, picture} in the order that was asked: a PNG as a data URI, and which step it is
    of; kind "boundary", "matrix" or "filters". Of a run without such a picture step, kind and picture are null, and
    `why` says what is missing."""
    body, here = await asked(request, AskMoments, MAX_BODY), services()
    found = await asyncio.gather(*(_moment(here, wanted, body) for wanted in body.runs))
    return Response(b"[" + b",".join(found) + b"]", media_type="application/json")


_specs: OrderedDict[str, RunSpec] = OrderedDict()


async def _moment(here: Services, wanted: Wanted, body: AskMoments) -> bytes:
    spec = await asyncio.to_thread(_spec, here, wanted.run)
    if spec is None:
        return _answer(wanted.run, why="no training: it has no picture")
    view = body.images if spec.data.is_image else NETWORK
    frame = await asyncio.to_thread(here.store.find_frame, wanted.run, view, wanted.step)
    if frame is None:
        begun = wanted.step is None or view == "filters" or not spec.is_network
        return _answer(wanted.run, why="no such picture is recorded" if begun else "nothing is recorded so early")
    seq, step = frame
    key = ("moment", wanted.run, seq, body.theme)
    return await here.compute.result(key, lambda: _drawn(here, wanted.run, spec, seq, step, body.theme))


def _spec(here: Services, run: str) -> RunSpec | None:
    """What a run was asked to do, of a training."""
    if run not in _specs:
        row = here.store.get_run(run)
        if row is None or not isinstance(row.spec, RunSpec):
            return None
        _specs[run] = row.spec
        while len(_specs) > KEPT:
            _specs.popitem(last=False)
    return _specs[run]


def _drawn(here: Services, run: str, spec: RunSpec, seq: int, step: int, theme: Theme) -> bytes:
    data = here.store.frame(run, seq)
    if data is None:
        return _answer(run, why="this picture has just been left out of the film")
    frame, look = decode_frame(data), THEMES[theme]
    if frame.view == NETWORK:
        return _answer(run, step, "boundary", small.boundary(frame, look))
    if frame.view == "filters":
        return _answer(run, step, "filters", small.filters(frame, look, FILTER_BOX)[0])
    try:
        pixels, _ = small.matrix(frame, cached(spec.data, here.home), look)
    except DataError as why:
        return _answer(run, why=str(why))
    return _answer(run, step, "matrix", pixels)


def _answer(
    run: str, step: int | None = None, kind: str | None = None, pixels: np.ndarray[Any, Any] | None = None,
    why: str | None = None,
) -> bytes:  # fmt: skip
    picture = None
    if pixels is not None:
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG", compress_level=1)
        picture = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
    told = {"run": run, "step": step, "kind": kind, "picture": picture, "why": why}
    return json.dumps(told, separators=(",", ":")).encode()
