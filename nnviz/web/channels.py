"""Channels: what one visitor does, followed by others. On the event loop; no locks.

A channel has a name that nobody guesses, an owner, the newest place of the owner's page (room and link), and the
followers who are told when it changes."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnviz.web.viewer import Viewer

MAX_CHANNELS = 200
KEPT = 900.0
"""Seconds that a channel stays whose owner has gone: a reload is not a leaving, a lost network not for long."""


class ChannelError(Exception):
    """In words for the visitor."""


@dataclass
class Channel:
    """`left` is when the owner's last connection ended (monotonic seconds), None while there is one."""

    id: str
    owner: str
    path: str
    query: str
    leaders: set[Viewer] = field(default_factory=set)
    followers: set[Viewer] = field(default_factory=set)
    left: float | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "event": "channel", "channel": self.id, "path": self.path, "query": self.query,
            "there": bool(self.leaders),
        }  # fmt: skip

    def tell(self) -> None:
        for viewer in self.followers:
            viewer.say(self.to_json())


class Channels:
    """All of them. Who follows one that is not there is told so, and may ask again."""

    def __init__(self) -> None:
        self._channels: dict[str, Channel] = {}

    def __len__(self) -> int:
        return len(self._channels)

    def lead(self, viewer: Viewer, owner: str, name: str, path: str, query: str) -> None:
        """The owner's page is there now. Raises ChannelError for somebody else's channel, and for one too many."""
        self._forget()
        channel = self._channels.get(name)
        if channel is None:
            if len(self._channels) >= MAX_CHANNELS:
                raise ChannelError(f"the server has {MAX_CHANNELS} watch links, which is all it takes; try again later")
            channel = self._channels[name] = Channel(name, owner, path, query)
        if channel.owner != owner:
            raise ChannelError("this watch link is another visitor's")
        new = (channel.path, channel.query, True) != (path, query, viewer in channel.leaders)
        channel.path, channel.query, channel.left = path, query, None
        channel.leaders.add(viewer)
        if new:
            channel.tell()

    def follow(self, viewer: Viewer, name: str) -> None:
        """Tell this viewer where the owner is, now and whenever that changes."""
        self._forget()
        channel = self._channels.get(name)
        if channel is None:
            viewer.say({"event": "channel", "channel": name, "path": None, "query": "", "there": False})
            return
        channel.followers.add(viewer)
        viewer.say(channel.to_json())

    def end(self, owner: str, name: str) -> None:
        """The owner lets nobody watch any more."""
        channel = self._channels.get(name)
        if channel is not None and channel.owner == owner:
            del self._channels[name]
            for viewer in channel.followers:
                viewer.say({**channel.to_json(), "there": False, "path": None})

    def leave(self, viewer: Viewer) -> None:
        """A connection has ended."""
        for channel in self._channels.values():
            channel.followers.discard(viewer)
            if viewer in channel.leaders:
                channel.leaders.discard(viewer)
                if not channel.leaders:
                    channel.left = time.monotonic()
                    channel.tell()

    def _forget(self, now: float | None = None) -> None:
        now = time.monotonic() if now is None else now
        for name, channel in [*self._channels.items()]:
            if channel.left is not None and now - channel.left > KEPT:
                del self._channels[name]
