"""The digits' instrument through a visitor's hands, in a real browser."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from nnviz.data import load
from nnviz.events import Frame
from nnviz.models import initial_weights
from nnviz.models.forward import predict
from nnviz.stopping import accuracy_interval
from nnviz.ui.rooms import ROOMS
from tests.browser.conftest import NewPage
from tests.browser.digits_page import ALBUM, Visit, visits
from tests.serving import Server

SMALL = {"data": "mnist", "train": 2000, "test": 1000, "layers": "20", "epochs": 100_000}
BOTTOM = "document.querySelector('.nnd-page-overview').getBoundingClientRect().bottom"


@pytest.fixture
def visit(server: Server, new_page: NewPage) -> Visit:
    """`visit(data="mnist")` opens the room as a new visitor; console errors fail the test."""
    return visits(server, new_page)


def truth(frame: Frame) -> np.ndarray:
    """The labels of the digits in a frame of a SMALL run."""
    labels = load(ROOMS["digits"].read({k: str(v) for k, v in SMALL.items()})[0].data).labels("test")
    return labels[frame.arrays.get("index", np.arange(frame.meta["n"]))]


def test_the_untrained_network_is_there_before_any_run(visit: Visit) -> None:
    digits = visit()
    spec = ROOMS["digits"].default()
    data = load(spec.data)
    outputs, _ = predict(spec, initial_weights(spec), data.inputs("test"))
    right = int((outputs.argmax(1) == data.labels("test")).sum())
    expect(digits.hint("confusion")).to_contain_text(f"{right} of 450 right")
    expect(digits.page.locator(".nnv-out-tested b")).to_contain_text(f"{right / 4.5:.1f} %")
    expect(digits.hint("filters")).to_have_text("hidden layer 1: filters")
    assert len(digits.album("strip")["index"]) > 10
    assert digits.said("source") == "preview"


def test_the_overview_is_on_one_screen_and_the_phone_does_not_scroll_sideways(visit: Visit) -> None:
    digits = visit()
    expect(digits.page.locator(".nnc-row")).to_be_visible()
    digits.page.wait_for_function(f"{BOTTOM} <= 800")
    phone = visit(width=390, height=844)
    assert phone.page.evaluate("() => document.documentElement.scrollWidth") <= 392


def test_the_digit_that_is_open_is_put_away_when_another_tab_is_turned_to(visit: Visit) -> None:
    digits = visit(layers="16")
    opened = digits.page.locator(".nnl-detail")
    digits.open_tile(0, "strip")
    expect(opened).to_be_visible()
    digits.tab("Inside")
    expect(opened).to_be_hidden()
    digits.page.locator(".nnd-panel-histogram").click(trial=True)
    expect(digits.page).not_to_have_url(re.compile("digit="))


@pytest.mark.usefixtures("mnist")
def test_confusion_and_gallery_say_what_the_network_says(visit: Visit) -> None:
    digits = visit(**SMALL)
    digits.train()
    frame = digits.pause()
    predicted, labels = frame.arrays["predicted"], truth(frame)
    wrong = predicted != labels
    assert wrong.sum() == frame.meta["n"] - frame.meta["correct"]
    expect(digits.hint("confusion")).to_contain_text(f"{int((~wrong).sum()):,} of 1,000 right")
    digits.tab("Mistakes")
    expect(digits.count).to_have_text(f"{wrong.sum()} of 1,000 test digits wrong")
    seen = []
    while True:
        seen += digits.numbers
        if digits.page.get_by_label("next page").is_disabled():
            break
        page = digits.page.locator(".nnd-where").inner_text()
        digits.page.get_by_label("next page").click()
        expect(digits.page.locator(".nnd-where")).not_to_have_text(page)
    assert sorted(seen) == np.flatnonzero(wrong).tolist()
    sure = frame.arrays["sure"][seen]
    assert (np.diff(sure.astype(int)) <= 0).all(), "not the surest first"
    digits.page.get_by_label("which digits").select_option("first")
    expect(digits.count).to_have_text(f"{wrong[:100].sum()} of the first 100 wrong")
    digits.page.wait_for_function(f"() => ({ALBUM})('gallery')?.index.length === 100")
    assert ["recognised" not in words for words in digits.album()["text"]] == wrong[:100].tolist()


@pytest.mark.usefixtures("mnist")
def test_a_cell_of_the_matrix_shows_its_digits_by_mouse_and_by_keyboard(visit: Visit) -> None:
    digits = visit(**SMALL)
    digits.train(400)  # then no kind of mistake fills more than a page of the gallery
    frame = digits.pause()
    pairs = np.zeros((10, 10), int)
    np.add.at(pairs, (truth(frame), frame.arrays["predicted"]), 1)
    np.fill_diagonal(pairs, 0)
    row, column = np.unravel_index(pairs.argmax(), pairs.shape)
    digits.page.locator(".nnd-confusion .nnd-plot").focus()
    for key in ["ArrowDown"] * (1 + row) + ["ArrowRight"] * int(column):
        digits.page.keyboard.press(key)
    expect(digits.hint("confusion")).to_contain_text(f"true {row}, taken for {column}: {pairs.max()} (")
    digits.page.keyboard.press("Enter")
    expect(digits.count).to_have_text(f"{pairs.max()} such mistakes")
    shown = digits.album()["text"]
    assert len(shown) == pairs.max()
    assert f"true {row}, taken for {column}" in shown[0]
    digits.open_tile(0)
    expect(digits.page.get_by_role("dialog")).to_be_visible()


@pytest.mark.usefixtures("mnist")
def test_the_gallery_does_not_jump_under_the_pointer(visit: Visit) -> None:
    digits = visit(**{**SMALL, "speed": "10steps", "tab": "mistakes"})
    digits.train(10)
    digits.point_at(5)
    before = digits.numbers
    frame = int(digits.said("frame"))
    digits.until("Number(d.frame) > x", frame + 12)
    assert digits.numbers[: len(before)] == before
    digits.page.mouse.move(5, 5)
    digits.page.wait_for_function(f"(x) => String(({ALBUM})('gallery').index) !== String(x)", arg=before)


@pytest.mark.usefixtures("mnist")
def test_the_film_moves_matrix_gallery_and_filters_together(visit: Visit) -> None:
    digits = visit(**SMALL)
    digits.train(600)
    film = digits.film(3)  # then the second of them is before the end
    end = digits.pause()
    now = digits.hint("confusion").inner_text()
    film.evaluate("(f) => { f.focus(); f.value = 1; f.dispatchEvent(new Event('input')); }")
    digits.until("d.film !== '' && d.step === d.film")
    assert digits.step < end.step
    expect(digits.hint("confusion")).not_to_have_text(now)
    expect(digits.page.locator(".nnv-status")).to_contain_text("film: epoch")
    digits.tab("Mistakes")
    expect(digits.count).to_contain_text(f"{int(digits.said('wrong')):,} of")
    film.evaluate("(f) => { f.value = f.max; f.dispatchEvent(new Event('input')); }")
    digits.until("d.film === '' && Number(d.step) === x", end.step)
    expect(digits.count).to_have_text(f"{end.meta['n'] - end.meta['correct']} of 1,000 test digits wrong")


@pytest.mark.usefixtures("mnist")
def test_inside_shows_output_weights_and_the_filters_that_speak_for_a_class(visit: Visit) -> None:
    digits = visit(**SMALL, tab="inside")
    digits.train(400)
    digits.pause()
    output = digits.frame("filters").arrays["output"]
    digits.page.get_by_label("class whose output weights are shown").select_option("5")
    expect(digits.page).to_have_url(re.compile("of=5"))
    for threshold in (0.75, 0.3):
        digits.page.get_by_label("threshold of the outline").fill(str(threshold))
        plus, minus = (output[:, 5] > threshold).sum(), (output[:, 5] < -threshold).sum()
        words = f"“5”: {plus} neurons speak for it (green), {minus} against it (red)"
        expect(digits.hint("output")).to_have_text(words)
    digits.page.get_by_label("what is measured of each layer").select_option("zero")
    expect(digits.page.locator(".nnd-panel-measure .nnd-wrap")).to_contain_text("dead")
    digits.page.wait_for_function("() => document.querySelector('.nnd-measureChart').data?.length === 2")
    expect(digits.hint("histogram")).to_contain_text("hidden layer 1: each column is a histogram of its weights")


def test_tabs_by_keyboard_and_in_the_link(visit: Visit) -> None:
    digits = visit(tab="mistakes")
    expect(digits.page.get_by_role("tab", name="Mistakes")).to_have_attribute("aria-selected", "true")
    expect(digits.page.get_by_role("tabpanel", name="Mistakes")).to_be_visible()
    digits.page.get_by_role("tab", name="Mistakes").focus()
    digits.page.keyboard.press("ArrowLeft")
    expect(digits.root).to_have_attribute("data-tab", "histograms")
    expect(digits.page).to_have_url(re.compile("tab=histograms"))
    expect(digits.page.get_by_role("tab", name="Histograms")).to_be_focused()
    digits.page.keyboard.press("Home")
    expect(digits.page.get_by_role("tabpanel", name="Overview")).to_be_visible()
    digits.status("idle")


def test_curves_show_the_band_of_the_accuracy(visit: Visit) -> None:
    digits = visit(curve="accuracy", speed="epoch", epochs=100_000)
    digits.train(400)
    chart = digits.page.locator(".nnd-accuracyChart")
    some = "(g) => g.data?.find((t) => t.name === 'test')?.y.length > 1"  # they are drawn less often than the bar
    digits.page.wait_for_function(some, arg=chart.element_handle())
    drawn = chart.evaluate("(g) => Object.fromEntries(g.data.map((t) => [t.name, Array.from(t.y)]))")
    low, high = accuracy_interval(round(drawn["test"][1] * 450), 450)
    assert drawn["test 95 %"][1] == pytest.approx(low, abs=2e-5)
    assert drawn["test 95 %"][-2] == pytest.approx(high, abs=2e-5)
    assert len(drawn["training"]) >= len(drawn["test"]) / 2


def test_wilsons_interval_is_pythons(visit: Visit) -> None:
    digits = visit()
    theirs = digits.page.evaluate(
        """async () => { const m = await import('/nnviz-assets/js/kit/predictions.js');
          return [[0, 10], [9, 10], [10, 10], [9641, 10000]].map(([k, n]) => m.wilson(k / n, n)); }"""
    )
    for (right, n), found in zip([(0, 10), (9, 10), (10, 10), (9641, 10000)], theirs, strict=True):
        assert found == pytest.approx(accuracy_interval(right, n), abs=1e-6)
