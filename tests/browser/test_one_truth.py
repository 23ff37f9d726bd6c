"""What stands on the screen together is of one step, says which, and agrees; no share is rounded to what it is not."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import NewPage, Playground
from tests.browser.digits_page import ALBUM, Digits, Visit, visits
from tests.serving import Server

CONV = {
    "data": "mnist", "train": 2000, "test": 10_000, "layers": "8@5:relu,max2", "optimizer": "adam", "epochs": 100_000,
}  # fmt: skip
SEEN = """
([many, tab]) => new Promise((resolve) => {
  const seen = [], text = (s) => document.querySelector(s)?.textContent ?? "";
  const look = () => {
    const curve = document.querySelector(".nnd-accuracyChart").data?.find((t) => t.name === "test");
    const now = {
      epoch: text(".nnv-out-epochs b"), tested: text(".nnv-out-tested b"), label: text(".nnv-out-tested span"),
      matrix: text(".nnd-confusion .nnd-hint"), scope: text(`.nnd-page-${tab} .nnd-scope`),
      mistakes: text(".nnd-count"),
      curve: curve ? [curve.x.at(-1), curve.y.at(-1)] : null,
    };
    if (now.tested !== seen.at(-1)?.tested || now.scope !== seen.at(-1)?.scope) seen.push(now);
    if (seen.length < many) requestAnimationFrame(look);
    else resolve(seen);
  };
  look();
})
"""


@pytest.fixture
def digits(server: Server, new_page: NewPage) -> Visit:
    return visits(server, new_page)


def percents(digits: Digits, shares: list[float], places: int = 1) -> list[str]:
    """As the page writes them."""
    script = """async ([shares, places]) => {
      const { percent } = await import("/nnviz-assets/js/kit/numbers.js");
      return shares.map((v) => percent(v, places)); }"""
    found: list[str] = digits.page.evaluate(script, [shares, places])
    return found


@pytest.mark.usefixtures("mnist")
@pytest.mark.parametrize("speed", ["full", "10steps"])
def test_bar_matrix_mistakes_and_curve_name_one_step_and_agree(digits: Visit, speed: str) -> None:
    page = digits(**CONV, speed=speed)
    page.train()
    curve = "document.querySelector('.nnd-accuracyChart').data"
    page.page.wait_for_function(f"() => {curve}?.some((t) => t.name === 'test')")  # its figure is asked for at first
    for now in page.page.evaluate(SEEN, [8, "overview"])[1:]:
        right, n = (int(v.replace(",", "")) for v in re.findall(r"^([\d,]+) of ([\d,]+) right", now["matrix"])[0])
        assert now["scope"] == f"{f'{n:,} of' if n < 10_000 else 'all'} 10,000 test digits, epoch {now['epoch']}"
        assert now["label"] == "test accuracy" + (f", {n:,} of 10,000" if n < 10_000 else "")
        assert now["tested"].startswith(percents(page, [right / n])[0] + " ")
        assert now["curve"][1] == pytest.approx(right / n, abs=1e-5)
        assert abs(now["curve"][0] - float(now["epoch"])) < 0.051
    page.tab("Mistakes")
    for now in page.page.evaluate(SEEN, [4, "mistakes"])[1:]:
        wrong, n = (
            int(v.replace(",", "")) for v in re.findall(r"([\d,]+) of ([\d,]+) test digits wrong", now["mistakes"])[0]
        )
        assert now["tested"].startswith(percents(page, [1 - wrong / n])[0] + " ")
        assert now["scope"].endswith(f"epoch {now['epoch']}")
    frame = page.pause()
    wrong = frame.meta["n"] - frame.meta["correct"]
    assert frame.meta["n"] == 10_000
    expect(page.count).to_have_text(f"{wrong:,} of 10,000 test digits wrong")
    expect(page.page.locator(".nnv-out-tested span")).to_have_text("test accuracy")


def test_no_share_is_rounded_to_all_or_nothing(digits: Visit) -> None:
    page = digits()
    shares = [0.9641, 1.0, 0.0, 0.9999, 59_999 / 60_000, 0.0004, 1 - 1e-9, 1e-9]
    assert percents(page, shares) == [
        "96.4 %", "100.0 %", "0.0 %", "99.99 %", "99.998 %", "0.04 %", "> 99.9999 %", "< 0.0001 %",
    ]  # fmt: skip
    assert percents(page, [0.99, 0.999, 1.0], 0) == ["99 %", "99.9 %", "100 %"]


def test_a_tile_whose_picture_comes_late_is_drawn_when_it_comes(digits: Visit) -> None:
    """Also where the run rests, and no new evaluation comes that would draw it."""
    held, late = list[Route](), True
    page = digits(epochs=1, test=450)
    page.train(1)
    page.status("finished")
    expect(page.page).to_have_url(re.compile("run="))
    page.page.route("**/nnviz/digits/sheet*", lambda route: held.append(route) if late else route.continue_())
    page.page.reload()
    page.tab("Mistakes")
    page.page.wait_for_function(f"() => ({ALBUM})('gallery')?.index.length > 0")
    clear = page.album()["source"]
    late = False  # also for what is asked from now on
    for route in held:
        route.continue_()
    page.page.wait_for_function(f"(x) => ({ALBUM})('gallery').source.length > 2 * x.length", arg=clear)


def test_an_edit_by_hand_changes_bar_and_curve(visit: Callable[..., Playground]) -> None:
    play = visit()
    play.train()
    play.until("Number(d.step) > 200")
    play.train()
    play.status("paused")

    def end(name: str) -> Any:
        return next(trace for trace in play.figure("curves")["data"] if trace["name"] == name)["y"][-1]

    before, p = end("training"), play.place(0, 0)
    play.page.mouse.click(p["x"] - p["size"] / 2 - 4, p["y"] + p["size"] / 2)
    field = play.page.get_by_label("bias of hidden layer 1, neuron 1")
    field.fill("9")
    field.press("Enter")
    play.page.wait_for_function(
        """(before) => {
           const y = document.querySelector('.nnv-curves').data.find((t) => t.name === 'training').y.at(-1);
           return y !== before && y.toFixed(3) === document.querySelector('.nnv-out-loss b').textContent; }""",
        arg=before,
    )
