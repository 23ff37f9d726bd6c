"""LocalEngine: a process for each run, on this machine or where a given launcher has them. Imports neither tensorflow
nor keras.

One thread does everything: it reads the children's sockets, keeps the queue and calls the listener. The public methods
only leave a task for it, so that there is nothing to lock and the events of a run have one order.
"""

from __future__ import annotations

import signal
import threading
import time
from collections import deque
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Literal

from nnviz.engine.admission import Admission
from nnviz.engine.emitter import Emitter, Listener
from nnviz.engine.launch import SIGKILL, Launcher, how_it_ended
from nnviz.engine.launchers import Launchers, Method
from nnviz.engine.limits import ATTEMPTS, LOSSES, REMEMBERED, Limits
from nnviz.engine.logs import Logs
from nnviz.engine.loop import Loop
from nnviz.engine.processes import Processes
from nnviz.engine.protocol import Kind, pack_json
from nnviz.engine.run import Resumed, Run
from nnviz.engine.scheduler import Scheduler
from nnviz.engine.spares import Spares
from nnviz.events import Status
from nnviz.jobs import JOBS
from nnviz.loops.choice import cores
from nnviz.spec.job import JobSpec
from nnviz.store.runs import new_id

NOT_AGAIN = (
    "The run had been changed by hand while it trained, has lost too many machines, or nobody knows any more what it "
    "started from, so that it is not begun again by itself. What it had sent is kept; train again to go on."
)
LOOK = 0.25
"""Seconds between two looks at what the processes take of the memory."""


