"""Start and end of the web process, and its routes beside Streamlit's own."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
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
from nnviz.faults import StoreError
from nnviz.home import HomeError, HomeLock, default_home
from nnviz.store.recorder import Recorder
from nnviz.store.store import Store
from nnviz.web import entrance
from nnviz.web import services as holder
from nnviz.web.backprop import backprop_routes
from nnviz.web.cluster_news import tell_nodes
from nnviz.web.connections import bound_connections
from nnviz.web.depth import depth_routes
from nnviz.web.digits import digit_routes
from nnviz.web.distributions import distribution_routes
from nnviz.web.doctor import Doctor, keep_and
from nnviz.web.engines import make_engine
from nnviz.web.equals import equals_routes
from nnviz.web.figures import figure_routes
from nnviz.web.found_runs import resume_all
from nnviz.web.hub import Hub
from nnviz.web.kernels import kernel_routes
from nnviz.web.live import live
from nnviz.web.moments import moment_routes
from nnviz.web.quiet import quieten
from nnviz.web.recipes import recipe_routes
from nnviz.web.recurrence import recurrence_routes
from nnviz.web.settings import TOKEN_VARIABLE, SettingError, site_settings
from nnviz.web.sweep_board import sweep_routes
from nnviz.web.sweeps import take_up
from nnviz.web.warm import prepared, warm_up

logger = logging.getLogger("nnviz.web")
OPEN_TO_ALL = (
    f"nnviz asks nobody for a token: whoever reaches this machine can use it. To ask for one, set {TOKEN_VARIABLE}, or "
    "start it with nnviz serve --token."
)
HOUR = 3600.0
GRACE = 0.5
"""Seconds that open connections get when the server ends."""


def routes() -> list[BaseRoute]:
    """Everything under /nnviz."""
    return [
        WebSocketRoute("/nnviz/live", live),
        Route("/nnviz/about", about),
        *backprop_routes(),
        *digit_routes(),
        *figure_routes(),
        *kernel_routes(),
        *moment_routes(),
        *recipe_routes(),
        *sweep_routes(),
        *depth_routes(),
        *equals_routes(),
        *distribution_routes(),
        *recurrence_routes(),
    ]


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    """Home, store, engine and hub, as long as the server runs. A home that cannot be used: one line and exit code 4."""
    config = uvicorn_config()
    tune_server(config)
    quieten()
    try:
        entrance.install(entrance.make_entrance(*listening(config)))
        stack = await _start(default_home())
    except HomeError as error:
        give_up(str(error), 4)
    except SettingError as error:
        give_up(str(error), 2)
    if is_streamlit_run():
        print(entrance.entrance().words, flush=True)
    if entrance.entrance().is_open and entrance.entrance().token is None:
        logger.warning(OPEN_TO_ALL)
    stack.callback(entrance.install, None)
    async with stack:
        here = holder.services()
        work = warm_up(), resume_all(here, take_up), keep_table(here.store), tell_nodes(here)
        tasks = [asyncio.create_task(one) for one in work]
        yield {}
        for task in tasks:
            task.cancel()


async def _start(home: Path) -> AsyncExitStack:
    """Everything, each part closed after the parts that were built on it."""
    async with AsyncExitStack() as stack:
        stack.enter_context(HomeLock(home))
        # The hub is there first: the store may have a problem to tell before it has opened (a full disk).
        hub = Hub(
            watch=lambda run, viewers: here.watch(run, viewers),
            keep=keep_and(lambda run, message: record(run, message), lambda: doctor),
            go_on=lambda run, frame: recorder.go_on(run, frame),
        )
        store = Store(home, on_problem=hub.warn)

        def record(run: str, message: dict[str, Any] | bytes) -> None:
            if not here.scripts.trains(run):  # its script does
                recorder.keep(run, message)
            here.news.hear(run, message)

        recorder, doctor = Recorder(store), Doctor(home, hub.runs.get, hub.publish)
        stack.push_async_callback(asyncio.to_thread, store.close)
        engine = make_engine(home, hub.listen, store)
        stack.push_async_callback(asyncio.to_thread, engine.close)
        here = holder.Services(home, store, engine, hub)
        stack.callback(here.compute.close)
        stack.push_async_callback(asyncio.to_thread, here.fetching.close)
        stack.push_async_callback(asyncio.to_thread, here.films.close)
        await here.scripts.open()
        stack.push_async_callback(here.scripts.close)
        holder.install(here)
        stack.callback(holder.install, None)
        return stack.pop_all()
    raise AssertionError("not reached")


async def keep_table(store: Store) -> None:
    """The table of runs: rows of what an earlier version recorded are filled in, a few at a time, and what was thrown
    away is removed for good when its time has come."""
    while True:
        try:
            while await asyncio.to_thread(store.fill_facts):
                await asyncio.sleep(0.05)
            await asyncio.to_thread(store.table.purge)
        except StoreError as error:
            logger.warning("the table of runs: %s", error)
        await asyncio.sleep(HOUR)


def give_up(message: str, code: int) -> NoReturn:
    """One line on standard error, then the end. An exception would reach the terminal as a page of traceback, with
    uvicorn's exit code; at this point nothing is open that needs closing."""
    print(f"Error: {message}", file=sys.stderr, flush=True)
    os._exit(code)


def is_streamlit_run() -> bool:
    """Whether `streamlit run` has started us: `nnviz` says by itself where it is, and uvicorn does."""
    from streamlit import config

    return config._server_mode == "starlette-app"


def uvicorn_config() -> Any:
    """The `uvicorn.Config` that we run under; None under another server.

    uvicorn hands it to no application; the task that runs this lifespan holds it."""
    task = asyncio.current_task()
    frame = getattr(task.get_coro(), "cr_frame", None) if task else None
    config = getattr(frame.f_locals.get("self"), "config", None) if frame else None
    return config if config is not None and type(config).__module__.startswith("uvicorn.") else None


def tune_server(config: Any) -> None:
    """What Streamlit's own start sets on uvicorn, also where `uvicorn app:app` has started us.

    No compression of WebSocket messages (uvicorn's default: 2 ms for each frame and viewer), an end that does not wait
    for a browser that has stopped reading, and connections that send at once, bounded in number and patience.
    """
    if config is not None:
        bound_connections(config)
        config.ws_per_message_deflate = False
        if config.timeout_graceful_shutdown is None:
            config.timeout_graceful_shutdown = GRACE
        config.http_protocol_class = _sending_at_once(config.http_protocol_class)


def _sending_at_once(protocol: type[Any]) -> type[Any]:
    """uvicorn's protocol with TCP_NODELAY on its connections, WebSockets included.

    asyncio sets it on sockets that name TCP as their protocol; those that Streamlit listens on name none. Without it
    the body of each answer waits 40 ms for the browser's acknowledgement of the headers, and so does a message that
    follows closely on another."""

    class SendingAtOnce(protocol):  # type: ignore[misc]
        def connection_made(self, transport: asyncio.Transport) -> None:
            connection = transport.get_extra_info("socket")
            if connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            super().connection_made(transport)

    return SendingAtOnce


def listening(config: Any) -> tuple[str | None, int | None]:
    """Address and port that the server listens on; None where somebody else has opened the socket."""
    if config is None or config.uds is not None or config.fd is not None:
        return None, None
    return config.host, config.port


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
            "prepared": list(prepared),
        }
    )
