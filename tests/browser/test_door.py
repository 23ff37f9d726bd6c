"""The way in, in a real browser: the link with the token opens every room, none asks for what the policy forbids."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.serving import PATIENCE, Server

TOKEN = "a-token-for-the-class"
COLLECT_VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (e) =>
  window.violations.push(`${e.violatedDirective} ${e.blockedURI}`));
"""
ROOMS = {
    "/playground?layers=3,3&token=": ".nnv[data-frame]",
    "/digits?layers=8@3,max2&token=": ".nnd[data-frame]",
    "/convolution?token=": "canvas",
    "/guide?token=": "h1",
}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("home"), more=["--token", TOKEN]) as server:
        yield server


def test_the_link_opens_every_room_within_the_policy(guarded: Server, chromium: Browser) -> None:
    with chromium.new_context() as context:
        context.set_default_timeout(1000 * PATIENCE)
        context.add_init_script(COLLECT_VIOLATIONS)
        page = context.new_page()
        page.goto(f"{guarded.url}/digits")
        expect(page.get_by_role("heading")).to_have_text("The link is needed")
        for link, seen in ROOMS.items():
            page.goto(guarded.url + link + TOKEN)
            page.wait_for_selector(seen)
            assert "token" not in page.url
            assert page.evaluate("window.violations") == [], link
        page.goto(guarded.url)  # the cookie is enough
        page.wait_for_selector(".nnv[data-charts=true]")
        assert page.evaluate("document.cookie").count(TOKEN) == 0, "no script can read it"


def test_the_playgrounds_own_name_keeps_its_query(guarded: Server, chromium: Browser) -> None:
    with chromium.new_context() as context:
        context.set_default_timeout(1000 * PATIENCE)
        page = context.new_page()
        page.goto(f"{guarded.url}/playground?layers=3,3&token={TOKEN}")
        page.wait_for_selector(".nnv[data-charts=true]")
        layers = json.loads(page.locator(".nnv").get_attribute("data-layers") or "")
        assert [layer["units"] for layer in layers] == [3, 3, 1]
