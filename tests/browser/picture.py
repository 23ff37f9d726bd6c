"""Makes the README's pictures: `python -m tests.browser.picture`. The second needs MNIST."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, ViewportSize, expect, sync_playwright

from nnviz.bench.browser import FLAGS, chromium_path
from tests.browser.digits_page import Digits
from tests.serving import Server

SIZE = ViewportSize(width=1440, height=900)
PLAYGROUND = "data=spiral&layers=8,8&inputs=x1,x2,x1_squared,x2_squared,x1_x2,sin_x1,sin_x2&speed=5epochs&seed=3"
DIGITS = {"data": "mnist", "epochs": "40", "more": "off"}
STEPS = 5 * 6000
PATIENCE = 120_000


def playground(browser: Browser, server: Server) -> None:
    page = browser.new_page(viewport=SIZE)
    page.goto(f"{server.url}/?{PLAYGROUND}")
    page.locator(".nnv-play").click()
    page.wait_for_function("() => Number(document.querySelector('.nnv').dataset.step) > 400 * 25", timeout=PATIENCE)
    page.screenshot(path=Path(__file__).with_name("playground.png"))
    page.close()


def digits(browser: Browser, server: Server) -> None:
    """784-30-10 after five epochs, paused: what is on the screen then belongs to one moment."""
    page = browser.new_page(viewport=SIZE)
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    visitor = Digits(page, server)
    visitor.open(DIGITS)
    visitor.train(STEPS)
    visitor.pause()
    page.wait_for_load_state("networkidle")
    page.mouse.move(0, 0)
    page.screenshot(path=Path(__file__).with_name("digits.png"))
    page.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as home, Server(Path(home)) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        playground(browser, server)
        digits(browser, server)
        browser.close()


if __name__ == "__main__":
    main()
