"""One digit opened, one drawn, digits turned, two runs compared: the components against a real server and real runs."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect
from scipy.stats import binomtest

from nnviz.figures.colors import CLASS_COLORS
from tests.browser.bench_page import Bench
from tests.browser.digit_runs import CONVOLUTION, Runs, spec
from tests.serving import Server

QUERY = "data=mnist&train=3000&validation=0&test=500"
GIVE = """
([kind, text]) => {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0)), data = new DataTransfer();
  data.items.add(new File([bytes], "d.png", { type: "image/png" }));
  const paste = () => new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  const drop = () => new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
  if (kind === "paste") document.body.dispatchEvent(paste());
  else document.querySelector(".nnl-pad").dispatchEvent(drop());
}
"""
"""Bring a picture (base64 PNG) without the file dialog."""


@pytest.fixture(scope="module")
def runs(server: Server, mnist: Path) -> Runs:  # noqa: ARG001 (MNIST must be there)
    return Runs(server)


Open = Callable[..., Bench]


@pytest.fixture
def bench(server: Server, chromium: Browser, runs: Runs) -> Iterator[Open]:
    """`bench("detail", "Detail", run=…)`: the component on a page; an error in its scripts fails the test."""
    pages: list[Bench] = []

    def open_page(file: str, name: str, width: int = 1280, query: str = QUERY, **setting: Any) -> Bench:
        page = Bench(chromium, server, width)
        pages.append(page)
        page.start(query, spec=runs.spec, visitor=runs.visitor, palette=CLASS_COLORS, **setting)
        page.put(file, name)
        return page

    yield open_page
    for page in pages:
        page.context.close()
    assert [error for page in pages for error in page.errors] == []


# ---- detail -----------------------------------------------------------------------------------------------------


def opened(bench: Open, runs: Runs, index: int, order: list[int] | None = None, **more: Any) -> Bench:
    page = bench("detail", "Detail", **{"run": runs.good, **more})
    page.ask("([i, order]) => { document.querySelector('#opener').focus(); it.open(i, order); }", [index, order])
    page.until("document.querySelector('[role=dialog]').dataset.digit === String(x)", index)
    return page


def test_a_digit_opened_shows_what_the_network_makes_of_it(bench: Open, runs: Runs) -> None:
    frame = runs.predictions(runs.good)
    wrong = np.flatnonzero(frame.arrays["predicted"] != runs.labels)
    index = int(wrong[0])
    page = opened(bench, runs, index)
    dialog = page.page.get_by_role("dialog")
    predicted, truth = int(frame.arrays["predicted"][index]), int(runs.labels[index])
    expect(dialog.locator(".nnl-verdict")).to_contain_text(f"it is a “{truth}”, the network says “{predicted}”")
    bars = dialog.locator(".nnl-barrow")
    expect(bars).to_have_count(10)
    said = bars.evaluate_all("(rows) => rows.map((row) => row.ariaLabel)")
    shares = [float(text.split(" %")[0].split(": ")[1]) for text in said]
    assert sum(shares) == pytest.approx(100, abs=0.6)
    assert int(np.argmax(shares)) == predicted
    assert shares[predicted] == pytest.approx(frame.arrays["sure"][index] / 2.55, abs=0.5)
    titles = dialog.locator(".nnl-maps h4").all_inner_texts()
    assert titles == [
        "convolution 1: 4 maps of 24×24", "max pooling 1: 4 maps of 12×12", "hidden layer 1: 20 neurons",
        "output layer: 10 neurons",
    ]  # fmt: skip
    ink = page.ask("() => [...it.ink.picture.pixels]")
    np.testing.assert_array_equal(ink, (runs.data.x[runs.data.rows("test")][index] * 255).round().ravel())
    for part in ("saliency", "occlusion"):
        expect(dialog.locator(f".nnl-part-{part} .nnl-heatbox")).to_have_attribute("data-ready", "true")
        expect(dialog.locator(f".nnl-part-{part} b")).to_have_text(f"“{predicted}”")
    expect(dialog.locator(".nnl-near")).to_have_attribute("data-count", "8")
    expect(dialog.locator(".nnl-part-history .nnl-words")).to_contain_text(".")
    asked = [body["parts"][0] if "parts" in body else path.split("?")[0] for path, body in page.requests]
    assert asked == ["maps", "saliency", "occlusion", "nearest", "history"]
    assert page.most == 1
    unnamed = dialog.locator("[role=img]:not([aria-label]), [role=img][aria-label='']")
    assert unnamed.count() == 0


def test_a_class_can_be_asked_about(bench: Open, runs: Runs) -> None:
    page = opened(bench, runs, 0)
    page.page.locator(".nnl-part-occlusion .nnl-heatbox[data-ready=true]").wait_for()
    before = page.ask("() => [...it.heats.saliency.data]")
    page.page.locator(".nnl-barrow").nth(3).click()
    expect(page.page.locator(".nnl-part-saliency b")).to_have_text("“3”")
    expect(page.page.locator(".nnl-part-occlusion b")).to_have_text("“3”")
    assert page.ask("() => [...it.heats.saliency.data]") != before
    heat, ink = page.ask("() => it.heats.saliency.element.data.map((trace) => trace.z.map((row) => [...row]))")
    np.testing.assert_allclose(np.ravel(heat), page.ask("() => [...it.heats.saliency.data]"))
    np.testing.assert_array_equal(np.ravel(ink), page.ask("() => [...it.ink.picture.pixels]"))
    targets = {body["parts"][0]: body["target"] for _, body in page.requests if "parts" in body}  # the last of each
    assert targets["saliency"] == targets["occlusion"] == 3
    expect(page.page.locator(".nnl-barrow").nth(3)).to_have_attribute("aria-pressed", "true")


def test_maps_are_enlarged_and_read_by_hand_and_key(bench: Open, runs: Runs) -> None:
    page = opened(bench, runs, 0)
    layer = page.page.locator(".nnl-maps section").first
    plot, words = layer.locator(".nnd-plot"), layer.locator(".nnd-hint")
    expect(words).to_contain_text("largest value")
    expect(page.page.locator(".nnl-part-history .nnl-words")).to_contain_text(".")  # it comes last, and stands above
    plot.focus()
    for _ in range(2):
        page.page.keyboard.press("ArrowRight")
    expect(words).to_have_text("map 2")
    assert page.ask("() => it.index") == 0  # the arrow was the map's
    page.page.wait_for_function("() => document.querySelector('.nnl-maps .nnd-plot')._fullLayout.yaxis.range[0] < 40")
    box = plot.bounding_box()
    assert box
    page.page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    page.page.mouse.move(box["x"] + box["width"] * 0.5 + 3, box["y"] + box["height"] * 0.5 + 3)
    expect(words).to_contain_text("map 2, row 13, column 13: ")
    value = page.ask("""() => {
      const { codes, now } = it.featureMaps.layers[0], code = codes.data[24 * 24 + 12 * 24 + 12];
      return (now.frame.meta.signed ? (code - 128) / 127 : code / 255) * now.about.peak;
    }""")
    shown = words.inner_text()
    assert float(shown.split(": ")[1].replace("−", "-")) == pytest.approx(value, abs=0.002)
    ink = page.page.locator(".nnl-ink").bounding_box()
    assert ink
    page.page.mouse.move(ink["x"] + ink["width"] / 2, ink["y"] + ink["height"] / 2)
    expect(page.page.locator(".nnl-lens")).to_be_visible()
    expect(page.page.locator(".nnl-inkbox .nnl-readout")).to_contain_text("row 15, column 15")


def test_arrows_follow_the_gallery_and_escape_leaves(bench: Open, runs: Runs) -> None:
    page = opened(bench, runs, 7, [3, 7, 300])
    expect(page.page.get_by_role("dialog")).to_be_focused()
    page.page.keyboard.press("ArrowRight")
    page.until("document.querySelector('[role=dialog]').dataset.digit === '300'")
    assert page.ask("() => ctx.view().digit") == 300
    expect(page.page.get_by_role("button", name="next digit (→)")).to_be_disabled()
    page.page.keyboard.press("ArrowLeft")
    page.page.keyboard.press("ArrowLeft")
    page.until("document.querySelector('[role=dialog]').dataset.digit === '3'")
    expect(page.page.get_by_role("button", name="previous digit (←)")).to_be_disabled()
    page.page.keyboard.press("Escape")
    expect(page.page.get_by_role("dialog")).to_be_hidden()
    expect(page.page.locator("#opener")).to_be_focused()
    assert page.ask("() => ctx.view().digit") is None


def test_an_untrained_network_is_looked_into_as_well(bench: Open, runs: Runs) -> None:
    page = opened(bench, runs, 5, run=None)
    expect(page.page.locator(".nnl-moment")).to_have_text("untrained")
    expect(page.page.locator(".nnl-part-history .nnl-words")).to_contain_text("untrained")
    expect(page.page.locator(".nnl-near")).to_have_attribute("data-count", "8")
    assert all("history" not in path for path, _ in page.requests)


def test_the_dialog_follows_a_run_and_rests_with_it(bench: Open, runs: Runs) -> None:
    with runs.server.browser(visitor=runs.visitor) as viewer:
        run = viewer.submit(spec(CONVOLUTION, epochs=100_000))
        viewer.until("metrics")
        page = opened(bench, runs, 9, run=run)
        first = int(page.page.get_by_role("dialog").get_attribute("data-step") or 0)
        follow = "() => { window.timer = setInterval(async () => { await newest(); it.refresh(); }, 200); }"
        page.ask(follow)
        page.until("Number(document.querySelector('[role=dialog]').dataset.step) > x", first + 100)
        assert page.most == 1
        viewer.say(do="pause")
        viewer.until("status", status="paused")
        page.until("state.step > 0 && Number(document.querySelector('[role=dialog]').dataset.step) === state.step")
        viewer.say(do="stop")


def test_what_cannot_be_had_is_said_once(bench: Open, runs: Runs) -> None:
    page = bench("detail", "Detail", run=runs.good)
    page.ask("() => { state.run = 'nosuchrun'; it.open(1); }")
    expect(page.page.locator(".nnl-fault:visible")).to_have_count(1)
    expect(page.page.locator(".nnl-part-maps .nnl-fault")).to_contain_text("no such run")


# ---- draw -------------------------------------------------------------------------------------------------------


def stroke(page: Bench, points: list[tuple[int, int]]) -> None:
    """On the pad's own 280×280."""
    box = page.page.locator(".nnl-pad").bounding_box()
    assert box
    scale = box["width"] / 280
    (x, y), *rest = [(box["x"] + x * scale, box["y"] + y * scale) for x, y in points]
    page.page.mouse.move(x, y)
    page.page.mouse.down()
    for x, y in rest:
        page.page.mouse.move(x, y, steps=5)
    page.page.mouse.up()


