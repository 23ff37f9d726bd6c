"""What the Depth room asks: answered as the library answers, refused in words."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from starlette.requests import Request
from starlette.routing import Route

from nnviz.depth.chain import Chain, answer
from nnviz.web.depth import depth_routes

ROUTES = {route.path: route for route in depth_routes() if isinstance(route, Route)}


def post(path: str, body: Any) -> tuple[int, Any]:
    """The status and the JSON of the answer."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}

    async def ask() -> tuple[int, Any]:
        request = Request({"type": "http", "method": "POST", "path": path, "headers": []}, receive)
        reply = await ROUTES[path].endpoint(request)
        return reply.status_code, json.loads(bytes(reply.body))

    return asyncio.run(ask())


def test_a_chain_is_answered() -> None:
    made = Chain(w=(1, 2, 3, 4), function="tanh")
    assert post("/nnviz/depth/chain", made.model_dump(mode="json")) == (200, answer(made))


@pytest.mark.parametrize(
    ("body", "words"),
    [({"w": [1, 2, 3]}, "w"), ({"x": 11}, "x"), ({"function": "eval"}, "function"), ({"y": 1}, "y"), ([], "object")],
)
def test_a_chain_out_of_range_is_refused(body: Any, words: str) -> None:
    status, said = post("/nnviz/depth/chain", body)
    assert status == 400
    assert words in said["message"]
