"""Which names this server answers to. A page elsewhere may give its own name our address for a moment (DNS rebinding):
the browser then takes us for a part of that page, and only the `Host` that it asks for tells."""

from __future__ import annotations

import ipaddress
import re
import socket
from functools import cache
from urllib.parse import urlsplit

_HOST = re.compile(r"(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<name>[a-z0-9_.-]+))(?::[0-9]{1,5})?", re.IGNORECASE)
_WILDCARDS = ("0.0.0.0", "::", "")


def host_name(host: str | None) -> str | None:
    """The name or address in a `Host` header, without port and brackets, in small letters; None for what is none."""
    found = _HOST.fullmatch(host or "")
    if found is None:
        return None
    return _plain(found["six"] or found["name"]) or None


def is_known(host: str | None, reached: str | None, names: frozenset[str]) -> bool:
    """Whether a request's `Host` names this server: loopback, the address that the connection has `reached`, this
    machine's own name, or one of `names` (as `host_name` gives them). The port does not count."""
    name = host_name(host)
    if name is None:
        return False
    return is_loopback(name) or name in names or name in machine_names() or (bool(reached) and name == _plain(reached))


def is_loopback(name: str) -> bool:
    """localhost, 127.0.0.0/8 and ::1."""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def is_wildcard(address: str) -> bool:
    """Whether a server bound to this address listens on all of the machine's."""
    return address in _WILDCARDS


@cache
def machine_names() -> frozenset[str]:
    """What this machine calls itself, also as its neighbours find it (mDNS). Nobody else is asked."""
    name = _plain(socket.gethostname())
    short = name.partition(".")[0]
    return frozenset({name, short, f"{short}.local"} - {"", ".local"})


def own_address() -> str | None:
    """The address that other machines reach this one at: that of its way out. No packet is sent for it."""
    # RFC 5737 and 3849 keep these addresses for examples: there is a way to them, and nobody at its end.
    for family, target in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((target, 9))
                address = str(probe.getsockname()[0])
        except OSError:
            continue
        if not is_loopback(address):
            return address
    return None


def in_url(address: str) -> str:
    """An address as an URL has it: one of IPv6 in brackets."""
    return f"[{address}]" if ":" in address else address


def same_origin(origin: str | None, host: str | None) -> bool:
    """Whether the page that asks is our own: every browser says so, and no page can say otherwise. The scheme does not
    count: a proxy in front may have taken TLS away."""
    if not origin or not host:
        return False
    try:
        return urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:
        return False


def _plain(name: str | None) -> str:
    """One spelling for each name: small letters, no dot behind, IPv4 without its IPv6 shell."""
    name = (name or "").lower().rstrip(".").partition("%")[0]
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return name
    return str(getattr(address, "ipv4_mapped", None) or address)