def drawing(bench: Open, runs: Runs, **more: Any) -> Bench:
    page = bench("draw", "Draw", **{"run": runs.good, **more})
    page.ask("() => it.show()")
    return page


def looked_at(page: Bench) -> list[str]:
    """The pictures (base64 pixels) that the server was asked about."""
    return [body["pixels"] for _, body in page.requests if "pixels" in body]


def picture_of(runs: Runs, index: int, size: int = 200, paper: bool = False) -> bytes:
    """A test digit on a large field, off the centre."""
    pixels = (runs.data.x[runs.data.rows("test")][index, ..., 0] * 255).round().astype(np.uint8)
    field = np.zeros((400, 500), np.uint8)
    field[20 : 20 + size, 250 : 250 + size] = np.array(Image.fromarray(pixels).resize((size, size)))
    out = io.BytesIO()
    Image.fromarray(255 - field if paper else field).save(out, "PNG")
    return out.getvalue()


def test_a_drawn_digit_is_classified_while_it_is_drawn(bench: Open, runs: Runs) -> None:
    page = drawing(bench, runs)
    box = page.page.locator(".nnl-draw")
    expect(box).to_have_attribute("data-empty", "true")
    stroke(page, [(40, 30), (60, 30)])
    stroke(page, [(50, 30), (46, 130)])  # small, in a corner
    # Until the last answer is about the whole drawing: one of the half may still be on its way.
    page.until("it.prepared?.drawing === it.drawing && !it.requests.flying && it.requests.jobs[1].have === it.wanted()")
    expect(box).to_have_attribute("data-predicted", re.compile("[0-9]"))
    expect(page.page.locator(".nnl-steps figure")).to_have_count(4)
    assert all(page.page.locator(".nnl-steps img").evaluate_all("(all) => all.map((i) => i.alt.length > 8)"))
    expect(page.page.locator(".nnl-near")).to_have_attribute("data-count", "8")
    page.page.get_by_label("Also without centring").check()
    page.until("document.querySelectorAll('.nnl-results section:not([hidden]) .nnl-barrow').length === 20")
    raw = np.frombuffer(base64.b64decode(looked_at(page)[-1]), np.uint8).reshape(28, 28)
    assert raw[:14, :7].any()
    assert not raw[15:].any()
    assert not raw[:, 9:].any()
    assert page.most == 1
    page.page.get_by_role("button", name="Undo").click()
    assert page.ask("() => it.pad.strokes.length") == 1
    page.page.locator(".nnl-pad").focus()
    page.page.keyboard.press("Control+z")
    expect(box).to_have_attribute("data-empty", "true")
    expect(page.page.locator(".nnl-barrow")).to_have_count(0)
    expect(page.page.locator(".nnl-pad")).to_have_attribute(
        "aria-label", re.compile("empty: draw .* or upload or paste")
    )


