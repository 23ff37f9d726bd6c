"""A real server in a process of its own, and a browser's side of the live socket: for the tests of nnviz.web."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil
from websockets.sync.client import ClientConnection, connect

ROOT = Path(__file__).resolve().parent.parent
OPTIONS = ("serve", "--no-browser", "--port")
PATIENCE = 100.0
"""Seconds: an imported TensorFlow, a picture or a word takes some of them where the machine is busy."""


_given: set[int] = set()


def free_port() -> int:
    """Another one each time, in each worker from a range of its own, and below those that the system gives to whoever
    asks for any and to every connection out: nobody takes it before its server listens, or while that is away."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    while True:
        port = 12_000 + 5_000 * (worker % 4) + secrets.randbelow(5_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            if port not in _given:
                _given.add(port)
                return port


def command(how: str, port: int) -> list[str]:
    """The three ways to start."""
    return {
        "nnviz": [sys.executable, "-m", "nnviz.cli", *OPTIONS, str(port)],
        "streamlit": [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), "--server.port", str(port)],
        "uvicorn": [sys.executable, "-m", "uvicorn", "--app-dir", str(ROOT), "app:app", "--port", str(port)],
    }[how]


class Server:
    """`with Server(home) as server:`; `how` is nnviz, streamlit or uvicorn, `start` another program, `more`
    its options. Leaving ends it and waits."""

    def __init__(
        self, home: Path, how: str = "nnviz", cwd: Path = ROOT, start: Sequence[str] = (), more: Sequence[str] = ()
    ) -> None:
        self.home, self.port = home, free_port()
        env = {
            **os.environ,
            "NNVIZ_HOME": str(home),
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        }
        self.process = subprocess.Popen(
            [*start, *OPTIONS, str(self.port), *more] if start else [*command(how, self.port), *more],
            cwd=cwd,
            env=env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    slow: socket.socket
    """A request that a test has begun and does not end."""

    def __enter__(self) -> Server:
        self.wait_ready()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop(signal.SIGTERM)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait_ready(self, seconds: float = PATIENCE) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended: {self.process.communicate()}")
            try:
                if self.get("/_stcore/health") == b"ok":
                    return
            except OSError:
                time.sleep(0.02)
        raise AssertionError("the server does not answer")

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(self.url + path, timeout=PATIENCE) as response:
            body: bytes = response.read()
        return body

    def stop(self, number: int) -> int:
        """Send a signal (once) and wait, at most 40 seconds: the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            self.out, self.err = self.process.communicate(timeout=40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise
        return int(self.process.returncode)

    def end_runs(self) -> None:
        """Kill what the zygote has forked: the processes of all runs, and those kept for the next one."""
        with suppress(psutil.NoSuchProcess):
            for child in psutil.Process(self.process.pid).children() if self.process.poll() is None else ():
                with suppress(psutil.NoSuchProcess):  # not each is a zygote: some end by themselves
                    for process in child.children(recursive=True):
                        with suppress(psutil.NoSuchProcess):
                            process.kill()

    def browser(self, hello: bool = True, **options: Any) -> Browser:
        return Browser(self, hello, **options)


class Browser:
    """One WebSocket. `events` and `frames` have all that `until` has read."""

    def __init__(
        self,
        server: Server,
        hello: bool = True,
        visitor: str | None = None,
        origin: str | None = "",
        deaf: bool = False,
    ) -> None:
        origin = server.url if origin == "" else origin
        url = f"ws://127.0.0.1:{server.port}/nnviz/live"
        self._stack = ExitStack()
        claimed: Any = origin  # the type of an Origin is a NewType of websockets' own
        wire = socket.socket()
        if deaf:  # what is not read soon stops the server's sending
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        wire.connect(("127.0.0.1", server.port))
        self.socket: ClientConnection = self._stack.enter_context(
            connect(url, sock=wire, origin=claimed, max_size=2**24, max_queue=1 if deaf else 16)
        )
        self.visitor = visitor or secrets.token_urlsafe(24)
        self.events: list[dict[str, Any]] = []
        self.frames: list[bytes] = []
        if hello:
            self.say(do="hello", visitor=self.visitor)
            self.until("welcome")

    def __enter__(self) -> Browser:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._stack.close()

    def say(self, **message: Any) -> None:
        self.socket.send(json.dumps(message))

    def read(self, seconds: float = PATIENCE) -> dict[str, Any] | bytes:
        """The next message. Raises TimeoutError, ConnectionClosed."""
        data = self.socket.recv(timeout=seconds)
        if isinstance(data, bytes):
            self.frames.append(data)
            return data
        event: dict[str, Any] = json.loads(data)
        self.events.append(event)
        return event

    def until(self, name: str, seconds: float = PATIENCE, **fields: Any) -> dict[str, Any]:
        """Read on until an event of this name with these fields comes."""
        end = time.monotonic() + seconds
        while True:
            message = self.read(max(0.01, end - time.monotonic()))
            if isinstance(message, dict) and message["event"] == name and fields.items() <= message.items():
                return message

    def submit(self, spec: dict[str, Any], **more: Any) -> str:
        """Start a run and return its id."""
        self.say(do="submit", spec=spec, **more)
        run: str = self.until("submitted")["run"]
        return run

    def filmed(self, spec: dict[str, Any], epochs: int, **more: Any) -> str:
        """A run that has come to its end, with a picture of each of its first epochs in its film, however quick the
        machine: it rests at each."""
        run = self.submit(spec, play=False, **more)
        for number in range(epochs + 1):
            self.until("status", run=run, status="paused")
            self.say(**({"do": "step", "unit": "epoch"} if number < epochs else {"do": "play"}))
        self.until("finished", run=run)
        return run
