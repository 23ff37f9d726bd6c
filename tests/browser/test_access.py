"""With the keyboard alone, a screen reader, weak eyes or a phone: who cannot point or see well gets as far."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from nnviz.ui.rooms import ROOMS
from tests.browser.conftest import NewPage, Playground
from tests.serving import PATIENCE, Server

Visit = Callable[..., Playground]
CONTRAST = (Path(__file__).parent / "contrast.js").read_text("utf-8")
READY = ".nnv[data-charts=true], .nnvc-products div, h1"
PHONE = {"width": 390, "height": 844}
NAMELESS = """() => [...document.querySelectorAll(
  "[data-testid=stMain] :is(button, a[href], input, select, textarea, canvas, img, [role=img], [tabindex='0'])")]
  .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest(".js-plotly-plot .plot-container, svg"))
  .filter((e) => !e.closest("[aria-hidden=true]") && (e.type !== "file" || e.offsetWidth > 2))
  .filter((e) => ![e.getAttribute("aria-label"), e.title, e.alt, e.innerText, e.closest("label")?.innerText,
    e.labels?.[0]?.innerText, document.getElementById(e.getAttribute("aria-labelledby"))?.innerText]
    .some((text) => text?.trim()))
  .map((e) => e.outerHTML.slice(0, 160))"""
IN_ROOM = "() => document.activeElement.closest('.nnl-host') !== null"
IN_FOCUS = """() => {
  const e = document.activeElement;
  return e.tagName === "MAIN" ? "the page" : e.getAttribute("aria-label") || e.innerText.replace(/\\s+/g, " ").trim();
}"""


def open_page(new_page: NewPage, url: str, **visitor: Any) -> Page:
    page = new_page(**{"width": 1280, "height": 720, **visitor})
    page.goto(url)
    page.wait_for_selector(READY)
    settled(page)
    expect(page.locator(".nnp-skip")).to_have_count(2)  # they come last
    return page


def settled(page: Page) -> None:
    """Streamlit has stopped running the script, and greys nothing out."""
    page.wait_for_function(
        "() => !document.querySelector('[data-stale=true], [data-testid=stStatusWidget], [data-testid=stSkeleton]')"
    )


def tab_to(page: Page, wanted: str, most: int) -> int:
    """Press Tab until what is in focus begins with `wanted`; how often that took."""
    for stops in range(1, most + 1):
        page.keyboard.press("Tab")
        if page.evaluate(IN_FOCUS).lstrip("▶▸").strip().startswith(wanted):
            return stops
    raise AssertionError(f"{wanted} is not within {most} stops")


@pytest.mark.parametrize(
    ("path", "wanted"), [("", "Train"), ("digits", "Train"), ("convolution", "Play"), ("descent", "Race")]
)
def test_what_starts_the_room_is_two_keys_away(server: Server, new_page: NewPage, path: str, wanted: str) -> None:
    """However many rooms there are in the header; from there on within ten stops."""
    page = open_page(new_page, f"{server.url}/{path}")
    assert tab_to(page, "Skip to the room", 1) == 1
    page.keyboard.press("Enter")
    if not page.evaluate(IN_FOCUS).lstrip("▶▸").strip().startswith(wanted):
        tab_to(page, wanted, 9)


def test_a_session_with_the_keyboard_alone(server: Server, new_page: NewPage) -> None:
    """Settings, another data set, Train, pause, a step, More settings, a value, Share: no pointer."""
    page = open_page(new_page, server.url)
    root = page.locator(".nnv")
    tab_to(page, "Skip to settings", 2)
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Data")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("combobox", name="Activation", exact=True)).to_be_focused()
    expect(page.locator(".nnp-tip")).to_contain_text("neuron makes of its sum")
    assert "neuron makes of its sum" in page.evaluate("() => document.activeElement.getAttribute('aria-description')")
    page.keyboard.type("relu")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("activation=relu"))
    tab_to(page, "Learning rate", 2)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="More settings")).to_be_focused()
    expect(page.get_by_role("button", name="More settings")).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(page.get_by_role("slider", name="Noise")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("slider", name="Noise")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("noise=0.05"))
    expect(page.get_by_role("button", name="More settings · 1 changed")).to_be_visible()
    settled(page)
    page.locator(".nnv-play").focus()
    page.keyboard.press("Enter")
    expect(root).to_have_attribute("data-status", "running")
    page.keyboard.press("Space")
    expect(root).to_have_attribute("data-status", "paused")
    step = int(root.get_attribute("data-step") or 0)
    page.keyboard.press("Tab")
    assert page.evaluate(IN_FOCUS).startswith("Step")
    page.keyboard.press("Enter")
    page.wait_for_function("(n) => Number(document.querySelector('.nnv').dataset.step) > n", arg=step)
    share = page.get_by_role("button", name="Share")
    share.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("is the same setting as a file")).to_be_visible()


@pytest.mark.parametrize("room", ["neuron", "kernels", "depth", "backpropagation", "tensors", "digits"])
def test_tabs_are_walked_along(server: Server, new_page: NewPage, room: str) -> None:
    """One stop of the Tab key; arrow keys, Home and End go to the others, round and round; what is open is shown."""
    page = new_page(1280)
    page.goto(f"{server.url}/{room}")
    tabs = page.get_by_role("tab")
    expect(page.locator("[role=tabpanel]:visible")).to_have_count(1)
    settled(page)
    last = tabs.count() - 1
    tabs.first.focus()
    for key, at in (("End", last), ("ArrowRight", 0), ("ArrowLeft", last), ("ArrowLeft", last - 1), ("Home", 0)):
        page.keyboard.press(key)
        expect(tabs.nth(at)).to_be_focused()
        expect(tabs.nth(at)).to_have_attribute("aria-selected", "true")
        expect(page.locator("[role=tab][tabindex='0']")).to_have_count(1)
        shown = page.locator("[role=tabpanel]:visible")
        expect(shown).to_have_count(1)
        expect(shown).to_have_attribute("aria-labelledby", tabs.nth(at).get_attribute("id") or "")
    expect(tabs.last).to_have_css("border-left-width", "0px")  # the room's own look of buttons is not theirs


def test_space_belongs_to_what_is_in_focus(visit: Visit) -> None:
    play = visit()
    for box in (play.page.get_by_label("validation samples"), play.page.get_by_label("New order in every epoch")):
        was = box.is_checked()
        box.focus()
        play.press("Space")
        expect(box).to_be_checked(checked=not was)
        assert play.said("status") == "idle"
    expect(play.page).to_have_url(re.compile("shuffle=off"))
    play.until("d.source === 'preview' && d.status === 'idle'")
    play.page.evaluate("() => document.activeElement.blur()")
    play.press("Space")
    play.status("running")


def test_the_training_is_told_aloud_now_and_then(visit: Visit) -> None:
    play = visit(epochs=100_000)
    told = play.page.locator(".nnv-said")
    expect(told).to_have_attribute("aria-live", "polite")
    play.page.evaluate(
        """() => { window.told = [];
             const said = document.querySelector(".nnv-said");
             new MutationObserver(() => window.told.push(said.textContent))
               .observe(said, { childList: true, characterData: true, subtree: true }); }"""
    )
    play.train()
    expect(told).to_have_text(
        re.compile(r"^Epoch .+, training loss 0\.\d+, validation loss .+, training accuracy .+ %")
    )
    play.until("window.told.length >= 2 && Number(d.frame) >= 30 && d.status === 'running'")
    play.press("Space")
    play.status("paused")
    epoch = play.page.locator(".nnv-out-epochs b").inner_text()
    expect(told).to_have_text(re.compile(f"^Epoch {epoch}, "))
    frames = int(play.said("frame"))
    assert play.page.evaluate("() => window.told.length") <= frames // 2, "not with each picture"


def test_where_the_keyboard_is_can_be_seen(visit: Visit) -> None:
    play = visit()
    outline = (
        "(e) => { const s = getComputedStyle(e); return s.outlineStyle === 'solid' && parseFloat(s.outlineWidth); }"
    )
    for found in (
        "a[data-testid=stTopNavLink]",
        ".nnv-curves-head select",
        ".nnv-play",
        ".st-key-w_more_settings button",
    ):
        play.page.locator(found).first.focus()
        play.press("Shift+Tab")
        play.press("Tab")
        assert play.page.locator(found).first.evaluate(outline) >= 2, found
    play.page.get_by_role("combobox", name="Activation", exact=True).focus()
    group = play.page.locator(".st-key-w_activation [role=group]").last
    assert group.evaluate(outline) >= 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_of_its_ground(server: Server, new_page: NewPage, scheme: str) -> None:
    page = open_page(new_page, f"{server.url}/?more=on", color_scheme=scheme, width=1440, height=900)
    assert short_of_contrast(page) == []
    page.goto(f"{server.url}/digits?more=on")
    page.wait_for_selector(READY)
    assert short_of_contrast(page) == []
    page.locator(".nnv-play").click()
    page.wait_for_function("() => Number(document.querySelector('.nnv').dataset.step) > 500")
    page.locator(".nnv-play").click()
    expect(page.locator(".nnv")).to_have_attribute("data-status", "paused")
    for tab in ("Overview", "Inside", "Mistakes", "Draw", "Rotated", "Compare"):
        page.get_by_role("tab", name=tab).click()
        page.wait_for_function("(t) => document.querySelector('.nnd').dataset.tab === t", arg=tab.lower())
        assert short_of_contrast(page) == [], tab
    page.goto(f"{server.url}/convolution?kernel=vertical")
    page.get_by_role("button", name="All: the whole map", exact=False).click()
    assert short_of_contrast(page) == []
    page.goto(f"{server.url}/guide")
    page.wait_for_selector("h1")
    assert short_of_contrast(page) == []


@pytest.mark.parametrize("name", [*ROOMS, "guide"])
def test_in_every_room_all_can_be_read_named_and_reached(server: Server, new_page: NewPage, name: str) -> None:
    """As it opens, in light and in dark: texts stand out, what can be used or seen has a name, and the keyboard comes
    to the room's own controls past all links to other rooms."""
    page = new_page(1440, 900)
    page.goto(f"{server.url}/{name}")
    page.wait_for_function("() => document.querySelector('.nnl-host > *, h1')")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.wait_for_function(
            """(dark) => getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor
              .match(/[\\d.]+/g).slice(0, 3).every((one) => dark ? one < 128 : one >= 128)""",
            arg=scheme == "dark",
        )
        assert left_over(page, lambda: faint(page)) == [], scheme
    assert left_over(page, lambda: page.evaluate(NAMELESS)) == []
    if name != "guide":
        expect(page.locator(".nnp-skip")).to_have_count(2)  # they come last
        tab_to(page, "Skip to the room", 1)
        page.keyboard.press("Enter")
        if not page.evaluate(IN_ROOM):
            page.keyboard.press("Tab")
            assert page.evaluate(IN_ROOM)


