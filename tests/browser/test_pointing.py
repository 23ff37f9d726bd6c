"""What is told under the pointer: of one sample, by tooltip and card alike, and in digits that can be read."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
from playwright.sync_api import Page, TimeoutError, expect

from nnviz.data import load
from nnviz.models import forward, initial_weights
from nnviz.spec import RunSpec
from tests.browser.conftest import Playground

Visit = Callable[..., Playground]
SAMPLES = """
() => {
  const top = document.querySelector('.nnv-points'), box = top.getBoundingClientRect();
  const { xaxis, yaxis, _size } = top._fullLayout;
  return top.data.flatMap((t) => Array.from(t.x, (x, i) => [
    box.left + _size.l + xaxis.d2p(x), box.top + _size.t + yaxis.d2p(t.y[i]), x, t.y[i]]));
}
"""


POINT = """
() => {
  const { data, _fullLayout } = document.querySelector(".nnv-curves"), { x } = data[0];
  return _fullLayout._size.l + _fullLayout.xaxis.d2p(x[Math.floor(0.6 * x.length)]);
}
"""
"""Where a point of the curves stands: between two that are far apart there is nothing to tell."""


def hover_texts(page: Page, x: float, y: float) -> list[str]:
    """What Plotly tells beside a place of the page. The pointer is moved again where a newer picture has ended that."""
    texts = page.locator(".nnv .hoverlayer text")
    for move in range(40):
        page.mouse.move(x + move % 2, y)
        try:
            texts.first.wait_for(state="attached", timeout=500)
        except TimeoutError:
            continue
        return texts.all_text_contents()
    raise AssertionError("no hover text")


def test_tooltip_and_card_speak_of_the_same_sample(visit: Visit) -> None:
    play = visit()
    x, y, x1, x2 = play.page.evaluate(SAMPLES)[1]
    told = " ".join(hover_texts(play.page, x + 3, y - 3))  # beside it, as a hand does
    card = play.page.locator(".nnv-card")
    at = f"{x1:.2f}, {x2:.2f}".replace("-", "−")
    expect(card).to_contain_text(f"Training sample at ({at})")
    assert f"x₁ {x1:.2f}, x₂ {x2:.2f}".replace("-", "−") in told
    spec = RunSpec()
    said = forward(spec, initial_weights(spec), load(spec.data).features(np.array([[x1, x2]])))[-1]
    expect(card).to_contain_text(f"output {said[0, 0]:.3f}".replace("-", "−"))
    expect(card).to_contain_text("in truth class")
    box = play.page.locator(".nnv-points").bounding_box()
    assert box is not None
    play.page.mouse.move(box["x"] + box["width"] - 8, box["y"] + 6)  # a corner without samples
    expect(card).to_contain_text("Point at (")


def test_times_are_told_with_two_decimals(visit: Visit) -> None:
    play = visit(axis="seconds")
    play.train()
    play.until("Number(d.step) > 500")
    play.train()
    play.status("paused")
    curves = play.page.locator(".nnv-curves")
    for axis, pattern in (("seconds", r"[\d,]+(\.\d\d?)?"), ("epoch", r"[\d,]+(\.\d\d?)?"), ("step", r"[\d,]+")):
        play.page.get_by_label("horizontal axis").select_option(axis)
        expect(curves.locator(".xtitle")).to_contain_text({"seconds": "time", "epoch": "epoch", "step": "step"}[axis])
        box = curves.bounding_box()
        assert box is not None
        x, y = box["x"] + play.page.evaluate(POINT), box["y"] + 0.5 * box["height"]
        assert re.fullmatch(pattern, hover_texts(play.page, x, y)[0])
        play.page.mouse.move(0, 0)
        expect(curves.locator(".hoverlayer text")).to_have_count(0)
