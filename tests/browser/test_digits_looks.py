"""What an hour with the digits room showed: nothing jumps, nothing is unexplained, all of it can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.digits_page import Digits, Visit, visits
from tests.serving import Server

SMALL = {"data": "mnist", "train": 2000, "test": 1000, "layers": "20", "epochs": 100_000}
BOTTOM = "document.querySelector('.nnd-page-overview').getBoundingClientRect().bottom"
LISTENERS = """
window.ours = new Map();
for (const [name, by] of [["addEventListener", 1], ["removeEventListener", -1]]) {
  const real = document[name];
  document[name] = function (kind, f, ...rest) {
    const key = by > 0 && new Error().stack.includes("/nnviz-assets/") ? f : window.ours.has(f) ? f : null;
    if (key) window.ours.set(key, Math.max(0, (window.ours.get(key) ?? 0) + by));
    return real.call(this, kind, f, ...rest);
  };
}
"""
"""How often our scripts listen to the whole document."""


@pytest.fixture
def visit(server: Server, chromium: Browser) -> Iterator[Visit]:
    yield from visits(server, chromium)


def top(digits: Digits, what: str) -> float:
    box = digits.page.locator(what).bounding_box()
    assert box
    return box["y"]


SIZE = "(e) => parseFloat(getComputedStyle(e).fontSize)"


def size(page: Page, what: str) -> float:
    return float(page.locator(what).first.evaluate(SIZE))


def test_a_message_moves_nothing(visit: Visit) -> None:
    digits = visit(epochs=3)
    expect(digits.page.locator(".nnc-row")).to_be_visible()
    before = {what: top(digits, what) for what in (".nnc-row", ".nnd-tabs", ".nnd-panel-strip")}
    digits.page.locator(".nnv-play").click()
    note = digits.page.locator(".nnv-note")
    expect(note).to_contain_text("All 3 epochs are done.")
    assert {what: top(digits, what) for what in before} == before
    last, box = digits.page.get_by_role("tab").last.bounding_box(), note.bounding_box()
    assert last
    assert box
    assert box["x"] > last["x"] + last["width"]
    assert box["x"] + box["width"] <= 1280
    note.get_by_label("close message").click()
    assert {what: top(digits, what) for what in before} == before


def test_on_a_phone_a_message_lies_at_the_lower_edge(visit: Visit) -> None:
    digits = visit(width=390, height=844, epochs=3)
    digits.page.locator(".nnv-play").click()
    note = digits.page.locator(".nnv-note")
    expect(note).to_contain_text("All 3 epochs are done.")
    box = note.bounding_box()
    assert box
    assert 760 < box["y"] < box["y"] + box["height"] <= 844


def test_a_page_made_lower_is_on_one_screen_again(visit: Visit) -> None:
    digits = visit(height=1100, speed="epoch", epochs=100_000)
    digits.train(300)
    digits.page.wait_for_function("() => document.querySelector('.nnd-lossChart').data?.length")
    digits.page.set_viewport_size({"width": 1280, "height": 800})
    digits.page.wait_for_function(f"{BOTTOM} <= 800")
    digits.page.wait_for_function(
        "(e) => e.scrollHeight === e.clientHeight", arg=digits.page.get_by_test_id("stMain").element_handle()
    )


@pytest.mark.usefixtures("mnist")
def test_the_film_moves_nothing_and_a_run_can_go_on_from_it(visit: Visit) -> None:
    digits = visit(**SMALL)
    digits.train(10_000)
    digits.pause()
    before = top(digits, ".nnd-tabs")
    film = digits.page.get_by_label("film: go back through the training")
    expect(film).to_be_visible()
    film.evaluate("(f) => { f.focus(); f.value = 2; f.dispatchEvent(new Event('input')); }")
    digits.until("d.film !== '' && d.step === d.film")
    expect(digits.page.locator(".nnv-status")).to_have_text(re.compile(r"^film: epoch \d+(\.\d\d?)?$"))
    assert top(digits, ".nnd-tabs") == before
    box = digits.page.locator(".nnv-status").bounding_box()
    assert box
    assert box["height"] < 20
    run, step = digits.said("run"), digits.step
    digits.page.get_by_role("button", name="Train from here").click()
    digits.until("d.run && d.run !== x && d.source === 'live' && d.status === 'running'", run)
    expect(film).to_have_attribute("aria-valuetext", "now")
    digits.until("Number(d.step) > x", step)


@pytest.mark.usefixtures("mnist")
def test_the_gallery_fills_the_screen_and_no_more(visit: Visit) -> None:
    digits = visit(width=1440, height=900, **{**SMALL, "tab": "mistakes"})
    digits.train(10)
    digits.pause()
    digits.page.wait_for_function(
        "() => document.querySelectorAll('.nnd-gallery .nnd-tile:not([hidden])').length === 60"
    )
    picture, last = digits.tiles.first.locator("canvas").bounding_box(), digits.tiles.last.bounding_box()
    assert picture
    assert last
    assert picture["width"] > 62
    assert 780 < last["y"] + last["height"] <= 900
    for select, option in (("true class", "3"), ("predicted class", "5")):
        digits.page.get_by_label(select).select_option(option)
    expect(digits.count).to_contain_text("such mistakes")
    few = digits.tiles.first.locator("canvas").bounding_box()
    assert digits.tiles.count() == 0 or (few and few["width"] >= picture["width"])


def test_names_of_classes_are_not_cut_off_on_a_tile(visit: Visit) -> None:
    digits = visit()
    told = digits.page.evaluate(
        """async () => {
          const { Tiles } = await import("/nnviz-assets/js/tile_row.js");
          const tiles = new Tiles(() => {}, "here"), data = { draw: () => true }, names = ["T-shirt", "Ankle boot"];
          document.querySelector(".nnd-strip").append(tiles.root);
          document.querySelector(".nnd").dataset.named = "1";
          tiles.draw([{ index: 3, truth: 0, predicted: 1, sure: 0.87 }], { data, names, key: "k" });
          const said = [...tiles.root.querySelectorAll("i, b, small")];
          return said.map((e) => [e.textContent, e.scrollWidth <= e.clientWidth]);
        }"""
    )
    assert told == [["T-shirt", True], ["Ankle boot", True], ["87 %", True]]
    expect(digits.page.locator(".nnd-key")).to_have_text("true → taken for, how sure")


@pytest.mark.parametrize("shape", [(128, 10), (10, 128), (43, 7), (28, 64), (5, 5), (1, 128), (128, 1)])
def test_a_narrow_matrix_is_cut_into_blocks_that_hold_every_weight(visit: Visit, shape: tuple[int, int]) -> None:
    rows, columns = shape
    digits = visit()
    told = digits.page.evaluate(
        """async ([rows, columns]) => {
          const { pictures } = await import("/nnviz-assets/js/filters.js");
          const data = Uint8Array.from({ length: rows * columns }, (_, i) => (i * 7) % 256);
          const { n, h, w, codes, at, columns: across } = pictures({ data, shape: [rows, columns] }, 400, 440);
          const found = [];
          for (let i = 0; i < n; i++) for (let v = 0; v < h; v++) for (let u = 0; u < w; u++) {
            const spot = at(i, v, u);
            if (spot) found.push([...spot, codes[(i * h + v) * w + u]]);
          }
          return { n, h, w, across, found };
        }""",
        [rows, columns],
    )
    found = np.array(told["found"])
    data = (np.arange(rows * columns) * 7 % 256).reshape(shape)
    order = np.lexsort((found[:, 1], found[:, 0]))
    np.testing.assert_array_equal(found[order, 2].reshape(shape), data)
    width, height = told["across"] * told["w"], -(-told["n"] // told["across"]) * told["h"]
    plain, cut = min(400 / columns, 440 / rows), min(400 / width, 440 / height)
    assert cut >= plain
    assert cut > 1.8 * plain or max(shape) < 6 * min(shape)


@pytest.mark.usefixtures("mnist")
def test_who_watches_cannot_change_the_network_by_accident(visit: Visit) -> None:
    owner = visit(**{**SMALL, "layers": "16@3,max2,20"})
    owner.train(10)
    other = visit(**owner.query)
    other.until("d.source === 'live'")
    units = other.page.get_by_label("neurons of layer 3")
    expect(units).to_be_disabled()
    expect(units).to_have_attribute("title", re.compile("belongs to somebody else.*↺ leaves it"))
    for button in ("add a layer in place 1", "remove layer 1, convolution"):
        expect(other.page.get_by_label(button)).to_be_disabled()
        expect(other.page.get_by_label(button)).to_have_attribute("title", re.compile("belongs to somebody else"))
    expect(other.page.locator(".nnv-play")).to_have_attribute("title", re.compile("belongs to somebody else"))
    expect(owner.page.get_by_label("neurons of layer 3")).to_be_enabled()
    other.page.locator(".nnv-reset").click()
    expect(units).to_be_enabled()
    owner.status("running")


EXPLAINED = """
() => [...document.querySelectorAll(".nnd :is(button, select, input):disabled")].filter((e) => e.checkVisibility())
  .map((e) => [e.getAttribute("aria-label") ?? e.textContent, e.title])
