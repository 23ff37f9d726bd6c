"""The backpropagation room as a visitor has it: step forth and back, click a number, drag a weight, take the update."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from nnviz.backprop.learning import learn
from nnviz.backprop.spec import BackpropSpec
from nnviz.backprop.trace import trace
from nnviz.backprop.worked import PRINTED
from tests.browser.conftest import NewPage
from tests.serving import Server

Open = Callable[..., Page]
ALL = len(trace(BackpropSpec()).operations)


@pytest.fixture
def room(server: Server, new_page: NewPage) -> Open:
    """`room(layers="2,2,1")` opens the room as a new visitor."""

    def open_page(width: int = 1280, **query: str) -> Page:
        page = new_page(width)
        page.goto(f"{server.url}/backpropagation?{urlencode(query)}")
        page.locator(".nnb-panel[data-told]").wait_for()
        return page

    return open_page


def said(page: Page, name: str) -> str:
    return page.locator(".nnb").get_attribute(f"data-{name}") or ""


def card(page: Page, number: str) -> str:
    """What the graph writes of a number."""
    return page.locator(f".nnb-graph [data-id='{number}'] span").inner_text()


def test_the_lectures_digits_stand_there_at_once_and_are_computed_one_by_one(room: Open) -> None:
    page = room()
    assert (card(page, "d3.1"), card(page, "d2.1"), card(page, "a1.2")) == ("−0.927", "−0.347", "0.76")
    expect(page.locator(".nnb-printed tbody tr")).to_have_count(len(PRINTED))
    root = page.locator(".nnb")
    page.keyboard.press("Home")
    expect(root).to_have_attribute("data-at", "0")
    assert card(page, "z1.1") == "·"
    page.keyboard.press("ArrowRight")
    expect(page.locator(".nnb-panel")).to_have_attribute("data-told", "z1.1")
    assert card(page, "z1.1") == "0.70"
    expect(page.locator(".nnb-formula")).to_contain_text("0.1+0.3·2=0.7")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(root).to_have_attribute("data-phase", "loss")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(root).to_have_attribute("data-number", "z3.1")
    expect(page).to_have_url(re.compile("step=7"))
    page.keyboard.press("End")
    expect(root).to_have_attribute("data-at", str(ALL))
    page.keyboard.press("ArrowRight")  # past the end: the update is made
    expect(root).to_have_attribute("data-updates", "1")
    expect(root).to_have_attribute("data-at", "1")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")  # and back
    expect(root).to_have_attribute("data-updates", "0")
    expect(root).to_have_attribute("data-at", str(ALL))


def test_a_number_is_clicked_and_tells_its_formula_and_where_it_goes(room: Open) -> None:
    page = room()
    page.locator(".nnb-graph [data-id='z2.1']").click()
    panel = page.locator(".nnb-panel")
    expect(panel).to_have_attribute("data-told", "z2.1")
    expect(panel.locator("h3")).to_have_text("The sum of neuron 1 of layer 2")
    chips = panel.locator(".nnb-chip")
    ids = [one.get_attribute("data-id") for one in chips.all()]
    assert ids == ["b2.1", "w2.1.1", "a1.1", "w2.1.2", "a1.2", "a2.1", "f2.1"]
    chips.last.click()
    expect(panel).to_have_attribute("data-told", "f2.1")
    panel.get_by_role("button", name="Go to its step").click()
    expect(page.locator(".nnb")).to_have_attribute("data-phase", "back")
    page.get_by_label("jump to a neuron").select_option(label="forward: layer 1, neuron 2")
    expect(page.locator(".nnb")).to_have_attribute("data-number", "z1.2")


def test_a_weight_is_dragged_and_typed_and_the_update_goes_on_from_there(room: Open) -> None:
    page = room()
    root = page.locator(".nnb")
    weight = page.locator(".nnb-label [data-id='w3.1.1']")
    box = weight.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 10, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 8, steps=5)
    expect(root).to_have_attribute("data-weights", "0.1,0.3,0.2,0.4,0.2,1,-3,1,3")
    page.mouse.up()
    expect(page).to_have_url(re.compile("weights="))
    moved = BackpropSpec(weights=(0.1, 0.3, 0.2, 0.4, 0.2, 1, -3, 1, 3))
    said_of = f"{trace(moved).values['d2.1']:.3f}".replace("-", "−")
    expect(page.locator(".nnb-graph [data-id='d2.1'] span")).to_have_text(said_of)
    page.locator(".nnb-graph [data-id='a0.1']").click()
    field = page.get_by_label("value, as a number")
    expect(page.locator(".nnb-panel")).to_have_attribute("data-told", "a0.1")
    field.fill("-1.5")
    field.press("Enter")
    expect(page).to_have_url(re.compile("inputs=-1.5"))
    page.locator(".nnb-update").click()
    expect(root).to_have_attribute("data-updates", "1")
    after = learn(moved.model_copy(update={"inputs": (-1.5,), "updates": 1}))
    assert [float(v) for v in said(page, "weights").split(",")] == pytest.approx(after.weights.tolist())
    field = page.get_by_label("learning rate")
    field.fill("99")
    field.press("Enter")
    expect(page.get_by_text("Not changed: learning_rate")).to_be_visible()


def test_layers_grow_and_it_plays_on_a_phone(room: Open) -> None:
    page = room(390, layers="2,2,1", activations="sigmoid", pace="12", step="0")
    page.get_by_label("Layer 1: one more").click()
    page.locator(".nnb-graph [data-id='z1.3']").wait_for()
    page.get_by_label("loss", exact=True).select_option("binary_crossentropy")
    expect(page.locator(".nnb-graph [data-id='e2.1']")).to_have_count(0)  # δ comes of o − t at once
    page.locator(".nnb-play").click()
    page.wait_for_function(
        "() => { const { at, length } = document.querySelector('.nnb').dataset; return at === length; }"
    )
    expect(page.locator(".nnb-play")).to_have_text("Play")
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_the_chain_rule_is_the_tapes_and_sympys_number(server: Server, new_page: NewPage) -> None:
    page = new_page(1280)
    page.goto(f"{server.url}/backpropagation?tab=chain&number=w1.2.1")
    expect(page.locator(".nnb-chain")).to_have_attribute("data-weight", "w1.2.1")
    page.locator(".nnb-tape").click()
    chain = page.locator(".nnb-chain")
    expect(chain).to_have_attribute("data-taped", re.compile("0.875"))
    rows = [row.split("\t")[1] for row in page.locator(".nnb-means tr").all_inner_texts()]
    assert [float(row) for row in rows] == pytest.approx([0.875039825] * 4, abs=2e-9)
    page.get_by_label("the weight to derive by").select_option("b1.1")
    expect(chain).to_have_attribute("data-weight", "b1.1")
    expect(chain).to_have_attribute("data-taped", re.compile("-0.22"))  # the tape has all of them
    page.get_by_role("tab", name="Chain rule").press("ArrowRight")
    expect(page.locator(".nnb-racers tbody tr")).to_have_count(3)
    expect(page.locator(".nnb-racers")).to_contain_text("2·9 ways forward")
    page.locator(".nnb-naive .main-svg").first.wait_for()
    page.get_by_role("tab", name="The learning loop").click()
    page.locator(".nnb-turn").click()
    expect(page.locator(".nnb")).to_have_attribute("data-updates", "1")
    expect(page.locator(".nnb-arrow[data-place=weights]")).to_contain_text("update 2")
    run = page.locator(".nnb-run")
    run.click()
    expect(page.locator(".nnb")).to_have_attribute("data-updates", re.compile(r"^([4-9]|\d\d+)$"))
    run.click()
    expect(run).to_have_text("Run the loop")
    expect(page.locator(".nnb")).to_have_attribute("data-status", "idle")  # what the tape said was of other weights