def left_over(page: Page, find: Callable[[], list[str]]) -> list[str]:
    """What is found, once nothing is or the page had time to draw: charts follow a change of the theme, and names of
    pictures come with their numbers."""
    for _ in range(int(4 * PATIENCE)):
        if not (found := find()):
            break
        page.wait_for_timeout(250)
    return found


def faint(page: Page) -> list[str]:
    """What stands too little out of its ground; that the page is not there yet."""
    settled(page)
    seen = page.evaluate(CONTRAST)
    found: list[str] = seen["found"]
    return found if seen["count"] > 30 else ["the page is not there"]


def short_of_contrast(page: Page) -> list[str]:
    return left_over(page, lambda: faint(page))


@pytest.mark.parametrize("path", ["", "digits", "convolution"])
def test_on_a_phone_the_rooms_then_the_start_and_the_picture_then_the_settings(
    server: Server, new_page: NewPage, path: str
) -> None:
    page = open_page(new_page, f"{server.url}/{path}", **PHONE, has_touch=True)
    if path == "digits":
        expect(page.locator(".nnc-row")).to_be_visible()  # a script of its own, which pushes the rest down
    tops = {
        name: page.locator(where).first.evaluate("(e) => e.getBoundingClientRect().top")
        for name, where in {
            "rooms": ".st-key-ways a",
            "start": ":is(.nnv-play, .nnvc-play)",
            "picture": ":is(.nnv-boundary, .nnd-charts, .nnvc-digit)",
        }.items()
    }
    assert tops["rooms"] < tops["start"] < tops["picture"] < PHONE["height"]
    assert tops["start"] < 300
    if path != "convolution":
        end = page.locator(".nnv").evaluate("(e) => e.lastElementChild.previousElementSibling && Math.max("
                                            "...[...e.querySelectorAll('.nnv-curves, .nnv-card, .nnd-strip')]"
                                            ".map((part) => part.getBoundingClientRect().bottom))")  # fmt: skip
        side = page.locator(".st-key-side").evaluate("(e) => e.getBoundingClientRect().top")
        assert tops["picture"] < side
        assert -5 < side - end < 60, "nothing empty between the picture and the settings"
    wide = page.evaluate(
        "() => [...document.querySelectorAll('[data-testid=stMain] *')].filter((e) => e.checkVisibility() &&"
        " e.getBoundingClientRect().right > innerWidth + 2 &&"
        " !e.closest('svg, .nnd-strip, .nnd-tabs, .nnv-stage, .nnvc-strip, .st-key-ways'))"
        ".map((e) => e.className.toString()).slice(0, 5)"
    )
    assert wide == []
    page.locator(".st-key-ways").get_by_role("link", name="Guide").click()
    expect(page.get_by_role("heading", name="Guide", exact=True)).to_be_visible()


def test_settings_behind_the_switch_stay_open_until_they_are_closed(visit: Visit) -> None:
    play = visit(more="off")
    expect(play.page.get_by_role("combobox", name="Optimiser")).to_have_count(0)
    expect(play.page.locator(".nnv-dice")).to_be_hidden()
    play.page.get_by_role("button", name="More settings").click()
    expect(play.page.get_by_role("combobox", name="Optimiser")).to_be_visible()
    expect(play.page.locator(".nnv-dice")).to_be_visible()
    expect(play.page).to_have_url(re.compile("more=on"))
    play.page.get_by_label("one neuron more in hidden layer 1").click()  # the browser's word must not close them
    expect(play.page).to_have_url(re.compile("layers="))
    expect(play.page.get_by_role("combobox", name="Optimiser")).to_be_visible()
    play.page.get_by_role("link", name="Guide").click()
    expect(play.page.get_by_role("heading", name="Guide", exact=True)).to_be_visible()
    play.page.get_by_role("link", name="Playground").first.click()
    expect(play.page.get_by_role("combobox", name="Optimiser")).to_be_visible()
    play.page.reload()
    expect(play.page.get_by_role("combobox", name="Optimiser")).to_be_visible()
