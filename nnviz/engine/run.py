"""One run as the engine knows it: what was asked for, where it stands, and its end of the socket."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nnviz.engine.launch import Launcher
from nnviz.engine.protocol import Decoder, Kind, pack, pack_json
from nnviz.engine.queue import Lane


@dataclass(eq=False)
class Run:
    """Written by the engine's thread only; `status`, `place`, `pid` and `ended` may be read from others."""

    id: str
    spec: dict[str, Any]
    parameters: int
    architecture: str
    most_threads: int
    """That it can use, when it is alone."""
    visitor: str
    lane: Lane
    play: bool
    weights: bytes | None
    kept: list[dict[str, Any]]
    """Commands that its process has to hear when it starts, and once more should it have to be started again."""
    left: float
    """When the last watcher left (monotonic seconds)."""
    status: str = "waiting"
    place: int | None = None
    pid: int | None = None
    seq: int = 0
    viewers: int = 0
    errand: list[dict[str, Any]] = field(default_factory=list)
    """What its process is told as soon as it has a slot: to play on, or so many steps."""
    slot: bool = False
    """It is one of those that may train now."""
    paused_at: float = 0.0
    stopping: bool = False
    ended: bool = False
    """The last event has been said; the process may still be on its way out."""
    leaving: bool = False
    """The process has ended; how, is not known yet."""
    threads: int = 1
    """Of its process now."""
    second_hand: bool = False
    """Its process has done another run before."""
    heard: bool = False
    """The process has said something."""
    attempts: int = 0
    metrics: dict[str, Any] = field(default_factory=dict)
    """The newest, for a run that is stopped by force and cannot say goodbye."""
    launcher: Launcher | None = None
    socket: socket.socket | None = None
    decoder: Decoder = field(default_factory=Decoder)
    outbox: bytearray = field(default_factory=bytearray)

    def job(self, home: Path, log: Path) -> bytes:
        """The messages that start the training."""
        first = [] if self.play else [{"do": "pause"}]
        job = {
            "run": self.id, "spec": self.spec, "home": str(home), "log": str(log), "threads": self.threads,
            "viewers": self.viewers, "commands": [*first, *self.kept], "weights": self.weights is not None,
        }  # fmt: skip
        return pack_json(Kind.JOB, job) + (b"" if self.weights is None else pack(Kind.WEIGHTS, self.weights))

    def tell(self, command: dict[str, Any]) -> None:
        """A command for the training: now if there is a process, and kept while none has answered."""
        if not self.heard:
            self.kept.append(command)
        if self.socket is not None:
            self.write(pack_json(Kind.COMMAND, command))

    def write(self, message: bytes = b"") -> None:
        """As much as the socket takes now; the rest stays in the outbox. What a dead child does not take is dropped."""
        if self.socket is None:
            return
        self.outbox += message
        try:
            while self.outbox:
                del self.outbox[: self.socket.send(self.outbox)]
        except BlockingIOError:
            pass
        except OSError:
            self.outbox.clear()  # that it is dead is heard on the same socket

    def hang_up(self) -> None:
        """Close our end; what is left of either direction is void."""
        if self.socket is not None:
            self.socket.close()
        self.socket, self.pid = None, None
        self.decoder, self.outbox = Decoder(), bytearray()

    def let_go(self) -> None:
        """The process goes on without this run: its socket is somebody else's now."""
        self.socket, self.pid = None, None

    def farewell(self) -> dict[str, Any]:
        """The `finished` of a run that was stopped and could not say it itself."""
        measured = {key: self.metrics[key] for key in ("loss", "accuracy") if key in self.metrics}
        return {
            "event": "finished", "reason": "stopped", "epochs": self.metrics.get("epoch", 0.0),
            "steps": self.metrics.get("step", 0), "seconds": self.metrics.get("seconds", 0.0),
            "parameters": self.parameters, "train": measured, "test": None,
        }  # fmt: skip
