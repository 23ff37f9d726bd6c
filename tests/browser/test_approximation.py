"""The approximation room as a visitor has it: a function in pieces, drawn by hand, weight decay, a truth table."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.serving import Server


def opened(server: Server, new_page: NewPage, query: str, width: int = 1280) -> Page:
    page = new_page(width)
    page.goto(f"{server.url}/approximation?{query}")
    expect(page.locator(".nnt")).to_have_attribute("data-shows", re.compile("."))
    return page


def test_a_function_is_learned_in_pieces(server: Server, new_page: NewPage) -> None:
    page = opened(server, new_page, "speed=full&epochs=400", width=390)
    learn = page.locator("#nn-part-learn")
    expect(learn).to_have_attribute("data-pieces", "20")
    page.keyboard.press("Space")
    expect(learn).to_have_attribute("data-status", "finished")
    page.wait_for_function("() => Number(document.querySelector('#nn-part-learn').dataset.loss) < 0.1")
    expect(learn.locator(".nnt-verdict")).to_contain_text("On the grey ground, where it has seen nothing")
    page.locator("[data-name=layers]").fill("1,2,3,4")
    page.keyboard.press("Enter")
    expect(page.get_by_text("one to three whole numbers from 1 to 40")).to_be_visible()
    expect(page.locator("[data-name=layers]")).to_have_value("20")
    page.locator("[data-name=layers]").fill("4,6")
    page.keyboard.press("Enter")
    expect(learn).to_have_attribute("data-pieces", "6")
    expect(learn).to_have_attribute("data-epoch", "0")
    page.locator("[data-name=against]").fill("12")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("against=12"))
    page.keyboard.press("Escape")
    learn.get_by_role("button", name="▶ Train").click()
    expect(learn.locator(".nnt-verdict")).to_contain_text("1-12-1 with 37 weights is")
    learn.locator("[data-name=function]").select_option("formula")
    expect(learn.locator("[data-name=formula]")).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_three_depths_of_one_size_train_as_a_group(server: Server, new_page: NewPage) -> None:
    page = opened(server, new_page, "tab=equals&epochs=300", width=390)
    tab = page.locator("#nn-part-equals")
    expect(tab).to_have_attribute("data-parameters", "97,97,97")
    expect(tab.locator(".nnt-verdict")).to_contain_text("1-6-5-7-1 has 97 weights")
    page.locator(".nna-rivals .main-svg").first.wait_for()
    page.keyboard.press("Space")
    expect(tab).to_have_attribute("data-statuses", "finished,finished,finished")
    expect(tab).to_have_attribute("data-over", "1")
    expect(tab).to_have_attribute("data-curves", "3")
    expect(tab.locator(".nnt-verdict")).to_contain_text("is ahead at epoch 300: validation loss")
    expect(page).to_have_url(re.compile("group="))
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    page.reload()  # the link has the group
    expect(tab).to_have_attribute("data-over", "1")
    page.locator("[data-name=neurons]").focus()
    page.keyboard.press("ArrowLeft")  # another size: nothing of the old one is shown beside it
    expect(tab).to_have_attribute("data-curves", "0")
    expect(tab.locator(".nnt-verdict")).to_contain_text("1-31-1 has 94 weights")
    page.keyboard.press("Escape")
    tab.locator("tbody a").nth(1).click()
    expect(page.locator("#nn-part-learn")).to_have_attribute("data-pieces", re.compile("."))
    expect(page).to_have_url(re.compile("layers="))


def test_a_function_drawn_by_hand(server: Server, new_page: NewPage) -> None:
    page = opened(server, new_page, "")
    page.locator(".nna-pieces .main-svg").first.wait_for()
    page.get_by_role("checkbox", name="draw by hand").check()
    where = """([x, y]) => {
      const g = document.querySelector('.nna-pieces'), box = g.getBoundingClientRect();
      const { xaxis, yaxis } = g._fullLayout;
      return [box.left + xaxis._offset + xaxis.d2p(x), box.top + yaxis._offset + yaxis.d2p(y)];
    }"""
    places = [page.evaluate(where, place) for place in ([-3, -1], [0, 1], [3, -1])]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=8)
    page.mouse.up()
    expect(page.locator("#nn-part-learn")).to_have_attribute("data-function", "drawn")
    expect(page).to_have_url(re.compile("drawn=-"))
    heights = [float(one) for one in re.findall(r"-?\d+\.\d+", page.url.split("drawn=")[1])]
    assert len(heights) == 31
    assert heights[0] < -0.8
    assert heights[15] > 0.8
    assert heights[30] < -0.8


def test_decay_shrinks_and_a_ticked_table_has_its_network(server: Server, new_page: NewPage) -> None:
    page = opened(server, new_page, "tab=polynomial")
    rows = page.locator("#nn-part-polynomial tbody tr")
    expect(rows.nth(1)).to_contain_text("λ = 0.1")
    before = float(rows.nth(1).locator("td").last.inner_text())
    page.get_by_role("slider", name="Weight decay λ").focus()
    page.keyboard.press("End")
    expect(rows.nth(1)).to_contain_text("λ = 1000")
    assert float(rows.nth(1).locator("td").last.inner_text()) < before
    page.get_by_role("tab", name="Truth tables").click()
    table = page.locator("#nn-part-boolean")
    expect(table).to_have_attribute("data-target", "0110")
    page.get_by_role("checkbox", name="row 11 must fire").check()
    expect(table).to_have_attribute("data-target", "0111")
    expect(table.locator(".nnt-verdict")).to_contain_text("16 Boolean functions. This one takes 1 hidden neuron")
    answers = [row.locator("td").last.inner_text() for row in page.locator(".nna-truth tbody tr").all()]
    assert answers == ["0", "1", "1", "1"]
    page.select_option("[data-name=inputs]", "4")
    expect(table.locator(".nnt-verdict")).to_contain_text("65,536 Boolean functions. This one takes 8 hidden neurons")
