"""What watching costs: one real run, real sockets, and the processor time of the web process."""

from __future__ import annotations

import asyncio
import json
import secrets
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnviz.bench.recorder import SECONDS
from nnviz.ports import free_port

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection, connect

FPS = 10
SPEC: dict[str, Any] = {
    "data": {"name": "spiral"},
    "model": {"layers": [{"units": 8}, {"units": 8}, {"units": 8}, {"units": 8}]},
    "training": {"epochs": 100_000},
}


def bench_live(viewers: Sequence[int] = (1, 20), seconds: float = 5.0) -> dict[str, Any]:
    """Start a server and a run of FPS frames a second, and watch it with as many sockets as `viewers` says.

    For each number of viewers: `frames_per_second` of each viewer (mean) and of the `slowest`, `cpu_share` of one core
    spent in the web process (engine's reader, store and hub included, the training not), `kilobytes` of one frame.
    Raises RuntimeError when the server does not start.
    """
    with own_server() as port:
        rows = asyncio.run(_measure(port, viewers, seconds))
    return {"fps_asked": FPS, "seconds": seconds, "viewers": rows}


@contextmanager
def own_server(fill: Callable[[Path], None] = lambda _: None) -> Iterator[int]:
    """A server of its own on a home that is empty, or has what `fill` puts there; its port, as soon as it answers.
    Raises RuntimeError."""
    with tempfile.TemporaryDirectory(prefix="nnviz-bench-") as home:
        fill(Path(home))
        port = free_port()
        command = [sys.executable, "-m", "nnviz.cli", "serve", "--no-browser", "--no-token", "--port", str(port)]
        command += ["--home", home]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait(server, port)
            yield port
        finally:
            server.terminate()
            server.wait(SECONDS)


def socket_to_hub(port: int) -> connect:
    """A browser's side of the live socket of a server on this machine."""
    from websockets.asyncio.client import connect

    return connect(f"ws://127.0.0.1:{port}/nnviz/live", origin=f"http://127.0.0.1:{port}", max_size=None)  # type: ignore[arg-type]


async def _measure(port: int, viewers: Sequence[int], seconds: float) -> dict[str, Any]:

    async def say(connection: ClientConnection, **message: Any) -> None:
        await connection.send(json.dumps(message))

    async def watch(connection: ClientConnection, counts: list[int], index: int) -> None:
        received = 0
        async for data in connection:
            if isinstance(data, bytes):
                received += 1
                counts[index] += 1
                sizes[0] = len(data)
                await say(connection, do="ack", n=received)

    sizes, rows = [0], {}
    async with socket_to_hub(port) as owner:
        await say(owner, do="hello", visitor=secrets.token_urlsafe(16))
        await say(owner, do="submit", spec=SPEC, speed={"steps": 25, "fps": FPS})
        run = None
        async for data in owner:  # until it trains
            event = {} if isinstance(data, bytes) else json.loads(data)
            run = event["run"] if event.get("event") == "submitted" else run
            if event.get("event") == "metrics" and event["step"] > 0:
                break
        await say(owner, do="watch", run=None)
        for number in viewers:
            counts = [0] * number
            connections = [await socket_to_hub(port) for _ in range(number)]
            tasks = [asyncio.create_task(watch(c, counts, i)) for i, c in enumerate(connections)]
            for connection in connections:
                await say(connection, do="watch", run=run)
            await asyncio.sleep(1)
            counts[:] = [0] * number
            began, before = time.monotonic(), await asyncio.to_thread(cpu_seconds, port)
            await asyncio.sleep(seconds)
            took, spent = time.monotonic() - began, await asyncio.to_thread(cpu_seconds, port) - before
            rows[str(number)] = {
                "frames_per_second": round(sum(counts) / number / took, 2),
                "slowest": round(min(counts) / took, 2),
                "cpu_share": round(spent / took, 4),
                "kilobytes": round(sizes[0] / 1000, 1),
            }
            for task in tasks:
                task.cancel()
            for connection in connections:
                await connection.close()
        await say(owner, do="watch", run=run)
        await say(owner, do="stop")
    return rows


def cpu_seconds(port: int) -> float:
    """Seconds of processor time of the web process, as it tells itself."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/nnviz/about", timeout=10) as response:
        return float(json.load(response)["cpu_seconds"])


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            cpu_seconds(port)
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the server of the benchmark does not start; try `nnviz serve` to see why")


if __name__ == "__main__":
    print(json.dumps(bench_live(), indent=2))
