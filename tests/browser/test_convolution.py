"""The convolution room through a visitor's hands, and its arithmetic against SciPy's and Keras's."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args
from urllib.parse import parse_qs, urlencode, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect
from scipy.signal import correlate2d

from nnviz.data import load
from nnviz.events import Frame, encode_frame
from nnviz.models.weights import initial_weights, weights_to_flat
from nnviz.spec import DataSpec, RunSpec
from nnviz.store.store import Store
from nnviz.ui.convolution_setting import PRESETS, Kernel, Setting
from tests.browser.conftest import NewPage
from tests.serving import PATIENCE, Server


class Room:
    """One visitor's page."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page, self.server = page, server
        self.root = page.locator(".nnvc")

    def open(self, query: dict[str, Any]) -> None:
        self.page.goto(f"{self.server.url}/convolution?{urlencode(query)}")
        expect(self.root).to_have_attribute("data-ready", "true")

    def said(self, name: str) -> str:
        return self.root.get_attribute(f"data-{name}") or ""

    def at(self) -> tuple[int, int]:
        row, column = self.said("at").split(",")
        return int(row), int(column)

    def map(self) -> tuple[int, int]:
        height, width = self.said("map").split(",")
        return int(height), int(width)

    def until(self, condition: str, argument: Any = None) -> None:
        """Wait for a JavaScript condition over `d`, the room's data-* words."""
        self.page.wait_for_function(
            f"(x) => {{ const d = document.querySelector('.nnvc')?.dataset; return d && ({condition}); }}", arg=argument
        )

    @property
    def query(self) -> dict[str, str]:
        return {name: found[0] for name, found in parse_qs(urlsplit(self.page.url).query).items()}

    def linked(self, **parts: str) -> None:
        """Wait until the address says so."""
        for name, value in parts.items():
            expect(self.page).to_have_url(re.compile(rf"[?&]{name}={re.escape(value)}(&|$)"))

    def choose(self, label: str, value: str) -> None:
        self.page.get_by_label(label, exact=True).select_option(value)

    def weight(self, row: int, column: int) -> Any:
        return self.page.get_by_label(f"weight in row {row}, column {column}", exact=True)

    def kernel(self) -> list[float]:
        fields = self.page.locator(".nnvc-weights input")
        return [number(text) for text in fields.evaluate_all("all => all.map((field) => field.value)")]

    def products(self) -> list[float]:
        return [number(text) for text in self.page.locator(".nnvc-products b").all_inner_texts()]

    def output(self) -> float:
        return number(self.page.locator(".nnvc-out b").inner_text())

    def box(self, name: str) -> dict[str, float]:
        box = self.page.locator(f".nnvc-{name}").bounding_box()
        assert box
        return dict(box)


def number(text: str) -> float:
    return float(text.replace("−", "-"))


@pytest.fixture
def visit(server: Server, new_page: NewPage) -> Callable[..., Room]:
    def open_page(width: int = 1440, height: int = 900, **query: Any) -> Room:
        room = Room(new_page(width, height), server)
        room.open({"data": "digits", **query})
        return room

    return open_page


def small_digit(index: int) -> np.ndarray[Any, Any]:
    """A test image of the 8×8 digits, 0–1."""
    spec = DataSpec.model_validate({"name": "digits"})
    return load(spec).inputs("test")[index, :, :, 0].astype(np.float64)


