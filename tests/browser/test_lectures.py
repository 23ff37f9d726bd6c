"""The Lectures room in a browser: guess, run, the verdict beside the guess, and on into its room; by keyboard."""

from __future__ import annotations

import json
import re

from playwright.sync_api import expect

from tests.browser.conftest import NewPage
from tests.serving import Server


def test_an_experiment_is_guessed_run_and_judged(server: Server, new_page: NewPage) -> None:
    page = new_page()
    page.goto(f"{server.url}/lectures")
    room = page.locator(".nnl")
    expect(room).to_have_attribute("data-recipe", "B16")

    # By keyboard along the list; the link keeps what is chosen.
    page.locator("[data-recipe=B16][aria-current]").focus()
    page.keyboard.press("Home")
    row = page.locator("button[data-recipe=E1]")
    row.focus()
    page.keyboard.press("Enter")
    expect(room).to_have_attribute("data-recipe", "E1")
    expect(page).to_have_url(re.compile("recipe=E1"))
    run = room.locator(".nnv-play")
    expect(run).to_be_disabled()
    guess = page.get_by_label(re.compile("^your guess as a number"))
    guess.fill("7")
    guess.press("Enter")
    expect(room).to_have_attribute("data-guess", "7")
    expect(run).to_be_enabled()
    run.focus()
    page.keyboard.press("Enter")
    expect(room).to_have_attribute("data-verdict", "reproduced")
    expect(room).to_have_attribute("data-lines", "7")
    expect(room.locator(".nnl-came")).to_have_text("✓ reproduced")
    expect(room.locator(".nnl-said")).to_have_text(re.compile(r"You said 7, it was \d+"))
    expect(row).to_have_attribute("data-verdict", "reproduced")
    expect(room.locator(".nnl-claims tbody tr")).to_have_count(8)

    # Guess and result are there again after a reload; on a phone nothing is wider than the window.
    expect(page).to_have_url(re.compile("group="))
    page.reload()
    expect(room).to_have_attribute("data-verdict", "reproduced")
    expect(guess).to_have_value("7")
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("() => document.documentElement.scrollWidth <= 390")
    page.set_viewport_size({"width": 1440, "height": 900})
    room.locator(".nnl-away").click()
    expect(page).to_have_url(re.compile("/neuron"))


def test_a_curve_is_guessed_by_keys_and_by_hand(server: Server, new_page: NewPage) -> None:
    page = new_page()
    page.goto(f"{server.url}/lectures?recipe=B2")
    room, plot = page.locator(".nnl"), page.locator(".nnl-plot")
    expect(room).to_have_attribute("data-drawn", "1")
    expect(room).to_have_attribute("data-lines", "0")  # what was recorded would give the answer away
    plot.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    expect(room).to_have_attribute("data-guess", re.compile("x"))
    ys = json.loads(room.get_attribute("data-guess") or "")["y"]
    assert ys[0] < ys[1] == ys[-1]
    expect(plot).to_have_attribute("aria-valuetext", re.compile("At epoch"))
    box = plot.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.7 * box["height"], steps=4)
    page.mouse.up()
    page.wait_for_function(
        """(before) => {
          const { y } = JSON.parse(document.querySelector('.nnl').dataset.guess);
          return y[10] > before && y[15] < before;
        }""",
        arg=ys[1],
    )


def test_a_link_to_runs_that_are_gone_says_so(server: Server, new_page: NewPage) -> None:
    page = new_page()
    page.goto(f"{server.url}/lectures?recipe=E1&group={'A' * 22}")
    room = page.locator(".nnl")
    expect(room.locator(".nnv-note")).to_contain_text("or is the link another server's?")
    expect(page).not_to_have_url(re.compile("group="))
    expect(room).to_have_attribute("data-recipe", "E1")
    expect(room.locator(".nnv-note")).to_be_visible()
