"""What a visitor sees, measured in a real browser: how soon, and how often it moves."""

from __future__ import annotations

import os
import shutil
import statistics
import time
from typing import TYPE_CHECKING, Any

from nnviz.bench.live import own_server
from nnviz.sets.mnist import find

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
NETWORKS = {"default, 2-4-2-1": "", "8 layers of 32": "&layers=32,32,32,32,32,32,32,32&batch_size=250"}
"""What is drawn: the playground's first network, and the largest that its drawing is made for."""

ROOT = {"/": ".nnv", "/digits": ".nnd"}
LARGE = "data=mnist&optimizer=adam&batch_size=128&epochs=100000"
DIGITS = {
    "784-512-512-10": f"{LARGE}&layers=512:d0.2,512:d0.2",
    "two conv(32) + two dense(512)": f"{LARGE}&layers=32@5,max2,32@5,max2:d0.2,512,512",
}
"""Lectures B14 and B17, in the digits room."""


def chromium_path() -> str:
    """The Chromium of this machine, or the one that CHROMIUM names. Raises RuntimeError where there is none."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        raise RuntimeError("needs a Chromium: apt-get install chromium, or set CHROMIUM to its path")
    return path


def bench_browser(seconds: float = 6.0, repeats: int = 3) -> dict[str, Any]:
    """Seconds and rates as a browser has them, medians over `repeats`.

    `start`: from starting the server to the untrained network on the screen; the browser is open already. From opening
    the address to the room with its charts: `first`, the first page of a server that has just started to listen, and
    `later`, another visitor's, whose browser has nothing of it yet either.
    `trained`: from the click on Train to the first trained network drawn (each a new page). For each of NETWORKS,
    `drawn` frames a second, and `busy`: the share of the time in which the page's main thread was at work. The same for
    DIGITS where MNIST is here; there browser, server and training share this machine's cores.
    Raises RuntimeError where Playwright or a Chromium is missing.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise RuntimeError('needs Playwright: pip install "nnviz[test]"') from error
    path = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        starts = [_start(browser) for _ in range(repeats)]
        start, first, later = (statistics.median(column) for column in zip(*starts, strict=True))
        with own_server() as port:
            _train(browser, port)  # the engine is up and the browser has the scripts
            trained = statistics.median(_train(browser, port) for _ in range(repeats))
            toys = {name: f"epochs=100000&speed=epoch{query}" for name, query in NETWORKS.items()}
            rates = {name: _drawn(browser, port, "/", query, seconds) for name, query in toys.items()}
            digits = DIGITS if find() is not None else {}
            images = {name: _drawn(browser, port, "/digits", query, seconds) for name, query in digits.items()}
        browser.close()
    return {"start": start, "first": first, "later": later, "trained": trained, "networks": rates, "digits": images}


def _start(browser: Browser) -> tuple[float, float, float]:
    began = time.monotonic()
    with own_server() as port:
        listening = time.monotonic()
        network, first = _open(browser, port)
        return listening - began + network, first, _open(browser, port)[1]


def _open(browser: Browser, port: int) -> tuple[float, float]:
    """Seconds from opening the address to the untrained network, and to the charts beside it; a visitor of its own."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    began = time.monotonic()
    page.goto(f"http://127.0.0.1:{port}/", wait_until="commit")
    page.wait_for_selector(".nnv[data-frame]", timeout=60_000)
    network = time.monotonic() - began
    page.wait_for_selector(".nnv[data-charts=true]", timeout=60_000)
    charts = time.monotonic() - began
    page.close()
    return network, charts


def _train(browser: Browser, port: int) -> float:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"http://127.0.0.1:{port}/")
    page.wait_for_selector(".nnv[data-frame]", timeout=60_000)
    page.wait_for_timeout(500)  # fonts and Streamlit's last messages: a visitor reads before the click
    began = time.monotonic()
    page.locator(".nnv-play").click()
    page.wait_for_function("() => Number(document.querySelector('.nnv').dataset.step) > 0", timeout=60_000)
    took = time.monotonic() - began
    page.keyboard.press("r")
    page.close()
    return took


def _drawn(browser: Browser, port: int, room: str, query: str, seconds: float) -> dict[str, float]:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"http://127.0.0.1:{port}{room}?{query}")
    root = ROOT[room]
    page.wait_for_selector(f"{root}[data-frame]", timeout=60_000)
    page.locator(".nnv-play").click()
    page.wait_for_function(f"() => Number(document.querySelector('{root}').dataset.step) > 0", timeout=60_000)
    page.wait_for_timeout(1000 if room == "/" else 4000)  # graphs are traced, costs of the pictures known
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")

    def read() -> tuple[float, float, int]:
        metrics = {m["name"]: m["value"] for m in devtools.send("Performance.getMetrics")["metrics"]}
        return metrics["Timestamp"], metrics["TaskDuration"], int(page.locator(root).get_attribute("data-frame") or 0)

    began, before = read(), time.monotonic()
    page.wait_for_timeout(seconds * 1000)
    ended, after = read(), time.monotonic()
    page.keyboard.press("r")
    page.close()
    return {"drawn": (ended[2] - began[2]) / (after - before), "busy": (ended[1] - began[1]) / (ended[0] - began[0])}
