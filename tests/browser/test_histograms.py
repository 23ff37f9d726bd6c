"""Histograms of outputs, weights and sums, live below the playground's network and in a tab of Digits."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import numpy as np
from playwright.sync_api import Page, expect

from nnviz.analysis.distributions import distributions
from nnviz.data import load
from nnviz.models.weights import flat_to_weights, initial_weights
from nnviz.spec import RunSpec
from tests.browser.conftest import NewPage, Playground, newest_frame
from tests.serving import Server

ROOT = ".nnh"
DRAWN = """(name) => JSON.stringify(document.querySelector(`.nnh-${name}`).data.map(({ name: said, y }) =>
  [said, Array.from(y)]))"""


def drawn(page: Page, name: str) -> dict[str, list[float]]:
    """Curve → its heights, of the last with that name."""
    return dict(json.loads(page.evaluate(DRAWN, name)))


def shown(page: Page, step: int) -> None:
    """The histograms of this step are on the screen."""
    expect(page.locator(ROOT)).to_have_attribute("data-step", str(step))
    expect(page.locator(ROOT)).to_have_attribute("data-charts", "true")


def test_of_a_network_from_scratch_they_are_there_and_follow_the_training(visit: Any) -> None:
    play: Playground = visit(family="scratch", data="xor", layers="4", outputs="per_class")
    page = play.page
    shown(page, 0)
    before = drawn(page, "outputs")
    play.train()
    play.until("d.status === 'running' && Number(d.step) > 200")
    play.press(" ")
    play.status("paused")
    frame = newest_frame(play)
    shown(page, frame.step)
    spec = RunSpec.model_validate({
        "data": {"name": "xor"}, "model": {"family": "scratch", "layers": [{"units": 4}], "outputs": "per_class"}
    })  # fmt: skip
    now = flat_to_weights(spec, frame.arrays["weights"])
    expected = distributions(spec, load(spec.data), initial_weights(spec), now, frame.step, frame.epoch)
    found = drawn(page, "outputs")
    np.testing.assert_allclose(found["1, now"], expected.arrays["outputs"][1, 1])
    np.testing.assert_allclose(found["1, before"], before["1, now"])
    np.testing.assert_allclose(drawn(page, "weights")["now"], expected.arrays["weights"][0], rtol=1e-5)
    page.get_by_label("which layer").select_option("output layer")
    expect(page.locator(f"{ROOT} .nnh-words").nth(2)).to_contain_text("N = 4 products")
    np.testing.assert_allclose(drawn(page, "sums")["now"], expected.arrays["sums"][1], rtol=1e-5)
    expect(page.locator(f"{ROOT} math").first).to_be_visible()
    page.get_by_text("The code that trains").click()
    expect(page.get_by_text("class DensePass")).to_be_visible()
    fold = page.locator(".nnv-histograms > summary")
    fold.focus()
    fold.press("Enter")
    expect(page.locator(ROOT)).to_be_hidden()


def test_in_digits_they_are_a_tab_which_a_network_from_scratch_opens_with(server: Server, new_page: NewPage) -> None:
    page = new_page(390, 844)
    query = {"family": "scratch", "data": "digits", "train": "200", "activation": "sigmoid", "output": "sigmoid",
             "loss": "half_squared_error", "initializer": "scaled_normal"}  # fmt: skip
    page.goto(f"{server.url}/digits?{urlencode(query)}")
    shown(page, 0)
    expect(page.locator("#nn-tab-histograms")).to_have_attribute("aria-selected", "true")
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label("which output").select_option(label="output 4: 3")
    page.wait_for_function("() => document.querySelector('.nnh-outputs').data.length === 20")
    assert sum(drawn(page, "outputs")["3, now"]) == int((load(_of(query)).labels("train")[:200] == 3).sum())
    expect(page.locator(f"{ROOT} .nnh-words").nth(1)).to_contain_text("N(0, 1) / √64 has σ = 0.125")
    page.locator(".nnv-play").click()
    page.wait_for_function("() => Number(document.querySelector('.nnh').dataset.step) > 20")
    page.locator("#nn-tab-overview").click()
    expect(page.locator(ROOT)).to_be_hidden()


def _of(query: dict[str, str]) -> Any:
    return RunSpec.model_validate({"data": {"name": "digits", "train": int(query["train"])}}).data
