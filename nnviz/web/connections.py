"""Connections below HTTP: how many there are, and how long one may take to say what it wants.

uvicorn waits for ever for a request's headers, and takes connections until the process has no descriptors left. Both
are bounded here, in its own protocol classes, however uvicorn was started and whichever parser it has.
"""

from __future__ import annotations

import asyncio
from typing import Any

from nnviz.web.limits import Places, limits

REQUEST_SECONDS = 10.0
"""For the first byte to the last of a request's headers, and between requests."""
BODY_BYTES = 10_000
"""Of a request's body that must come in each REQUEST_SECONDS; after PATIENCE times too few the connection is closed."""
PATIENCE = 3
FULL = b"This nnviz has as many connections as it takes; try again in a minute."
REFUSAL = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nX-Content-Type-Options: nosniff\r\n"
    b"Content-Length: %d\r\nRetry-After: 60\r\nConnection: close\r\n\r\n%s" % (len(FULL), FULL)
)


def bound_connections(config: Any) -> None:
    """Let this `uvicorn.Config` build bounded connections. Each new connection asks it for its class."""
    places = Places(limits().connections, limits().connections_each)
    if not issubclass(config.http_protocol_class, _Bounded):
        config.http_protocol_class = type("BoundedHTTP", (_HTTP, config.http_protocol_class), {"places": places})
        config.ws_protocol_class = type("BoundedWebSocket", (_WebSocket, config.ws_protocol_class), {"places": places})


class _Bounded(asyncio.Protocol):
    """A connection that has one of the places."""

    places: Places
    _peer: str | None = None
    _placed = False

    def connection_made(self, transport: Any) -> None:
        peer = transport.get_extra_info("peername")
        self._peer = str(peer[0]) if isinstance(peer, tuple) and peer else None
        self._placed = self.places.take(self._peer)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._leave()
        super().connection_lost(error)

    def _leave(self) -> None:
        if self._placed:
            self._placed = False
            self.places.leave(self._peer)


class _WebSocket(_Bounded):
    """Has had its headers when it begins, and is pinged; it keeps the place of its HTTP connection."""


class _HTTP(_Bounded):
    """Before and between requests, a clock runs."""

    transport: Any
    cycle: Any

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._received = self._seen = self._slow = 0
        self._loop = asyncio.get_running_loop()
        self._idle_since = self._loop.time()
        self._clock: asyncio.TimerHandle | None = None
        if self._placed:
            self._clock = self._loop.call_later(REQUEST_SECONDS, self._look)
        else:
            transport.write(REFUSAL)
            transport.close()

    def data_received(self, data: bytes) -> None:
        if self._placed:
            self._received += len(data)
            super().data_received(data)

    def connection_lost(self, error: Exception | None) -> None:
        self._stop()
        super().connection_lost(error)

    def on_response_complete(self) -> None:
        self._idle_since = self._loop.time()
        super().on_response_complete()  # type: ignore[misc]

    def handle_websocket_upgrade(self, *event: Any) -> None:
        self._stop()
        self._leave()  # the WebSocket takes it at once
        super().handle_websocket_upgrade(*event)  # type: ignore[misc]

    def _look(self) -> None:
        """Whether this connection still gets on."""
        if self.transport.is_closing():
            return
        wait = REQUEST_SECONDS
        cycle = self.cycle
        if cycle is None or cycle.response_complete:
            wait = self._idle_since + REQUEST_SECONDS - self._loop.time()
            late = wait <= 0
        else:
            self._slow = self._slow + 1 if cycle.more_body and self._received < self._seen + BODY_BYTES else 0
            late = self._slow >= PATIENCE
        self._seen = self._received
        if late:
            self.transport.close()
        else:
            self._clock = self._loop.call_later(wait, self._look)

    def _stop(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None
