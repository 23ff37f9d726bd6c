"""The Digits room's layers through a visitor's hands: cards, menu, undo; the two rooms' links; a lecture hall."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from nnviz.ui.presets import PRESETS
from tests.browser.conftest import NewPage, choose
from tests.engines import until
from tests.serving import Server

Open = Callable[..., Page]


@pytest.fixture
def digits(server: Server, new_page: NewPage) -> Open:
    """`digits(layers="30")` opens the room as a new visitor."""

    def open_page(path: str = "digits", width: int = 1280, height: int = 800, dark: bool = False, **query: Any) -> Page:
        page = new_page(width, height, color_scheme="dark" if dark else "light")
        page.goto(f"{server.url}/{path}?{urlencode(query)}")
        return page

    return open_page


def chain(page: Page) -> Any:
    found = page.locator(".nnc")
    expect(found).to_have_attribute("data-layers", re.compile("output"))
    return found


def titles(page: Page) -> list[str]:
    return chain(page).locator(".nnc-title b").all_inner_texts()


def layers_in_link(page: Page, text: str | None) -> None:
    """Wait for the address: it follows the page's answer."""
    page.wait_for_function("(text) => new URL(location.href).searchParams.get('layers') === text", arg=text)


def test_layers_are_added_changed_moved_removed_and_undone(digits: Open) -> None:
    page = digits()
    assert titles(page) == ["input", "Dense", "output"]
    page.get_by_label("add a layer in place 1").click()
    page.get_by_role("menuitem", name=re.compile("Convolution")).click()
    assert titles(page) == ["input", "Convolution", "Dense", "output"]
    layers_in_link(page, "16@5,30")
    page.get_by_label("kernel size of layer 1").fill("3")
    page.keyboard.press("Enter")
    layers_in_link(page, "16@3,30")
    expect(chain(page).locator(".nnc-conv2d .nnc-foot")).to_have_text("6×6×16 · 160")
    page.get_by_label("padding of layer 1").select_option(label="same")
    expect(chain(page).locator(".nnc-conv2d .nnc-foot")).to_have_text("8×8×16 · 160")
    page.get_by_label("activation of layer 2").select_option(label="tanh")
    layers_in_link(page, "16@3:same,30:tanh")
    right = page.get_by_label(re.compile("^move layer 1, convolution towards the output"))
    expect(right).to_be_disabled()
    assert "needs a picture" in (right.get_attribute("title") or "")
    page.get_by_label("remove layer 1, convolution").click()
    layers_in_link(page, "30:tanh")
    page.get_by_role("button", name=re.compile("undo")).click()
    layers_in_link(page, "16@3:same,30:tanh")
    for _ in range(4):
        page.get_by_role("button", name=re.compile("undo")).click()
    layers_in_link(page, None)
    assert titles(page) == ["input", "Dense", "output"]
    expect(page.get_by_role("button", name=re.compile("undo"))).to_have_count(0)


def test_what_cannot_stand_somewhere_says_why(digits: Open) -> None:
    page = digits(layers="30")
    chain(page)
    page.get_by_label("add a layer in place 2").click()
    pooling = page.get_by_role("menuitem", name=re.compile("Max pooling"))
    expect(pooling).to_have_attribute("aria-disabled", "true")
    expect(pooling).to_contain_text("not here: max pooling needs a picture")
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    expect(page.get_by_label("add a layer in place 2")).to_be_focused()
    scratch = digits(layers="30", family="scratch")
    chain(scratch)
    scratch.get_by_label("add a layer in place 1").click()
    expect(scratch.get_by_role("menuitem", name=re.compile("Dropout"))).to_contain_text(
        "the NumPy network has no dropout"
    )


def test_a_card_is_dragged_to_another_place(digits: Open) -> None:
    page = digits(layers="16@3,max2,30")
    chain(page)
    page.locator(".nnc-max_pooling2d .nnc-title").drag_to(page.get_by_label("add a layer in place 1"))
    layers_in_link(page, "max2,16@3,30")
    assert titles(page) == ["input", "Max pooling", "Convolution", "Dense", "output"]


