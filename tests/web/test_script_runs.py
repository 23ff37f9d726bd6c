"""The socket for scripts (nnviz/web/script_runs.py): who may come in, and what is made of those who say nonsense."""

from __future__ import annotations

import json
import socket
import stat
import struct
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from nnviz.engine.protocol import Decoder, Kind, pack, pack_json
from nnviz.events import Frame, encode_frame
from nnviz.home import Address
from nnviz.jobs.own_model import OwnModelSpec
from nnviz.store.runs import new_id
from tests.serving import PATIENCE, Server

SPEC = OwnModelSpec(name="by hand", epochs=3).model_dump(mode="json")


class Client:
    """A script's end of the socket."""

    def __init__(self, address: Address) -> None:
        self.wire = socket.create_connection(("127.0.0.1", address.port), timeout=PATIENCE)
        self.decoder = Decoder()
        self.read: list[tuple[Kind, bytes]] = []

    def say(self, data: bytes) -> None:
        self.wire.sendall(data)

    def until(self, kind: Kind) -> Any:
        """The payload of the next message of this kind."""
        while True:
            while self.read:
                found, payload = self.read.pop(0)
                if found is kind:
                    return json.loads(payload) if payload else None
            data = self.wire.recv(4096)
            assert data, "the server has gone"
            self.read += self.decoder.feed(data)

    def is_cut_off(self) -> bool:
        """Waits for it: whether that comes without another word of the server's."""
        try:
            while self.wire.recv(4096):
                pass
        except ConnectionError:
            pass
        return True

    def come_in(self, address: Address, run: str) -> None:
        self.say(pack_json(Kind.HELLO, {"secret": address.secret}))
        assert self.until(Kind.WELCOME)["answer"] == address.answer
        self.say(pack_json(Kind.RUN, {"run": run, "spec": SPEC, "status": "running"}))
        self.until(Kind.VIEWERS)


@pytest.fixture
def address(server: Server) -> Address:
    found = Address.read(server.home)
    assert found is not None
    return found


@pytest.fixture
def client(address: Address) -> Iterator[Callable[[], Client]]:
    made: list[Client] = []

    def connect() -> Client:
        made.append(Client(address))
        return made[-1]

    yield connect
    for one in made:
        one.wire.close()


def test_only_the_user_can_read_the_address(server: Server, address: Address) -> None:
    assert stat.S_IMODE((server.home / "scripts.json").stat().st_mode) == 0o600
    assert len(address.secret) >= 32
    assert address.secret != address.answer


@pytest.mark.parametrize(
    "first",
    [
        pack_json(Kind.HELLO, {"secret": "wrong"}), pack_json(Kind.HELLO, {"secret": 3}), pack_json(Kind.HELLO, []),
        pack_json(Kind.RUN, {"run": "a", "spec": SPEC, "status": "running"}), pack(Kind.HELLO, b"no JSON"),
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"\x00" * 64, struct.pack("<BI", Kind.HELLO, 5000) + b" " * 5000,
    ],
)  # fmt: skip
def test_who_does_not_know_the_secret_hears_nothing(first: bytes, client: Callable[[], Client]) -> None:
    stranger = client()
    stranger.say(first)
    data = b""
    try:
        while part := stranger.wire.recv(4096):
            data += part
    except ConnectionError:
        pass
    assert data == b""


@pytest.mark.parametrize(
    "second",
    [
        {"run": "x" * 65, "spec": SPEC, "status": "running"}, {"run": "x", "spec": {}, "status": "running"},
        {"run": "x", "spec": {**SPEC, "more": 1}, "status": "running"}, {"run": "x", "spec": SPEC, "status": "odd"},
        {"run": ["x"], "spec": SPEC, "status": "running"}, {"run": "x"}, [],
    ],
)  # fmt: skip
def test_what_is_no_run_of_a_script_is_cut_off(second: Any, address: Address, client: Callable[[], Client]) -> None:
    script = client()
    script.say(pack_json(Kind.HELLO, {"secret": address.secret}))
    script.until(Kind.WELCOME)
    script.say(pack_json(Kind.RUN, second))
    assert script.is_cut_off()


@pytest.mark.parametrize(
    "said",
    [
        pack_json(Kind.EVENT, {"event": "submitted"}), pack_json(Kind.EVENT, []), pack(Kind.FRAME, b"no frame"),
        pack_json(Kind.EVENT, {"event": "metrics"}),
        pack(Kind.FRAME, encode_frame(Frame("filters", 1, 1.0, {}, {"a": np.zeros(1, np.float32)}), "another")),
        struct.pack("<BI", Kind.FRAME, 2**30),
    ],
)  # fmt: skip
def test_nonsense_ends_the_connection_and_nothing_else(
    said: bytes, server: Server, address: Address, client: Callable[[], Client]
) -> None:
    script, run = client(), new_id()
    script.come_in(address, run)
    script.say(said)
    assert script.is_cut_off()
    again = client()
    again.come_in(address, run)
    with server.browser() as viewer:
        viewer.say(do="watch", run=run)
        told = viewer.until("run")
        assert (told["status"], told["mine"], told["spec"]["name"]) == ("running", True, "by hand")
        assert again.until(Kind.VIEWERS) == 1
        viewer.say(do="pause")
        assert again.until(Kind.COMMAND) == {"do": "pause"}
        again.say(pack_json(Kind.EVENT, {"event": "finished", "reason": "stopped"}))
        viewer.until("finished")
