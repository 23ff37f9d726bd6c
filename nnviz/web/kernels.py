"""What the kernels' room asks while a slider moves: POST /nnviz/kernel."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from nnviz.data import load
from nnviz.events import encode_frame
from nnviz.kernels.picture import picture
from nnviz.kernels.spec import KernelSpec
from nnviz.web.json_errors import BAD, Problem, asked, json_errors
from nnviz.web.services import services

MOST = 4096
"""Bytes of a question."""
Coordinate = Annotated[float, Field(ge=-1e6, le=1e6)]


class Asked(BaseModel):
    """at: the place that is looked at; vector: the support vector, by its training sample."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    spec: KernelSpec
    at: tuple[Coordinate, Coordinate] | None = None
    vector: int | None = Field(None, ge=0, le=100_000)


def kernel_routes() -> list[BaseRoute]:
    return [Route("/nnviz/kernel", json_errors(ask_kernel), methods=["POST"])]


async def ask_kernel(request: Request) -> Response:
    """A frame, view "kernel" (`nnviz.kernels.picture`). The first one waits until scikit-learn is imported: no room but
    this needs it in the web process."""
    body, here = await asked(request, Asked, MOST), services()

    def make() -> bytes:
        try:
            return encode_frame(picture(body.spec, load(body.spec.samples, here.home), body.at, body.vector), "")
        except ValueError as fault:
            raise Problem(BAD, "data", str(fault)) from None

    frame = await here.compute.result(("kernel", body), make)
    return Response(frame, media_type="application/octet-stream")
