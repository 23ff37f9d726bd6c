"""Makes the README's picture: `python -m tests.browser.picture`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from nnviz.web.bench_browser import FLAGS, chromium_path
from tests.serving import Server

SETTING = "data=spiral&layers=8,8&inputs=x1,x2,x1_squared,x2_squared,x1_x2,sin_x1,sin_x2&speed=5epochs&seed=3"


def main() -> None:
    with tempfile.TemporaryDirectory() as home, Server(Path(home)) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{server.url}/?{SETTING}")
        page.locator(".nnv-play").click()
        page.wait_for_function("() => Number(document.querySelector('.nnv').dataset.step) > 400 * 25", timeout=120_000)
        page.screenshot(path=Path(__file__).with_name("playground.png"))
        browser.close()


if __name__ == "__main__":
    main()
