"""The recurrent room as a visitor has it: read row by row, train, choose a unit, draw."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from nnviz.analysis.recurrence import recurrence
from nnviz.data import load
from nnviz.models.weights import initial_weights
from nnviz.ui.rooms.recurrent import ROOM
from tests.browser.conftest import NewPage
from tests.serving import Server

ROOT = ".nnr"


def opened(server: Server, new_page: NewPage, query: str = "", width: int = 1280) -> Page:
    page = new_page(width)
    page.goto(f"{server.url}/recurrent{query}")
    expect(page.locator(ROOT)).to_have_attribute("data-charts", "true")
    return page


def says(page: Page, **words: object) -> None:
    for name, value in words.items():
        expect(page.locator(ROOT)).to_have_attribute(f"data-{name}", str(value))


def heat(page: Page, name: str) -> np.ndarray[Any, Any]:
    script = "(name) => JSON.stringify(Array.from(document.querySelector(`.nnr-${name}`).data[0].z, (r) => [...r]))"
    return np.array(json.loads(page.evaluate(script, name)))


def test_reading_row_by_row_by_pointer_and_keys(server: Server, new_page: NewPage) -> None:
    page = opened(server, new_page)
    spec = ROOM.default()
    data = load(spec.data)
    x, label = data.inputs("test")[:1], int(data.labels("test")[0])
    expected = recurrence(spec, initial_weights(spec), x, label, 0, 0, 0.0)
    says(page, row=8, rows=8, unit=0, kind="simple_rnn", label=label, predicted=expected.meta["predicted"])
    np.testing.assert_allclose(heat(page, "states"), expected.arrays["states"].T, atol=1e-5)
    np.testing.assert_allclose(heat(page, "answers"), expected.arrays["probabilities"].T, atol=1e-5)
    slider = page.get_by_role("slider", name="rows read")
    slider.focus()
    slider.press("Home")
    says(page, row=0)
    expect(page.locator(".nnr-lines")).to_contain_text("h₀ = 0")
    slider.press("ArrowRight")
    says(page, row=1)
    expect(page).to_have_url(re.compile("row=1"))
    states = page.locator(".nnr-states")
    states.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        states.press(key)
    says(page, row=3, unit=1)
    z = recurrence(spec, initial_weights(spec), x, label, 1, 0, 0.0).arrays["terms"][2, 0].sum()
    expect(page.locator(".nnr-lines")).to_contain_text(f"= {z:.3f}".replace("-", "−"))
    expect(page.locator(".nnr-now text").nth(0)).to_have_text("h₃")
    box = page.locator(".nnr-digit").bounding_box()
    assert box
    page.mouse.click(box["x"] + 20, box["y"] + box["height"] * 5.5 / 8)
    says(page, row=6)
    page.get_by_role("button", name="Read").click()  # on to the end
    says(page, row=8)
    assert page.locator(".nnr-formulas math").count() == 2
    expect(page.locator(ROOT)).to_have_attribute("data-step", "0")  # no key has trained it


@pytest.mark.parametrize("layers", ["rnn16", "lstm8"])
def test_it_learns_and_what_it_remembers_follows(server: Server, new_page: NewPage, layers: str) -> None:
    page = opened(server, new_page, f"?layers={layers}&train=400&epochs=40&learning_rate=0.01&digit=2", 390)
    before = heat(page, "states")
    page.locator(".nnv-play").click()
    says(page, status="finished")
    says(page, step=40 * 13)
    assert np.abs(heat(page, "states") - before).max() > 0.2
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    if layers == "lstm8":
        expect(page.locator(".nnr-table tbody tr")).to_have_count(4)
        page.get_by_label("what of the layer is shown").select_option("cells")
        page.wait_for_function(
            "() => Math.max(...document.querySelector('.nnr-states').data[0].z.flatMap((r) => [...r])) > 1"
        )
    wrong = page.get_by_role("button", name="Next wrong")
    if wrong.is_enabled():
        wrong.click()
        page.wait_for_function("() => document.querySelector('.nnr').dataset.digit !== '2'")
        page.wait_for_function(
            "() => { const d = document.querySelector('.nnr').dataset; return d.label !== d.predicted; }"
        )


def test_a_digit_of_ones_own(server: Server, new_page: NewPage) -> None:
    page = opened(server, new_page)
    page.get_by_role("button", name="Draw").click()
    pad = page.locator(".nnl-pad")
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 180, steps=5)
    page.mouse.up()
    says(page, digit="own", label="own")
    page.get_by_role("button", name="Back to the data").click()
    says(page, digit="0", label="3")
