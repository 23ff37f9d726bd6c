"""How one comes in: where this server listens, which names it has and whether a token is asked for."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from nnviz.web.hosts import host_name, in_url, is_loopback, is_wildcard, own_address
from nnviz.web.settings import access_token, allowed_hosts

TOKEN_FIELD = "token"
"""The parameter of an address that carries the token."""


@dataclass(frozen=True)
class Entrance:
    """Where the server listens (None: not known, as behind a socket that somebody else has opened), the names that it
    answers to beside its own, and the token that it asks for (None: nobody is asked)."""

    address: str | None
    port: int | None
    names: frozenset[str]
    token: str | None

    @property
    def is_open(self) -> bool:
        """Whether other machines can reach it."""
        return self.address is not None and not is_loopback(host_name(self.address) or self.address)

    @property
    def base(self) -> str | None:
        """The address for other machines, `http://192.168.1.7:8501`; None where they cannot come in."""
        if not self.is_open or self.address is None:
            return None
        address = (own_address() or socket.gethostname()) if is_wildcard(self.address) else self.address
        return f"http://{in_url(address)}:{self.port}"

    @property
    def words(self) -> str:
        """Where it is, for the terminal."""
        lines = [f"nnviz is at {self.own_link}"]
        if self.is_open:
            lines.append(f"Other machines reach it at {self.link('/')}")
            if self.token is not None:
                lines.append("Whoever has this link and reaches this machine can use it; without the token nobody can.")
        return "\n".join(lines)

    @property
    def own_link(self) -> str:
        """The address on this machine, with the token."""
        return self.on_this_machine("/")

    def on_this_machine(self, path: str) -> str:
        """`path` as a whole address for this machine, with the token."""
        address = self.address or "127.0.0.1"
        return f"http://{in_url('localhost' if is_wildcard(address) else address)}:{self.port}" + self._path(path)

    def link(self, path: str) -> str:
        """`path` (`/digits?run=…`) as a whole address for other machines where there is one, with the token."""
        return (self.base or "") + self._path(path)

    def _path(self, path: str) -> str:
        if self.token is None:
            return path
        parts = urlsplit(path)
        query = "&".join(filter(None, [parts.query, urlencode({TOKEN_FIELD: self.token})]))
        return urlunsplit(("", "", parts.path or "/", query, parts.fragment))


_holder: list[Entrance] = []


def entrance() -> Entrance:
    """The entrance of this process; before the server has started, one that knows only what is set."""
    return _holder[0] if _holder else make_entrance(None, None)


def make_entrance(address: str | None, port: int | None) -> Entrance:
    """Of a server that listens there, with what the environment sets. Raises SettingError."""
    own = {host_name(address)} if address and not is_wildcard(address) else set()
    return Entrance(address, port, frozenset(name for name in {*own, *allowed_hosts()} if name), access_token())


def install(new: Entrance | None) -> None:
    """The lifespan's call: from here on `entrance()` answers so; None: as before the start."""
    _holder[:] = [] if new is None else [new]
