"""The digits room as a visitor's hands and eyes have it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from nnviz.events import Frame, decode_frame
from tests.serving import Server


class Digits:
    """One visitor's page. `said(name)` is one of the instrument's data-* words: status, step, run, tab, wrong, film."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page, self.server = page, server
        self.root = page.locator(".nnd")

    def open(self, query: dict[str, Any]) -> None:
        self.page.goto(f"{self.server.url}/digits?{urlencode(query)}")
        expect(self.root).to_have_attribute("data-charts", "true")

    def said(self, name: str) -> str:
        return self.root.get_attribute(f"data-{name}") or ""

    @property
    def step(self) -> int:
        return int(self.said("step"))

    @property
    def query(self) -> dict[str, str]:
        return {k: v[0] for k, v in parse_qs(urlsplit(self.page.url).query).items()}

    def until(self, condition: str, argument: Any = None) -> None:
        """Wait for a JavaScript condition over `d`, the instrument's data-* words."""
        script = f"(x) => {{ const d = document.querySelector('.nnd')?.dataset; return d && ({condition}); }}"
        self.page.wait_for_function(script, arg=argument)

    def status(self, word: str) -> None:
        expect(self.root).to_have_attribute("data-status", word)

    def train(self, steps: int = 50) -> None:
        """Train, and go on when so many steps are on the screen."""
        self.page.locator(".nnv-play").click()
        self.until("d.source === 'live' && Number(d.step) >= x", steps)

    def pause(self) -> Frame:
        """Pause, and wait until the screen shows what every digit is taken for now; that frame."""
        self.page.locator(".nnv-play").click()
        self.status("paused")
        frame = self.frame("predictions")
        while frame.meta["fresh"] != frame.step:
            frame = self.frame("predictions")
        self.until("Number(d.step) === x.step && Number(d.wrong) === x.wrong",
                   {"step": frame.step, "wrong": frame.meta["n"] - frame.meta["correct"]})  # fmt: skip
        return frame

    def frame(self, view: str) -> Frame:
        """The newest frame of a view of the page's run, asked for by another viewer."""
        with self.server.browser() as viewer:
            viewer.say(do="watch", run=self.said("run"))
            while True:
                message = viewer.read()
                if isinstance(message, bytes) and decode_frame(message).view == view:
                    return decode_frame(message)

    def tab(self, name: str) -> None:
        self.page.get_by_role("tab", name=name, exact=True).click()
        expect(self.root).to_have_attribute("data-tab", name.lower())

    @property
    def tiles(self) -> Locator:
        """The gallery's digits that are shown."""
        return self.page.locator(".nnd-gallery .nnd-tile:visible")

    @property
    def count(self) -> Locator:
        """The gallery's words on how many there are."""
        return self.page.locator(".nnd-count")

    def hint(self, panel: str) -> Locator:
        """The words below a picture: "confusion", "filters", "large", "output", "histogram"."""
        return self.page.locator(f".nnd-{panel} .nnd-hint")


Visit = Callable[..., Digits]


def visits(server: Server, chromium: Browser) -> Iterator[Visit]:
    """For a fixture: what opens the room as a new visitor. Console errors fail the test."""
    contexts, errors = [], []

    def hear(message: ConsoleMessage) -> None:
        # Streamlit itself asks for its health below the page's path first.
        if message.type == "error" and "/digits/_stcore/" not in str(message.location):
            errors.append(message.text)

    def open_page(width: int = 1280, height: int = 800, script: str = "", **query: object) -> Digits:
        context = chromium.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        if script:
            context.add_init_script(script)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", hear)
        digits = Digits(page, server)
        digits.open(query)
        return digits

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []
