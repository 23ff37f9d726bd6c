"""The digits room as a visitor's hands and eyes have it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import Locator, Page, expect

from nnviz.events import Frame, decode_frame
from tests.browser.conftest import NewPage
from tests.serving import Server

ALBUM = """(panel) => {
  const plot = document.querySelector(`.nnd-${panel} .nnd-plot`), spots = plot?.data?.find((trace) => trace.customdata);
  if (!spots) return null;
  const { xaxis, yaxis } = plot._fullLayout, picture = plot.data.find((trace) => trace.type === "image");
  return { index: spots.customdata, text: spots.text, side: spots.marker.size, source: picture.source,
    x: spots.x.map((x) => xaxis._offset + xaxis.d2p(x)), y: spots.y.map((y) => yaxis._offset + yaxis.d2p(y)) };
}"""
"""What Plotly has drawn of the digits of a panel; x and y in pixels of the figure."""


class Digits:
    """One visitor's page. `said(name)` is one of the instrument's data-* words: status, step, run, tab, wrong, film."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page, self.server = page, server
        self.root = page.locator(".nnd")

    def open(self, query: dict[str, Any]) -> None:
        """With all settings open, unless `more` says otherwise."""
        self.page.goto(f"{self.server.url}/digits?{urlencode({'more': 'on', **query})}")
        expect(self.root).to_have_attribute("data-charts", "true")

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
        with self.server.browser() as viewer:
            viewer.say(do="watch", run=self.run)
            last = viewer.until("history")["columns"]["step"][-1]
            newest: dict[str, Frame] = {}  # of each view: they may come after the word that the run is paused
            while not self._is_whole(newest, last):
                message = viewer.read()
                if isinstance(message, bytes):
                    newest[decode_frame(message).view] = decode_frame(message)
        frame = newest["predictions"]
        self.until("Number(d.step) === x.step && Number(d.wrong) === x.wrong",
                   {"step": frame.step, "wrong": frame.meta["n"] - frame.meta["correct"]})  # fmt: skip
        return frame

    @staticmethod
    def _is_whole(newest: dict[str, Frame], step: int) -> bool:
        """Whether filters and an evaluation of all digits are of the step at which the run rests."""
        said, filters = newest.get("predictions"), newest.get("filters")
        if said is None or filters is None:
            return False
        return bool(said.step == filters.step >= step and said.meta["n"] == said.meta["of"])

    def film(self, pictures: int) -> Locator:
        """The film's slider, as soon as it knows so many pictures: how many there are is the machine's affair."""
        slider = self.page.get_by_label("film: go back through the training")
        expect(slider).to_be_visible()
        self.page.wait_for_function("([f, n]) => Number(f.max) >= n", arg=[slider.element_handle(), pictures])
        return slider

    def frame(self, view: str) -> Frame:
        """The newest frame of a view of the page's run, asked for by another viewer."""
        with self.server.browser() as viewer:
            viewer.say(do="watch", run=self.run)
            while True:
                message = viewer.read()
                if isinstance(message, bytes) and decode_frame(message).view == view:
                    return decode_frame(message)

    def tab(self, name: str) -> None:
        self.page.get_by_role("tab", name=name, exact=True).click()
        expect(self.root).to_have_attribute("data-tab", name.lower())

    def album(self, panel: str = "gallery") -> dict[str, Any]:
        """The digits that are drawn ("gallery", "strip"), as soon as there are any: index, words of each, side of a
        picture in pixels, source."""
        found: dict[str, Any] = self.page.wait_for_function(ALBUM, arg=panel).json_value()
        return found

    @property
    def numbers(self) -> list[int]:
        """Of the gallery's digits."""
        return self.album()["index"]  # type: ignore[no-any-return]

    def point_at(self, tile: int, panel: str = "gallery") -> None:
        """The pointer on a digit's picture, until the page says which it is. While a run trains it may be another one
        than a moment before, and a move that comes while the figure is drawn anew is not heard: a hand moves on."""
        album = self.album(panel)
        plot = self.page.locator(f".nnd-{panel} .nnd-plot")
        for nudge in range(50):
            box = plot.bounding_box()
            assert box
            x, y = box["x"] + album["x"][tile], box["y"] + album["y"][tile]
            self.page.mouse.move(x - 2, y)
            self.page.mouse.move(x, y - nudge % 2)
            with contextlib.suppress(AssertionError):
                expect(plot).to_have_attribute("aria-label", re.compile(r"^digit \d+:"), timeout=2000)
                return
        expect(plot).to_have_attribute("aria-label", re.compile(r"^digit \d+:"))

    def open_tile(self, tile: int, panel: str = "gallery") -> None:
        """Click on a digit."""
        self.point_at(tile, panel)
        self.page.mouse.down()
        self.page.mouse.up()

    @property
    def count(self) -> Locator:
        """The gallery's words on how many there are."""
        return self.page.locator(".nnd-count")

    def hint(self, panel: str) -> Locator:
        """The words below a picture: "confusion", "filters", "large", "output", "histogram"."""
        return self.page.locator(f".nnd-{panel} .nnd-hint")


Visit = Callable[..., Digits]


def visits(server: Server, new_page: NewPage) -> Visit:
    """For a fixture: what opens the room as a new visitor."""

    def open_page(width: int = 1280, height: int = 800, script: str = "", **query: object) -> Digits:
        digits = Digits(new_page(width, height, script), server)
        digits.open(query)
        return digits

    return open_page
