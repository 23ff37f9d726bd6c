"""What the engine's tests share: runs to start, an ear for what they say, and ways to wait for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from nnviz.engine.local import LocalEngine
from nnviz.events import Frame, decode_frame
from nnviz.spec import RunSpec
from tests.serving import PATIENCE

FOREVER = RunSpec.model_validate({"training": {"epochs": 100_000, "batch_size": 1}})
"""25 million steps, 250 an epoch."""
SHORT = RunSpec.model_validate({"training": {"epochs": 3}})
TERMINAL = {"finished", "diverged", "failed", "crashed"}
Message = dict[str, Any] | Frame


class Ear:
    """A listener that keeps everything and lets the test wait for something."""

    def __init__(self) -> None:
        self._heard = threading.Condition()
        self._messages: dict[str, list[Message]] = {}
        self.raises = False

    def __call__(self, run: str, message: dict[str, Any] | bytes) -> None:
        with self._heard:
            self._messages.setdefault(run, []).append(decode_frame(message) if isinstance(message, bytes) else message)
            self._heard.notify_all()
        if self.raises:
            raise RuntimeError("the listener's own fault")

    def all(self, run: str) -> list[Message]:
        with self._heard:
            return list(self._messages.get(run, []))

    def events(self, run: str) -> list[dict[str, Any]]:
        return [m for m in self.all(run) if isinstance(m, dict)]

    def metrics(self, run: str) -> list[dict[str, Any]]:
        return [event for event in self.events(run) if event["event"] == "metrics"]

    def frames(self, run: str, view: str = "network") -> list[Frame]:
        return [m for m in self.all(run) if isinstance(m, Frame) and m.view == view]

    def wait(self, run: str, wanted: Callable[[Message], bool], skip: int = 0, seconds: float = PATIENCE) -> Message:
        """The first message, after `skip` of them, that is wanted."""
        end = time.monotonic() + seconds
        with self._heard:
            while True:
                for message in self._messages.get(run, [])[skip:]:
                    if wanted(message):
                        return message
                if not self._heard.wait(end - time.monotonic()):
                    raise AssertionError(f"not said in {seconds} s; heard: {self._messages.get(run, [])[-5:]}")

    def status(self, run: str, status: str, skip: int = 0) -> dict[str, Any]:
        message = self.wait(run, lambda m: isinstance(m, dict) and m.get("status") == status, skip)
        assert isinstance(message, dict)
        return message

    def end(self, run: str) -> dict[str, Any]:
        message = self.wait(run, lambda m: isinstance(m, dict) and m["event"] in TERMINAL)
        assert isinstance(message, dict)
        return message

    def trained(self, run: str, skip: int = 0) -> Frame:
        message = self.wait(run, lambda m: isinstance(m, Frame) and m.view == "network" and m.step > 0, skip)
        assert isinstance(message, Frame)
        return message

    def count(self, run: str) -> int:
        return len(self.all(run))


def until(true: Callable[[], bool], seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not so within {seconds} s"
        time.sleep(0.01)


def pid_of(engine: LocalEngine, run: str) -> int:
    def known() -> bool:
        status = engine.status(run)
        return status is not None and status["pid"] is not None

    until(known)
    status = engine.status(run)
    assert status is not None
    return int(status["pid"])


def status_of(engine: LocalEngine, run: str) -> tuple[str, int | None]:
    status = engine.status(run)
    assert status is not None
    return status["status"], status["place"]
