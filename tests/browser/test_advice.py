"""A run that learns nothing says why, and the button beside it trains with what is offered."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Playground


def test_the_remedy_is_one_click_away(visit: Callable[..., Playground]) -> None:
    play = visit(activation="relu", learning_rate="10", speed="20epochs")
    note = play.page.locator(".nnv-note")
    play.train()
    expect(note).to_contain_text("The loss stays at 1.000")
    expect(note).to_have_attribute("data-kind", "advice")
    expect(note).to_have_attribute("role", "status")
    ill = play.run
    note.get_by_role("button", name="Try learning rate 1", exact=True).click()
    expect(note).to_be_hidden()
    play.until("d.run && d.run !== x && Number(d.step) > 0", ill)
    expect(play.page).to_have_url(re.compile(r"learning_rate=1\.0(&|$)"))  # Streamlit writes it in its own time


def test_one_colour_has_one_meaning(visit: Callable[..., Playground]) -> None:
    """Two swatches of a colour with two names made the reader ask which of them counts."""
    legend = visit().page.locator(".nnv-legend")
    expect(legend.locator("span")).to_have_text(["class 0, negative", "class 1, positive"])
    legend = visit(data="blobs", classes="4").page.locator(".nnv-legend")
    colours = legend.locator("i").evaluate_all("(all) => all.map((i) => getComputedStyle(i).backgroundColor)")
    assert len(colours) == len(set(colours)) == 4


def test_advice_that_was_closed_does_not_come_back(visit: Callable[..., Playground]) -> None:
    play = visit(activation="linear", speed="20epochs")
    note = play.page.locator(".nnv-note")
    play.train()
    expect(note).to_contain_text("one straight line")
    note.get_by_role("button", name="close message").click()
    expect(note).to_be_hidden()
    step = play.step
    play.until("Number(d.step) > 2 * x", step)
    assert "straight line" not in note.inner_text()
