"""What an hour with the digits room showed: nothing jumps, nothing is unexplained, all of it can be read."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.digits_page import ALBUM, Digits, Visit, visits
from tests.serving import Server

SMALL = {"data": "mnist", "train": 2000, "test": 1000, "layers": "20", "epochs": 100_000}
BOTTOM = "document.querySelector('.nnd-page-overview').getBoundingClientRect().bottom"
LISTENERS = """
window.ours = new Map();
for (const [name, by] of [["addEventListener", 1], ["removeEventListener", -1]]) {
  const real = document[name];
  document[name] = function (kind, f, ...rest) {
    const { stack } = new Error();
    const known = window.ours.has(f) ? f : null;
    const key = by > 0 && stack.includes("/nnviz-assets/") && !stack.includes("/page.js") ? f : known;
    if (key) window.ours.set(key, Math.max(0, (window.ours.get(key) ?? 0) + by));
    return real.call(this, kind, f, ...rest);
  };
}
"""
"""How often our scripts listen to the whole document, but for page.js, which belongs to every page."""


@pytest.fixture
def visit(server: Server, new_page: NewPage) -> Visit:
    return visits(server, new_page)


def top(digits: Digits, what: str) -> float:
    box = digits.page.locator(what).bounding_box()
    assert box
    return box["y"]


SIZE = "(e) => parseFloat(getComputedStyle(e).fontSize)"


def size(page: Page, what: str) -> float:
    return float(page.locator(what).first.evaluate(SIZE))


def test_the_ways_to_other_rooms_and_what_belongs_to_this_one_do_not_overlap(visit: Visit) -> None:
    page = visit(**{"layers": "512-512"}).page
    tools, nav = page.locator(".st-key-tools"), page.get_by_test_id("stHeader").get_by_role("button", name="Compare")
    for width in (1240, 1280, 1400, 1559, 1560, 1900):
        page.set_viewport_size({"width": width, "height": 800})
        expect(tools.get_by_role("button", name="Present")).to_be_in_viewport()
        expect(nav).to_be_in_viewport()
        left, right = tools.bounding_box(), nav.bounding_box()
        assert left
        assert right
        assert right["x"] + right["width"] <= left["x"], width


def test_a_message_moves_nothing(visit: Visit) -> None:
    digits = visit(epochs=3)
    expect(digits.page.locator(".nnc-row")).to_be_visible()
    digits.page.wait_for_function(f"{BOTTOM} <= 800")  # the chain has come, and the page has made room for it
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
    film = digits.film(4)
    digits.pause()
    before = top(digits, ".nnd-tabs")
    film.evaluate("(f) => { f.focus(); f.value = 2; f.dispatchEvent(new Event('input')); }")
    digits.until("d.film !== '' && d.step === d.film")
    expect(digits.page.locator(".nnv-status")).to_have_text(re.compile(r"^film: epoch \d+(\.\d\d?)?$"))
    assert top(digits, ".nnd-tabs") == before
    box = digits.page.locator(".nnv-status").bounding_box()
    assert box
    assert box["height"] < 20
    run, step = digits.run, digits.step
    digits.page.get_by_role("button", name="Train from here").click()
    digits.until("d.run && d.run !== x && d.source === 'live' && d.status === 'running'", run)
    expect(film).to_have_attribute("aria-valuetext", "now")
    digits.until("Number(d.step) > x", step)


@pytest.mark.usefixtures("mnist")
def test_the_gallery_fills_the_screen_and_no_more(visit: Visit) -> None:
    digits = visit(width=1440, height=900, **{**SMALL, "tab": "mistakes"})
    digits.train(10)
    digits.pause()
    digits.page.wait_for_function(f"() => ({ALBUM})('gallery')?.index.length === 60")
    album, box = digits.album(), digits.page.locator(".nnd-gallery .nnd-plot").bounding_box()
    assert box
    assert album["side"] > 62
    assert 780 < box["y"] + album["y"][-1] + album["side"] / 2 + 12 <= 900
    for select, option in (("true class", "3"), ("predicted class", "5")):
        digits.page.get_by_label(select).select_option(option)
    expect(digits.count).to_contain_text("such mistakes")
    few = digits.album()
    assert not few["index"] or few["side"] >= album["side"]


@pytest.mark.usefixtures("mnist")
def test_who_watches_cannot_change_the_network_by_accident(visit: Visit) -> None:
    owner = visit(**{**SMALL, "layers": "16@3,max2,20"})
    owner.train(10)
    expect(owner.page).to_have_url(re.compile("run="))
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
    digits.open_tile(0)
    expect(digits.page.locator(".nnl-verdict").first).to_contain_text("the SVM says")
    expect(digits.page.locator(".nnl-part-maps")).to_be_hidden()


def test_a_fitted_svm_shows_its_scores_and_nothing_that_would_be_refused(visit: Visit) -> None:
    digits = visit(family="svm", data="digits", train=600, validation=200)
    digits.page.locator(".nnv-play").click()
    digits.status("finished")
    play = digits.page.locator(".nnv-play")
    expect(play).to_have_text(re.compile("Fitted"))
    expect(play).to_be_disabled()
    run = digits.run
    for key in (" ", "ArrowRight", "Shift+ArrowRight"):
        digits.page.keyboard.press(key)
    assert (digits.run, digits.said("status")) == (run, "finished")
    chart = digits.page.wait_for_function(
        """() => {
          const g = [...document.querySelectorAll(".nnd-charts > div")].find((e) => e.checkVisibility());
          return g?.data?.[0]?.x?.length === 3 && { x: g.data[0].x, y: g.data[0].y };
        }"""
    ).json_value()
    assert [name.split("<")[0] for name in chart["x"]] == ["training", "validation", "test"]
    assert all(0.8 < y <= 1 for y in chart["y"])
    expect(digits.page.get_by_label("horizontal axis").first).to_be_hidden()


def test_what_is_trained_on_is_seen_with_its_copies_and_answers_with_their_labels(visit: Visit) -> None:
    digits = visit(data="digits", train=120, rotate=25, tab="training", digit=0)
    page = digits.page
    where, figure = page.locator(".nnd-page-training .nnd-where"), page.locator(".nnd-trained .nnd-plot")
    table = page.locator(".nnl-vectors")  # of the test digit that the link opens
    table.locator("summary").click()
    answers = table.locator("tbody td:nth-child(2)")
    expect(answers).to_have_text([re.compile(r"^0\.\d{5}$")] * 10)
    expect(table.locator("tr[data-truth=true] td").last).to_have_text("1")
    expect(table.locator("tr[data-truth=false] td:last-child")).to_have_text(["0"] * 9)
    answer = [float(text) for text in answers.all_inner_texts()]
    assert sum(answer) == pytest.approx(1, abs=1e-4)
    page.keyboard.press("Escape")
    expect(where).to_have_text("0 to 49 of 120 training digits, 360 with their copies")
    expect(page.get_by_role("button", name="earlier images")).to_be_disabled()
    page.get_by_role("button", name="further images").click()
    page.get_by_role("button", name="further images").click()
    expect(where).to_have_text("100 to 119 of 120 training digits, 360 with their copies")
    page.wait_for_function(f"() => ({ALBUM})('trained')?.index[0] === 100")
    figure.focus()
    page.keyboard.press("ArrowRight")
    said = re.compile(r"^training digit 100: \d; copies turned by \+\d+° and −\d+°")
    expect(figure).to_have_attribute("aria-label", said)
    assert digits.album("trained")["index"] == list(range(100, 120))


def test_an_epoch_a_frame_counts_the_rotated_copies(visit: Visit) -> None:
    digits = visit(rotate="10", train=600, epochs=100_000, speed="epoch")
    digits.train(steps=1)
    with digits.server.browser() as viewer:
        viewer.say(do="watch", run=digits.run)
        assert viewer.until("run")["speed"]["steps"] == 180


def test_words_of_a_presentation_are_large_wherever_they_stand(visit: Visit) -> None:
    digits = visit(present=1, tab="rotated")
    expect(digits.page.locator(".nnl-rotated .nnl-words")).to_contain_text("Press Train first")
    large = f"() => ({SIZE})(document.querySelector('.nnl-rotated .nnl-words')) >= 17"
    digits.page.wait_for_function(large)  # its styles may come after it
    digits.tab("Draw")
    assert size(digits.page, ".nnl-draw .nnl-verdict") >= 17


def test_an_accuracy_says_of_how_many_digits_it_is(visit: Visit) -> None:
    digits = visit()
    labels = digits.page.evaluate(
        """async () => {
          const { Bar } = await import("/nnviz-assets/js/kit/bar.js");
          const bar = new Bar(document.createElement("div"), {}, { test: true }), said = [];
          const meta = { accuracy: 0.9, low: 0.88, high: 0.92, correct: 1800, n: 2000, split: "test" };
          for (const of of [2000, 10000]) {
            bar.drawTest(bar.tested, { meta: { ...meta, of }, step: 1000, epoch: 3.94 }, { step: 1000, epoch: 3.94 });
            said.push(bar.tested.label.textContent, bar.tested.root.title.split(";")[0]);
          }
          bar.dispose();
          return said;
        }"""
    )
    assert labels == [
        "test accuracy", "1,800 right (all 2,000 test digits, epoch 3.9)",
        "test accuracy, 2,000 of 10,000", "1,800 right (2,000 of 10,000 test digits, epoch 3.9)",
    ]  # fmt: skip


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


def test_the_convolution_room_speaks_while_its_digits_come(server: Server, new_page: NewPage) -> None:
    page = new_page()
    page.route("**/nnviz/digits/**", lambda _: None)
    page.goto(f"{server.url}/convolution")
    expect(page.get_by_role("button", name="Play", exact=True)).to_have_text("▶ Play")
    expect(page.locator(".nnvc-progress")).to_have_text("The digits are on their way …")


def test_the_playground_can_be_presented_too(server: Server, new_page: NewPage) -> None:
    page = new_page()
    page.goto(server.url)
    expect(page.locator(".nnv")).to_have_attribute("data-charts", "true")
    texts = (".nnv-card", ".nnv-legend", ".nnv-out b", ".nnv-right header")
    before = [size(page, text) for text in texts]
    page.get_by_role("button", name="Present").click()
    expect(page.locator(".nnv")).to_have_attribute("data-present", "1")
    expect(page).to_have_url(re.compile("present=1"))
    for text, small in zip(texts, before, strict=True):
        assert size(page, text) >= 1.25 * small, text
    page.wait_for_function("() => parseFloat(document.querySelector('.nnv-curves .xtick text')?.style.fontSize) >= 16")
    page.wait_for_function("() => document.querySelector('.nnv').getBoundingClientRect().bottom <= 900")
    page.get_by_role("button", name="Leave the presentation").click()
    expect(page.locator(".nnv")).to_have_attribute("data-present", "")
