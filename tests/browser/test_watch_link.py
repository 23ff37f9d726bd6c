"""A watch link that lives: whoever has it sees what its owner does, until they try it themselves."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from tests.browser.conftest import Playground

Visit = Callable[..., Playground]


def watch_link(play: Playground) -> str:
    """What the Share menu gives away."""
    play.page.get_by_role("button", name="Share").click()
    play.page.get_by_text("Let others watch").click()
    code = play.page.get_by_test_id("stCode").filter(has_text="follow=")
    expect(code).to_be_visible()
    expect(play.page.get_by_test_id("stImage").locator("img")).to_be_visible()
    link = code.inner_text().strip()
    play.page.keyboard.press("Escape")
    return link


def test_a_follower_sees_each_run_and_each_setting(visit: Visit) -> None:
    leader = visit(more="on")
    link = watch_link(leader)
    leader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    leader.page.get_by_role("button", name="Copy link").click()
    expect(leader.page.get_by_role("button", name="Copied")).to_be_visible()
    assert leader.page.evaluate("() => navigator.clipboard.readText()") == link
    channel = parse_qs(urlsplit(link).query)["follow"][0]
    expect(leader.page.locator(".nnw")).to_contain_text("sees what you do")
    leader.train()
    leader.until("d.status === 'running' && d.run")
    follower = visit(follow=channel)  # who comes late
    expect(follower.page.locator(".nnw")).to_contain_text("You are watching")
    follower.until("d.run === x && d.status === 'running'", leader.run)
    assert follower.page.evaluate("() => document.querySelector('.nnv-buttons').inert")
    follower.press(" ")
    follower.press("r")
    # A reset with another setting, and the run after it.
    first = leader.run
    leader.page.locator(".nnv-dice").click()
    leader.status("idle")
    follower.status("idle")
    expect(follower.page).to_have_url(re.compile("seed=1"))
    leader.train()
    leader.until("d.run && d.run !== x && Number(d.step) > 50", first)
    follower.until("d.run === x && Number(d.step) > 50", leader.run)
    follower.page.reload()
    follower.until("d.run === x && d.status === 'running'", leader.run)


def test_a_follower_goes_along_to_another_room_until_they_try_it(visit: Visit) -> None:
    leader = visit()
    channel = parse_qs(urlsplit(watch_link(leader)).query)["follow"][0]
    leader.train()
    leader.until("d.status === 'running' && Number(d.step) > 50")
    expect(leader.page).to_have_url(re.compile("run="))  # from here on a reload finds the run
    leader.page.reload()  # is not a leaving
    leader.until("d.run && d.status === 'running'")
    expect(leader.page.locator(".nnw")).to_contain_text("sees what you do")
    # To try it: a copy of the run with its curve, and controls that work.
    other, follower = visit(follow=channel), visit(follow=channel)
    other.until("d.run === x", leader.run)
    other.page.get_by_role("button", name="Try it myself").click()
    other.until("d.run && d.run !== x && d.status === 'paused'", leader.run)
    expect(other.page.locator(".nnw")).to_be_hidden()
    other.train()
    other.until("d.status === 'running'")
    expect(other.page).not_to_have_url(re.compile("follow="))
    # Another room.
    leader.page.get_by_role("link", name="Digits").click()
    expect(leader.page.locator(".nnd")).to_be_visible()
    expect(follower.page.locator(".nnd")).to_be_visible()
    expect(follower.page).to_have_url(re.compile(r"/digits(\?|$)"))
    assert other.said("run") != leader.said("run")
