"""The Runs room as a person uses it: find a run, mark it, lay runs over each other, throw one away and get it back."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Playground
from tests.browser.test_take_home import download
from tests.serving import PATIENCE, Server

Visit = Callable[..., Playground]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One whose runs are those of this file."""
    with Server(tmp_path_factory.mktemp("home")) as server:
        yield server


@pytest.fixture(scope="module")
def recorded(server: Server) -> list[str]:
    """Three runs of a visitor, the oldest first."""
    with server.browser() as browser:
        runs = []
        for rate in (0.1, 0.03, 0.01):
            spec = {"data": {"name": "xor"}, "training": {"epochs": 3, "optimizer": {"learning_rate": rate}}}
            runs.append(browser.submit(spec, room="playground"))
            browser.until("finished", run=runs[-1])
    return runs


@pytest.fixture
def page(server: Server, chromium: Browser, recorded: list[str]) -> Iterator[Page]:
    assert len(recorded) == 3
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(1000 * PATIENCE)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{server.url}/runs")
    expect(page.locator(".nnr")).to_have_attribute("data-total", re.compile("[1-9]"))
    yield page
    context.close()
    assert errors == []


def rows(page: Page) -> Any:
    return page.locator(".nnr-scroll tbody tr[data-run]")


def test_a_run_is_found_marked_and_opened_by_the_keyboard(page: Page, recorded: list[str]) -> None:
    expect(rows(page)).to_have_count(3)
    page.keyboard.press("/")
    page.keyboard.type("sgd 0.03")
    expect(rows(page)).to_have_count(1)
    expect(page).to_have_url(re.compile(r"search=sgd\+0\.03"))
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    expect(rows(page).get_by_role("button", name="★")).to_be_visible()
    page.keyboard.press("e")
    page.get_by_label("Name").fill("The one")
    page.get_by_role("button", name="Save").click()
    expect(rows(page)).to_contain_text("The one")
    page.reload()  # the address says what is shown, the home what it is called
    expect(rows(page)).to_have_count(1)
    page.locator(".nnr-scroll").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**run={recorded[1]}**")
    expect(page.locator(".nnv")).to_have_attribute("data-status", "finished")
    assert page.locator(".nnv").get_attribute("data-run") == recorded[1]


def test_runs_lie_over_each_other_and_a_click_opens_one(page: Page, recorded: list[str]) -> None:
    page.locator(".nnr-scroll").focus()
    for key in ("Shift+ArrowDown", "Shift+ArrowDown", "o"):
        page.keyboard.press(key)
    expect(page.locator(".nnr")).to_have_attribute("data-charts", "true")
    drawn = """() => document.querySelector('.nnr-plot').data?.map((t) => [t.meta, t.name, t.x.at(-1)])"""
    page.wait_for_function(f"() => ({drawn})()?.length === 3 && ({drawn})().every(([, , x]) => x === 3)")
    curves = page.evaluate(drawn)
    assert sorted(run for run, _, _ in curves) == sorted(recorded)
    assert {name for _, name, _ in curves} <= {
        "learning rate 0.1",
        "learning rate 0.01",
        "learning rate 0.03",
        "The one",
    }
    expect(page.locator(".nnr-differences tbody")).to_have_text(re.compile("learning rate.*0.1.*0.03|learning rate"))
    page.get_by_label("horizontal axis").select_option("work")
    page.wait_for_function(f"() => ({drawn})().every(([, , x]) => x === 3 * 13500)")
    place = page.evaluate(
        """(run) => {
          const plot = document.querySelector('.nnr-plot'), { xaxis, yaxis } = plot._fullLayout;
          const trace = plot.data.find((t) => t.meta === run), box = plot.getBoundingClientRect();
          return [box.left + xaxis._offset + xaxis.d2p(trace.x[2]), box.top + yaxis._offset + yaxis.d2p(trace.y[2])];
        }""",
        recorded[0],
    )
    page.mouse.move(*place)
    page.mouse.click(*place)
    page.wait_for_url(f"**run={recorded[0]}**")


def test_what_is_thrown_away_can_be_had_back(page: Page) -> None:
    page.locator(".nnr-scroll").focus()
    page.keyboard.press("Delete")
    expect(page.locator(".nnv-note")).to_contain_text("1 run deleted")
    expect(rows(page)).to_have_count(2)
    page.get_by_role("button", name="Undo").click()
    expect(rows(page)).to_have_count(3)


def test_a_run_that_trains_comes_into_the_open_table(page: Page, visit: Visit) -> None:
    play = visit()
    play.train()
    expect(rows(page)).to_have_count(4)
    expect(rows(page).first).to_contain_text("training")
    play.train()
    expect(rows(page).first).to_contain_text("paused")


def test_a_run_is_taken_home_from_the_table(page: Page, server: Server, recorded: list[str], tmp_path: Path) -> None:
    dialog = page.get_by_role("dialog", name="Take it home")
    page.locator(f"tr[data-run='{recorded[0]}'] input").check()
    page.get_by_role("toolbar").get_by_role("button", name="Take it home").click()
    expect(dialog).to_contain_text(f"Of run {recorded[0][:8]}")
    with zipfile.ZipFile(download(page, "csv", tmp_path)) as files:
        curves = files.read(f"nnviz-{recorded[0][:8]}-curves.csv").decode().splitlines()
    assert float(curves[-1].split(",")[curves[0].split(",").index("epoch")]) == 3
    with zipfile.ZipFile(download(page, "script", tmp_path)) as files:  # beside its points
        compile(next(files.read(name) for name in files.namelist() if name.endswith(".py")), "script.py", "exec")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    # Another one by keyboard: a job that is no training says in words what cannot be made of it.
    with server.browser() as browser:
        race = browser.submit({"job": "descent"}, room="descent")
        browser.until("finished", run=race)
    page.locator(f"tr[data-run='{recorded[0]}'] input").uncheck()
    page.locator(f"tr[data-run='{race}'] td").last.click()
    page.locator(".nnr-scroll").focus()
    page.keyboard.press("t")
    expect(dialog).to_contain_text(f"Of run {race[:8]}")
    expect(page.locator(".st-key-take_keras")).to_contain_text("A descent is no training of a model")
    expect(page.locator(".st-key-w_take_keras button").first).to_be_disabled()
    expect(page.locator(".st-key-w_take_json button").first).to_be_enabled()