def test_by_keyboard_alone(digits: Open) -> None:
    page = digits()
    chain(page)
    page.get_by_label("add a layer in place 2").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name=re.compile("^Dense"))).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("ArrowDown")  # round to the first
    page.keyboard.press("Enter")
    layers_in_link(page, "30,30")
    page.keyboard.press("Control+z")
    layers_in_link(page, None)
    assert page.locator(".nnv").get_attribute("data-status") == "idle"  # no key went on to the training


CONTRAST = """
() => {
  const parse = (c) => (c.match(/[\\d.]+/g) ?? []).map(Number);
  const over = (top, below) => { const a = top[3] ?? 1; return [0, 1, 2].map((i) => top[i] * a + below[i] * (1 - a)); };
  const light = (c) => { const f = c.map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * f[0] + 0.7152 * f[1] + 0.0722 * f[2]; };
  const ground = (e) => { const chain = []; for (; e; e = e.parentElement) chain.unshift(parse(getComputedStyle(e).backgroundColor)); return chain.reduce((below, top) => (top.length ? over(top, below) : below), [255, 255, 255]); };
  const found = {};
  for (const e of document.querySelectorAll(".nnc b, .nnc span, .nnc-foot, .nnc-implied, .nnc input, .nnc select, .nnc button:not(:disabled)")) {
    const text = (e.value ?? e.textContent).trim();
    if (!text || !e.checkVisibility()) continue;
    let alpha = 1; for (let p = e; p; p = p.parentElement) alpha *= Number(getComputedStyle(p).opacity);
    const back = ground(e), front = over([...parse(getComputedStyle(e).color).slice(0, 3), alpha], back);
    const [a, b] = [light(front), light(back)];
    found[`${e.className || e.tagName}: ${text}`] = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }
  return found;
}
"""  # noqa: E501


@pytest.mark.parametrize("dark", [False, True])
def test_every_word_of_the_chain_can_be_read(digits: Open, dark: bool) -> None:
    page = digits(layers="16@3,max2:d0.2,30", dark=dark)
    chain(page)
    page.get_by_label("add a layer in place 4").click()
    ratios = page.evaluate(CONTRAST)
    assert len(ratios) > 20
    assert {word: ratio for word, ratio in ratios.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("width", [390, 820, 1280])
def test_a_long_chain_wraps_and_nothing_leaves_the_screen(digits: Open, width: int) -> None:
    page = digits(width=width, layers="16@3:same,max2:bn,16@3:same:d0.2,30,30,30")
    chain(page)
    boxes = [box.bounding_box() for box in page.locator(".nnc-card").all()]
    assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= width + 1 for box in boxes)


def test_links_lead_to_the_room_of_their_data(digits: Open) -> None:
    page = digits(path="", data="digits", layers="20")
    expect(page).to_have_url(re.compile("/digits\\?"))
    assert titles(page) == ["input", "Dense", "output"]
    assert page.get_by_label("neurons of layer 1").input_value() == "20"
    page = digits(data="spiral")
    expect(page.get_by_role("combobox", name="Data")).to_have_value("Spiral")
    assert urlsplit(page.url).path in {"", "/"}


def test_a_room_is_found_again_as_it_was_left(digits: Open) -> None:
    page = digits(layers="44")
    chain(page)
    page.get_by_role("link", name="Playground").click()
    expect(page.locator(".nnv-canvas")).to_be_visible()
    page.get_by_role("link", name="Digits").click()
    layers_in_link(page, "44")
    assert page.get_by_label("neurons of layer 1").input_value() == "44"
    assert parse_qs(urlsplit(page.url).query) == {"layers": ["44"]}


