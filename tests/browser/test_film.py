"""The film as a person uses it: moved by keys, played at a speed, several runs at once, and saved."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Playground, newest_frame, next_frame
from tests.browser.test_take_home import download, take_home
from tests.serving import Server

Visit = Callable[..., Playground]
RECORD = """() => { const seen = window.seen = [];
  const root = document.querySelector('.nnv');
  new MutationObserver(() => { if (seen.at(-1) !== Number(root.dataset.step)) seen.push(Number(root.dataset.step)); })
    .observe(root, { attributes: true, attributeFilter: ['data-step'] }); }"""
"""Every step that comes onto the screen, once."""


def film_of(page: Page) -> Locator:
    return page.get_by_label("film: go back through the training")


def trained(visit: Visit, epochs: int = 60) -> Playground:
    """A run that has ended and stands in the address, with the whole list of its film. How many pictures that are is
    the machine's affair: four a second at most, of a picture for every two epochs."""
    play = visit(data="xor", epochs=epochs)
    play.train()
    play.status("finished")
    end = newest_frame(play).step
    with play.server.browser() as viewer:
        viewer.say(do="watch", run=play.run)
        pictures = list[Any]()
        while not pictures or pictures[-1][1] < end:
            next_frame(play.page)
            viewer.say(do="film", view="network")
            pictures = viewer.until("film")["frames"]
    expect(film_of(play.page)).to_have_attribute("max", str(len(pictures)))
    expect(play.page).to_have_url(re.compile("run="))
    return play


def test_keys_move_the_film_and_it_plays_at_a_speed(visit: Visit) -> None:
    play = trained(visit, epochs=120)
    page, film, end = play.page, film_of(play.page), play.step
    film.focus()
    page.keyboard.press("Home")
    play.until("Number(d.step) < x", end)
    expect(film).to_have_attribute("aria-valuetext", re.compile(r"^epoch [\d.]+, step \d+$"))
    first = play.step
    page.keyboard.press("ArrowRight")
    play.until("Number(d.step) > x", first)
    expect(page.locator(".nnv-maptitle")).to_have_text(f"Step {play.step:,}")
    cursor = "() => document.querySelector('.nnv-curves').layout.shapes?.length === 1"
    page.wait_for_function(cursor)
    page.keyboard.press("End")
    play.until("Number(d.step) === x", end)
    expect(film).to_have_attribute("aria-valuetext", "now")

    page.get_by_label("how fast the film is played").select_option("4")
    film.focus()
    page.keyboard.press("Home")
    play.until("Number(d.step) === x", first)
    page.evaluate(RECORD)
    page.keyboard.press("Space")  # on the slider it plays the film, elsewhere it trains
    page.wait_for_function("(end) => window.seen.length > 2 && window.seen.at(-1) === end", arg=end)
    expect(page.get_by_role("button", name="Play the film", exact=True)).to_be_visible()
    seen = page.evaluate("window.seen")
    assert seen == sorted(seen), "from its first picture to its last, in order"
    play.status("finished")


def test_over_and_over_until_it_is_stopped_and_so_after_a_reload(visit: Visit) -> None:
    play = trained(visit)
    page = play.page
    page.get_by_label("how fast the film is played").select_option("2")
    page.get_by_label("repeat the film").click()
    page.reload()
    expect(play.root).to_have_attribute("data-charts", "true")
    expect(page.get_by_label("how fast the film is played")).to_have_value("2")
    expect(page.get_by_label("repeat the film")).to_have_attribute("aria-pressed", "true")
    page.evaluate(RECORD)
    page.get_by_role("button", name="Play the film", exact=True).click()
    again = "() => window.seen.some((step, i) => i && step < window.seen[i - 1] && i < window.seen.length - 1)"
    page.wait_for_function(again)
    page.get_by_role("button", name="Stop the film", exact=True).click()
    expect(page.get_by_role("button", name="Play the film", exact=True)).to_be_visible()
    expect(film_of(page)).not_to_have_attribute("aria-valuetext", "now")


def test_one_slider_for_several_runs(visit: Visit) -> None:
    play = trained(visit)
    runs = [play.run]
    with play.server.browser() as other:
        images = {"data": {"name": "digits"}, "model": {"layers": [{"units": 8}]}, "training": {"epochs": 3}}
        runs.append(other.submit(images, room="digits", speed={"steps": 30, "fps": 12}))
        other.until("finished", run=runs[1])
    page = play.page
    page.goto(f"{play.server.url}/runs?compare={','.join(runs)}")
    cards = page.locator(".nnr-moments > div")
    expect(cards.locator("img")).to_have_count(2)
    assert [card.get_attribute("data-kind") for card in cards.locator("img").all()] == ["boundary", "matrix"]
    ends = [int(card.get_attribute("data-step") or -1) for card in cards.all()]
    slider = page.get_by_label("go back through all runs at once")
    expect(slider).to_be_visible()  # the curves have come
    slider.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    earlier = """(ends) => [...document.querySelectorAll('.nnr-moments > div')].every((card, i) =>
      card.dataset.step !== '' && Number(card.dataset.step) < ends[i])"""
    page.wait_for_function(earlier, arg=ends)
    expect(cards.first.locator("small")).to_have_text(re.compile(r"^step \d+ · .* \d"))
    # The mark in the chart is where the slider stands: at 1 of 120 parts of the longer run's 60 epochs.
    page.wait_for_function("() => document.querySelector('.nnr-plot').layout?.shapes?.[0]?.x0 === 0.5")
    page.get_by_label("what is shown of runs on images").select_option("filters")
    expect(cards.nth(1).locator("img")).to_have_attribute("data-kind", "filters")
    page.get_by_label("horizontal axis").select_option("step")
    expect(page.locator(".nnr-place")).to_have_text(re.compile(r"^at step \d"))
    page.keyboard.press("Escape")


@contextlib.contextmanager
def drawing_held(server: Server) -> Iterator[None]:
    """The first process that begins to draw stands still, so that there is time to look at it."""
    over, main = threading.Event(), psutil.Process(server.process.pid)

    def hold() -> None:
        while not over.wait(0.01):
            for child in main.children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    if "nnviz.export.film_process" in child.cmdline():
                        child.suspend()
                        return

    thread = threading.Thread(target=hold, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_the_film_is_drawn_given_up_drawn_again_and_downloaded(visit: Visit, tmp_path: Path) -> None:
    play = trained(visit)
    page, frames = play.page, int(film_of(play.page).get_attribute("max") or 0)
    take_home(page)
    with drawing_held(play.server):
        page.locator(".st-key-w_draw_mp4 button").first.click()
        expect(page.locator(".st-key-take_mp4").get_by_role("progressbar")).to_be_visible()
        expect(page.locator(".st-key-w_draw_gif button").first).to_be_disabled()
        page.locator(".st-key-w_cancel_mp4 button").first.click()
    expect(page.locator(".st-key-take_mp4")).to_contain_text("Given up.")
    page.locator(".st-key-w_draw_gif button").first.click()
    expect(page.locator(".st-key-w_take_gif button").first).to_be_visible()
    path = download(page, "gif", tmp_path)
    assert path.name == f"nnviz-{play.run[:8]}-film.gif"
    with Image.open(path) as image:
        assert (image.n_frames, image.width) == (frames, 960)
