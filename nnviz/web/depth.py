"""What the Depth room asks as its sliders move: POST /nnviz/depth/ chain, softmax and linear, answered at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from nnviz.depth import chain, linear, softmax
from nnviz.part import Part
from nnviz.web.json_errors import Endpoint, asked, json_errors

MAX_BODY = 4096


def depth_routes() -> list[BaseRoute]:
    asks = {
        "chain": _answers(chain.Chain, chain.answer), "softmax": _answers(softmax.Logits, softmax.answer),
        "linear": _answers(linear.Stack, linear.answer),
    }  # fmt: skip
    return [Route(f"/nnviz/depth/{name}", json_errors(ask), methods=["POST"]) for name, ask in asks.items()]


def _answers(setting: type[Part], answer: Callable[[Any], dict[str, Any]]) -> Endpoint:
    """The body is a `setting`, the answer is JSON."""

    async def ask(request: Request) -> Response:
        found = answer(await asked(request, setting, MAX_BODY))
        return Response(json.dumps(found, ensure_ascii=False, allow_nan=False), media_type="application/json")

    return ask