def test_the_first_second_shows_a_7_a_window_on_its_edge_and_half_a_map(visit: Callable[..., Room]) -> None:
    room = visit()
    assert room.said("label") == "7"
    assert room.map() == (6, 6)
    assert 0.3 < int(room.said("built")) / 36 < 0.75
    expect(room.page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    picture, (row, column) = small_digit(int(room.said("digit"))), room.at()
    expected = picture[row : row + 3, column : column + 3] * [-1, 0, 1]
    np.testing.assert_allclose(room.products(), expected.ravel(), atol=0.0081)  # 17 greys as bytes, then two decimals
    assert room.output() == pytest.approx(expected.sum(), abs=0.02)
    whole = correlate2d(picture, np.tile([-1, 0, 1], (3, 1)), "valid")
    assert room.output() == pytest.approx(whole[2:4].max(), abs=0.02)
    expect(room.page.locator(".nnvc-formula").first).to_contain_text("⌊(8 + 0 − 3) / 1⌋ + 1 = 6")
    assert urlsplit(room.page.url).query in {"data=digits", ""}  # empty where there is no MNIST to tell it from


def test_the_window_is_dragged_and_stepped_and_the_map_builds_up(visit: Callable[..., Room]) -> None:
    room = visit(padding="same")
    room.page.get_by_role("button", name="Clear: an empty map", exact=False).click()
    room.until("d.built === '1' && d.at === '0,0'")
    box, cell = room.box("digit"), room.box("digit")["width"] / 10
    room.page.mouse.move(box["x"] + 1.5 * cell, box["y"] + 1.5 * cell)
    room.page.mouse.down()
    room.page.mouse.move(box["x"] + 5.5 * cell, box["y"] + 4.5 * cell, steps=3)
    room.page.mouse.up()
    room.until("d.at === '3,4' && Number(d.built) >= 5")
    room.linked(at="3,4")
    built = int(room.said("built"))
    room.page.keyboard.press("ArrowRight")
    room.until("d.at === '3,5' && Number(d.built) === x", built + 1)
    room.page.locator(".nnvc-digit").focus()
    room.page.keyboard.press("ArrowDown")
    room.until("d.at === '4,5'")
    expect(room.page.locator(".nnvc-digit")).to_have_attribute("aria-label", re.compile("row 4, column 5"))
    expect(room.page.locator(".nnvc-said")).to_contain_text("Output in row 5, column 6")
    room.page.keyboard.press("Home")
    room.until("d.at === '4,0'")
    room.page.get_by_role("button", name="All: the whole map at once", exact=True).click()
    room.until("d.built === '64'")


def test_play_slides_the_window_to_the_end(visit: Callable[..., Room]) -> None:
    room = visit()
    room.choose("Speed", "200")
    room.page.keyboard.press(" ")
    room.until("d.built === '36' && d.playing === 'false'")
    assert room.at() == (5, 5)
    room.choose("Speed", "2")
    room.page.get_by_role("button", name="Play", exact=True).click()
    room.until("d.playing === 'true' && Number(d.built) < 36")  # from the beginning
    room.page.get_by_role("button", name="Pause", exact=True).click()
    room.until("d.playing === 'false'")


def test_weights_are_typed_and_stepped_with_the_arrow_keys(visit: Callable[..., Room]) -> None:
    room = visit()
    before = room.output()
    field = room.weight(1, 3)
    field.fill("-2.5")
    expect(room.page.get_by_label("Kernel", exact=True)).to_have_value("own")
    expect(room.page.locator(".nnvc-out b")).not_to_have_text(f"{before:.2f}".replace("-", "−"))
    field.press("ArrowUp")
    expect(field).to_have_value("−2.4")
    field.press("Shift+ArrowDown")
    expect(field).to_have_value("−3.4")
    room.linked(values="-1,0,-3.4,-1,0,1,-1,0,1", kernel="own")
    field.fill("many")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.blur()
    expect(field).to_have_value("−3.4")
    room.page.get_by_label("bias", exact=True).fill("0.5")
    room.linked(bias="0.5")
    room.page.reload()
    expect(room.root).to_have_attribute("data-ready", "true")
    assert room.kernel() == [-1, 0, -3.4, -1, 0, 1, -1, 0, 1]
    room.choose("Size", "5")
    expect(room.page.locator(".nnvc-weights input")).to_have_count(25)
    assert np.array(room.kernel()).reshape(5, 5)[1:4, 1:4].ravel().tolist() == [-1, 0, -3.4, -1, 0, 1, -1, 0, 1]


def test_the_setting_lives_in_the_link(visit: Callable[..., Room]) -> None:
    room = visit()
    room.choose("Kernel", "gaussian")
    room.choose("Size", "5")
    room.choose("Stride", "2")
    room.choose("Padding", "same")
    room.choose("Activation", "relu")
    room.choose("Pooling", "l2")
    room.choose("Window", "3")
    room.choose("Class", "3")
    room.until("d.label === '3'")
    room.linked(kernel="gaussian", size="5", stride="2", padding="same", activation="relu")
    room.linked(pool="l2", pool_size="3", of="3")
    copy = visit(**room.query)
    for name in ("label", "digit", "map"):
        assert copy.said(name) == room.said(name)
    assert copy.kernel() == room.kernel()
    assert copy.page.get_by_label("Pooling", exact=True).input_value() == "l2"
    assert Setting.model_validate(room.query).kernel == "gaussian"
    copy.page.get_by_role("button", name="Next digit", exact=True).click()
    copy.until("d.label === '3' && d.digit !== x", room.said("digit"))
    copy.page.get_by_label("Number of the test image").fill("100")
    copy.page.keyboard.press("Enter")
    copy.until("d.digit === '100'")
    copy.page.get_by_role("button", name="A digit at random", exact=True).click()
    copy.until("d.digit !== '100'")


def test_pointing_at_an_output_shows_its_field_and_its_pool(visit: Callable[..., Room]) -> None:
    room = visit()
    room.page.get_by_role("button", name="All: the whole map at once", exact=True).click()
    place = room.at()
    box = room.box("map")
    room.page.mouse.move(box["x"] + box["width"] * 4.5 / 6, box["y"] + box["height"] * 1.5 / 6)
    room.until("d.at === '1,4'")
    picture = small_digit(int(room.said("digit")))
    whole = correlate2d(picture, np.tile([-1, 0, 1], (3, 1)), "valid")
    assert room.output() == pytest.approx(whole[1, 4], abs=0.02)
    room.page.mouse.move(box["x"] - 60, box["y"] - 60)
    room.until("d.at === x", ",".join(map(str, place)))
    pool = room.box("pool")
    room.page.mouse.move(pool["x"] + pool["width"] * 2.5 / 3, pool["y"] + pool["height"] * 0.5 / 3)
    window = whole[0:2, 4:6]
    expect(room.page.locator(".nnvc-pool")).to_have_attribute("aria-label", re.compile("Row 1, column 3"))
    shown = [number(text) for text in room.page.locator(".nnvc-pooltaps span").all_inner_texts()]
    np.testing.assert_allclose(shown, window.ravel(), atol=0.02)
    assert number(room.page.locator(".nnvc-poolsum b").inner_text()) == pytest.approx(window.max(), abs=0.02)


def test_a_kernel_that_does_not_fit_says_what_to_do(visit: Callable[..., Room]) -> None:
    values = ",".join(["1"] * 121)
    room = visit(kernel="own", size=11, values=values)
    expect(room.page.locator(".nnvc-note")).to_contain_text("does not fit into 8 × 8 pixels")
    room.choose("Padding", "same")
    expect(room.page.locator(".nnvc-note")).to_be_hidden()
    assert room.map() == (8, 8)


def test_every_kernel_of_the_link_is_on_the_page_and_sums_as_it_says(visit: Callable[..., Room]) -> None:
    room = visit()
    made: dict[str, dict[str, list[float]]] = room.page.evaluate(
        """async () => {
          const { PRESETS } = await import('/nnviz-assets/js/rooms/convolution/kernels.js');
          const sizes = (p) => Object.fromEntries([3, 5, 7].map((k) => [k, p.make(k)]));
          return Object.fromEntries(Object.entries(PRESETS).map(([name, preset]) => [name, sizes(preset)]));
        }"""
    )
    assert tuple(made) == get_args(Kernel)[:PRESETS]
    for name, sizes in made.items():
        total = 1 if name in {"identity", "sharpen", "box", "gaussian", "emboss"} else 0
        for k, weights in sizes.items():
            assert len(weights) == int(k) ** 2
            assert sum(weights) == pytest.approx(total, abs=1e-9), (name, k)
    assert made["sobel_x"]["3"] == [-1, 0, 1, -2, 0, 2, -1, 0, 1]
    assert made["laplacian"]["3"] == [0, -1, 0, -1, 4, -1, 0, -1, 0]
    np.testing.assert_array_equal(np.reshape(made["sobel_y"]["5"], (5, 5)).T, np.reshape(made["sobel_x"]["5"], (5, 5)))
    options = room.page.get_by_label("Kernel", exact=True).locator("option")
    assert set(options.evaluate_all("a => a.map(o => o.value)")) == set(get_args(Kernel)) - {"run"}
    room.choose("Kernel", "learned")
    room.page.get_by_role("button", name="Learned filter 3", exact=True).click()
    room.linked(kernel="learned", filter="2")
    assert len(room.kernel()) == 25


def test_the_filters_of_a_run_slide_by_its_name(chromium: Browser, tmp_path: Path) -> None:
    layers = [{"kind": "conv2d", "filters": 3, "kernel_size": 4, "strides": 4, "padding": "same"}]
    loss = {"loss": "categorical_crossentropy"}
    spec = RunSpec.model_validate({"data": {"name": "digits"}, "model": {"layers": layers}, "training": loss})
    weights = initial_weights(spec)
    with Store(tmp_path) as store:
        store.create_run("a-run", spec)
        frame = Frame("weights", 1, 0.1, {}, {"weights": weights_to_flat(spec, weights)})
        store.add_frame("a-run", 1, encode_frame(frame, "a-run"))
    with Server(tmp_path) as server, chromium.new_context() as context:
        context.set_default_timeout(1000 * PATIENCE)
        room = Room(context.new_page(), server)
        room.open({"run": "a-run", "filter": 1, "data": "digits"})
        np.testing.assert_allclose(room.kernel(), weights[0][:, :, 0, 1].ravel(), atol=0.0051)
        assert room.map() == (2, 2)
        assert room.page.get_by_label("Stride", exact=True).input_value() == "4"
        room.page.get_by_role("button", name="Learned filter 3", exact=True).click()
        room.choose("Padding", "valid")
        room.linked(run="a-run", kernel="run", filter="2", padding="valid")
        room.choose("Kernel", "box")
        room.linked(run="a-run", kernel="box")


def test_real_mnist_is_there_by_number_and_class(visit: Callable[..., Room], mnist: Path) -> None:
    with np.load(mnist) as archive:
        images, labels = archive["x_test"], archive["y_test"]
    room = visit(data="mnist", of=4)
    assert room.said("digit") == str(np.flatnonzero(labels == 4)[0])
    assert room.map() == (26, 26)
    room.page.get_by_label("Number of the test image").fill("9999")
    room.page.keyboard.press("Enter")
    room.until("d.digit === '9999'")
    assert room.said("label") == str(labels[9999])
    room.choose("Kernel", "identity")
    pixels: list[list[float]] = []
    for column in range(8, 12):
        box = room.box("map")
        room.page.mouse.move(box["x"] + box["width"] * (column + 0.5) / 26, box["y"] + box["height"] * 12.5 / 26)
        room.until("d.at === x", f"12,{column}")
        pixels.append([room.output(), images[9999, 13, column + 1] / 255])
    shown, real = np.transpose(pixels)
    np.testing.assert_allclose(shown, real, atol=0.0051)


@pytest.mark.parametrize(("width", "height"), [(390, 844), (768, 1024), (1920, 1080)])
def test_it_fits_every_width_and_grows_for_a_class(visit: Callable[..., Room], width: int, height: int) -> None:
    for present in ("", "1"):
        room = visit(width, height, **({"present": present} if present else {}))
        assert room.page.evaluate("() => document.documentElement.scrollWidth") <= width
        size = float(room.root.evaluate("n => parseFloat(getComputedStyle(n).fontSize)"))
        assert (size > 14) == (present == "1")
        controls = room.page.locator(".nnvc-left .nnvc-controls")
        assert controls.is_visible() == (present != "1")
    room.page.get_by_role("button", name="Show or hide the settings", exact=True).click()
    expect(controls).to_be_visible()
    room.choose("Stride", "2")
    room.linked(present="1", stride="2")


def test_a_missing_picture_leaves_words_not_an_empty_page(visit: Callable[..., Room]) -> None:
    room = visit()
    room.page.route("**/nnviz/digits/sheet**", lambda route: route.fulfill(status=200, body=base64.b64decode("AAAA")))
    room.page.reload()
    expect(room.page.locator(".nnvc-note")).to_contain_text("could not be loaded")
