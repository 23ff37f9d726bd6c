"""The tensors room as a visitor has it: cell by cell, shapes that do not fit, a layer under the hand, the spiral."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.serving import Server

Open = Callable[..., Page]


@pytest.fixture
def tensors(server: Server, new_page: NewPage) -> Open:
    """`tensors(tab="elements")` opens the room as a new visitor."""

    def open_page(width: int = 1280, **query: str) -> Page:
        page = new_page(width)
        page.goto(f"{server.url}/tensors?{urlencode(query)}")
        expect(page.locator(".nnt")).to_have_attribute("data-shows", query.get("tab", "arrays"))
        return page

    return open_page


def test_an_index_takes_an_axis_away_and_the_link_keeps_it(tensors: Open) -> None:
    page = tensors()
    said = page.locator(".nnt-arrays .nnt-sum")
    expect(said).to_contain_text("x[0, :, :, 0] has shape (8, 8)")
    page.locator("#nn-part-arrays .main-svg").first.wait_for()
    page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("x[1, :, :, 0]")
    page.get_by_role("checkbox", name="all").nth(1).uncheck()
    expect(said).to_contain_text("x[1, 0, :, 0] has shape (8,): width")
    page.select_option("[data-name=array]", "video")
    expect(said).to_contain_text("x[3, 0, :, :, 0] has shape (8, 8)")
    expect(page).to_have_url(re.compile("array=video"))


def test_the_lectures_broadcast_cell_by_cell(tensors: Open) -> None:
    page = tensors(tab="elements")
    said, cells = (
        page.locator("#nn-part-elements .nnt-bar .nnt-sum"),
        page.locator("#nn-part-elements [data-array=c] td"),
    )
    expect(cells).to_have_text(["11", "22", "13", "24"])
    expect(said).to_have_text("c[0, 0] = a[0, 0] + b[0] = 1 + 10 = 11")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(said).to_have_text("c[1, 0] = a[1, 0] + b[0] = 3 + 10 = 13")
    page.keyboard.press("ArrowLeft")
    expect(said).to_have_text("c[0, 1] = a[0, 1] + b[1] = 2 + 20 = 22")
    page.keyboard.press("Space")
    expect(page.locator("#nn-part-elements")).to_have_attribute("data-cell", "3")
    page.locator("#nn-part-elements [data-name=a]").fill("(2, 3)")
    page.keyboard.press("Enter")
    verdict = page.locator("#nn-part-elements .nnt-verdict")
    expect(verdict).to_have_text(re.compile("on the last axis a has 3 and b has 2"))
    expect(page.locator("#nn-part-elements .nnt-axes tr[data-fits='0']")).to_contain_text("neither equal nor 1")
    expect(page.locator("#nn-part-elements .nnt-play")).to_be_disabled()
    page.get_by_role("button", name="Take b with one more axis, (2, 1)").click()
    expect(cells).to_have_text(["11", "12", "13", "24", "25", "26"])
    page.locator("#nn-part-elements [data-name=b]").fill("[[1], [2, 3]]")
    page.keyboard.press("Enter")
    expect(page.locator("#nn-part-elements .nnt-fault").nth(1)).to_contain_text("all rows of an array have one length")


def test_a_layer_moves_and_bends_the_plane(tensors: Open) -> None:
    page = tensors(tab="maps", bend="linear")
    maps = page.locator("#nn-part-maps")
    page.get_by_role("slider", name="w₁₁").focus()
    page.keyboard.press("ArrowRight")
    expect(maps).to_have_attribute("data-numbers", "0.88,-0.5,0.5,0.866,0.5,0.5")
    expect(page).to_have_url(re.compile("weights=0.88"))
    page.select_option("[data-name=map]", label="flatten")
    expect(maps.locator(".nnt-verdict")).to_contain_text("pressed onto a line")
    expect(maps.locator("[data-at='1.00']")).to_be_visible()  # it has slid there
    maps.get_by_role("button", name="the plane before").click()
    expect(maps.locator(".nnt-sum")).to_have_text("the plane x")


def test_the_stack_unfolds_the_spiral(tensors: Open) -> None:
    page = tensors(tab="unfold", speed="full", width=390)
    unfold = page.locator("#nn-part-unfold")
    expect(unfold).to_have_attribute("data-epoch", "0")
    page.keyboard.press("Space")
    expect(unfold).to_have_attribute("data-status", "finished")
    expect(unfold).to_have_attribute("data-wrong", re.compile("^[0-4]$"))
    expect(page).to_have_url(re.compile("run="))
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(unfold.locator(".nnt-between .nnt-sum")).to_have_text("after block 4 of 4")
    page.keyboard.press("Home")
    expect(unfold.locator(".nnt-between .nnt-sum")).to_have_text("the input")
    page.keyboard.press("r")
    expect(unfold).to_have_attribute("data-epoch", "0")
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
