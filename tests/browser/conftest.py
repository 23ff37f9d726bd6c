"""A real server, a real Chromium, and the playground as a visitor's hands and eyes have it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Route,
    expect,
    sync_playwright,
)

from nnviz.bench.browser import FLAGS, chromium_path
from nnviz.events import decode_frame
from tests.serving import PATIENCE, ROOT, Server

COLLECT_SOCKETS = """
window.sockets = [];
window.WebSocket = class extends WebSocket {
  constructor(...a) { super(...a); if (String(a[0]).includes("/nnviz/live")) window.sockets.push(this); }
};
"""
STATIC = ROOT / "nnviz/web/static"
PROBED = re.compile(r"//[^/]+/\w+/_stcore/")
NewPage = Callable[..., Page]
expect.set_options(timeout=1000 * PATIENCE)


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One for all files that a worker takes: it costs seconds, most of them TensorFlow's. A visitor is a context."""
    with Server(tmp_path_factory.mktemp("home")) as server:
        yield server


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def profile(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """A browser that keeps scripts and what it has compiled of them: a page costs it half as much as a new context.
    Streamlit's own fading would be a seventh of that."""
    folder = tmp_path_factory.mktemp("profile")
    context = playwright.chromium.launch_persistent_context(
        folder, executable_path=chromium_path(), args=FLAGS, reduced_motion="reduce"
    )
    yield context
    context.close()


@pytest.fixture
def new_page(profile: BrowserContext, server: Server, request: pytest.FixtureRequest) -> Iterator[NewPage]:
    """`new_page(width=390)` is the empty page of a new visitor. What a script throws, and what the browser says is
    wrong, fails the test."""
    opened, errors = list[Page | BrowserContext](), list[str]()

    def hear(message: ConsoleMessage) -> None:
        # Streamlit itself asks for its own routes below the page's path first.
        if message.type == "error" and not PROBED.search(message.location.get("url", "")):
            errors.append(message.text)

    def open_page(width: int = 1440, height: int = 900, script: str = "", **options: Any) -> Page:
        if opened or options:  # somebody else
            browser: Browser = request.getfixturevalue("chromium")
            size: Any = {"width": width, "height": height}
            context = browser.new_context(viewport=size, reduced_motion="reduce", **options)
            page = context.new_page()
            opened.append(context)
        else:
            page = profile.new_page()
            page.set_viewport_size({"width": width, "height": height})
            forget(page, server)
            opened.append(page)
        page.set_default_timeout(1000 * PATIENCE)
        if script:
            page.add_init_script(script)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", hear)
        return page

    yield open_page
    for one in opened:
        one.close()
    profile.clear_permissions()
    assert errors == []


def forget(page: Page, server: Server) -> None:
    """All that a visitor before this one has left in the browser, but for its cache."""
    tools = page.context.new_cdp_session(page)
    left = "cookies,local_storage,session_storage,indexeddb,service_workers"
    tools.send("Storage.clearDataForOrigin", {"origin": server.url, "storageTypes": left})
    tools.detach()


@pytest.fixture
def visit(server: Server, new_page: NewPage) -> Callable[..., Playground]:
    """`visit(data="spiral")` opens the playground as a new visitor."""

    def open_page(width: int = 1440, height: int = 900, **query: Any) -> Playground:
        playground = Playground(new_page(width, height, COLLECT_SOCKETS), server)
        playground.open(query)
        return playground

    return open_page


@pytest.fixture(scope="package")
def scripts(chromium: Browser) -> Iterator[Page]:
    """An empty page without a server, which can import the static modules: `import("/kit/numbers.js")`."""
    page = chromium.new_page()
    page.route("**/*", _static)
    page.goto("http://scripts.test/")
    yield page
    page.close()


def _static(route: Route) -> None:
    name = urlsplit(route.request.url).path.strip("/")
    if name:
        route.fulfill(path=STATIC / name, content_type="text/javascript")
    else:
        route.fulfill(body="", content_type="text/html")


def next_frame(page: Page) -> None:
    """Wait until the page has drawn what it was asked for: rooms draw in the next animation frame."""
    page.evaluate("() => new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(then)))")


def choose(page: Page, control: str, option: str) -> None:
    """From a list of options. Such a list closes where the page scrolls, and Playwright scrolls on its way to a click:
    the page hears of that a frame later, when the list is already open."""
    box = page.get_by_role("combobox", name=control, exact=True)
    box.scroll_into_view_if_needed()
    next_frame(page)
    box.click()
    page.get_by_role("option", name=option, exact=True).click()


class Playground:
    """One visitor's page."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page, self.server = page, server
        self.root = page.locator(".nnv")

    def open(self, query: dict[str, Any]) -> None:
        """With all settings open, unless `more` says otherwise."""
        self.page.goto(f"{self.server.url}/?{urlencode({'more': 'on', **query})}")
        expect(self.root).to_have_attribute("data-charts", "true")
        shown = {"run", "follow"} & set(query)  # somebody's run, at whatever it is doing
        expect(self.root).to_have_attribute("data-status", re.compile(".") if shown else "idle")

    def said(self, name: str) -> str:
        return self.root.get_attribute(f"data-{name}") or ""

    @property
    def run(self) -> str:
        """The run on the screen; one that was asked for has no name until the server's answer."""
        expect(self.root).to_have_attribute("data-run", re.compile("."))
        return self.said("run")

    @property
    def step(self) -> int:
        return int(self.said("step"))

    @property
    def query(self) -> dict[str, str]:
        return {k: v[0] for k, v in parse_qs(urlsplit(self.page.url).query).items() if k != "more"}

    def choose(self, control: str, option: str) -> None:
        choose(self.page, control, option)

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
              const { layout } = await import('/nnviz-assets/js/figures/network_layout.js');
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
    """The newest network frame of the page's run, asked for by another viewer. Of a run that rests the last one: it may
    come after the word that the run is paused; the page shows it then."""
    with play.server.browser() as viewer:
        viewer.say(do="watch", run=play.run)
        rows = viewer.until("history")["columns"]["step"]
        while True:
            message = viewer.read()
            if not isinstance(message, bytes) or decode_frame(message).view != "network":
                continue
            frame = decode_frame(message)
            if frame.step >= (rows or [0])[-1]:
                break
    play.until("Number(d.step) >= x", frame.step)
    return frame


def is_stopped(server: Server, run: str) -> None:
    """Wait until a run has stopped: its last steps may be under way when the page has let it go."""
    with server.browser() as viewer:
        viewer.say(do="watch", run=run)
        if viewer.until("run")["status"] != "stopped":
            assert viewer.until("finished")["reason"] == "stopped"
