"""Start and end of the web process, and its routes beside Streamlit's own."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, NoReturn

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute

from nnviz import __version__
from nnviz.engine.local import LocalEngine
from nnviz.home import HomeError, HomeLock, default_home
from nnviz.store import Store
from nnviz.web import services as holder
from nnviz.web.assets import asset_routes
from nnviz.web.digits import digit_routes
from nnviz.web.hub import Hub
from nnviz.web.live import live
from nnviz.web.recorder import Recorder
from nnviz.web.settings import SettingError, site_settings, workers

GRACE = 0.5
"""Seconds that open connections get when the server ends."""


def routes() -> list[BaseRoute]:
    """Everything under /nnviz and /nnviz-assets."""
    return [WebSocketRoute("/nnviz/live", live), Route("/nnviz/about", about), *digit_routes(), *asset_routes()]


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    """Home, store, engine and hub, as long as the server runs. A home that cannot be used: one line and exit code 4."""
    tune_server()
    try:
        stack = await _start(default_home())
    except HomeError as error:
        give_up(str(error), 4)
    except SettingError as error:
        give_up(str(error), 2)
    async with stack:
        yield {}


async def _start(home: Path) -> AsyncExitStack:
    """Everything, each part closed after the parts that were built on it."""
    async with AsyncExitStack() as stack:
        stack.enter_context(HomeLock(home))
        store = Store(home, on_problem=lambda problem: hub.warn(problem))
        stack.push_async_callback(asyncio.to_thread, store.close)
        hub = Hub(watch=lambda run, viewers: engine.watch(run, viewers), keep=Recorder(store).keep)
        engine = LocalEngine(home, hub.listen, workers=workers())
        stack.push_async_callback(asyncio.to_thread, engine.close)
        here = holder.Services(home, store, engine, hub)
        stack.callback(here.workshop.close)
        stack.push_async_callback(asyncio.to_thread, here.fetching.close)
        holder.install(here)
        stack.callback(holder.install, None)
        return stack.pop_all()
    raise AssertionError("not reached")


def give_up(message: str, code: int) -> NoReturn:
    """One line on standard error, then the end. An exception would reach the terminal as a page of traceback, with
    uvicorn's exit code; at this point nothing is open that needs closing."""
    print(f"Error: {message}", file=sys.stderr, flush=True)
    os._exit(code)


def tune_server() -> None:
    """What Streamlit's own start sets on uvicorn, also where `uvicorn app:app` has started us.

    No compression of WebSocket messages (uvicorn's default: 2 ms for each frame and viewer), and an end
    that does not wait for a browser that has stopped reading. uvicorn hands its Config to no application; the task
    that runs this lifespan holds it.
    """
    task = asyncio.current_task()
    frame = getattr(task.get_coro(), "cr_frame", None) if task else None
    config = getattr(frame.f_locals.get("self"), "config", None) if frame else None
    if config is not None and type(config).__module__.startswith("uvicorn."):
        config.ws_per_message_deflate = False
        if config.timeout_graceful_shutdown is None:
            config.timeout_graceful_shutdown = GRACE


async def about(_request: Request) -> JSONResponse:
    """Which nnviz this is and how it is set: the same however it was started."""
    from streamlit import config

    here = holder.services()
    return JSONResponse(
        {
            "nnviz": __version__,
            "settings": {name: config.get_option(name) for name in site_settings()},
            "viewers": len(here.hub.viewers),
            "runs": len(here.hub.runs),
            "cpu_seconds": time.process_time(),
        }
    )