class LocalEngine:
    """`listener(run, message)` gets an event's dict (with run and seq) or a frame's bytes.

    It is called from the engine's thread, in order for each run, and should return soon: no run is heard meanwhile.
    What it raises is logged. `workers` is the most runs that train at once; without it as many as `Limits` says and
    memory suffices for. Of groups never more than the cores.
    """

    def __init__(
        self,
        home: Path,
        listener: Listener,
        workers: int | None = None,
        method: Method | None = None,
        limits: Limits | None = None,
        launcher: Launcher | None = None,
        admission: Admission | None = None,
    ) -> None:
        if workers is not None and workers < 1:
            raise ValueError("workers: allowed is 1 or more")
        self._limits = limits or Limits()
        self._cores = cores()
        self._admission = admission or Admission(self._limits, workers, self._cores)
        self._logs = Logs(home)
        self._named: dict[str, Run] = {}
        """By the name under which a run's events are told: of those that went on under one name, the newest."""
        self._live: dict[str, Run] = {}
        """Those that have not ended, or whose process has not."""
        self._ended: deque[Run] = deque()
        self._closing = False
        self._ready = threading.Event()
        self._loop, self._emitter = Loop("nnviz-engine"), Emitter(listener)
        self._spares = Spares(self._loop, self._cores, self._limits.spare)
        self._launchers = Launchers(self._loop, self._logs, self._news)
        self._processes = Processes(
            home, self._loop, self._logs, self._spares, self._emitter,
            on_event=self._take_event, on_exit=self._exited, on_free=self._forget,
        )  # fmt: skip
        self._scheduler = Scheduler(
            self._live, self._admission, self._launchers, self._spares, self._processes, self._emitter, self._stop
        )
        self._loop.ask(partial(self._launchers.begin, method, launcher))
        self._loop.at(0.0, self._tick)
        self._loop.at(LOOK, self._look_at_memory)
        self._loop.start(self._between)

    # What anyone may call, from any thread.

    def submit(
        self,
        spec: JobSpec,
        *,
        visitor: str,
        play: bool = True,
        speed: dict[str, Any] | None = None,
        start: bytes | None = None,
        group: str | None = None,
        resumed: Resumed | None = None,
        epochs: int | None = None,
        endless: bool = False,
    ) -> str:
        """Queue a run and return its id. `play=False` starts it paused at step 0; `start`: float32 of all weights.

        The runs of a `group` have one place in the queue together, behind all that are in none. `resumed`: a run that
        has ended goes on, under its own id; without a state it begins anew. It ends after `epochs`, else the spec's; an
        `endless` one when it is stopped, or when nobody has watched it for `Limits.idle`.

        Raises RuntimeError after `close`, MemoryLimitError as `check` does.
        """
        if self._closing:
            raise RuntimeError("the engine is closed")
        self.check(spec)
        run = Run(
            new_id(), spec, JOBS[spec.job].threads(spec, self.cores_of_one), visitor,
            "group" if group else "interactive", play, start,
            kept=[] if speed is None else [{"do": "set", "speed": speed}], left=time.monotonic(),
            resumed=resumed, epochs=epochs, endless=endless, group=group,
        )  # fmt: skip
        self._named[run.name] = run
        self._loop.ask(lambda: self._enqueue(run))
        return run.name

    def check(self, spec: JobSpec) -> None:
        """Raises MemoryLimitError for a run that may need more memory than one may have here."""
        self._admission.check(spec)

    def send(self, run_id: str, command: dict[str, Any]) -> bool:
        """A command of nnviz.control for a run, waiting ones included; False if there is none such or it has ended."""
        run = self._named.get(run_id)
        if run is None or run.ended or self._closing:
            return False
        self._loop.ask(lambda: self._command(run, command))
        return True

    def send_group(self, group: str, do: Literal["stop", "pause", "play"]) -> None:
        """Stop all runs of a group; or let no more of them begin, and again."""
        self._loop.ask(lambda: self._command_group(group, do))

    def watch(self, run_id: str, viewers: int) -> None:
        """How many watch this run now: with none it makes frames for the film only."""
        run = self._named.get(run_id)
        if run is not None:
            self._loop.ask(lambda: self._watched(run, viewers))

    def status(self, run_id: str) -> dict[str, Any] | None:
        """{"status", "place" (from 1; None unless it waits), "pid", "node" (None: this machine)}; None for a run not
        known here (any more)."""
        run = self._named.get(run_id)
        return None if run is None else {"status": run.status, "place": run.place, "pid": run.pid, "node": run.node}

    def wait_ready(self, seconds: float | None = None) -> bool:
        """Wait until runs start at once; False if `seconds` were not enough (the zygote needs about 4)."""
        return self._ready.wait(seconds)

    @property
    def cores(self) -> int:
        """Of this machine: so many runs of groups train at once."""
        return self._cores

    @property
    def cores_of_one(self) -> int:
        """Those that one run may use."""
        return self._cores

    def places(self) -> dict[str, Any] | None:
        """The machines of a cluster, for a page: {"problem": why nothing can be trained there, in words, or None,
        "missing": why no other machine can come in, though there are some, or None, "nodes": [{"name", "state",
        "usable", "runs", "cores", "load", "free" (bytes)}]}; None: this machine alone."""
        return None

    def found(self) -> Mapping[str, bool]:
        """Runs of an app that was killed and that go on elsewhere, by the names under which they are recorded, each
        with whether it is endless: resumed, one is taken over as it is there. Waits until it is known."""
        return {}

    def discard(self, runs: frozenset[str]) -> None:
        """End those of them that nobody goes on with."""

    @property
    def unfinished(self) -> int:
        """Runs that wait or run, and those whose process has not quite left."""
        return len(self._live)

    @property
    def method(self) -> str | None:
        """How processes are started now: "fork" or "spawn"; None in the engine's first instant."""
        return self._launchers.method

    def close(self) -> None:
        """Stop every run (each still emits its terminal event), end every process and wait for it. Idempotent."""
        if not self._closing:
            self._closing = True
            self._loop.ask(self._shut)
        self._loop.join()

    # The engine's thread from here on. First: what goes on between the runs.

    def _enqueue(self, run: Run) -> None:
        self._live[run.id] = run
        if self._closing:
            self._over(run, run.stopped_event())
        else:
            self._scheduler.push(run)

    def _news(self, launcher: Launcher) -> None:
        """A launcher knows more than before."""
        for run in self._live.values():
            if run.launcher is launcher and run.socket is not None:
                run.pid = launcher.pid(run.id)
                node = launcher.where(run.id)
                if node is not None and node != run.node and not run.ended:
                    run.node = node
                    self._emitter.event(run, Status(run.status, {"node": node, "attempt": run.losses + 1}).to_json())
        self._scheduler.changed = True

    def _between(self) -> None:
        if self._scheduler.changed and not self._closing:
            self._scheduler.changed = False
            (self._ready.set if self._scheduler.dispatch() else self._ready.clear)()
        if self._closing and not self._live:
            self._launchers.close()
            self._loop.stop()

    def _look_at_memory(self) -> None:
        self._loop.at(LOOK, self._look_at_memory)
        for run, why in [*self._admission.measure(self._live.values())]:
            self._over(run, {"event": "failed", "message": why})
            self._processes.signal(run, SIGKILL)

    def _tick(self) -> None:
        self._loop.at(1.0, self._tick)
        self._spares.tick()
        self._launchers.tick()
        for run in self._live.values():
            self._logs.trim(run.id)
        for run, why in [*self._admission.unwatched(self._live.values())]:
            self._stop(run, why)
        self._scheduler.changed = True  # time alone may have made room

    def _shut(self) -> None:
        self._spares.close()
        for run in [*self._live.values()]:
            self._stop(run)
            self._loop.at(self._limits.kill, partial(self._processes.signal, run, SIGKILL))

    # What a run is told.

    def _command(self, run: Run, command: dict[str, Any]) -> None:
        if run.ended or run.stopping or (run.leaving and command.get("do") != "stop"):
            return
        if command.get("do") == "stop":
            self._stop(run)
        else:
            self._scheduler.command(run, command)

    def _command_group(self, group: str, do: str) -> None:
        for run in [*self._live.values()] if do == "stop" else []:
            if run.group == group:
                self._stop(run)
        self._scheduler.hold(group, do == "pause")

    def _stop(self, run: Run, why: str | None = None) -> None:
        """Cooperative, then SIGTERM, then SIGKILL; a run without a process is simply over."""
        if run.ended or run.stopping:
            return
        run.stopping = True
        if why is not None:
            self._emitter.event(run, Status(run.status, {"message": why}).to_json())
        if run.socket is None:
            if not run.leaving:
                self._over(run, run.stopped_event())
            return
        self._processes.command(run, {"do": "stop"})
        self._loop.at(self._limits.terminate, partial(self._processes.signal, run, signal.SIGTERM))
        self._loop.at(self._limits.terminate + self._limits.kill, partial(self._processes.signal, run, SIGKILL))

    def _watched(self, run: Run, viewers: int) -> None:
        if run.viewers and not viewers:
            run.left = time.monotonic()
        run.viewers = viewers
        self._processes.write(run, pack_json(Kind.VIEWERS, viewers))

    # What becomes of it.

    def _take_event(self, run: Run, event: dict[str, Any]) -> None:
        name = event["event"]
        if name == "metrics" and run.is_told(event["step"]):
            return
        if name in {"finished", "diverged", "failed"}:
            self._over(run, event)
            return
        if name == "metrics":
            run.metrics = event
        elif name == "status" and event["status"] in {"running", "paused"}:
            run.status, run.paused_at = event["status"], time.monotonic()
            if not event["detail"]:  # else it answers something else, perhaps in the midst of its steps
                run.slot = run.status == "running"
            self._scheduler.changed = True  # a slot may be free; and a run that waits is told so again
        self._emitter.event(run, event)

    def _exited(self, run: Run, code: int | None, born: bool) -> None:
        if run.ended:
            self._forget(run)
        elif run.stopping:
            self._over(run, run.stopped_event())
        elif run.lost is not None and run.may_begin_again and run.losses < LOSSES:
            self._begin_again(run, run.lost)
        elif run.lost is not None:
            why = f"{run.lost.partition(':')[0]}. {NOT_AGAIN}"
            self._over(run, {"event": "crashed", "message": why, "signal": None})
        elif not born and run.attempts < ATTEMPTS:
            self._scheduler.requeue(run)
        else:
            number = -code if code is not None and code < 0 else None
            self._over(run, {"event": "crashed", "message": how_it_ended(code), "signal": number})

    def _begin_again(self, run: Run, why: str) -> None:
        """Its machine is gone; another one does it from its start."""
        run.begin_again()
        run.status, run.place = "waiting", None
        self._emitter.event(run, Status("waiting", {"message": why}).to_json())
        self._scheduler.requeue(run)

    def _over(self, run: Run, event: dict[str, Any]) -> None:
        """The terminal event of a run. Its process, if it has one, has two seconds to leave."""
        if self._closing and run.group and event.get("reason") == "stopped":
            event = {"event": "interrupted"}  # the next server goes on with it
        run.ended, run.slot, run.place = True, False, None
        run.status = "stopped" if event.get("reason") == "stopped" else event["event"]
        run.forget_start()
        self._scheduler.remove(run)
        self._emitter.event(run, event)
        if run.socket is None:
            self._forget(run)
        else:
            self._loop.at(2.0, partial(self._processes.signal, run, SIGKILL))

    def _forget(self, run: Run) -> None:
        """Its process is no longer its own."""
        self._live.pop(run.id, None)
        self._logs.end(run.id, keep=run.status in {"failed", "crashed"})
        self._ended.append(run)
        while len(self._ended) > REMEMBERED:
            old = self._ended.popleft()
            if self._named.get(old.name) is old:
                del self._named[old.name]
        self._scheduler.changed = True
