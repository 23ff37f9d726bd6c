"""What the backpropagation room asks: POST /nnviz/backprop (a network's every number, while a weight is dragged),
/nnviz/backprop/number (the formula of one of them), /nnviz/backprop/naive (learning without a way back) and
/nnviz/backprop/chain (the chain rule in symbols)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from nnviz.backprop.explain import shown
from nnviz.backprop.learning import learn
from nnviz.backprop.naive import BUDGET, difference_errors, race
from nnviz.backprop.spec import BackpropSpec
from nnviz.backprop.symbols import chain
from nnviz.backprop.trace import plain, trace
from nnviz.web.json_errors import BAD, Problem, asked, json_errors
from nnviz.web.services import services

MAX_BODY = 16 * 1024
"""Bytes. A spec with 168 weights of 17 digits fits."""


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class AskTrace(_Body):
    spec: BackpropSpec


class AskNumber(_Body):
    spec: BackpropSpec
    number: str = Field(pattern=r"^[a-zL]{1,2}[0-9.]{0,8}$", description="its id in the trace")


class AskNaive(_Body):
    spec: BackpropSpec
    epsilon: float = Field(0.1, ge=0.001, le=1, description="the naive way's step")


def backprop_routes() -> list[BaseRoute]:
    asks = {"/nnviz/backprop": ask_trace, "/nnviz/backprop/number": ask_number}
    asks |= {"/nnviz/backprop/naive": ask_naive, "/nnviz/backprop/chain": ask_chain}
    return [Route(path, json_errors(endpoint), methods=["POST"]) for path, endpoint in asks.items()]


async def ask_trace(request: Request) -> Response:
    """JSON: `nnviz.backprop.trace.plain`."""
    body = await asked(request, AskTrace, MAX_BODY)
    return await _answer("trace", body, lambda: plain(trace(body.spec)))


async def ask_number(request: Request) -> Response:
    """JSON: `nnviz.backprop.explain.shown`."""
    body = await asked(request, AskNumber, MAX_BODY)

    def make() -> dict[str, Any]:
        try:
            return shown(trace(body.spec), body.number)
        except KeyError:
            raise Problem(BAD, "number", f"number: this network has no {body.number!r}") from None

    return await _answer("number", body, make)


async def ask_naive(request: Request) -> Response:
    """JSON: racers [{label, once, passes, losses, hundredth}] and errors (`nnviz.backprop.naive.difference_errors`)."""
    body = await asked(request, AskNaive, MAX_BODY)

    def make() -> dict[str, Any]:
        racers = [{**asdict(one), "hundredth": one.within(0.01)} for one in race(body.spec, body.epsilon)]
        return {"racers": racers, "budget": BUDGET, "errors": difference_errors(body.spec, learn(body.spec).weights)}

    return await _answer("naive", body, make)


async def ask_chain(request: Request) -> Response:
    """JSON: `nnviz.backprop.symbols.chain` of the weight `number`."""
    body = await asked(request, AskNumber, MAX_BODY)

    def make() -> dict[str, Any]:
        try:
            return chain(trace(body.spec), body.number)
        except KeyError:
            raise Problem(BAD, "number", f"number: this network has no weight {body.number!r}") from None

    return await _answer("chain", body, make)


async def _answer(what: str, body: _Body, make: Callable[[], Any]) -> Response:
    def encoded() -> bytes:
        return json.dumps(make(), separators=(",", ":"), allow_nan=False).encode()

    data = await services().compute.result(("backprop", what, body.model_dump_json()), encoded)
    return Response(data, media_type="application/json")
