"""A click on the map puts a sample there, a click on it takes it away; the data are the visitor's own then."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import Playground
from tests.browser.test_pointing import hover_texts

COUNT = "() => document.querySelector('.nnv-points').data.reduce((n, t) => n + t.x.length, 0)"


def test_samples_are_drawn_and_taken_away(visit: Callable[..., Playground]) -> None:
    play = visit()
    box: Any = play.page.locator(".nnv-points").bounding_box()
    at = {"x": box["width"] * 0.62, "y": box["height"] * 0.06}  # a corner that the circle leaves empty
    before = play.page.evaluate(COUNT)
    play.page.locator(".nnv-points").click(position=at)
    assert play.page.evaluate(COUNT) == before  # unless asked, a click only looks
    play.page.get_by_label("what a click on the map does").select_option(label="click: class 1")
    play.page.locator(".nnv-points").click(position=at)
    play.page.wait_for_function(f"(n) => ({COUNT})() === n", arg=before + 1)
    expect(play.page).to_have_url(re.compile("data=table"))
    expect(play.page.get_by_role("combobox", name="Data")).to_have_value("Own table")
    where: Any = play.page.evaluate(
        """() => { const g = document.querySelector('.nnv-points'), { xaxis: x, yaxis: y, _size: s } = g._fullLayout;
          const t = g.data[1], i = t.x.length - 1;
          return { x: s.l + x.d2p(t.x[i]), y: s.t + y.d2p(t.y[i]) }; }"""
    )
    assert "training sample" in " ".join(hover_texts(play.page, box["x"] + where["x"], box["y"] + where["y"]))
    play.page.locator(".nnv-points").click(position=where)
    play.page.wait_for_function(f"(n) => ({COUNT})() === n", arg=before)
