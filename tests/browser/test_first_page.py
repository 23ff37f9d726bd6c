"""How a page starts: what it needs is named in its first answer, so that the browser asks for all of it at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.serving import PATIENCE, Server

LINK = re.compile(r'<(?:link|script)[^>]* (?:href|src)="\.?(/[^"]+\.js)"')


@pytest.mark.parametrize(("room", "root"), [("/", ".nnv"), ("/digits", ".nnd")])
def test_no_script_is_found_out_late(room: str, root: str, server: Server, chromium: Browser) -> None:
    """Whoever puts another kind of widget on a page adds it to `nnviz.web.front.WIDGETS`."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(1000 * PATIENCE)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(re.sub(r"^http://[^/]+", "", request.url)))
    page.goto(f"{server.url}{room}")
    page.wait_for_selector(f"{root}[data-charts=true]")
    named = set(LINK.findall(server.get(room).decode()))
    context.close()
    scripts = [path for path in asked if path.endswith(".js")]
    assert sorted({Path(path).name for path in scripts if path not in named}) == []
    assert len(scripts) == len(set(scripts))