def test_clear_breaks_no_request_off(bench: Open, runs: Runs) -> None:
    page = drawing(bench, runs)
    failed, held = list[str](), list[Any]()
    page.page.on("requestfailed", lambda request: failed.append(f"{request.url}: {request.failure}"))
    page.page.on("response", lambda r: failed.append(f"{r.url}: {r.status} {r.text()}") if r.status >= 400 else None)
    page.page.route("**/nnviz/handwriting", lambda route: held.append(route), times=1)
    with page.page.expect_request("**/nnviz/handwriting"):
        stroke(page, [(140, 40), (140, 240)])
    page.page.get_by_role("button", name="Clear").click()
    expect(page.page.locator(".nnl-draw")).to_have_attribute("data-empty", "true")
    with page.page.expect_request_finished(lambda request: "handwriting" in request.url):
        held[0].continue_()
    expect(page.page.locator(".nnl-steps figure")).to_have_count(0)
    stroke(page, [(140, 40), (140, 240)])
    page.until("document.querySelector('.nnl-draw').dataset.predicted !== undefined")
    assert failed == []


@pytest.mark.parametrize("paper", [False, True])
def test_uploaded_pictures_are_read(bench: Open, runs: Runs, paper: bool) -> None:
    frame = runs.predictions(runs.good)
    sure = np.flatnonzero((frame.arrays["predicted"] == runs.labels) & (frame.arrays["sure"] > 245))
    page = drawing(bench, runs)
    right = 0
    for index in map(int, sure[:4]):
        page.ask("() => { delete document.querySelector('.nnl-draw').dataset.predicted; }")
        file = {"name": "d.png", "mimeType": "image/png", "buffer": picture_of(runs, index, paper=paper)}
        page.page.get_by_label("picture to upload").set_input_files(file)
        page.until("document.querySelector('.nnl-draw').dataset.predicted !== undefined")
        right += int(page.page.locator(".nnl-draw").get_attribute("data-predicted") or -1) == runs.labels[index]
    assert right >= 3
    expect(page.page.locator(".nnl-steps figcaption").nth(1)).to_contain_text("Light on dark" if paper else "box")


