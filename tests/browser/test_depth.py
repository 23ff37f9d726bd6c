"""The Depth room as a visitor has it: move a weight, choose a preset, watch a slow start, share the link."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from nnviz.depth.chain import Chain, answer
from nnviz.depth.softmax import Logits
from nnviz.depth.softmax import answer as softmax_answer
from tests.browser.conftest import NewPage
from tests.serving import Server

Open = Callable[..., Page]


@pytest.fixture
def depth(server: Server, new_page: NewPage) -> Open:
    def open_page(**query: str) -> Page:
        page = new_page(1280)
        page.goto(f"{server.url}/depth?{urlencode(query)}")
        page.locator(".nne .main-svg:visible").first.wait_for()
        return page

    return open_page


def test_a_weight_is_moved_and_the_product_follows(depth: Open) -> None:
    page = depth()
    chain = page.locator(".nne-chain")
    expect(chain).to_have_attribute("data-state", "vanishing")
    first = float(chain.get_attribute("data-ratio") or "nan")
    assert first == pytest.approx(answer(Chain())["ratio"])
    slider = page.get_by_label("w₂", exact=True)
    slider.focus()
    slider.press("ArrowLeft")
    now = answer(Chain(w=(0.9, -0.75, 1.0, 0.8)))
    expect(chain).to_have_attribute("data-ratio", re.compile(f"^{now['ratio']:.12f}"[:12]))
    expect(page).to_have_url(re.compile("w=0.9"))
    page.get_by_role("button", name="Exploding").click()
    expect(chain).to_have_attribute("data-state", "exploding")
    expect(page.locator(".nne-chain .nne-verdict")).to_contain_text("Exploding: ∂L/∂b₁ is 15.6 of ∂L/∂b₄")
    page.locator("h3").first.click()
    page.keyboard.press("3")
    expect(page.locator(".nne-factors tr[data-lit='1'] th")).to_have_text("∂L/∂b₃")
    page.locator(".nne-chain summary").click()
    expect(page.locator(".nne-chain pre").nth(1)).to_contain_text("def bias_gradients")


def test_a_softmax_follows_its_sliders(depth: Open) -> None:
    page = depth(tab="softmax", z="2,1,-1", right="2")
    softmax = page.locator(".nne-softmax")
    expect(softmax.locator(".nne-table tbody tr").nth(1).locator("td").nth(2)).to_have_text("−0.7405")
    slider = page.get_by_label("z₁", exact=True)
    slider.focus()
    slider.press("ArrowRight")
    expect(page).to_have_url(re.compile("z=2.1"))
    found = softmax_answer(Logits(z=(2.1, 1, -1), target=1))["gradient"]
    expect(softmax).to_have_attribute("data-gradient", re.compile(f"^{found[0]:.10f}"))
    softmax.locator(".nne-verdict").click()
    page.keyboard.press("3")
    expect(softmax.locator(".nne-verdict")).to_contain_text("Class 3 is right")
    softmax.get_by_role("button", name="+ class").click()
    expect(softmax.locator(".nne-table tbody tr")).to_have_count(4)


def test_linear_layers_are_one_until_something_stands_between(depth: Open) -> None:
    page = depth(tab="linear")
    linear = page.locator(".nne-linear")
    expect(linear).to_have_attribute("data-same", "true")
    layers = page.get_by_label("layers", exact=True)
    layers.focus()
    layers.press("End")
    expect(linear).to_have_attribute("data-layers", "6")
    expect(linear.locator(".nne-matrix")).to_have_count(7)
    expect(page).to_have_url(re.compile("stack=6"))
    page.get_by_label("function between the layers").select_option("tanh")
    expect(linear).to_have_attribute("data-same", "false")


def test_a_slow_start_plays_and_is_gone_through(depth: Open) -> None:
    page = depth(tab="slow")
    slow = page.locator(".nne-slow")
    expect(slow.locator(".nne-verdict")).to_contain_text("MSE from 2, 3, 4, 5: loss 0.999 at the start is halved after")
    slow.locator(".nne-verdict").click()  # the keys are the room's, wherever the focus was
    page.keyboard.press("End")
    expect(slow).to_have_attribute("data-at", "1000")
    page.keyboard.press("ArrowLeft")
    expect(slow).to_have_attribute("data-at", "999")
    page.keyboard.press("Home")
    expect(slow).to_have_attribute("data-at", "0")
    row = page.locator(".nne-slow .nne-table tbody tr").first
    expect(row.locator("td").nth(2)).to_have_text(re.compile("10⁻⁴"))  # σ′(z₂)
    page.get_by_role("button", name="2, 3, 4, 5 against other values").click()
    expect(slow.locator(".nne-verdict p").nth(1)).to_contain_text("MSE from 0.5, 0.2, -0.3, 0.1")
    expect(page).to_have_url(re.compile(r"networks=.*run="))


def test_deep_networks_train_and_each_tab_keeps_its_run(depth: Open) -> None:
    page = depth(tab="deep", networks="10x16:sigmoid:glorot_uniform,10x16:relu:he_normal", epochs="2")
    deep = page.locator(".nne-deep")
    expect(page.locator(".nne")).to_have_attribute("data-status", "finished")
    expect(deep).to_have_attribute("data-states", "vanishing healthy")
    expect(page.locator(".nne-verdicts li").first).to_contain_text("below 1/64. ")
    page.locator(".nne-verdicts").click()  # the keys are the room's, wherever the focus was
    page.keyboard.press("Home")
    expect(deep).to_have_attribute("data-at", "0")
    expect(deep.locator(".nne-count")).to_have_text("epoch 0.0 of 2")
    deep.get_by_label("what is drawn").select_option("activation")
    expect(page).to_have_url(re.compile("what=activation.*run="))
    run = page.locator(".nne").get_attribute("data-run") or ""
    recorded = depth(networks="10x16:sigmoid:glorot_uniform,10x16:relu:he_normal", epochs="2", run=run)
    expect(recorded.locator(".nne-deep")).to_have_attribute("data-states", "vanishing healthy")
    page.get_by_role("tab", name="A deep network").press("ArrowLeft")
    expect(page.locator(".nne-slow .nne-verdict")).to_contain_text("MSE from 2, 3, 4, 5")
    expect(page).to_have_url(re.compile("job=slow_start.*run="))
    page.get_by_role("tab", name="A deep network").click()
    expect(page.locator(".nne")).to_have_attribute("data-run", run)
    expect(deep).to_have_attribute("data-states", "vanishing healthy")
    deep.get_by_role("button", name="Initialiser").click()
    expect(deep.locator(".nne-network")).to_have_count(4)
    deep.get_by_role("button", name="Train").click()
    expect(page.locator(".nne-verdicts li")).to_have_count(4)
