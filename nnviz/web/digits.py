"""The routes of the digits room: its pictures and labels, and what runs have said of them.

What is asked about a network and one picture is in `questions.py`.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import math
from typing import Any, get_args

import numpy as np
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from nnviz.data import cached
from nnviz.data.dataset import Dataset, Split
from nnviz.data.sheets import COLUMNS, SHEET, sheet_png, sheets
from nnviz.data.training_images import training_frame
from nnviz.events import Frame, decode_frame, encode_frame, frame_header
from nnviz.layers import Dense, Dropout
from nnviz.link import PATHS, from_query, write_layers
from nnviz.spec import DataSpec, RunSpec, SVMSpec
from nnviz.store.runs import RunRow
from nnviz.store.store import Store
from nnviz.web.json_errors import BAD, MISSING, Problem, asked, check, json_errors
from nnviz.web.message import RunId
from nnviz.web.messages import Token, visitor_name
from nnviz.web.questions import FRAME, JSON, MAX_QUESTION, question_routes
from nnviz.web.services import Services, services

PREDICTIONS = "predictions"
FOREVER = "private, max-age=31536000, immutable"
"""A link's data never change: what is uploaded is named by its content."""
MAX_RUNS = 100
DATA = {name for name, path in PATHS.items() if path[0] == "data"}


class _Visitor(BaseModel):
    model_config = ConfigDict(extra="forbid")
    visitor: Token


class _OfRun(BaseModel):
    model_config = ConfigDict(frozen=True)
    run: RunId
    digit: int = Field(0, ge=0, le=2**31)


def digit_routes() -> list[BaseRoute]:
    """Everything that the room asks over HTTP."""
    return [
        Route("/nnviz/digits/info", json_errors(info)),
        Route("/nnviz/digits/sheet", json_errors(sheet)),
        Route("/nnviz/digits/training", json_errors(training)),
        Route("/nnviz/predictions", json_errors(predictions)),
        Route("/nnviz/history", json_errors(history)),
        Route("/nnviz/runs", json_errors(runs), methods=["POST"]),
        *question_routes(),
    ]


async def info(request: Request) -> Response:
    """JSON: n, height, width, classes, class_names, labels (base64 uint8 [n]), key, sheet, columns, sheets."""
    (spec, split), here = _data_asked(request), services()

    def make() -> bytes:
        data = cached(spec, here.home)
        labels = data.labels(split).astype(np.uint8)
        height, width = data.x.shape[1:3]
        said = {
            "n": len(labels), "height": height, "width": width, "classes": len(data.class_names),
            "class_names": data.class_names, "labels": base64.b64encode(labels.tobytes()).decode(),
            "key": _key(spec, split), "sheet": SHEET, "columns": COLUMNS, "sheets": sheets(data, split),
        }  # fmt: skip
        return json.dumps(said).encode()

    return Response(await here.compute.result(("info", spec, split), make), media_type=JSON)


async def sheet(request: Request) -> Response:
    """A grey PNG: 500 images in rows of 25."""
    (spec, split), here = _data_asked(request), services()
    text = request.query_params.get("sheet", "")
    if not text.isdecimal() or len(text) > 4:
        raise Problem(BAD, "sheet", "sheet: a whole number from 0 on")

    def make() -> bytes:
        try:
            return sheet_png(cached(spec, here.home), split, int(text))
        except IndexError:
            raise Problem(MISSING, "sheet", f"sheet: the {split} images have no sheet {text}") from None

    picture = await here.compute.result(("sheet", spec, split, int(text)), make)
    return Response(picture, media_type="image/png", headers={"Cache-Control": FOREVER})


async def training(request: Request) -> Response:
    """Training images from `first` on with their turned copies: a frame of `nnviz.data.training_images`."""
    query = dict(request.query_params)
    first = query.pop("first", "0")
    if not first.isdecimal() or len(first) > 6:
        raise Problem(BAD, "first", "first: a whole number from 0 on")
    (spec, _), here = _data_of(query), services()

    def make() -> bytes:
        return encode_frame(training_frame(spec, cached(spec, here.home), int(first)), "")

    return Response(await here.compute.result(("training", spec, int(first)), make), media_type=FRAME)


async def predictions(request: Request) -> Response:
    """A run's newest predictions of the test images."""
    run = _run_asked(request).run
    return Response(await _newest_predictions(services(), run), media_type=FRAME, headers={"Cache-Control": "no-store"})


async def history(request: Request) -> Response:
    """What a run said of one image over time, JSON columns: step, epoch, predicted (class), sure (its probability 0–1),
    true (the true class), sure_true (its probability)."""
    asked_of, here = _run_asked(request), services()
    spec = await here.networks.spec(asked_of.run)
    newest = await _newest_predictions(here, asked_of.run)
    key = ("history", asked_of, frame_header(newest)["step"])

    def make() -> bytes:
        film = [*here.store.film_frames(asked_of.run, PREDICTIONS), newest]
        return json.dumps(_history(film, cached(spec.data, here.home), asked_of.digit)).encode()

    return Response(await here.compute.result(key, make), media_type=JSON)


