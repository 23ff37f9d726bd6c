"""Channels over the live socket: who leads, who follows, who may not."""

from __future__ import annotations

import pytest

from nnviz.ui.watch import watch_link
from nnviz.web import entrance
from nnviz.web.channels import KEPT, MAX_CHANNELS, ChannelError, Channels
from nnviz.web.viewer import Viewer
from tests.serving import Server

NAME = "channel_of_22_letters_"


def test_followers_are_told_where_the_leader_goes_and_that_it_is_gone(server: Server) -> None:
    with server.browser() as early, server.browser() as late, server.browser() as stranger:
        early.say(do="follow", channel=NAME)
        assert early.until("channel") == {
            "event": "channel",
            "channel": NAME,
            "path": None,
            "query": "",
            "there": False,
        }
        with server.browser() as leader:
            leader.say(do="lead", channel=NAME, path="/digits", query="layers=30")
            leader.say(do="lead", channel=NAME, path="/", query="run=x")
            leader.say(do="hello", visitor=leader.visitor)
            leader.until("welcome")  # it is theirs now
            stranger.say(do="lead", channel=NAME, path="/guide", query="")
            assert "another visitor's" in stranger.until("error")["message"]
            late.say(do="follow", channel=NAME)
            early.say(do="follow", channel=NAME)
            for follower in (early, late):
                said = follower.until("channel", there=True)
                assert (said["path"], said["query"]) == ("/", "run=x")
            leader.say(do="lead", channel=NAME, path="/", query="run=y")
            assert late.until("channel")["query"] == "run=y"
            visitor = leader.visitor
        assert late.until("channel", there=False)["query"] == "run=y"
        with server.browser(visitor=visitor) as leader:
            leader.say(do="lead", channel=NAME, path="/", query="run=y")
            late.until("channel", there=True)
            stranger.say(do="end_channel", channel=NAME)  # is not the owner's word
            leader.say(do="end_channel", channel=NAME)
            assert late.until("channel", there=False)["path"] is None


@pytest.mark.parametrize("bad", [{"path": "//evil.test/"}, {"path": "https://evil.test"}, {"channel": "x"}])
def test_a_leader_leads_to_rooms_only(server: Server, bad: dict[str, str]) -> None:
    with server.browser() as leader:
        leader.say(**{"do": "lead", "channel": NAME, "path": "/", "query": "", **bad})
        assert leader.until("error")["field"] in bad


def test_channels_are_bounded_and_end_a_while_after_their_owner_has_gone() -> None:
    channels, viewer = Channels(), Viewer()
    for number in range(MAX_CHANNELS):
        channels.lead(viewer, "ann", f"channel {number}", "/", "")
    with pytest.raises(ChannelError, match="all it takes"):
        channels.lead(viewer, "ann", "one more", "/", "")
    channels.leave(viewer)
    channels._forget()
    assert len(channels) == MAX_CHANNELS
    import time

    channels._forget(time.monotonic() + KEPT + 1)
    assert len(channels) == 0


def test_a_link_works_from_where_it_is_given_to(monkeypatch: pytest.MonkeyPatch) -> None:
    link, here_only = watch_link("abc", "http://127.0.0.1:8501/digits")
    assert (link, here_only) == ("http://127.0.0.1:8501/?follow=abc", True)
    link, here_only = watch_link("abc", "https://nnviz.school.test/digits")
    assert (link, here_only) == ("https://nnviz.school.test/?follow=abc", False)
    monkeypatch.setenv("NNVIZ_TOKEN", "s3cret-s3cret")
    entrance.install(entrance.make_entrance("192.168.1.7", 8501))
    try:
        link, here_only = watch_link("abc", "http://localhost:8501/")
    finally:
        entrance.install(None)
    assert (link, here_only) == ("http://192.168.1.7:8501/?follow=abc&token=s3cret-s3cret", False)
