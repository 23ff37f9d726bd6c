"""The kernels' room as a visitor has it: turn γ, choose a bump, search the grid, take a cell's numbers."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from nnviz.data import load
from nnviz.kernels.picture import picture
from nnviz.kernels.spec import KernelSpec
from tests.browser.conftest import NewPage
from tests.serving import Server

SVM, SEARCH = ".nnk-svm", ".nnk-search"


def opened(server: Server, new_page: NewPage, width: int = 1280, **query: str) -> Page:
    page = new_page(width)
    page.goto(f"{server.url}/kernels?{urlencode(query)}")
    page.locator(".nnk").wait_for()
    return page


def answered(page: Page, spec: KernelSpec) -> None:
    """The picture of this setting is on the screen."""
    meta = picture(spec, load(spec.samples), None, None).meta
    expect(page.locator(SVM)).to_have_attribute("data-support", ",".join(map(str, meta["support"])))
    expect(page.locator(SVM)).to_have_attribute("data-charts", "true")


def said(page: Page, name: str) -> str:
    return page.locator(SVM).get_attribute(f"data-{name}") or ""


def test_the_picture_follows_the_sliders_and_the_link_holds_it(server: Server, new_page: NewPage) -> None:
    page = opened(server, new_page)
    answered(page, KernelSpec())
    slider = page.locator("input[data-name=gamma]")
    page.wait_for_function(
        "() => !document.querySelector('[data-stale=true], [data-testid=stStatusWidget], [data-testid=stSkeleton]')"
    )
    slider.focus()
    for value in ("0.562", "0.631", "0.708", "0.794", "0.891", "1"):  # a step is a twentieth of a power of ten
        slider.press("ArrowRight")
        expect(slider).to_have_attribute("aria-valuetext", value)
    answered(page, KernelSpec(gamma=1))
    expect(page).to_have_url(re.compile("gamma=1"))
    field = page.get_by_label("C, as a number")
    field.fill("0")
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("20")
    field.press("Enter")
    answered(page, KernelSpec(gamma=1, C=20))
    expect(page).to_have_url(re.compile("C=20"))
    expect(page.locator(".nnk-words").first).to_contain_text("of 200 samples are support vectors")
    expect(page.locator(".nnk-formula math")).to_have_count(2)
    page.get_by_text("The code that computes it").click()
    expect(page.locator(".nnk-code pre").first).to_contain_text("def decision(svm: Fitted")
    href = page.get_by_role("link", name="A network on the same samples").get_attribute("href") or ""
    assert "data=donuts" in href


def test_a_place_and_its_bumps_by_pointer_and_keyboard(server: Server, new_page: NewPage) -> None:
    page = opened(server, new_page, at="0,0")
    expect(page.locator(SVM)).to_have_attribute("data-at", "0,0")
    expect(page.locator(SVM)).to_have_attribute("data-charts", "true")
    plane = page.locator(".nnk-plane").first
    plane.focus()
    plane.press("ArrowRight")
    expect(page.locator(SVM)).to_have_attribute("data-at", "0.3,0")
    plane.press("Enter")
    expect(page).to_have_url(re.compile("vector="))
    expect(page.locator(".nnk-terms tbody tr")).to_have_count(9)
    page.select_option(".nnk-show select", "bump")
    expect(page).to_have_url(re.compile("show=bump"))
    before = parse_qs(urlsplit(page.url).query)["vector"][0]
    expect(page.locator(SVM)).to_have_attribute("data-vector", before)
    box = plane.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.1)
    expect(page.locator(SVM)).not_to_have_attribute("data-at", "0.3,0")
    assert said(page, "vector") == before  # the chosen one stays, wherever is looked
    page.wait_for_function("() => Number(document.querySelector('.nnk-svm').dataset.at.split(',')[1]) > 2")


@pytest.mark.parametrize("width", [390])
def test_a_search_fills_the_map_and_a_cell_is_taken(server: Server, new_page: NewPage, width: int) -> None:
    page = opened(server, new_page, width, tab="search", noise="0.4", C_values="0.1,1,10", gamma_values="0.1,1")
    expect(page.locator(".nnk-search > .nnk-words")).to_contain_text(
        "Fitting 3 folds for each of 6 candidates, totalling 18 fits of 200 samples"
    )
    page.locator(".nnk .nn-tabs").click()
    page.keyboard.press("Space")
    search = page.locator(SEARCH)
    expect(search).to_have_attribute("data-done", "24")
    expect(page.locator(".nnk-fits li")).to_have_count(24)
    expect(page.locator(".nnk-search .nnv-status")).to_contain_text("best: C = ")
    expect(search).to_have_attribute("data-map", "true")
    page.locator(".nnk-map .nnd-plot").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(search).to_have_attribute("data-cell", "3")
    expect(page.locator(".nnk-search section h3").first).to_have_text("C = 1, γ = 1")
    expect(search).to_have_attribute("data-region", "true")
    expect(page.get_by_text("Fitted to all 200: training")).to_be_visible()
    expect(page).to_have_url(re.compile("run="))
    page.get_by_role("tab", name="One SVM").click()
    answered(page, KernelSpec(noise=0.4, C=1, gamma=1))
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    page.reload()
    page.get_by_role("tab", name="Grid search").click()
    expect(search).to_have_attribute("data-done", "24")
