"""A change that resets says so and loses nothing: the run before stays as a pale curve, with a way back to it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from nnviz.neuron.pictures import course
from nnviz.neuron.spec import PerceptronSpec
from nnviz.surfaces.race import race
from nnviz.surfaces.spec import DescentSpec
from tests.browser.conftest import NewPage, Playground, newest_frame
from tests.serving import Server

Visit = Callable[..., Playground]
NAMES = "() => document.querySelector('.nnv-curves').data?.filter((t) => t.showlegend !== false).map((t) => t.name)"


def names(play: Playground, wanted: list[str]) -> None:
    play.page.wait_for_function(f"(wanted) => JSON.stringify(({NAMES})()) === JSON.stringify(wanted)", arg=wanted)


def test_the_run_before_stays_as_a_pale_curve_and_comes_back(visit: Visit) -> None:
    play = visit(more="on")
    play.train()
    play.until("d.status === 'running' && Number(d.step) > 500")
    first = play.run
    play.choose("Optimiser", "Adam")
    note = play.page.locator(".nnv-note")
    expect(play.page.get_by_test_id("stToast")).to_contain_text("The learning rate moves along, 0.03 → 0.01")  # it goes
    expect(note).to_have_text(re.compile("Optimiser SGD → Adam, learning rate 0.03 → 0.01. The training starts anew."))
    play.status("idle")
    label = "before: optimiser SGD → Adam, learning rate 0.03 → 0.01"
    names(play, [label])
    play.train()
    play.until("d.run && d.run !== x && Number(d.step) > 100", first)
    names(play, [label, "training", "validation"])
    second = play.run
    play.page.get_by_role("button", name="back to the run before").click()
    play.until("d.run === x && d.status === 'stopped' && Number(d.step) > 500", first)
    names(play, ["before: optimiser Adam → SGD, learning rate 0.01 → 0.03", "training", "validation"])
    expect(play.page).to_have_url(re.compile(f"run={first}"))
    assert "optimizer" not in play.query  # SGD is the default
    # It goes on as the run that it was; and the other one comes back as well.
    step = play.step
    play.train()
    play.until("d.run === x.run && d.status === 'running' && Number(d.step) > x.step", {"run": first, "step": step})
    play.page.get_by_role("button", name="back to the run before").click()
    play.until("d.run === x && d.status === 'stopped'", second)


def test_a_reset_by_mistake_can_be_taken_back(visit: Visit) -> None:
    play = visit(epochs=20)
    play.train()
    play.status("finished")
    run, step = play.run, newest_frame(play).step
    play.press("r")
    play.status("idle")
    names(play, ["before: the same setting"])
    play.page.get_by_role("button", name="back to the run before").click()
    play.until("d.run === x.run && d.status === 'finished' && Number(d.step) === x.step", {"run": run, "step": step})


def test_the_run_before_outlives_a_reload_is_kept_and_dropped(visit: Visit) -> None:
    play = visit(epochs=3)
    play.train()
    play.status("finished")
    first = play.run
    for neurons in ("5", "6"):
        play.page.get_by_label("one neuron more in hidden layer 1").click()
        play.until("JSON.parse(d.layers)[0].units === x && d.status === 'idle'", int(neurons))
        play.train()
        play.status("finished")
        if neurons == "5":
            names(play, ["before: layers 4,2 → 5,2", "training", "validation"])
            play.page.get_by_role("button", name="keep the run before").click()
            expect(play.page.get_by_role("button", name="keep the run before")).to_have_text("◆")
    kept = ["before: layers 4,2 → 6,2", "training", "validation"]
    names(play, kept)
    expect(play.page).to_have_url(re.compile(f"run={play.run}"))  # the address comes after the page
    play.page.reload()
    play.status("finished")
    names(play, kept)
    expect(play.page.get_by_role("button", name="keep the run before")).to_have_text("◆")
    second = play.run
    play.page.get_by_role("button", name="back to the run before").click()
    play.until("d.run === x", first)
    play.page.get_by_role("button", name="drop the run before").click()
    names(play, ["training", "validation"])
    expect(play.page).to_have_url(re.compile(f"run={first}"))
    play.page.reload()
    play.until("d.run === x && d.charts === 'true'", first)
    names(play, ["training", "validation"])
    assert second != first


def test_a_page_that_does_not_know_the_curve_asks_for_it(visit: Visit) -> None:
    play = visit(epochs=20)
    play.train()
    play.status("finished")
    with play.server.browser() as viewer:
        viewer.say(do="past", run=play.run)
        columns: dict[str, Any] = viewer.until("past")["columns"]
    assert columns["epoch"][-1] == 20


PALE = "document.querySelector(x.chart)?.data?.filter((t) => t.opacity < 1).map((t) => Array.from(t.y))"


class Past:
    """What stands of the run before at a chart of any room."""

    def __init__(self, page: Page, chart: str) -> None:
        self.page, self.chart = page, chart
        self.name = page.locator(".nnv-past-name")

    def curves(self, wanted: list[list[float]]) -> None:
        """Wait until the pale curves have these heights."""
        found = self.page.wait_for_function(
            f"""(x) => {{
              const pale = {PALE};
              return pale?.length === x.lengths.length && pale.every((y, i) => y.length === x.lengths[i]) && pale;
            }}""",
            arg={"chart": self.chart, "lengths": list(map(len, wanted))},
        ).json_value()
        for one, other in zip(found, wanted, strict=True):
            assert one == pytest.approx(other, rel=1e-5, abs=1e-9)

    def none(self) -> None:
        expect(self.name).to_be_hidden()
        self.page.wait_for_function(f"(x) => ({PALE})?.length === 0", arg={"chart": self.chart})

    def press(self, what: str) -> None:
        self.page.get_by_role("button", name=f"{what} the run before").click()


def test_in_descent_the_race_before_stays_is_brought_back_and_dropped(new_page: NewPage, server: Server) -> None:
    page = new_page()
    root, past = page.locator(".nnd"), Past(page, ".nnd-heights")
    page.goto(f"{server.url}/descent?racers=sgd@0.9,adam@0.1&more=on&pace=all")
    expect(root).to_have_attribute("data-charts", "true")
    page.locator(".nnv-play").click()
    expect(root).to_have_attribute("data-states", "tolerance tolerance")
    first = root.get_attribute("data-run") or ""
    page.get_by_role("button", name="1 · SGD 0.9").click()
    page.get_by_label("Learning rate").fill("0.3")
    page.keyboard.press("Enter")
    note = page.locator(".nnv-note")
    expect(note).to_contain_text("SGD 0.9 → SGD 0.3. The race starts anew.")
    page.keyboard.press("Escape")
    raced = race(DescentSpec.model_validate({"racers": "sgd@0.9,adam@0.1"}))
    heights = [path.heights.tolist() for path in raced]  # the lowest minimum of the ravine has height 0
    expect(past.name).to_have_text("before: SGD 0.9 → SGD 0.3")
    past.curves(heights)
    page.locator(".nnv-play").click()
    expect(root).not_to_have_attribute("data-run", first)
    expect(root).to_have_attribute("data-last", re.compile("[0-9]"))
    second = root.get_attribute("data-run") or ""
    past.curves(heights)
    expect(page).to_have_url(re.compile(f"run={second}"))
    page.reload()  # only this tab still knows it: its frame is asked for
    expect(root).to_have_attribute("data-run", second)
    past.curves(heights)
    past.press("back to")
    expect(root).to_have_attribute("data-run", first)
    expect(past.name).to_have_text("before: SGD 0.3 → SGD 0.9")
    past.curves([path.heights.tolist() for path in race(DescentSpec.model_validate({"racers": "sgd@0.3,adam@0.1"}))])
    past.press("drop")
    past.none()
    expect(root).to_have_attribute("data-run", first)


def test_rosenblatts_errors_before_stay_are_kept_and_brought_back(new_page: NewPage, server: Server) -> None:
    page = new_page()
    root, past = page.locator(".nnn"), Past(page, ".nnn-errors")
    page.goto(f"{server.url}/neuron?tab=learn&speed=full&seed=3")
    learn, rate = page.locator(".nnn-learn"), page.locator("[data-name=learning_rate]")

    def train(eta: float) -> list[list[int]]:
        """To the end; the errors of each pass, which are drawn."""
        errors = [one[0] for one in list(course(PerceptronSpec(learning_rate=eta, seed=3)))[-1]["errors"]]
        page.locator(".nnn-play").click()
        page.wait_for_function(
            """(errors) => document.querySelector('.nnn-errors').data?.some((t) =>
              !t.opacity && JSON.stringify(t.y) === errors)""",
            arg=json.dumps(errors, separators=(",", ":")),
        )
        expect(root).to_have_attribute("data-status", "finished")
        return [errors]

    expect(learn).to_have_attribute("data-kind", "start")
    first = train(0.1)
    run = root.get_attribute("data-run") or ""
    rate.fill("0.001")
    rate.press("Enter")
    expect(page.locator(".nnv-note")).to_contain_text("Learning rate 0.1 → 0.001. The learning starts anew.")
    expect(past.name).to_have_text("before: learning rate 0.1 → 0.001")
    past.curves(first)
    past.press("keep")
    assert train(0.001) != first
    rate.fill("0.5")
    rate.press("Enter")
    expect(past.name).to_have_text("before: learning rate 0.1 → 0.5")  # kept: the second has not taken its place
    past.curves(first)
    past.press("back to")
    expect(root).to_have_attribute("data-run", run)
    expect(rate).to_have_value("0.1")
    past.none()