async def runs(request: Request) -> Response:
    """JSON: the visitor's newest runs on images, [{run, title, data, created, status, accuracy}]."""
    visitor = visitor_name((await asked(request, _Visitor, MAX_QUESTION)).visitor)
    return JSONResponse(await asyncio.to_thread(_runs, services().store, visitor))


def _data_asked(request: Request) -> tuple[DataSpec, Split]:
    """The data part of a link, and a split. Raises Problem."""
    return _data_of(dict(request.query_params))


def _data_of(query: dict[str, str]) -> tuple[DataSpec, Split]:
    split = query.pop("split", "test")
    if split not in get_args(Split):
        raise Problem(BAD, "split", f"split: allowed are {', '.join(get_args(Split))} (given: {split[:20]!r})")
    for name in ("sheet", "key"):
        query.pop(name, None)
    for name in query:
        if name not in DATA:
            raise Problem(BAD, name[:40], f"{name[:40]}: no setting of the data")
    spec, problems = from_query(query)
    if problems:
        raise Problem(BAD, "data", problems[0])
    if not spec.data.is_image:
        raise Problem(BAD, "data", f"data: {spec.data.name} has no images")
    return spec.data, split  # type: ignore[return-value]  # it is one of them


def _key(spec: DataSpec, split: Split) -> str:
    return hashlib.sha256(f"{spec.model_dump_json()} {split}".encode()).hexdigest()[:16]


def _run_asked(request: Request) -> _OfRun:
    return check(_OfRun, dict(request.query_params))


async def _newest_predictions(here: Services, run_id: str) -> bytes:
    run = here.hub.runs.get(run_id)
    if run is not None and PREDICTIONS in run.frames:
        return run.frames[PREDICTIONS]
    found = await asyncio.to_thread(here.store.newest_frame, run_id, PREDICTIONS)
    if found is None:
        raise Problem(MISSING, "run", "run: there is no such run, or it has not looked at the test images yet")
    return found


def _history(film: list[bytes], data: Dataset, image: int) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {name: [] for name in ("step", "epoch", "predicted", "sure", "true", "sure_true")}
    for frame in map(decode_frame, film):
        place = _place(frame, image)
        if place is None or (columns["step"] and frame.step <= columns["step"][-1]):
            continue  # not among those it was asked about; the newest, which the film has already
        split: Split = frame.meta["split"]
        sure, sure_true = (round(int(frame.arrays[name][place]) / 255, 3) for name in ("sure", "true"))
        row = (
            frame.step, frame.epoch, int(frame.arrays["predicted"][place]), sure, int(data.labels(split)[image]),
            sure_true,
        )  # fmt: skip
        for column, value in zip(columns.values(), row, strict=True):
            column.append(value)
    return columns


def _place(frame: Frame, image: int) -> int | None:
    """Where in the frame's arrays this image is."""
    if "index" not in frame.arrays:
        return image if image < len(frame.arrays["predicted"]) else None
    found = np.flatnonzero(frame.arrays["index"] == image)
    return int(found[0]) if len(found) else None


def _runs(store: Store, visitor: str) -> list[dict[str, Any]]:
    return [
        {
            "run": row.id, "title": title(row.spec), "data": row.spec.data.name, "created": row.created,
            "status": row.status, "accuracy": _accuracy(store, row),
        }
        for row in store.list_runs(MAX_RUNS, visitor)
        if isinstance(row.spec, RunSpec) and row.spec.data.is_image
    ]  # fmt: skip


def title(spec: RunSpec) -> str:
    """A model in a line: "784-30-10", "Conv 16, dense 30", "SVM, rbf"."""
    if isinstance(spec.model, SVMSpec):
        return f"SVM, {spec.model.kernel}"
    own = " (NumPy)" if spec.model.family == "scratch" else ""
    if all(isinstance(layer, Dense | Dropout) for layer in spec.model.layers):
        widths = [layer.units for layer in spec.model.layers if isinstance(layer, Dense)]
        return "-".join(map(str, [math.prod(spec.input_shape), *widths, spec.outputs])) + own
    return write_layers([layer.model_dump(mode="json") for layer in spec.model.layers]).replace(",", ", ") + own


def _accuracy(store: Store, row: RunRow) -> float | None:
    """On the test images: of the result, else the newest that was measured."""
    test = (row.result or {}).get("test")
    if test:
        return test.get("accuracy")  # type: ignore[no-any-return]
    frame = store.newest_frame(row.id, PREDICTIONS)
    return None if frame is None else frame_header(frame)["meta"].get("accuracy")
