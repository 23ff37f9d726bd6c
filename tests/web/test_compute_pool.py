"""The compute pool: one computation for all who ask, a bounded queue, the newest results kept."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any

import pytest

from nnviz.web.compute_pool import ComputePool
from nnviz.web.json_errors import Problem


def run_async(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(main, 20))


def test_thirty_who_ask_the_same_wait_for_one_computation() -> None:
    async def main() -> None:
        pool, made, gate = ComputePool(), [], threading.Event()

        def make() -> bytes:
            gate.wait(10)
            made.append(1)
            return b"answer"

        asking = [asyncio.create_task(pool.result("digit 7", make)) for _ in range(30)]
        await asyncio.sleep(0)
        gate.set()
        assert await asyncio.gather(*asking) == [b"answer"] * 30
        assert await pool.result("digit 7", make) == b"answer"
        assert len(made) == 1
        pool.close()

    run_async(main())


def test_who_goes_away_does_not_take_the_others_answer_along() -> None:
    async def main() -> None:
        pool, gate = ComputePool(), threading.Event()
        make = lambda: b"answer" if gate.wait(10) else b""  # noqa: E731
        first, second = (asyncio.create_task(pool.result("x", make)) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
        gate.set()
        assert await second == b"answer"
        pool.close()

    run_async(main())


def test_a_full_queue_says_when_to_come_back() -> None:
    async def main() -> None:
        pool, gate = ComputePool(workers=1, queue=3), threading.Event()

        def make() -> bytes:
            gate.wait(10)
            return b""

        asking = [asyncio.create_task(pool.result(n, make)) for n in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(Problem) as refused:
            await pool.result(3, make)
        assert (refused.value.status, refused.value.headers) == (503, {"Retry-After": "1"})
        same = asyncio.create_task(pool.result(2, make))  # costs nothing more
        await asyncio.sleep(0)
        gate.set()
        assert await asyncio.gather(*asking, same) == [b""] * 4
        assert await pool.result(3, make) == b""
        pool.close()

    run_async(main())


def test_a_fault_reaches_all_who_asked_and_is_not_kept() -> None:
    async def main() -> None:
        pool, made = ComputePool(), []

        def make() -> bytes:
            made.append(1)
            if len(made) == 1:
                raise Problem(400, "digit", "no")
            return b"yes"

        answers = await asyncio.gather(*(pool.result("x", make) for _ in range(3)), return_exceptions=True)
        assert all(isinstance(answer, Problem) for answer in answers)
        assert await pool.result("x", make) == b"yes"
        pool.close()

    run_async(main())


def test_what_is_kept_is_bounded_and_the_oldest_goes_first() -> None:
    async def main() -> None:
        pool, made = ComputePool(cache_bytes=250), []

        def make(n: int) -> bytes:
            made.append(n)
            return bytes(100)

        for n in (1, 2, 1, 3, 1, 2):
            await pool.result(n, lambda n=n: make(n))  # type: ignore[misc]
        assert made == [1, 2, 3, 2]
        pool.close()

    run_async(main())
