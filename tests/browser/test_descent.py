"""The Descent room as a visitor has it: click a start, race, go to any step, be told who diverged, hand it on."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from nnviz.surfaces.race import race
from nnviz.surfaces.spec import DescentSpec
from tests.browser.conftest import NewPage, choose
from tests.browser.test_pointing import hover_texts
from tests.serving import Server


class Descent:
    """One visitor's page of the room."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page, self.server = page, server
        self.root = page.locator(".nnd")

    def open(self, **query: str) -> None:
        self.page.goto(f"{self.server.url}/descent?{urlencode(query)}")
        expect(self.root).to_have_attribute("data-charts", "true")

    def said(self, name: str) -> str:
        return self.root.get_attribute(f"data-{name}") or ""

    def race(self) -> None:
        self.page.locator(".nnv-play").click()

    def over(self) -> int:
        """Wait for the end of the race on the screen; its number of steps."""
        expect(self.root).to_have_attribute("data-last", re.compile("[0-9]"))
        last = self.said("last")
        expect(self.root).to_have_attribute("data-step", last)
        return int(last)

    def linked(self, name: str, value: str = ".+") -> str:
        """Wait until the address has a parameter, which matches `value`: it follows the page's answer."""
        pattern = re.compile(rf"[?&]{name}={value}(&|$)")
        expect(self.page).to_have_url(pattern)
        return parse_qs(urlsplit(self.page.url).query)[name][0]

    def rows(self) -> list[str]:
        return [" ".join(text.split()) for text in self.page.locator(".nnd-table tbody tr").all_inner_texts()]

    def path(self, name: str) -> Any:
        """The drawn path of a racer, [steps + 1, 2]."""
        places = self.page.evaluate(
            """(name) => {
              const t = document.querySelector('.nnd-map').data.find((d) => d.name === name && d.mode === 'lines');
              return [Array.from(t.x), Array.from(t.y)];
            }""",
            name,
        )
        return np.array(places).T


@pytest.fixture
def visit(server: Server, new_page: NewPage) -> Callable[..., Descent]:
    """Opens the room as a new visitor."""

    def open_page(width: int = 1440, **query: str) -> Descent:
        descent = Descent(new_page(width), server)
        descent.open(**query)
        return descent

    return open_page


Visit = Callable[..., Descent]


def test_a_click_is_a_start_and_all_race_from_it(visit: Visit) -> None:
    here = visit(surface="himmelblau", pace="all")
    assert here.rows()[0].endswith("at the start")
    box = here.page.locator(".nnd-map .nsewdrag").first.bounding_box()
    assert box is not None
    place = box["x"] + 0.7 * box["width"], box["y"] + 0.2 * box["height"]
    assert re.search(r"height \d", " ".join(hover_texts(here.page, *place)))
    here.page.mouse.click(*place)
    steps = here.over()
    x, y = map(float, here.linked("start").split(","))
    assert (x, y) == pytest.approx((2.0, 3.0), abs=0.05)
    spec = DescentSpec(surface="himmelblau", start=(x, y))
    paths = race(spec)
    assert steps == max(path.steps for path in paths)
    for racer, path in zip(spec.runners, paths, strict=True):
        np.testing.assert_allclose(here.path(racer.label), path.places, atol=1e-6)
    assert all("at the minimum" in row for row in here.rows())


def test_step_scrub_and_play_and_the_link_brings_it_back(visit: Visit) -> None:
    here = visit(pace="200")
    here.race()
    last = here.over()
    here.page.keyboard.press("ArrowLeft")
    expect(here.root).to_have_attribute("data-step", str(last - 1))
    here.page.keyboard.press("Home")
    expect(here.root).to_have_attribute("data-step", "0")
    here.page.keyboard.press("Shift+ArrowRight")
    expect(here.root).to_have_attribute("data-step", "10")
    assert all("on its way" in row for row in here.rows())
    scrub = here.page.get_by_label("step of the race")
    scrub.fill("25")
    expect(here.root).to_have_attribute("data-step", "25")
    assert len(here.path("SGD 0.9")) == 26
    here.page.locator(".nnd-map").first.click(position={"x": 2, "y": 2})  # beside the axes: no new start
    here.page.keyboard.press(" ")
    here.over()
    # Whoever has the link sees the same race, whole; so does a reload.
    run = here.linked("run")
    other = visit(run=run)
    assert other.over() == last
    assert other.said("run") == run
    here.page.reload()
    expect(here.root).to_have_attribute("data-step", str(last))
    assert other.rows() == here.rows()


def test_who_diverges_is_told_and_another_rate_is_another_race(visit: Visit) -> None:
    here = visit(racers="sgd@0.9,sgd@2", pace="all", more="on")
    here.race()
    here.over()
    assert here.said("states").split() == ["tolerance", "diverged"]
    assert here.rows()[1].endswith("diverged: beyond all bounds at step 5")
    expect(here.page.get_by_role("status").filter(has_text="1 diverged")).to_be_visible()
    here.page.get_by_role("button", name="2 · SGD 2").click()
    here.page.get_by_label("Learning rate").fill("0.3")
    here.page.keyboard.press("Enter")
    expect(here.root).to_have_attribute("data-states", "start start")  # the race before was another setting's
    here.page.keyboard.press("Escape")
    here.race()
    here.over()
    assert "diverged" not in here.said("states")
    assert here.linked("racers", "sgd(@|%40)0.9(,|%2C)sgd(@|%40)0.3") == "sgd@0.9,sgd@0.3"


def test_a_mistake_in_a_formula_is_told_with_its_place(visit: Visit) -> None:
    here = visit(surface="formula", formula="x**2+3y")
    expect(here.page.get_by_text("character 7: a sign such as * is missing before “y”")).to_be_visible()
    here = visit(surface="formula", formula="x**2 + y**2", pace="all")
    field = here.page.get_by_label("Height f(x, y)")
    field.fill("os.system(1)")
    field.press("Enter")
    expect(here.page.get_by_text("character 1: there is no “os”")).to_be_visible()
    expect(field).to_have_value("x**2 + y**2")
    field.fill("sin(x) + y²")
    field.press("Enter")
    expect(here.page.locator(".nnd-formula")).to_have_text("sin(x) + y²")
    expect(here.page.get_by_text("cos(x)", exact=True)).to_be_visible()
    here.race()
    here.over()
    assert here.linked("formula", "sin[^&]+") == "sin(x) + y²"


def test_another_surface_keeps_the_racers_in_proportion(visit: Visit) -> None:
    here = visit(racers="sgd@1.8", surface="ravine")
    choose(here.page, "Surface", "Bowl")
    expect(here.page.locator(".nnv-maptitle")).to_have_text("Bowl")
    expect(here.page).to_have_url(re.compile("racers=sgd(@|%40)0.2$"))
    expect(here.page.locator(".nnd-table tbody tr").first).to_have_text(re.compile(r"^\s*SGD 0\.2\s*−2\.20, 1\.60"))


def test_on_a_phone_nothing_runs_out_of_the_window(visit: Visit) -> None:
    here = visit(width=390, pace="all")
    here.race()
    here.over()
    assert here.page.evaluate("() => document.documentElement.scrollWidth") <= 390
    assert len(here.rows()) == 4
