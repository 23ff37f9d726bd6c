"""The table of runs in a home with thousands of them: how soon it opens, and each further page in every order."""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import statistics
import time
from pathlib import Path
from typing import Any

from nnviz.bench.browser import FLAGS, chromium_path
from nnviz.bench.live import own_server, socket_to_hub
from nnviz.spec import RunSpec
from nnviz.store.schema import SORTS
from nnviz.store.store import Store

DATA = ("circle", "spiral", "xor", "moons", "gauss")


def bench_table(runs: int = 10_000, repeats: int = 3) -> dict[str, float]:
    """Seconds, medians of `repeats`, of a home with so many `runs`. As a browser sees it, absent without Playwright or
    a Chromium: `opened`, from the address to the first row on the screen; `frame`, the 99th percentile of the time
    between two frames while a wheel turns through the table as fast as the page takes it; `blank`, the longest time
    without a row in the middle of it; `end`, from a leap to the table's end to the rows there. Of the socket's answers:
    `first`, the newest runs, how many there are and what they can be filtered by; `further`, a later page, over pages
    of all orders; `slowest`, of the slowest order; `last`, the last page of the table by the best test accuracy;
    `search`, three words in all.
    """
    with own_server(lambda home: fill(home, runs)) as port:
        found = asyncio.run(_ask(port, repeats))
        return {**_seen(port, repeats), **found}


def fill(home: Path, runs: int) -> None:
    """Record so many runs as trainings leave them, without training."""
    chance = random.Random(1)
    with Store(home) as store:
        for number in range(runs):
            layers = [{"units": chance.choice((2, 4, 8))} for _ in range(chance.randint(1, 3))]
            spec = RunSpec.model_validate({"data": {"name": chance.choice(DATA)}, "model": {"layers": layers}})
            run, top = f"run{number:019d}", chance.uniform(0.5, 1)
            store.create_run(run, spec, "nobody", room="playground")
            for epoch in (1, 2, 3):
                store.add_event(run, {
                    "event": "metrics", "seq": epoch, "epoch": epoch, "step": 25 * epoch, "loss": 1 / epoch,
                    "accuracy": top * (1 - 0.3 / epoch), "val_loss": 1.1 / epoch, "val_accuracy": top - 0.2 / epoch,
                    "penalty": 0.0, "learning_rate": 0.03, "seconds": 0.01 * epoch, "epoch_end": True,
                })  # fmt: skip
            test = {"loss": 0.3, "accuracy": top - 0.05, "n": 500} if number % 3 else None
            store.add_event(run, {"event": "finished", "reason": "epochs", "epochs": 3, "steps": 75, "seconds": 0.03,
                                  "train": {"loss": 0.3, "accuracy": top}, "test": test})  # fmt: skip
            if number % 500 == 499:
                store.flush(60)
        store.flush(60)


async def _ask(port: int, repeats: int) -> dict[str, float]:
    async with socket_to_hub(port) as socket:

        async def page(**query: Any) -> tuple[float, dict[str, Any]]:
            begun = time.perf_counter()
            await socket.send(json.dumps({"do": "list_runs", **query}))
            while True:
                answer: dict[str, Any] = json.loads(await socket.recv())
                if answer["event"] == "runs":
                    return time.perf_counter() - begun, answer

        await socket.send(json.dumps({"do": "hello", "visitor": secrets.token_urlsafe(24)}))
        firsts = [(await page())[0] for _ in range(repeats)]
        searches = [(await page(search="spiral tanh 8"))[0] for _ in range(repeats)]
        orders: dict[str, list[float]] = {}
        for sort in SORTS:
            for descending in (True, False):
                after = None
                for number in range(repeats + 1):
                    seconds, answer = await page(sort=sort, descending=descending, after=after)
                    if not answer["rows"]:
                        break
                    after = answer["rows"][-1]["key"]
                    if number:
                        orders.setdefault(sort, []).append(seconds)
        last, after = 0.0, None
        while True:
            seconds, answer = await page(sort="test_best", after=after)
            if not answer["rows"]:
                break
            last, after = seconds, answer["rows"][-1]["key"]
    medians = [statistics.median(times) for times in orders.values()]
    return {
        "first": statistics.median(firsts), "further": statistics.median(medians), "slowest": max(medians),
        "last": last, "search": statistics.median(searches),
    }  # fmt: skip


WHEEL = (150, 240)
"""Turns of the wheel, and pixels of each: through 36,000 pixels, 780 rows."""
WATCH = """() => {
    const table = document.querySelector(".nnr-scroll"), box = table.getBoundingClientRect();
    const filled = () => document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)
        ?.closest("tr[data-run]");
    window.seen = { frames: [], blank: 0 };
    let last = 0, since = 0;
    const look = (now) => {
        if (last) seen.frames.push(now - last);
        since = filled() ? 0 : since || now;
        if (since) seen.blank = Math.max(seen.blank, now - since);
        last = now;
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    window.filled = filled;
    return [box.left + box.width / 2, box.top + box.height / 2];
}"""
"""Keep the times between the page's frames, and how long nothing stood in the middle of the table."""
LEAP = "() => { const table = document.querySelector('.nnr-scroll'); table.scrollTop = table.scrollHeight; }"
AT_END = """() => document.querySelector(".nnr-scroll tr[data-run]:nth-last-child(2)")?.ariaRowIndex
    === document.querySelector(".nnr-scroll table").ariaRowCount && filled()"""


def _seen(port: int, repeats: int) -> dict[str, float]:
    """What a browser has of it, empty where there is none."""
    try:
        from playwright.sync_api import sync_playwright

        path = chromium_path()
    except (ImportError, RuntimeError):
        return {}
    found: dict[str, list[float]] = {"opened": [], "frame": [], "blank": [], "end": []}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for _ in range(repeats):
            page, begun = browser.new_page(), time.perf_counter()
            page.goto(f"http://127.0.0.1:{port}/runs")
            page.wait_for_selector(".nnr tr[data-run]")
            found["opened"].append(time.perf_counter() - begun)
            page.mouse.move(*page.evaluate(WATCH))
            for _ in range(WHEEL[0]):
                page.mouse.wheel(0, WHEEL[1])
            page.wait_for_function("() => filled()")
            seen = page.evaluate("() => seen")
            found["frame"].append(sorted(seen["frames"])[len(seen["frames"]) * 99 // 100] / 1000)
            found["blank"].append(seen["blank"] / 1000)
            begun = time.perf_counter()
            page.evaluate(LEAP)
            page.wait_for_function(AT_END)
            found["end"].append(time.perf_counter() - begun)
            page.close()
        browser.close()
    return {name: statistics.median(times) for name, times in found.items()}
