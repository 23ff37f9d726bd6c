"""The reinforcement room as a visitor has it: a world drawn and learned, exploration turned, a pole balanced."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.serving import Server

SMALL = "grid=S4-5-4G&seed=1"


def opened(server: Server, new_page: NewPage, query: str, width: int = 1280) -> Page:
    page = new_page(width)
    page.goto(f"{server.url}/reinforcement?{query}")
    expect(page.locator(".nnt")).to_have_attribute("data-shows", re.compile("."))
    return page


def cell(page: Page, row: int, column: int) -> tuple[float, float]:
    """Where on the screen a cell is."""
    x, y = page.evaluate(
        """([row, column]) => {
          const map = document.querySelector(".nnq-map"), box = map.getBoundingClientRect();
          const { xaxis, yaxis } = map._fullLayout;
          return [box.left + xaxis._offset + xaxis.d2p(column), box.top + yaxis._offset + yaxis.d2p(row)];
        }""",
        [row, column],
    )
    return x, y


def test_a_world_is_drawn_and_learned(server: Server, new_page: NewPage) -> None:
    page = opened(server, new_page, f"{SMALL}&episodes=60")
    grid, world = page.locator("#nn-part-grid"), page.locator(".nnq-map")
    world.locator(".main-svg").first.wait_for()
    expect(grid).to_have_attribute("data-grid", "S4-5-4G")
    page.mouse.move(*cell(page, 1, 3))
    page.mouse.down()
    page.mouse.move(*cell(page, 2, 3), steps=6)
    page.mouse.up()
    expect(grid).to_have_attribute("data-grid", "S1W2-2W2-4G")
    expect(page).to_have_url(re.compile("grid=S1W2-2W2-4G"))
    world.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "x"):  # from the first cell
        page.keyboard.press(key)
    expect(grid).to_have_attribute("data-cursor", "3,2")
    expect(grid).to_have_attribute("data-grid", "S1W2-2W2-1X2G")
    page.keyboard.press("g")
    expect(grid).to_have_attribute("data-grid", "S1W2-2W2-1G2G")
    page.keyboard.press("f")
    expect(grid).to_have_attribute("data-grid", "S1W2-2W2-4G")
    expect(grid).to_have_attribute("data-right", "0")
    world.blur()
    page.keyboard.press("Space")
    expect(grid).to_have_attribute("data-status", "finished")
    expect(grid).to_have_attribute("data-ends", "goal")
    expect(grid).to_have_attribute("data-moves", "6")
    shown = page.evaluate(
        """() => {
          const { data } = document.querySelector(".nnq-map");
          return data.find((one) => one.customdata).text.filter(Boolean).length;
        }"""
    )
    assert shown >= 6
    expect(page.locator(".nnq-update").first).to_contain_text("target = r + γ")
    expect(page.locator("#nn-part-grid .nnt-verdict")).to_contain_text("differs from the exact optimum")


def test_exploration_is_turned_while_it_trains(server: Server, new_page: NewPage) -> None:
    page = opened(server, new_page, f"{SMALL}&episodes=5000&speed=slow", width=390)
    grid = page.locator("#nn-part-grid")
    page.keyboard.press("Space")
    expect(grid).to_have_attribute("data-status", "running")
    expect(grid).to_have_attribute("data-epsilon", "0.1")
    run = page.locator(".nnt").get_attribute("data-run")
    slider = page.get_by_role("slider", name="exploration ε")
    slider.focus()
    page.keyboard.press("End")
    expect(grid).to_have_attribute("data-epsilon", "1")
    expect(page).to_have_url(re.compile("epsilon=1.0"))
    assert page.locator(".nnt").get_attribute("data-run") == run
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    grid.locator("[data-name=agent]").select_option("sarsa")
    expect(page.get_by_text("Agent Q-learning, table → SARSA, table.")).to_be_visible()
    expect(grid).to_have_attribute("data-episode", "0")


def test_a_pole_is_balanced(server: Server, new_page: NewPage) -> None:
    page = opened(server, new_page, "environment=cartpole&agent=reinforce&episodes=40&agents=2")
    pole = page.locator("#nn-part-cartpole")
    pole.locator(".nnq-slice .main-svg").first.wait_for()
    expect(pole.get_by_text("No ε: its policy says itself")).to_be_visible()
    page.keyboard.press("Space")
    expect(pole).to_have_attribute("data-status", "finished")
    expect(pole).to_have_attribute("data-episode", "40")
    page.keyboard.press("p")
    expect(pole.get_by_role("button", name="Let the agent play")).to_be_visible()
    step = pole.get_by_role("button", name="One step of the episode")
    before = int(pole.get_attribute("data-shown") or 0)  # of the drawing in which it paused
    step.click()
    expect(pole).to_have_attribute("data-shown", re.compile(f"^({before + 1}|0)$"))  # at its end it begins again
    pole.get_by_role("combobox", name="chart").select_option("value")
    expect(page).to_have_url(re.compile("slice=value"))
    page.get_by_role("tab", name="Grid world").click()
    expect(page.locator("#nn-part-grid")).to_have_attribute("data-episode", "0")