def test_a_picture_can_be_pasted_and_dropped(bench: Open, runs: Runs) -> None:
    page = drawing(bench, runs)
    for kind in ("paste", "drop"):
        page.ask(GIVE, [kind, base64.b64encode(picture_of(runs, 0)).decode()])
        page.until("document.querySelector('.nnl-draw').dataset.predicted !== undefined")
        page.page.get_by_role("button", name="Clear").click()
        page.until("document.querySelector('.nnl-draw').dataset.predicted === undefined")


@pytest.mark.parametrize(
    ("name", "kind", "content", "words"),
    [
        ("d.png", "image/png", b"no picture at all", "cannot be read"),
        ("d.txt", "text/plain", b"seven", "no PNG or JPEG"),
        ("d.png", "image/png", None, "it is empty"),
    ],
)
def test_bad_pictures_are_refused_in_words(
    bench: Open, runs: Runs, name: str, kind: str, content: bytes | None, words: str
) -> None:
    page = drawing(bench, runs)
    if content is None:
        out = io.BytesIO()
        Image.new("L", (50, 50)).save(out, "PNG")
        content = out.getvalue()
    page.page.get_by_label("picture to upload").set_input_files({"name": name, "mimeType": kind, "buffer": content})
    expect(page.page.locator(".nnl-fault:visible")).to_contain_text(words)
    stroke(page, [(140, 40), (140, 240)])
    page.until("document.querySelector('.nnl-draw').dataset.predicted !== undefined")
    expect(page.page.locator(".nnl-fault:visible")).to_have_count(0)


