"""The GAN room as a visitor has it: train, each network alone, back along the film, paint, digits, the losses."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewPage
from tests.serving import Server


def opened(server: Server, new_page: NewPage, query: str, width: int = 1280) -> tuple[Page, Locator]:
    page = new_page(width)
    page.goto(f"{server.url}/gan?{query}")
    game = page.locator("#nn-part-game")
    expect(game).to_have_attribute("data-charts", "true")
    return page, game


def test_it_trains_each_network_alone_and_goes_back(server: Server, new_page: NewPage) -> None:
    page, game = opened(server, new_page, "generator=16&discriminator=16&steps=400&speed=full")
    expect(game).to_have_attribute("data-state", "untrained")
    page.keyboard.press("d")
    expect(game).to_have_attribute("data-updates", "1 0")
    expect(game).to_have_attribute("data-status", "paused")
    game.get_by_role("button", name="G", exact=True).click()
    expect(game).to_have_attribute("data-updates", "1 1")
    page.keyboard.press("ArrowRight")
    expect(game).to_have_attribute("data-updates", "2 2")
    expect(game).to_have_attribute("data-step", "3")
    game.get_by_role("button", name=re.compile("Back to the picture before")).click()
    expect(game).to_have_attribute("data-updates", "1 1")
    page.keyboard.press("ArrowLeft")
    expect(game).to_have_attribute("data-updates", "1 0")
    page.keyboard.press("ArrowRight")
    expect(game).to_have_attribute("data-updates", "1 1")
    page.keyboard.press("Space")
    expect(game).to_have_attribute("data-status", "finished")
    expect(game).to_have_attribute("data-step", "400")
    expect(game.locator(".nnt-state")).to_contain_text("steps a second")
    expect(game.locator(".nng-modes")).to_have_attribute("aria-label", re.compile("of 8 modes"))
    assert page.evaluate("() => document.querySelector('.nng-plane').data.some((t) => t.name === 'told to move')")


def test_the_data_are_painted_by_hand_on_a_phone(server: Server, new_page: NewPage) -> None:
    page, game = opened(server, new_page, "", 390)
    page.get_by_role("checkbox", name="paint the data by hand").check()
    where = """([x, y]) => {
      const g = document.querySelector('.nng-plane'), box = g.getBoundingClientRect();
      const { xaxis, yaxis } = g._fullLayout;
      return [box.left + xaxis._offset + xaxis.d2p(x), box.top + yaxis._offset + yaxis.d2p(y)];
    }"""
    page.locator(".nng-plane").scroll_into_view_if_needed()
    places = [page.evaluate(where, place) for place in ([-2, 0], [0, 1.5], [2, 0])]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=8)
    page.mouse.up()
    expect(game).to_have_attribute("data-data", "drawn")
    expect(page).to_have_url(re.compile("points=-"))
    text = page.locator("[data-name=points]").input_value()
    points = [float(one) for one in text.split(",")]
    assert abs(points[0] + 2) < 0.1
    assert max(points[1::2]) > 1.2
    page.locator("[data-name=points]").fill("9,9")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 to 100 pairs of numbers")).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_digits_and_the_losses(server: Server, new_page: NewPage) -> None:
    page, game = opened(server, new_page, "steps=40&speed=full")
    game.get_by_role("button", name="Handwritten digits").click()
    expect(game).to_have_attribute("data-data", "digits")
    page.wait_for_function("() => document.querySelector('.nng-pairs').data?.[0]?.source?.startsWith('data:image')")
    expect(page.locator("[data-name=latent_size]")).to_have_value("16")
    page.get_by_role("tab", name="The losses").click()
    losses = page.locator("#nn-part-losses")
    expect(losses).to_have_attribute("data-s", "-4")
    rows = losses.locator("tbody tr")
    expect(rows.nth(1).locator("td").last).to_have_text("0.018")
    page.get_by_role("slider", name="the discriminator’s score s of a generated sample").focus()
    page.keyboard.press("End")
    expect(losses).to_have_attribute("data-s", "8")
    expect(rows.nth(1).locator("td").last).to_have_text("1.000")
    expect(rows.nth(2).locator("td").last).to_have_text("7.000")
