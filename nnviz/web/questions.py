"""What the digits room asks about a network and a picture: POST /nnviz/look, /nnviz/rotated and /nnviz/handwriting."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from nnviz.analysis.look import Part, Question, look
from nnviz.analysis.rotation import affordable, judged_split, turned
from nnviz.data import Dataset, cached
from nnviz.data.dataset import Float32, Split, grey
from nnviz.data.handwriting import normalise
from nnviz.data.pictures import PictureError, decode, png
from nnviz.events import encode_frame
from nnviz.part import Names
from nnviz.sets import SETS
from nnviz.spec import RunSpec
from nnviz.web.json_errors import BAD, TOO_LARGE, Problem, asked, json_errors
from nnviz.web.message import RunId
from nnviz.web.networks import Network
from nnviz.web.services import Services, services

MAX_QUESTION = 64 * 1024
"""Bytes of a body. A spec with 40 layers and a picture of 28×28 fit."""
MAX_PICTURE, MAX_SIDE = 2_000_000, 2048
FRAME, JSON = "application/octet-stream", "application/json"


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class OfPicture(_Body):
    """A network, that of a run (at a step of its film) or the untrained one of a spec; and a picture, a digit of the
    run's data or pixels: base64 of uint8, row by row, ink light on dark."""

    run: RunId | None = None
    spec: RunSpec | None = None
    step: int | None = Field(None, ge=0, le=2**53)
    split: Split = "test"
    digit: int | None = Field(None, ge=0, le=2**31)
    pixels: str | None = Field(None, max_length=8192)


class Look(OfPicture):
    parts: tuple[Part, ...] = Field((), max_length=8)
    target: int | None = Field(None, ge=0, le=255, description="the class to explain; null: the predicted one")


class Rotated(_Body):
    run: RunId
    step: int | None = Field(None, ge=0, le=2**53, description="of its film; null: its newest")
    angle: float = Field(ge=-180, le=180, description="degrees counter-clockwise")
    n: int | None = Field(None, ge=1, le=60_000, description="images to turn, at most; null: as many as take a second")


class Handwriting(_Body):
    image: str = Field(max_length=MAX_PICTURE * 4 // 3 + 64, description="base64 of a PNG or JPEG")
    name: Annotated[str, Names(SETS, fits=lambda one: one.is_image)]


def question_routes() -> list[BaseRoute]:
    questions = {"/nnviz/look": ask_look, "/nnviz/rotated": ask_rotated, "/nnviz/handwriting": ask_handwriting}
    return [Route(path, json_errors(endpoint), methods=["POST"]) for path, endpoint in questions.items()]


async def ask_look(request: Request) -> Response:
    """A frame, view "look" (`nnviz.analysis.look`). Its meta also has digit, split, and by `asked` which step was."""
    body, here = await asked(request, Look, MAX_QUESTION), services()
    network, pixels = await named(here, body)
    parts = frozenset(body.parts)
    key = ("look", network.key, body.split, body.digit, pixels, parts, body.target, body.step)
    frame = await here.compute.result(key, lambda: _look(here, network, body, pixels))
    return Response(frame, media_type=FRAME)


async def ask_rotated(request: Request) -> Response:
    """JSON: see `nnviz.analysis.rotation.turned`; and the step of the network."""
    body, here = await asked(request, Rotated, MAX_QUESTION), services()
    network, angle = await here.networks.find(body.run, body.step), round(body.angle, 1)

    def make() -> bytes:
        data, predictor = cached(network.spec.data, here.home), here.networks.predictor(network)
        n = affordable(judged_split(data)[1], network.work, body.n)
        return _json({**turned(predictor, data, angle, n), "step": network.step})

    answer = await here.compute.result(("rotated", network.key, angle, body.n), make)
    return Response(answer, media_type=JSON)


async def ask_handwriting(request: Request) -> Response:
    """JSON: steps [{title, text, picture: base64 PNG}], and what came of them: pixels (base64 uint8), height, width."""
    body, here = await asked(request, Handwriting, MAX_PICTURE * 4 // 3 + 1024), services()
    data = _base64(body.image.partition(",")[2] if body.image.startswith("data:") else body.image, "image")
    if len(data) > MAX_PICTURE:
        raise Problem(TOO_LARGE, "image", f"image: a picture has at most {MAX_PICTURE:,} bytes (given: {len(data):,})")

    def make() -> bytes:
        try:
            image = decode(data, ("PNG", "JPEG"), MAX_SIDE)
        except PictureError as fault:
            words = f"image: {fault}; allowed are PNG and JPEG of at most {MAX_SIDE:,} × {MAX_SIDE:,} pixels"
            raise Problem(BAD, "image", words) from None
        steps = normalise(image, SETS[body.name].shape or ())
        result = steps[-1].picture
        height, width = result.shape
        shown = [{"title": s.title, "text": s.text, "picture": _text(png(s.picture))} for s in steps]
        return _json({"steps": shown, "pixels": _text(result.tobytes()), "height": height, "width": width})

    key = ("handwriting", body.name, hashlib.sha256(data).digest())
    return Response(await here.compute.result(key, make), media_type=JSON)


async def named(here: Services, body: OfPicture) -> tuple[Network, bytes | None]:
    """The network that a question is about, and the pixels of its picture where that is no digit. Raises Problem."""
    network = await here.networks.asked(body.run, body.spec, body.step)
    if (body.digit is None) == (body.pixels is None):
        raise Problem(BAD, "digit", "digit: name a digit, or give the pixels of a picture, one of the two")
    return network, None if body.pixels is None else pixels_of(body.pixels, network.spec)


def _look(here: Services, network: Network, body: Look, pixels: bytes | None) -> bytes:
    """In a thread."""
    data = cached(network.spec.data, here.home)
    if body.target is not None and body.target >= len(data.class_names):
        most = len(data.class_names) - 1
        raise Problem(BAD, "target", f"target: allowed are 0 to {most} (given: {body.target})")
    image, label = picture(data, network.spec, body.split, body.digit, pixels)
    own = body.digit if body.split == "train" else None
    question = Question(image, label, own, frozenset(body.parts), body.target)
    frame = look(here.networks.predictor(network), data, question, network.step, network.epoch, network.work)
    frame.meta.update(digit=body.digit, split=body.split if pixels is None else None, asked=body.step)
    return encode_frame(frame, network.run or "")


def picture(
    data: Dataset, spec: RunSpec, split: Split, digit: int | None, pixels: bytes | None
) -> tuple[Float32, int | None]:
    """(float32 [height, width, 1], label) of pixels, or of a digit of a split. Raises Problem where there is none."""
    if pixels is not None:
        return grey(np.frombuffer(pixels, np.uint8).reshape(spec.input_shape)), None
    assert digit is not None
    rows = data.rows(split)
    if digit >= rows.stop - rows.start:
        allowed = f"allowed are 0 to {rows.stop - rows.start - 1}" if rows.stop > rows.start else "it has none"
        raise Problem(BAD, "digit", f"digit: of the {split} images {allowed} (given: {digit})")
    row = rows.start + digit
    return data.x[row], int(data.y[row])


def pixels_of(text: str, spec: RunSpec) -> bytes:
    """The pixels of a picture of this spec's size, from base64. Raises Problem."""
    data = _base64(text, "pixels")
    height, width = spec.input_shape[:2]
    if len(data) != height * width:
        raise Problem(BAD, "pixels", f"pixels: {height} × {width} = {height * width} bytes (given: {len(data)})")
    return data


def _base64(text: str, field: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Problem(BAD, field, f"{field}: must be base64") from None


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()