def test_drawing_works_untrained_and_with_the_small_digits(bench: Open, runs: Runs) -> None:
    page = drawing(bench, runs, run=None)
    stroke(page, [(140, 40), (140, 240)])
    expect(page.page.locator(".nnl-verdict").first).to_contain_text("untrained")
    page.ask("() => it.hide()")
    small = drawing(bench, runs, run=None, query="data=digits")
    small.ask("(spec) => { state.spec = spec; }", {**spec([]), "data": {"name": "digits"}})
    stroke(small, [(140, 40), (140, 240)])
    small.until("document.querySelector('.nnl-draw').dataset.predicted !== undefined")
    assert len(base64.b64decode(looked_at(small)[-1])) == 64


# ---- rotated ----------------------------------------------------------------------------------------------------


def test_the_curve_over_angles_builds_up_and_stays(bench: Open, runs: Runs) -> None:
    page = bench("rotated", "Rotated", run=runs.good)
    page.ask("() => it.show()")
    page.until("document.querySelector('.nnl-rotated').dataset.angles === '19'")
    frame = runs.predictions(runs.good)
    rows = page.ask("() => it.rows().map(({ pictures, ...r }) => r)")
    assert [r["angle"] for r in rows] == list(range(-90, 91, 10))
    assert rows[9]["accuracy"] == frame.meta["accuracy"]
    assert rows[9]["accuracy"] > rows[0]["accuracy"] + 0.2
    assert all(r["low"] <= r["accuracy"] <= r["high"] for r in rows)
    assert page.most == 1
    page.page.wait_for_function("() => document.querySelector('.nnl-chart')?.data?.at(-1).x.length === 19")
    expect(page.page.locator(".nnl-chart")).to_have_attribute("aria-label", re.compile("against angle.* 0°: .*%"))
    expect(page.page.locator(".nnl-words")).to_contain_text(f"Measured at step {frame.step}, on 500 test digits")
    expect(page.page.locator(".nnl-card")).to_have_count(20)
    slider = page.page.get_by_role("slider")
    slider.fill("0")
    page.until("document.querySelector('.nnl-gallery').dataset.angle === '0'")
    marks = page.page.locator(".nnl-card").evaluate_all("(all) => all.map((c) => c.dataset.right === 'true')")
    np.testing.assert_array_equal(marks, frame.arrays["predicted"][:20] == runs.labels[:20])
    page.page.locator(".nnl-card").nth(4).click()
    assert page.ask("() => opened[0]") == 4
    page.ask("() => { state.step += 500; it.refresh(); }")
    expect(page.page.locator(".nnl-words")).to_contain_text("measure again")
    page.page.get_by_role("button", name="Measure again").click()
    page.until("it.before && document.querySelector('.nnl-rotated').dataset.angles === '19'")
    page.page.get_by_role("button", name="Finer").click()
    page.until("document.querySelector('.nnl-rotated').dataset.angles === '37'")


def test_the_curve_over_angles_follows_the_film_when_its_slider_rests(bench: Open, runs: Runs) -> None:
    page = bench("rotated", "Rotated", run=runs.good)
    words = "it.refresh(); return it.words.textContent;"  # at once: it rests for a moment only
    page.ask("() => it.show()")
    page.until("it.rows().length === 19 && !it.flight")
    end = page.ask("() => it.rows().map(({ step, accuracy }) => [step, accuracy])")
    page.requests.clear()
    said = page.ask(f"() => {{ for (const step of [3, 2, 1, 0]) {{ state.film = step; it.refresh(); }} {words} }}")
    assert said == f"Measured at step {end[0][0]}. The film is at step 0: it is measured there when the slider rests."
    page.until("it.rows().length === 19 && it.rows().every(({ step }) => step === 0)")
    assert {body["step"] for path, body in page.requests if path == "rotated"} == {0}  # none of those between
    start = page.ask("() => it.rows().map(({ accuracy }) => accuracy)")
    assert start[9] < end[9][1] - 0.2
    assert page.ask("() => it.before.map(({ step, accuracy }) => [step, accuracy])") == end
    assert "The network is at step" in page.ask(f"() => {{ state.film = null; {words} }}")
    page.until(f"it.rows().length === 19 && it.rows().every(({{ step }}) => step === {end[0][0]})")


