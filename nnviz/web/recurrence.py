"""What the recurrent room asks about a network and a picture: POST /nnviz/recurrence."""

from __future__ import annotations

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from nnviz.analysis.recurrence import is_recurrent, recurrence
from nnviz.data import cached
from nnviz.events import encode_frame
from nnviz.models.weights import flat_to_weights
from nnviz.web.json_errors import BAD, Problem, asked, json_errors
from nnviz.web.questions import FRAME, MAX_QUESTION, OfPicture, named, picture
from nnviz.web.services import services


class Asked(OfPicture):
    """unit: whose numbers are told."""

    unit: int = Field(0, ge=0, le=511)


def recurrence_routes() -> list[BaseRoute]:
    return [Route("/nnviz/recurrence", json_errors(ask_recurrence), methods=["POST"])]


async def ask_recurrence(request: Request) -> Response:
    """A frame, view "recurrence" (`nnviz.analysis.recurrence`)."""
    body, here = await asked(request, Asked, MAX_QUESTION), services()
    network, pixels = await named(here, body)
    if not is_recurrent(network.spec):
        raise Problem(BAD, "run", "run: its network has no recurrent layer")

    def make() -> bytes:
        data = cached(network.spec.data, here.home)
        image, label = picture(data, network.spec, body.split, body.digit, pixels)
        weights = flat_to_weights(network.spec, network.read()["weights"])
        x = data.as_inputs(image[None])
        made = recurrence(network.spec, weights, x, label, body.unit, network.step, network.epoch)
        return encode_frame(made, "")

    key = ("recurrence", network.key, body.split, body.digit, pixels, body.unit)
    return Response(await here.compute.result(key, make), media_type=FRAME)
