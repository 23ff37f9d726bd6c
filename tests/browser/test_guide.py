"""The guide as a way through the rooms: what was tried is marked, in this browser."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import NewPage
from tests.serving import Server


def test_what_was_tried_is_marked_and_kept_in_the_browser(server: Server, new_page: NewPage) -> None:
    page = new_page()
    page.goto(f"{server.url}/guide")
    way = page.get_by_role("navigation", name="the path through the rooms")
    forget = page.get_by_role("button", name="Forget what I tried")
    expect(forget).to_be_disabled()
    expect(way.locator("[aria-current=step]")).to_have_attribute("data-room", "neuron")
    step = way.get_by_role("button", name=re.compile("Descent"))
    step.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Descent")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/guide\?room=descent$"))
    link = page.get_by_role("link", name=re.compile("Hung up at a saddle"))
    expect(link).not_to_have_attribute("data-tried", "true")
    link.click()
    expect(page.locator(".nnv-maptitle")).to_contain_text("addle")
    page.go_back()
    expect(page.get_by_role("heading", name="Descent")).to_be_visible()
    for reload in (False, True):
        if reload:
            page.reload()
        expect(link).to_have_attribute("data-tried", "true")
        expect(step).to_contain_text("1 of 7 tried")
        expect(way.locator("[aria-current=step]")).to_have_attribute("data-room", "descent")
    page.go_back()  # to the room that was open before
    expect(way.locator("[aria-current=step]")).to_have_attribute("data-room", "neuron")
    forget.click()
    expect(step).not_to_contain_text("tried")
    expect(forget).to_be_disabled()


def test_on_a_phone_the_way_is_a_row_and_nothing_is_wider(server: Server, new_page: NewPage) -> None:
    page = new_page(width=390)
    page.goto(f"{server.url}/guide?room=digits")
    expect(page.locator(".nng [aria-current=step]")).to_have_attribute("data-room", "digits")
    expect(page.get_by_role("heading", name="Things to try")).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
