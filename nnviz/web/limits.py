"""How many may come at once: in all, and from one address.

A class sits behind one address (a school's router), so one address may take three quarters of everything: sixty
browsers of eight connections each fit well. The last quarter is for the others when one of them is not a class.
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from dataclasses import dataclass
from functools import cache

MAX_SESSIONS, MAX_CONNECTIONS = 240, 4000
OWN_DESCRIPTORS = 150
"""Of engine, store, log and scripts."""
KEPT_DESCRIPTORS = 3 * 128
"""Streamlit keeps up to 128 sessions for those who come back; each has an event loop, which is three descriptors."""
WANTED_DESCRIPTORS = 65_536
"""More is of no use, and some systems call "unlimited" what they do not give."""


@dataclass(frozen=True)
class Limits:
    """Streamlit sessions and TCP connections, in all and from one address."""

    sessions: int
    connections: int

    @property
    def sessions_each(self) -> int:
        return max(1, 3 * self.sessions // 4)

    @property
    def connections_each(self) -> int:
        return max(1, 3 * self.connections // 4)


@cache
def limits() -> Limits:
    """What this process has descriptors for, once it has raised their number."""
    return limits_of(raise_descriptors())


def limits_of(descriptors: int) -> Limits:
    """A session takes its connection and three descriptors more."""
    room = max(descriptors - OWN_DESCRIPTORS - KEPT_DESCRIPTORS, 16)
    sessions = min(MAX_SESSIONS, room // 8)
    return Limits(sessions, min(MAX_CONNECTIONS, room - 3 * sessions))


def raise_descriptors() -> int:
    """Raise the number of files and sockets that this process may have open to what the system lets it have. Returns
    it."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return WANTED_DESCRIPTORS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, WANTED_DESCRIPTORS)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return WANTED_DESCRIPTORS if soft == resource.RLIM_INFINITY else soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError):
        return soft
    return wanted


class Places:
    """Room for `total`, of which one address may take `each`. For the event loop's thread alone."""

    def __init__(self, total: int, each: int) -> None:
        self._total, self._each = total, each
        self._taken: Counter[str] = Counter()

    def has_room(self, address: str | None) -> bool:
        """For one more from there. None, an address that is not known (a socket of this machine), is bound by the total
        alone."""
        free = self._taken.total() < self._total
        return free and (address is None or self._taken.get(_place(address), 0) < self._each)

    def take(self, address: str | None) -> bool:
        """A place, to be given back by `leave`; False where there is none."""
        if not self.has_room(address):
            return False
        self._taken[_place(address)] += 1
        return True

    def leave(self, address: str | None) -> None:
        place = _place(address)
        self._taken[place] -= 1
        if self._taken[place] <= 0:
            del self._taken[place]


def _place(address: str | None) -> str:
    """One IPv6 customer has 2⁶⁴ addresses: they count as one."""
    if address is None or ":" not in address:
        return address or ""
    try:
        return str(ipaddress.ip_network((address.partition("%")[0], 64), strict=False))
    except ValueError:
        return address
