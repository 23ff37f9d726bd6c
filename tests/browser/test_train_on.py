"""Training goes on in the same story: the epochs count on, the curve and the film go on, for all who look."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Playground, newest_frame

Visit = Callable[..., Playground]
CURVE = """() => {
  const t = document.querySelector('.nnv-curves').data?.find((trace) => trace.name === 'training');
  return t ? [t.x[0], t.x.at(-1), t.x.length] : [];
}"""
"""Of this run: the one before may stand beside it."""


def curve(play: Playground) -> list[float]:
    found: list[float] = play.page.evaluate(CURVE)
    return found


def test_train_on_after_the_end_goes_on_for_all_who_look(visit: Visit) -> None:
    play = visit(epochs=20)
    play.train()
    play.status("finished")
    run, steps = play.run, newest_frame(play).step
    other = visit(run=run)
    other.status("finished")
    films = int(play.page.get_by_label("film: go back through the training").get_attribute("max") or 0)
    expect(play.page.locator(".nnv-play")).to_have_text("▶Train on")
    play.train()
    play.until("d.status === 'finished' && Number(d.step) === x", 2 * steps)
    assert play.run == run
    expect(play.page).to_have_url(re.compile(f"run={run}"))
    play.page.wait_for_function(f"() => ({CURVE})()[1] === 40 && ({CURVE})()[0] === 0")
    film = play.page.get_by_label("film: go back through the training")
    play.page.wait_for_function("([e, n]) => Number(e.max) > n", arg=[film.element_handle(), films])
    other.until("d.status === 'finished' && Number(d.step) === x", 2 * steps)
    other.page.wait_for_function(f"() => ({CURVE})()[1] === 40 && ({CURVE})()[0] === 0")
    # A step by hand, then all of it after a reload.
    play.press("ArrowRight")
    play.until("d.status === 'paused' && Number(d.step) === x", 2 * steps + 1)
    play.page.reload()
    play.until("d.status === 'paused' && Number(d.step) === x && d.charts === 'true'", 2 * steps + 1)
    play.page.wait_for_function(f"() => ({CURVE})()[1] > 40 && ({CURVE})()[0] === 0")
    # Somebody else's run goes on in a copy, which has its story.
    other.until("d.status === 'paused'")
    other.train()
    other.until("d.run && d.run !== x && d.status === 'finished'", run)
    other.page.wait_for_function(f"() => ({CURVE})()[1] === 60 && ({CURVE})()[0] === 0")
    play.status("paused")


def test_the_playground_trains_until_it_is_stopped(visit: Visit) -> None:
    play = visit(speed="full", data="gauss", layers="none")
    play.train()
    play.until("d.status === 'running' && Number(d.step) > 1500 * 25")
    play.train()
    play.status("paused")


def test_a_rate_changed_after_the_end_is_taken_when_it_goes_on(visit: Visit) -> None:
    play = visit(epochs=10)
    play.train()
    play.status("finished")
    run = play.run
    box = play.page.get_by_role("combobox", name="Learning rate")
    box.fill("0.1")
    box.press("Enter")
    play.page.wait_for_url("**learning_rate=0.1**")
    play.status("finished")
    play.train()
    play.until("d.status === 'finished' && Number(d.step) === 500")
    assert play.run == run
    with play.server.browser() as viewer:
        viewer.say(do="watch", run=run)
        rates = viewer.until("history")["columns"]["learning_rate"]
    assert (rates[0], rates[-1]) == (0.03, 0.1)
