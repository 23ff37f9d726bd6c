"""One run as the engine knows it: what was asked for, where it stands, and its end of the socket."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nnviz.engine.kept import keep
from nnviz.engine.launch import Launcher
from nnviz.engine.protocol import Decoder, Kind, pack, pack_json
from nnviz.engine.queue import Lane
from nnviz.jobs import JOBS
from nnviz.spec.job import JobSpec

SPARE_MEMORY = 512 * 2**20
"""Bytes beside twice what it may need at which a process is refused more: address space that is never filled counts."""


@dataclass(frozen=True)
class Resumed:
    """A run that goes on after its end: its id, the number of its last event, its newest metrics, and its completed
    "state" frame. `again`: its process lives on a node of a cluster, and may tell again what is recorded."""

    run: str
    seq: int
    metrics: dict[str, Any]
    state: bytes | None
    again: bool = False


@dataclass(eq=False)
class Run:
    """Written by the engine's thread only; `status`, `place`, `pid` and `ended` may be read from others."""

    id: str
    spec: JobSpec
    threads: int
    """Of its process: as many as its training can use on this machine, whoever else trains. Operations divide their
    sums among them, so that another number would give another run."""
    visitor: str
    lane: Lane
    play: bool
    weights: bytes | None
    kept: list[dict[str, Any]]
    """Commands that its process has to hear when it starts, and once more should it have to be started again."""
    left: float
    """When the last watcher left (monotonic seconds)."""
    resumed: Resumed | None = None
    epochs: int | None = None
    """After which it ends; None: the spec's."""
    group: str | None = None
    """The group that it is a member of."""
    endless: bool = False
    """It ends when it is stopped."""
    status: str = "waiting"
    place: int | None = None
    reason: str | None = None
    """Why it waits, where that is not the runs before it: "memory"."""
    told: str | None = None
    """The reason that it has been told last."""
    used: int = 0
    """Bytes that its process has at least, when it was last looked at."""
    pid: int | None = None
    seq: int = field(default=0, init=False)
    viewers: int = 0
    pending_commands: list[dict[str, Any]] = field(default_factory=list)
    """What its process is told as soon as it has a slot: to play on, or so many steps."""
    slot: bool = False
    """It is one of those that may train now."""
    paused_at: float = 0.0
    stopping: bool = False
    ended: bool = False
    """The terminal event has been emitted; the process may still be on its way out."""
    leaving: bool = False
    """The process has ended; how, is not known yet."""
    reused_process: bool = False
    """Its process has done another run before."""
    heard: bool = False
    """The process has sent something."""
    attempts: int = 0
    losses: int = 0
    """How often the machine that it was on has been lost."""
    lost: str | None = None
    """Why its newest process has to be replaced by another one, in words."""
    node: str | None = None
    """The machine that it is on, where that is another one."""
    changed: bool = False
    """It was changed by hand while it trained: its specification alone gives another curve."""
    start_unknown: bool = False
    """What it started from only its process knows, which has been taken over."""
    repeats: int = -1
    """What it says of steps up to this one it has said before: its process does again what one before it did."""
    metrics: dict[str, Any] = field(default_factory=dict)
    """The newest, for a run that is stopped by force."""
    launcher: Launcher | None = None
    socket: socket.socket | None = None
    decoder: Decoder = field(default_factory=Decoder)
    outbox: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        if self.resumed is not None:
            self.seq, self.metrics = self.resumed.seq, self.resumed.metrics
            if self.resumed.again:
                self.repeats = self.metrics.get("step", -1)
                self.start_unknown = self.group is None  # those of groups have nothing but their specification

    @property
    def name(self) -> str:
        """The id that it is known by outside. Its own is of one process's life."""
        return self.resumed.run if self.resumed else self.id

    @property
    def memory(self) -> int:
        """Bytes that its process may come to have of its own."""
        return self.spec.memory

    def order(self, home: Path, log: Path) -> bytes:
        """The messages that tell a process to do it."""
        first = [] if self.play else [{"do": "pause"}]
        state = self.resumed.state if self.resumed else None
        payload = self.weights if state is None else state
        order = {
            "run": self.name, "spec": self.spec.model_dump(mode="json"),
            "module": JOBS[self.spec.job].run.__module__, "home": str(home), "log": str(log), "threads": self.threads,
            "memory": 2 * self.memory + SPARE_MEMORY, "lane": self.lane, "viewers": self.viewers,
            "commands": [*first, *self.kept], "weights": payload is not None,
            "resume": state is not None, "again": self.resumed is not None and self.resumed.again,
            "epochs": self.epochs, "endless": self.endless, "attempt": self.losses + 1,
        }  # fmt: skip
        return pack_json(Kind.RUN, order) + (b"" if payload is None else pack(Kind.WEIGHTS, payload))

    def take_start(self, order: dict[str, Any]) -> None:
        """What the process that has been taken over was once told, and whether it was `changed` since; `weights` are
        there already."""
        commands = order["commands"]
        self.kept = [*(commands[1:] if commands[:1] == [{"do": "pause"}] else commands), *self.kept]
        self.threads, self.epochs, self.endless = order["threads"], order["epochs"], order["endless"]
        if order["resume"] and self.resumed is not None:
            self.resumed, self.weights = replace(self.resumed, state=self.weights), None
        self.losses = order["attempt"] - 1
        self.changed, self.start_unknown = self.changed or order["changed"], False

    @property
    def may_begin_again(self) -> bool:
        """Whether another process can do all that its own has done."""
        return not (self.changed or self.start_unknown)

    def begin_again(self) -> None:
        """Its machine is gone: everything once more, but what has been told is not told twice."""
        if self.resumed is not None:
            self.resumed = replace(self.resumed, again=False)
        self.losses += 1
        self.play = self.status != "paused"
        self.repeats = max(self.repeats, self.metrics.get("step", -1))
        self.heard, self.attempts, self.node, self.lost = False, 0, None, None

    def is_told(self, step: int) -> bool:
        """Whether metrics of this step were told by a process before."""
        return step <= self.repeats

    def forget_start(self) -> None:
        """It is over: what it started from need not be kept, and nothing that waits for it."""
        self.weights, self.kept, self.pending_commands = None, [], []
        if self.resumed is not None:
            self.resumed = replace(self.resumed, state=None)

    def tell(self, command: dict[str, Any]) -> None:
        """A command for the training: now if there is a process, and kept while none has answered."""
        at_work = self.heard or (self.resumed is not None and self.resumed.again)
        self.kept, changed = keep(self.kept, command, at_work)
        self.changed = self.changed or changed
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
        self.socket, self.pid, self.used = None, None, 0
        self.decoder, self.outbox = Decoder(), bytearray()

    def let_go(self) -> None:
        """The process goes on without this run: its socket is somebody else's now."""
        self.socket, self.pid, self.used = None, None, 0

    def stopped_event(self) -> dict[str, Any]:
        """The `finished` of a run that was stopped and could not emit it itself."""
        measured = {key: self.metrics[key] for key in ("loss", "accuracy") if key in self.metrics}
        return {
            "event": "finished", "reason": "stopped", "epochs": self.metrics.get("epoch", 0.0),
            "steps": self.metrics.get("step", 0), "seconds": self.metrics.get("seconds", 0.0),
            "parameters": self.spec.parameters, "train": measured, "test": None,
        }  # fmt: skip
