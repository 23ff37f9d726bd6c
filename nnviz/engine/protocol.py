"""How an engine and the process of a run talk: framed messages on one socketpair, JSON and bytes, no pickled objects.

A message is one byte of kind, a uint32 length and the payload. From the child come two lanes on the one stream: events
in order, none ever dropped, and frames on credit. The child has one frame of a view in flight; until its credit is back
a newer frame of that view replaces the one that waits (see `child_control.py`): a slow reader gets the newest, never a
backlog.
"""

from __future__ import annotations

import json
import select
import socket
import struct
from collections.abc import Iterator
from enum import IntEnum
from typing import Any

HEADER = struct.Struct("<BI")
MAX_MESSAGE = 64 * 2**20
"""Bytes: the largest network's weights (5,000,000 float32) are 20 MB."""


class Kind(IntEnum):
    """To the child: RUN, WEIGHTS, COMMAND, VIEWERS, CREDIT. From it: EVENT, FRAME, FREE; from one on a node that has
    been taken over also WEIGHTS and RUN, what it was once told, and in RUN whether it was `changed` by hand since."""

    RUN = 1
    """JSON: run, spec, module (in which the spec's job is), home, threads, viewers, commands, epochs, endless, weights
    (whether a WEIGHTS message follows), resume (whether that is a "state" frame)."""
    WEIGHTS = 2
    """float32 bytes: all weights in Keras's `get_weights()` order; or the "state" frame of a run that goes on."""
    COMMAND = 3
    """JSON: one command of `nnviz.control`."""
    VIEWERS = 4
    """JSON: how many watch."""
    CREDIT = 5
    """Empty: the oldest frame in flight has arrived."""
    EVENT = 6
    """JSON of one event."""
    FRAME = 7
    """One encoded frame."""
    FREE = 8
    """JSON: the run has ended and its process would take another one: of the `architecture` named, or any for null."""
    HELLO = 9
    """From a script (nnviz.keras), its first message. JSON: secret, of the home's address file."""
    WELCOME = 10
    """The server's answer to it. JSON: answer, of that file; url, where the run can be seen."""


KINDS = frozenset(Kind)


class ProtocolError(Exception):
    """Bytes that no nnviz process writes."""


def pack(kind: Kind, payload: bytes = b"") -> bytes:
    """One message. Raises ValueError when the payload is larger than MAX_MESSAGE."""
    if len(payload) > MAX_MESSAGE:
        raise ValueError(f"a message of {len(payload):,} bytes; allowed are at most {MAX_MESSAGE:,}")
    return HEADER.pack(kind, len(payload)) + payload


def pack_json(kind: Kind, value: Any) -> bytes:
    return pack(kind, json.dumps(value, separators=(",", ":"), allow_nan=False).encode())


class Decoder:
    """Messages from a stream that arrives in pieces of any size. `most`: bytes that one may have; it may be changed."""

    def __init__(self, most: int = MAX_MESSAGE) -> None:
        self.most = most
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[Kind, bytes]]:
        """Whole messages so far, each (kind, payload). Raises ProtocolError for bytes that are none."""
        self._buffer += data
        start = 0
        try:
            while len(self._buffer) - start >= HEADER.size:
                kind, length = HEADER.unpack_from(self._buffer, start)
                if length > self.most or kind not in KINDS:
                    raise ProtocolError(f"kind {kind}, length {length:,}")
                end = start + HEADER.size + length
                if len(self._buffer) < end:
                    break
                payload = bytes(memoryview(self._buffer)[start + HEADER.size : end])
                start = end
                yield Kind(kind), payload
        finally:
            del self._buffer[:start]


class Channel:
    """The child's end: blocking writes (the engine always reads), reads that wait only when asked to."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._decoder = Decoder()
        sock.setblocking(True)

    def send(self, message: bytes) -> None:
        self._socket.sendall(message)

    def receive(self, seconds: float | None = 0.0) -> list[tuple[Kind, bytes]]:
        """What has arrived, after at most `seconds` (None: however long). Raises EOFError when the engine is gone."""
        ready, _, _ = select.select([self._socket], [], [], seconds)
        if not ready:
            return []
        try:
            data = self._socket.recv(2**18)
        except ConnectionError as error:
            raise EOFError from error
        if not data:
            raise EOFError
        return list(self._decoder.feed(data))
