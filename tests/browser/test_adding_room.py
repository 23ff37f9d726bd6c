"""A room from outside the package: one file, one line, and its page. The rest follows from what it declares."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.serving import PATIENCE, Server

ROOM = """
from pathlib import Path
import streamlit as st
from pydantic import BaseModel, ConfigDict, Field
from nnviz.ui import controls
from nnviz.ui.room import Experiment, Guide, Room

class Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    slope: float = Field(1.0, ge=-10, le=10, allow_inf_nan=False)
    dashed: bool = False

def stage(here):
    st.markdown(f"The line y = {here.spec.slope:g} x" + (", dashed" if here.spec.dashed else ""))

def more(here):
    controls.switch("Dashed", "dashed", help="as a road's middle")

ROOM = Room(
    name="lines", title="Lines", section="Basics", icon=":material/show_chart:", spec=Line, stage=stage, more=more,
    controls=lambda here: controls.real("Slope", "slope", -10.0, 10.0, step=0.5, help="how steep"),
    intro="Move the **slope**.", about_more="Dashed.", hideable={"slope": "Slope"},
    guide=Guide(
        what="as a line", experiments=(Experiment("Steep", "Three up for one along.", {"slope": "3"}),),
        marks=(("the line", "y over x"),), keys=(("↑", "steeper"),),
    ),
    file=Path(__file__).with_name("lines.py"),
)
"""
START = """
import dataclasses, sys
sys.path.insert(0, {folder!r})
from nnviz.ui.rooms import ROOMS
from my_room import ROOM
ROOMS[ROOM.name] = ROOM
for name in ("one", "two"):  # however many there are: more than have their names side by side
    ROOMS[name] = dataclasses.replace(ROOM, name=name, title=name.title(), file=ROOM.page.with_name(name + ".py"))
from nnviz.cli import main
main()
"""


ALWAYS = ("Playground", "Digits", "Lectures", "Guide")


def test_a_room_that_is_added_is_in_navigation_guide_link_and_page(tmp_path: Path, chromium: Browser) -> None:
    (tmp_path / "my_room.py").write_text(ROOM)
    for name in ("lines", "one", "two"):
        (tmp_path / f"{name}.py").write_text(f'from nnviz.ui.page import show\n\nshow("{name}")\n')
    (tmp_path / "start.py").write_text(START.format(folder=str(tmp_path)))
    with Server(tmp_path / "home", start=[sys.executable, str(tmp_path / "start.py")]) as server:
        page = chromium.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(1000 * PATIENCE)
        page.goto(f"{server.url}/lines?slope=3&steep=yes&more=on")
        shown = page.locator(".st-key-stage")
        expect(shown).to_contain_text("The line y = 3 x")
        expect(page.get_by_test_id("stAlert")).to_contain_text("“steep” is not a setting here")
        page.get_by_text("Dashed", exact=True).click()
        expect(shown).to_contain_text("y = 3 x, dashed")
        expect(page).to_have_url(re.compile(r"slope=3.0.*dashed=on|dashed=on.*slope=3.0"))
        slope = page.get_by_label("Slope")
        slope.fill("-2")
        slope.press("Enter")
        expect(shown).to_contain_text("y = -2 x, dashed")
        expect(page).to_have_url(re.compile(r"slope=-2"))  # the address is written after the page
        page.go_back()
        expect(shown).to_contain_text("y = 3 x, dashed")
        page.get_by_role("link", name="Guide").click()
        page.locator(".nng").get_by_role("button", name=re.compile("Lines")).click()
        expect(page.get_by_text("as a line")).to_be_visible()
        page.get_by_role("link", name="Steep").click()
        expect(shown).to_contain_text("The line y = 3 x")
        page.get_by_role("link", name="Playground").click()
        expect(page.locator(".nnv")).to_have_attribute("data-status", "idle")
        expect(page.get_by_test_id("stTopNavLink")).to_have_text([re.compile(name) for name in ALWAYS])
        through_the_menu(page, "Basics", "Lines")
        expect(shown).to_contain_text("The line y = 3 x")
        through_the_menu(page, "Foundations", "Neuron")
        expect(page).to_have_url(re.compile("/neuron"))
        expect(page.locator(".nnn")).to_be_visible()
        page.set_viewport_size({"width": 390, "height": 780})
        ways = page.locator(".st-key-ways").get_by_role("link")
        expect(ways.nth(0)).to_have_text("Playground")
        expect(ways.nth(1)).to_have_text("Digits")
        expect(ways.nth(1)).to_be_in_viewport(ratio=0.5)
        ways.get_by_text("Lines", exact=True).click()
        expect(shown).to_contain_text("The line y = 3 x")
        page.close()


def through_the_menu(page: Page, section: str, room: str) -> None:
    page.get_by_test_id("stTopNavSection").get_by_text(section).click()
    page.get_by_test_id("stTopNavDropdownLink").filter(has_text=room).click()
