"""The routes of the digits room, served by a thread of this process over a real store: for the tests of nnviz.web."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import httpx
import numpy as np
import uvicorn
from starlette.applications import Starlette

from nnviz.events import Frame, decode_frame, encode_frame
from nnviz.models.weights import initial_weights, weights_to_flat
from nnviz.spec import RunSpec
from nnviz.store.store import Store
from nnviz.web import services as holder
from nnviz.web.backprop import backprop_routes
from nnviz.web.digits import digit_routes
from nnviz.web.distributions import distribution_routes
from nnviz.web.figures import figure_routes
from nnviz.web.guard import middleware
from nnviz.web.hub import Hub, LiveRun
from nnviz.web.kernels import kernel_routes
from nnviz.web.messages import visitor_name
from nnviz.web.recurrence import recurrence_routes
from nnviz.web.services import Services
from tests.serving import PATIENCE, free_port

DENSE: dict[str, Any] = {
    "data": {"name": "digits"},
    "model": {"layers": [{"units": 12, "activation": "relu"}]},
    "training": {"loss": "categorical_crossentropy"},
}
CONV: dict[str, Any] = {
    **DENSE,
    "model": {"layers": [{"kind": "conv2d", "filters": 3, "kernel_size": 3}, {"kind": "max_pooling2d"}, {"units": 5}]},
}
CENTRED: dict[str, Any] = {**DENSE, "data": {"name": "digits", "center": True, "rotate": 25}}
VISITOR = secrets.token_urlsafe(24)


class Room:
    """The routes, served by a thread of this process; runs are put into store and hub by hand."""

    def __init__(self, home: Path) -> None:
        self.home, self.store = home, Store(home)
        port = free_port()
        app = Starlette(
            routes=[
                *backprop_routes(),
                *digit_routes(),
                *distribution_routes(),
                *figure_routes(),
                *kernel_routes(),
                *recurrence_routes(),
            ],
            middleware=middleware({}),
            lifespan=self._life,
        )
        self.server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="critical"))
        self.origin = {"Origin": f"http://127.0.0.1:{port}"}
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE)

    def __enter__(self) -> Room:
        self._thread = threading.Thread(target=self.server.run)
        self._thread.start()
        while not self.server.started:
            assert self._thread.is_alive()
            time.sleep(0.005)
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        self.server.should_exit = True
        self._thread.join()
        self.store.close()

    @asynccontextmanager
    async def _life(self, _: Starlette) -> AsyncIterator[None]:
        self.hub = Hub()
        self.services = Services(self.home, self.store, cast(Any, None), self.hub)
        holder.install(self.services)
        yield
        holder.install(None)
        self.services.compute.close()

    def run(self, spec: dict[str, Any], steps: tuple[int, ...] = (0,), live: bool = False) -> tuple[str, RunSpec]:
        """A run with recorded weights, those of another seed at each step."""
        run, parsed = secrets.token_urlsafe(16), RunSpec.model_validate(spec)
        self.store.create_run(run, parsed, visitor_name(VISITOR))
        for seq, step in enumerate(steps):
            self.store.add_frame(run, seq + 1, weights_frame(parsed, step, run))
        if live:
            self.hub.add(LiveRun(run, parsed.model_dump(mode="json"), visitor_name(VISITOR)))
        assert self.store.flush()
        return run, parsed

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.client.post(path, json=body, headers={**self.origin, **headers})

    def look(self, **body: Any) -> Frame:
        answer = self.post("/nnviz/look", body)
        assert answer.status_code == 200, answer.text
        assert len(answer.content) <= 100_000
        return decode_frame(answer.content)


def weights_at(spec: RunSpec, step: int) -> list[Any]:
    return initial_weights(spec.model_copy(update={"seed": step}))


def weights_frame(spec: RunSpec, step: int, run: str) -> bytes:
    flat = weights_to_flat(spec, weights_at(spec, step))
    return encode_frame(Frame("weights", step, step / 10, {}, {"weights": flat}), run)


def predictions(step: int, predicted: list[int], index: list[int] | None = None) -> bytes:
    said = np.array(predicted, np.uint8)
    arrays = {"predicted": said, "sure": said * 20, "true": np.full(len(said), 51, np.uint8)}
    if index:
        arrays["index"] = np.array(index, np.uint16)
    meta = {"split": "test", "accuracy": 0.5}
    return encode_frame(Frame("predictions", step, step / 100, cast(Any, meta), cast(Any, arrays)), "r")
