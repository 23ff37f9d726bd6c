"""A real server, a real Chromium, and the playground as a visitor's hands and eyes have it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from nnviz.bench.browser import FLAGS, chromium_path
from nnviz.events import decode_frame
from tests.serving import Server

COLLECT_SOCKETS = """
window.sockets = [];
window.WebSocket = class extends WebSocket {
  constructor(...a) { super(...a); if (String(a[0]).includes("/nnviz/live")) window.sockets.push(this); }
};
"""
expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("home")) as server:
        yield server


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(server: Server, chromium: Browser) -> Iterator[Callable[..., Playground]]:
    """`visit(data="spiral")` opens the playground as a new visitor; console errors fail the test."""
    contexts, errors = [], []

    def open_page(width: int = 1440, height: int = 900, **query: Any) -> Playground:
        context = chromium.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        context.add_init_script(COLLECT_SOCKETS)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        playground = Playground(page, server)
        playground.open(query)
        return playground

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


class Playground:
    """One visitor's page."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page, self.server = page, server
        self.root = page.locator(".nnv")

    def open(self, query: dict[str, Any]) -> None:
        self.page.goto(f"{self.server.url}/?{urlencode(query)}")
        expect(self.root).to_have_attribute("data-charts", "true")
        expect(self.root).to_have_attribute("data-status", "idle" if "run" not in query else re.compile("."))

    def said(self, name: str) -> str:
        return self.root.get_attribute(f"data-{name}") or ""

    @property
    def step(self) -> int:
        return int(self.said("step"))

    @property
    def query(self) -> dict[str, str]:
        return {k: v[0] for k, v in parse_qs(urlsplit(self.page.url).query).items()}

    def button(self, name: str) -> Any:
        return self.page.get_by_role("button", name=name, exact=True)

    def train(self) -> None:
        self.page.locator(".nnv-play").click()

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def until(self, condition: str, argument: Any = None) -> Any:
        """Wait for a JavaScript condition over `d`, the instrument's data-* words."""
        return self.page.wait_for_function(
            f"(x) => {{ const d = document.querySelector('.nnv')?.dataset; return d && ({condition}); }}", arg=argument
        )

    def status(self, word: str) -> None:
        expect(self.root).to_have_attribute("data-status", word)

    def figure(self, name: str) -> dict[str, Any]:
        """What Plotly has drawn: {"data": […], "x": range, "y": range} of "boundary" or "curves"."""
        drawn: dict[str, Any] = self.page.evaluate(
            """(name) => {
              const g = document.querySelector('.nnv-' + name);
              const plain = (v) => ArrayBuffer.isView(v) ? Array.from(v) : Array.isArray(v) ? v.map(plain) : v;
              const trace = (t) => ({ name: t.name, type: t.type, x: plain(t.x), y: plain(t.y), z: t.z && plain(t.z) });
              return { data: g.data.map(trace),
                       x: g.layout.xaxis.range, y: g.layout.yaxis.range };
            }""",
            name,
        )
        return drawn

    def place(self, layer: int, unit: int) -> dict[str, float]:
        """Where a neuron is drawn (layer −1: the inputs), in page coordinates: x, y of its centre, and its size."""
        place: dict[str, float] = self.page.evaluate(
            """async ([layer, unit]) => {
              const { layout } = await import('/nnviz-assets/js/network.js');
              const canvas = document.querySelector('.nnv-canvas'), box = canvas.getBoundingClientRect();
              const layers = JSON.parse(document.querySelector('.nnv').dataset.layers);
              const p = layout(canvas.clientWidth, canvas.clientHeight, layers)[layer + 1][unit];
              return { x: p.x + box.left, y: p.y + box.top, size: p.size };
            }""",
            [layer, unit],
        )
        return place

    def card(self) -> str:
        return self.page.locator(".nnv-card").inner_text()


def newest_frame(play: Playground) -> Any:
    """The newest network frame of the page's run, asked for by another viewer."""
    with play.server.browser() as viewer:
        viewer.say(do="watch", run=play.said("run"))
        viewer.until("history")
        while True:
            message = viewer.read()
            if isinstance(message, bytes) and decode_frame(message).view == "network":
                return decode_frame(message)