def test_what_is_being_typed_stays_when_an_answer_comes(server: Server, new_page: NewPage) -> None:
    """And is told when it has been typed; what it brings is seen then."""
    page, late, held = new_page(1280, 800), list[bool](), list[bytes | str]()
    clients: list[WebSocketRoute] = []

    def between(client: WebSocketRoute) -> None:
        onward = client.connect_to_server()
        client.on_message(onward.send)
        onward.on_message(lambda message: held.append(message) if late else client.send(message))
        clients.append(client)

    page.route_web_socket(re.compile("_stcore/stream"), between)
    page.goto(f"{server.url}/digits")
    chain(page)
    field, activation = page.get_by_label("neurons of layer 1"), page.get_by_label("activation of layer 1")
    expect(activation).to_contain_text("relu (all)")
    late.append(True)
    choose(page, "Activation", "Tanh")
    field.select_text()
    field.press_sequentially("1")
    # In a call of the page messages are passed on.
    until(
        lambda: page.evaluate("() => true") and any(b'"usual_view"' in bytes(m) for m in held if isinstance(m, bytes))
    )
    for message in held:
        clients[0].send(message)
    late.clear()
    expect(page).to_have_url(re.compile("activation=tanh"))
    field.press_sequentially("28")
    expect(field).to_be_focused()
    expect(field).to_have_value("128")
    field.press("Enter")
    layers_in_link(page, "128")
    expect(activation).to_contain_text("tanh (all)")
    expect(chain(page).locator(".nnc-dense .nnc-foot")).to_have_text("128 · 8,320")


def test_a_button_that_ends_what_was_typed_is_pressed_as_well(digits: Open) -> None:
    page = digits(layers="30,20,10")
    chain(page)
    page.get_by_label("neurons of layer 1").fill("12")
    page.get_by_label("remove layer 3, dense").click()
    layers_in_link(page, "12,20")
    expect(chain(page).locator(".nnc-dense .nnc-foot")).to_have_text(["12 · 780", "20 · 260"])


def test_a_presentation_can_be_read_from_the_back_row(digits: Open) -> None:
    page = digits()
    chain(page)
    size = "() => parseFloat(getComputedStyle(document.querySelector('.nnc-card')).fontSize)"
    small = page.evaluate(size)
    page.get_by_role("button", name="Present").click()
    expect(page).to_have_url(re.compile("present=1"))
    expect(page.locator(".nnv")).to_have_attribute("data-present", "1")
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    expect(page.get_by_role("combobox", name="Data")).to_have_count(0)
    assert page.evaluate(size) >= 1.3 * small
    # The controls' place is the instrument's now.
    page.wait_for_function("() => document.querySelector('.nnv').getBoundingClientRect().width > 1200")
    page.get_by_role("button", name="Settings", exact=True).click()
    expect(page.get_by_role("combobox", name="Data")).to_be_visible()
    page.get_by_role("button", name="Leave the presentation").click()
    expect(page.get_by_test_id("stHeader")).to_be_visible()


def test_a_preset_is_chosen_from_the_menu(digits: Open, mnist: Any) -> None:  # noqa: ARG001
    page = digits()
    chain(page)
    page.get_by_role("button", name="Presets").click()
    everything = page.locator(".st-key-presets button")
    expect(everything).to_have_count(len(PRESETS))
    expect(page.locator(".st-key-presets")).not_to_contain_text("B16")  # lectures' rows mean nothing here
    page.get_by_label("Search").press_sequentially("convolution 16")
    expect(everything).to_have_count(1)
    page.get_by_role("button", name=re.compile("Convolution, 16 of 5×5 · 23,466 parameters")).click()
    titles_ = page.locator(".nnc-title b")
    expect(titles_).to_have_text(["input", "Convolution", "Max pooling", "Dropout", "output"])
    expect(page).to_have_url(re.compile("data=mnist"))
    expect(page.get_by_role("textbox", name="Search")).to_have_count(0)  # the list is closed
    page.locator(".st-key-tools").get_by_role("button", name="23,466 parameters").click()
    table = page.get_by_role("table").filter(has_text="convolution 1")
    expect(table).to_contain_text("253,440")
