"""A port of this machine that nobody listens to."""

from __future__ import annotations

import socket


def free_port() -> int:
    """Of 127.0.0.1. Nobody keeps it until it is listened to: another program may be quicker."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