def test_without_a_run_there_is_no_curve(bench: Open) -> None:
    page = bench("rotated", "Rotated", run=None)
    page.ask("() => it.show()")
    expect(page.page.locator(".nnl-words")).to_contain_text("Press Train first")
    assert page.requests == []


# ---- compare ----------------------------------------------------------------------------------------------------


def test_two_runs_digit_by_digit(bench: Open, runs: Runs) -> None:
    page = bench("compare", "Compare", run=runs.good)
    page.ask("() => it.show()")
    page.page.get_by_label("run B, to compare with").select_option(runs.poor)
    page.until("document.querySelector('.nnl-compare').dataset.p !== undefined")
    a, b = (runs.predictions(r).arrays["predicted"] == runs.labels for r in (runs.good, runs.poor))
    said = page.page.locator(".nnl-compare").evaluate("(e) => ({ ...e.dataset })")
    counts = {"both": a & b, "onlyA": a & ~b, "onlyB": ~a & b, "neither": ~a & ~b}
    assert {name: int(said[name]) for name in counts} == {name: int(rows.sum()) for name, rows in counts.items()}
    exact = binomtest(int(counts["onlyA"].sum()), int((a ^ b).sum())).pvalue
    assert float(said["p"]) == pytest.approx(exact, rel=1e-6)
    page.page.get_by_role("button", name="B breaks").click()
    first = np.flatnonzero(counts["onlyA"])
    expect(page.page.locator(".nnl-card")).to_have_count(min(60, len(first)))
    drawn = "(c) => c.getContext('2d').getImageData(0, 0, 28, 28).data.some((v, i) => i % 4 < 3 && v > 100)"
    picture = page.page.locator(".nnl-card canvas").first
    page.page.wait_for_function(f"(c) => ({drawn})(c)", arg=picture.element_handle())
    page.page.locator(".nnl-card").nth(1).click()
    assert page.ask("() => opened[0]") == first[1]
    assert page.ask("() => opened[1]") == first.tolist()


def test_runs_are_found_by_link_and_strangers_are_named(bench: Open, runs: Runs, server: Server) -> None:
    page = bench("compare", "Compare", run=runs.good)
    page.ask("() => it.show()")
    field = page.page.get_by_label("link or id of another run")

    def paste(text: str) -> None:
        field.fill(text)
        field.press("Enter")

    fault = page.page.locator(".nnl-fault")
    paste("https://example.org/elsewhere")
    expect(fault).to_contain_text("no link to a run")
    paste(runs.good)
    expect(fault).to_contain_text("the run on the screen")
    paste("nosuchrun")
    expect(fault).to_contain_text("no such run")
    other = json.loads(json.dumps(spec([], epochs=1)))
    other["data"] = {"name": "digits"}
    stranger = runs.train(other)
    paste(f"{server.url}/digits?data=digits&run={stranger}")
    expect(fault).to_contain_text("different data")
    paste(f"{server.url}/digits?data=mnist&run={runs.poor}")
    page.until("document.querySelector('.nnl-compare').dataset.both !== undefined")
    expect(fault).to_be_hidden()


# ---- everywhere -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("file", "name"), [("draw", "Draw"), ("rotated", "Rotated"), ("compare", "Compare")])
def test_nothing_is_wider_than_a_telephone(bench: Open, runs: Runs, file: str, name: str) -> None:
    page = bench(file, name, width=390, run=runs.good)
    page.ask("() => it.show()")
    if name == "Compare":
        page.page.get_by_label("run B, to compare with").select_option(runs.poor)
        page.until("document.querySelector('.nnl-compare').dataset.both !== undefined")
    if name == "Rotated":
        page.until("document.querySelectorAll('.nnl-card').length === 20")
    assert page.ask("() => document.documentElement.scrollWidth") <= 390
    page.ask("() => it.dispose()")
