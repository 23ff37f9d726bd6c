"""A class: visitors of one server who press Train within a few seconds of each other, each with a live socket."""

from __future__ import annotations

import asyncio
import json
import math
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from nnviz.bench.live import cpu_seconds, own_server, socket_to_hub
from nnviz.events import frame_header

VISITORS = (10, 30, 60)
SPEEDS: dict[str, dict[str, Any]] = {"paced": {"steps": 50, "fps": 12}, "full speed": {"steps": None, "fps": 12}}
"""The playground's own, two epochs a frame, and as fast as it goes."""
SPEC: dict[str, Any] = {"training": {"epochs": 100_000}}
"""The playground's first network on its first data, for longer than anybody looks."""
PATIENCE = 30.0
"""Seconds that are waited for those who are last: who has seen nothing by then is counted with so many."""

START = 90.0
"""Seconds until the server's first run trains: its engine imports TensorFlow first."""


@dataclass
class _Visitor:
    """What one has seen. clicked, and the times of rows (time, step): monotonic; drawn, trained: seconds from then."""

    clicked: float = 0.0
    drawn: float | None = None
    trained: float | None = None
    rows: list[tuple[float, int]] = field(default_factory=list)

    def hear(self, data: str | bytes) -> None:
        now = time.monotonic()
        if isinstance(data, bytes):
            step = frame_header(data)["step"]
            self.drawn = self.drawn or now - self.clicked
            if step > 0:
                self.trained = self.trained or now - self.clicked
            return
        event = json.loads(data)
        if event["event"] == "error":
            raise RuntimeError(f"the server refuses the benchmark's run: {event['message']}")
        if event["event"] == "metrics":
            self.rows.append((now, event["step"]))

    def rate(self, began: float, ended: float) -> float:
        """Steps a second between two times (monotonic); 0 where fewer than two rows tell."""
        rows = [row for row in self.rows if began <= row[0] <= ended]
        return 0.0 if len(rows) < 2 else (rows[-1][1] - rows[0][1]) / (rows[-1][0] - rows[0][0])


def bench_class(
    visitors: Sequence[int] = VISITORS,
    speeds: Sequence[str] = tuple(SPEEDS),
    within: float = 5.0,
    seconds: float = 4.0,
) -> list[dict[str, Any]]:
    """For each number of visitors at each of SPEEDS, with a server of its own and its default settings:

    visitors, speed; drawn and trained: (median, 95th percentile) of the seconds from a visitor's click on Train to the
    untrained network and to the first picture after a step, the clicks evenly spread over `within` seconds; slowest,
    median and fastest: steps a second over `seconds` when all have that; fairness: Jain's index of these (Jain, Chiu
    and Hawe, 1984), 1 where all are the same, 1/n where one has everything; web: the web process's share of a core
    meanwhile. A visitor who has seen nothing after PATIENCE is counted with so many seconds.
    Raises RuntimeError where the server does not start or is lost.
    """
    found = []
    for speed in speeds:
        for number in visitors:
            with own_server() as port:
                row = asyncio.run(_class(port, number, speed, within, seconds))
            found.append({"visitors": number, "speed": speed, **row})
    return found


async def _class(port: int, number: int, speed: str, within: float, seconds: float) -> dict[str, Any]:
    await _first_run(port)
    everybody = [_Visitor() for _ in range(number)]
    begin = time.monotonic() + 1.0  # when all have connected
    tasks = [
        asyncio.create_task(_visit(port, visitor, begin + within * i / number, speed, i))
        for i, visitor in enumerate(everybody)
    ]
    try:
        await _until(tasks, everybody, lambda visitor: visitor.trained is not None)
        await asyncio.sleep(1.0)
        began, before = time.monotonic(), await asyncio.to_thread(cpu_seconds, port)
        await asyncio.sleep(seconds)
        ended, spent = time.monotonic(), await asyncio.to_thread(cpu_seconds, port) - before
    finally:
        await _cancel(tasks)
    rates = sorted(visitor.rate(began, ended) for visitor in everybody)
    return {
        "drawn": _percentiles([visitor.drawn or PATIENCE for visitor in everybody]),
        "trained": _percentiles([visitor.trained or PATIENCE for visitor in everybody]),
        "slowest": rates[0], "median": median(rates), "fastest": rates[-1], "fairness": jain(rates),
        "web": spent / (ended - began),
    }  # fmt: skip


async def _first_run(port: int) -> None:
    """One run before them all, stopped when it trains: the engine is ready then. Raises RuntimeError."""
    try:
        await asyncio.wait_for(_visit(port, _Visitor(), 0.0, "paced", 0, only=True), START)
    except TimeoutError:
        raise RuntimeError(f"no run of the benchmark trains within {START:g} s") from None


async def _visit(port: int, visitor: _Visitor, at: float, speed: str, seed: int, only: bool = False) -> None:
    """Connect now, press Train at a time, then watch; for ever, or until it has trained and is stopped."""
    async with socket_to_hub(port) as connection:

        async def say(**message: Any) -> None:
            await connection.send(json.dumps(message))

        await say(do="hello", visitor=secrets.token_urlsafe(16))
        await asyncio.sleep(at - time.monotonic())
        visitor.clicked = time.monotonic()
        await say(do="submit", spec={**SPEC, "seed": seed}, speed=SPEEDS[speed])
        received = 0
        async for data in connection:
            visitor.hear(data)
            if isinstance(data, bytes):
                received += 1
                await say(do="ack", n=received)
                if only and visitor.trained:
                    await say(do="stop")
                    return


async def _until(
    tasks: Sequence[asyncio.Task[None]], everybody: Sequence[_Visitor], done: Callable[[_Visitor], bool]
) -> None:
    """Wait until it is so with everybody, PATIENCE at most. Raises RuntimeError where one has lost the server."""
    end = time.monotonic() + PATIENCE
    while not all(map(done, everybody)) and time.monotonic() < end:
        if lost := next((task for task in tasks if task.done()), None):
            raise RuntimeError(f"a visitor of the benchmark has lost the server: {lost.exception()}")
        await asyncio.sleep(0.02)


async def _cancel(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _percentiles(values: Sequence[float]) -> tuple[float, float]:
    """(median, 95th percentile): the smallest value that so many are not above."""
    ordered = sorted(values)
    return median(ordered), ordered[math.ceil(0.95 * len(ordered)) - 1]


def jain(values: Sequence[float]) -> float:
    """Jain's index, (Σx)² / (n·Σx²): how fairly something is shared among n; 0 where there is nothing to share."""
    squares = sum(value * value for value in values)
    return sum(values) ** 2 / (len(values) * squares) if squares else 0.0
