"""The way from a script to the dashboard of its home: one socket of 127.0.0.1, kept by a thread of its own.

The training never waits for it, but at its begin: what is to be said is put into memory, bounded, and the thread says
it. Where there is no dashboard, or not any more, the thread looks for one every two seconds, and shows the run from
then on.
"""

from __future__ import annotations

import contextlib
import hmac
import json
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nnviz.engine.protocol import Decoder, Kind, ProtocolError, pack, pack_json
from nnviz.home import Address

AGAIN = 2.0
"""Seconds between two looks for a dashboard."""
PATIENCE = 2.0
"""Seconds for its welcome."""
TURN = 0.05
"""Seconds that what is said waits at most until it goes out."""
IN_FLIGHT = 3
"""Frames that have not been acknowledged: of those that wait, a newer one replaces an older one of its view."""
MOST_EVENTS = 2000
"""That wait; of more the oldest are left out: the run's record has them."""


class Connection:
    """Thread-safe. `commands` and `viewers` are read by the training's thread; `on` says how the run begins anew.

    hello(): {"run", "spec", "status"} at the time of the call. tick(): called some times a second by the thread.
    """

    def __init__(self, home: Path, hello: Callable[[], dict[str, Any]], tick: Callable[[], None]) -> None:
        self._home, self._hello, self._tick = home, hello, tick
        self.commands: deque[dict[str, Any]] = deque()
        self.heard = threading.Event()
        """Set with each command, and where the connection breaks."""
        self.viewers = 0
        self.url: str | None = None
        self._socket: socket.socket | None = None
        self._decoder = Decoder()
        self._lock = threading.Lock()
        self._events: deque[bytes] = deque(maxlen=MOST_EVENTS)
        self._frames: dict[str, bytes] = {}
        self._flying = 0
        self._closing = self._joining = False
        self._wake, self._waker = socket.socketpair()
        """The thread waits for this one, too: it need not be waited for when all is over."""
        self._looked = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="nnviz", daemon=True)

    def open(self) -> bool:
        """Look for a dashboard now, for at most some seconds; and start the thread. Whether there is one."""
        found = self._connect()
        self._thread.start()
        return found

    @property
    def connected(self) -> bool:
        return self._socket is not None

    def event(self, event: dict[str, Any]) -> None:
        """An event as its JSON. Before there is a dashboard nothing waits: it will read the record."""
        if self.connected or self._joining:
            with self._lock:
                self._events.append(pack_json(Kind.EVENT, event))

    def frame(self, view: str, data: bytes) -> None:
        """An encoded frame. The newest of each view is kept for a dashboard that comes later."""
        with self._lock:
            self._frames[view] = pack(Kind.FRAME, data)

    def close(self, seconds: float = 3.0) -> None:
        """Say what is left, for at most so long, and go."""
        self._closing = True
        self._waker.send(b" ")
        self._thread.join(seconds)
        self._drop()
        if not self._thread.is_alive():
            self._wake.close()
            self._waker.close()

    # ---- the thread

    def _run(self) -> None:
        while not (self._closing and (not self.connected or not self._waiting())):
            with contextlib.suppress(Exception):  # what goes wrong here must reach nobody's training
                self._tick()
                if self._socket is None:
                    select.select([self._wake], [], [], TURN)
                    now = time.monotonic()
                    if now - self._looked >= AGAIN and not self._closing:
                        self._looked = now
                        self._connect()
                    continue
            try:
                self._exchange()
            except (OSError, EOFError, ProtocolError, ValueError):
                self._drop()

    def _waiting(self) -> bool:
        with self._lock:
            return bool(self._events or self._frames)

    def _exchange(self) -> None:
        """Read what there is, write what waits. Raises OSError, EOFError, ProtocolError."""
        wire = self._socket
        if wire is None:
            return
        now = bool(self._events) or (bool(self._frames) and self._flying < IN_FLIGHT)
        readable, _, _ = select.select([wire, self._wake], [], [], 0.0 if now else TURN)
        if self._wake in readable:
            self._wake.recv(1)
        if wire in readable:
            data = wire.recv(2**16)
            if not data:
                raise EOFError
            for kind, payload in self._decoder.feed(data):
                self._take(kind, payload)
        with self._lock:
            said = b"".join(self._events)
            self._events.clear()
            if self._frames and self._flying < IN_FLIGHT:
                view = next(iter(self._frames))
                said += self._frames.pop(view)
                self._flying += 1
        if said:
            wire.sendall(said)

    def _take(self, kind: Kind, payload: bytes) -> None:
        if kind is Kind.CREDIT:
            self._flying = max(0, self._flying - 1)
        elif kind is Kind.VIEWERS:
            self.viewers = int(json.loads(payload))
        elif kind is Kind.COMMAND:
            self.commands.append(json.loads(payload))
            self.heard.set()

    def _connect(self) -> bool:
        """Whether there is a dashboard, which then knows the run."""
        address = Address.read(self._home)
        if address is None:
            return False
        wire: socket.socket | None = None
        try:
            wire = socket.create_connection(("127.0.0.1", address.port), timeout=PATIENCE)
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            wire.sendall(pack_json(Kind.HELLO, {"secret": address.secret}))
            decoder, said = Decoder(4096), dict[str, Any]()
            while not said:
                data = wire.recv(4096)
                if not data:
                    raise EOFError
                for kind, payload in decoder.feed(data):
                    said = json.loads(payload) if kind is Kind.WELCOME else {}
            if not hmac.compare_digest(str(said.get("answer")), address.answer):
                raise ProtocolError("this is not nnviz")  # its port is another program's by now
            self._joining = True  # what is said from here on may be too late for the record that the server reads
            hello = self._hello()
            wire.sendall(pack_json(Kind.RUN, hello))
            wire.settimeout(30)
        except (OSError, EOFError, ProtocolError, ValueError):
            if wire is not None:
                wire.close()
            self._joining = False
            return False
        self.url = None if said.get("url") is None else _with_run(str(said["url"]), hello["run"])
        with self._lock:
            self._decoder, self._flying = Decoder(), 0
            self._socket, self._joining = wire, False
        return True

    def _drop(self) -> None:
        wire, self._socket = self._socket, None
        self.viewers = 0
        self._looked = time.monotonic()
        self.heard.set()
        if wire is not None:
            with contextlib.suppress(OSError):
                wire.close()


def _with_run(url: str, run: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}run={run}"