"""


@pytest.mark.parametrize("query", [{"layers": "30,20"}, {"family": "svm", "data": "digits"}])
def test_what_cannot_be_used_says_why(visit: Visit, query: dict[str, str]) -> None:
    digits = visit(**query)
    expect(digits.page.locator(".nnc-row")).to_be_visible()
    seen = set()
    rooms = {"Draw": ".nnl-draw", "Rotated": ".nnl-rotated", "Compare": ".nnl-compare"}
    for tab in ("Overview", "Inside", "Mistakes", *rooms):
        digits.tab(tab)
        expect(digits.page.locator(rooms.get(tab, f".nnd-page-{tab.lower()}"))).to_be_visible()
        for name, title in digits.page.evaluate(EXPLAINED):
            seen.add(name)
            assert re.search(r": \w", title), (tab, name, title)
    assert "Back to the untrained network (R)" in seen
    assert ("Step" in seen) == ("family" in query)
    assert "Undo" in seen


def test_an_svm_is_spoken_of_as_one(visit: Visit) -> None:
    digits = visit(family="svm", data="digits", train=600)
    digits.page.locator(".nnv-play").click()
    expect(digits.page.locator(".nnv-note")).to_contain_text("The SVM is fitted.")
    digits.tab("Mistakes")
    digits.tiles.first.click()
    expect(digits.page.locator(".nnl-verdict").first).to_contain_text("the SVM says")
    expect(digits.page.locator(".nnl-part-maps")).to_be_hidden()


def test_words_of_a_presentation_are_large_wherever_they_stand(visit: Visit) -> None:
    digits = visit(present=1, tab="rotated")
    expect(digits.page.locator(".nnl-rotated .nnl-words")).to_contain_text("Press Train first")
    large = f"() => ({SIZE})(document.querySelector('.nnl-rotated .nnl-words')) >= 17"
    digits.page.wait_for_function(large)  # its styles may come after it
    digits.tab("Draw")
    assert size(digits.page, ".nnl-draw .nnl-verdict") >= 17


def test_an_accuracy_of_an_earlier_time_says_so(visit: Visit) -> None:
    digits = visit()
    labels = digits.page.evaluate(
        """async () => {
          const { Bar } = await import("/nnviz-assets/js/bar.js");
          const bar = new Bar(document.createElement("div"), {}, { test: true }), said = [];
          const about = { accuracy: 0.9, low: 0.88, high: 0.92, correct: 90, n: 100, split: "test", fresh: 0 };
          for (const step of [1000, 900, 300]) {
            bar.drawTest({ ...about, step }, { step: 1000, epoch: 10 });
            said.push(bar.tested.previousSibling.textContent);
          }
          bar.dispose();
          return said;
        }"""
    )
    assert labels == ["test accuracy", "test accuracy", "test accuracy, epoch 3.0"]


def test_nothing_goes_on_listening_when_the_room_is_left(visit: Visit) -> None:
    digits = visit(script=LISTENERS)
    expect(digits.page.locator(".nnc-row")).to_be_visible()
    digits.tab("Draw")
    expect(digits.page.locator(".nnl-pad")).to_be_visible()
    digits.tab("Compare")
    expect(digits.page.locator(".nnl-compare")).to_be_visible()
    assert digits.page.evaluate("() => [...window.ours.values()].filter((n) => n > 0).length") >= 4
    digits.page.get_by_role("link", name="Guide").click()
    expect(digits.page.get_by_role("heading", name="Guide")).to_be_visible()
    digits.page.wait_for_function("() => [...window.ours.values()].every((n) => n === 0)")


def test_the_convolution_room_speaks_while_its_digits_come(server: Server, chromium: Browser) -> None:
    with chromium.new_context() as context:
        page = context.new_page()
        page.route("**/nnviz/digits/**", lambda _: None)
        page.goto(f"{server.url}/convolution")
        expect(page.get_by_role("button", name="Play", exact=True)).to_have_text("▶ Play")
        expect(page.locator(".nnvc-progress")).to_have_text("The digits are on their way …")


def test_the_playground_can_be_presented_too(server: Server, chromium: Browser) -> None:
    with chromium.new_context(viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        page.goto(server.url)
        expect(page.locator(".nnv")).to_have_attribute("data-charts", "true")
        texts = (".nnv-card", ".nnv-legend", ".nnv-out b", ".nnv-right header")
        before = [size(page, text) for text in texts]
        page.get_by_role("button", name="Present").click()
        expect(page.locator(".nnv")).to_have_attribute("data-present", "1")
        expect(page).to_have_url(re.compile("present=1"))
        for text, small in zip(texts, before, strict=True):
            assert size(page, text) >= 1.25 * small, text
        page.wait_for_function(
            "() => parseFloat(document.querySelector('.nnv-curves .xtick text')?.style.fontSize) >= 16"
        )
        box = page.locator(".nnv").bounding_box()
        assert box
        assert box["y"] + box["height"] <= 900
        page.get_by_role("button", name="Leave the presentation").click()
        expect(page.locator(".nnv")).to_have_attribute("data-present", "")
