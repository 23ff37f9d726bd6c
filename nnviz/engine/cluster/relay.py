"""The app's side of one run on a node: the engine's socket at one end, the node's messages at the other."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from nnviz.engine.cluster.numbered import Numbered
from nnviz.engine.cluster.outbox import Outbox
from nnviz.engine.protocol import Decoder, Kind, pack


class Relay:
    """Used from the network's event loop only. `ordered(self)`: the engine has said what is to be done, and it can be
    placed; `say(self, item)` tells its node.

    key: the run's id in the engine; life: which of its processes this is; attempt: the name of that in the cluster.
    node: where it is, None until placed.
    """

    def __init__(
        self,
        key: str,
        life: int,
        engine: socket.socket,
        ordered: Callable[[Relay], None],
        say: Callable[[Relay, dict[str, Any]], None],
    ) -> None:
        self.key, self.life, self.attempt, self._socket = key, life, f"{key}.{life}", engine
        self._ordered, self._say = ordered, say
        self.node: str | None = None
        self.down = Numbered()
        self.have = 0
        """How many items of the node have come."""
        self.begun = False
        """The node has the order."""
        self.over = False
        """Nothing more comes."""
        self.claimed = False
        """It lived already when this app came."""
        self._start_known = False
        """The engine has been told what one that was claimed had started from."""
        self.code: int | None = None
        self.lost: str | None = None
        """In words, why it has to begin again elsewhere."""
        self.order: dict[str, Any] = {}
        self.weights: bytes | None = None
        self._early: list[tuple[Kind, bytes]] = []
        self._decoder, self._outbox = Decoder(), Outbox(engine, self._written)
        engine.setblocking(False)
        asyncio.get_running_loop().add_reader(engine, self._read)

    @property
    def run(self) -> str:
        """The name under which it is recorded."""
        return str(self.order["run"])

    @property
    def complete(self) -> bool:
        """Whether the whole order is here."""
        return bool(self.order) and (not self.order["weights"] or self.weights is not None)

    def begin(self, node: str, files: list[list[Any]], needs: int) -> None:
        """Send it to a node; `files`: the uploads that it reads."""
        self.node = node
        self._send(
            {"do": "begin", "run": self.run, "order": json.dumps(self.order).encode(), "weights": self.weights,
             "needs": needs, "files": files}
        )  # fmt: skip
        self._send_early()

    def claim(self, node: str, attempt: str) -> None:
        """It lives already, of an app that is gone."""
        self.node, self.attempt, self.begun, self.claimed = node, attempt, True, True
        self._say(self, {"start": attempt})
        self._say(self, {"claim": attempt})
        told = [(Kind.VIEWERS, self.order["viewers"]), *((Kind.COMMAND, one) for one in self.order["commands"])]
        for kind, value in told:
            self._send({"do": "tell", "kind": int(kind), "data": json.dumps(value).encode()})
        self._send_early()

    def resume(self, ours: bool) -> None:
        """There is a connection to its node again; `ours`: the node knows that it is this app's."""
        if self.claimed and not self._start_known:
            self._say(self, {"start": self.attempt})
        if self.claimed and not ours:
            self._say(self, {"claim": self.attempt})

    def signal(self, number: int) -> None:
        self._send({"do": "signal", "number": number})

    def heard(self, got: int) -> None:
        """The node has so many of our items."""
        self.begun = self.begun or got > 0
        self.down.heard(got)

    def take(self, item: dict[str, Any]) -> None:
        """What the node says of it; what has come before is passed over."""
        if self.over:
            return
        if "order" in item:
            self._start_known = True
            if item["weights"] is not None:
                self._write(pack(Kind.WEIGHTS, item["weights"]))
            self._write(pack(Kind.RUN, item["order"]))
            return
        if item["n"] < self.have:
            return
        self.have, self.begun = item["n"] + 1, True
        if "exit" in item:
            self.end(item["exit"])
        else:
            self._write(pack(Kind(item["kind"]), item["data"]))

    def end(self, code: int | None, lost: str | None = None) -> None:
        """Its process is gone: the engine hears so when it has read what came before."""
        if not self.over:
            self.over, self.code, self.lost = True, code, lost
            asyncio.get_running_loop().remove_reader(self._socket)
            self._write()

    def close(self) -> None:
        """The engine asks for it no more."""
        self.over = True
        if self._socket.fileno() >= 0:
            loop = asyncio.get_running_loop()
            loop.remove_reader(self._socket)
            loop.remove_writer(self._socket)
            self._socket.close()

    def _send(self, item: dict[str, Any]) -> None:
        self._say(self, self.down.add({"to": self.attempt, **item}))

    def _send_early(self) -> None:
        for kind, payload in self._early:
            self._send({"do": "tell", "kind": int(kind), "data": payload})
        self._early = []

    def _read(self) -> None:
        try:
            data = self._socket.recv(2**18)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._socket)
            return
        was = self.complete
        for kind, payload in self._decoder.feed(data):
            if kind is Kind.RUN:
                self.order = json.loads(payload)
            elif kind is Kind.WEIGHTS:
                self.weights = payload
            elif self.node is None:
                self._early.append((kind, payload))
            else:
                self._send({"do": "tell", "kind": int(kind), "data": payload})
        if self.complete and not was:
            self._ordered(self)

    def _write(self, message: bytes = b"") -> None:
        if self._socket.fileno() >= 0:
            self._outbox.write(message)

    def _written(self) -> None:
        """After the last of it the socket ends."""
        if self.over:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_WR)
