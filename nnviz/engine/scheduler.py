"""Who trains next: the waiting runs, the free slots, and the memory that a start needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from nnviz.engine.admission import Admission
from nnviz.engine.emitter import Emitter
from nnviz.engine.launch import Launcher
from nnviz.engine.launchers import Launchers
from nnviz.engine.limits import MAX_PENDING_COMMANDS
from nnviz.engine.processes import Processes
from nnviz.engine.run import Run
from nnviz.engine.spares import Spares
from nnviz.engine.waiting import Waiting
from nnviz.events import Status


class Scheduler:
    """Used from the engine's thread only.

    `live`: runs that have not ended, by id. `stop(run, why)` ends one to make room for others. changed: something has
    happened that may let a run begin, so that `dispatch` is due.
    """

    def __init__(
        self,
        live: Mapping[str, Run],
        admission: Admission,
        launchers: Launchers,
        spares: Spares,
        processes: Processes,
        emitter: Emitter,
        stop: Callable[[Run, str], None],
    ) -> None:
        self._live, self._admission, self._launchers, self._spares = live, admission, launchers, spares
        self._processes, self._emitter, self._stop = processes, emitter, stop
        self._queue, self._parked = Waiting(), Waiting()
        """For a slot to train in; for a process that starts paused and needs none."""
        self.changed = True

    def push(self, run: Run, first: bool = False) -> None:
        (self._queue if run.play else self._parked).push(run, first)
        self.changed = True

    def requeue(self, run: Run) -> None:
        """Back to where it waited, unless it waits already to go on: its process never came to life."""
        run.slot = False
        run.hang_up()
        if run not in self._queue:
            self.push(run, first=True)

    def remove(self, run: Run) -> None:
        """It is over."""
        self._queue.remove(run)
        self._parked.remove(run)
        self.changed = True

    def hold(self, group: str, on: bool) -> None:
        """Let none of a group's runs begin; `on` False: again."""
        self._queue.hold(group, on)
        self.changed = True

    def command(self, run: Run, command: dict[str, Any]) -> None:
        """What starts or ends its waiting is obeyed here; all else is for its process."""
        do, waits = command.get("do"), run in self._queue
        if do in {"play", "step"} and not run.slot:
            if do == "play":
                run.pending_commands = [command]
            elif len(run.pending_commands) < MAX_PENDING_COMMANDS:
                run.pending_commands.append(command)
            if not waits:
                # Steps, too, are for a process that starts unpaused: it takes them before it does anything.
                run.play = self._parked.remove(run) or run.play or not run.heard
                self._queue.push(run, first=True)
        elif do == "pause" and waits and (run.group is None or run.socket is not None):
            self._queue.remove(run)
            run.place, run.pending_commands = None, []
            if run.socket is None:
                run.play = False
                self._parked.push(run)
            else:
                self._emitter.status(run, "paused")
        else:
            self._processes.command(run, command)
        self.changed = True

    def dispatch(self) -> bool:
        """Give the free slots away, start what starts paused, and tell the others their place. Whether runs start at
        once now."""
        launcher = self._launchers.working()
        if launcher.ready:
            while run := self._next_to_train():
                if not self._give_slot(run, launcher):
                    break
            while self._make_room() and (parked := self._parked.take({}, "interactive", self._fits)):
                parked.place = None
                if not self._start(parked, launcher):
                    break
        self._announce(launcher.ready)
        return launcher.ready

    def _start(self, run: Run, launcher: Launcher) -> bool:
        started = self._processes.start(run, launcher)
        if not started:
            self.requeue(run)
        return started

    def _give_slot(self, run: Run, launcher: Launcher) -> bool:
        """Let it train; False if there is no process to be had for it now."""
        run.slot, run.place, run.reason = True, None, None
        pending, run.pending_commands = run.pending_commands, []
        if run.socket is None:
            run.kept += pending
            return self._start(run, launcher)
        if run.status == "waiting" and pending and pending[0]["do"] == "step":
            self._emitter.status(run, "paused")  # as it is while it steps; that it plays it tells itself
        for command in pending:
            self._processes.command(run, command)
        return True

    def _next_to_train(self) -> Run | None:
        live = self._live.values()
        if not self._admission.may_train(live, self._launchers.newest):
            return None
        running = self._running()
        run = self._queue.take(running, "interactive", self._fits)
        if run is None and self._admission.group_may_train(live):
            run = self._queue.take(running, "group", self._fits)
        return run

    def _fits(self, run: Run) -> bool:
        """Whether there is memory for a run; it is told when there is none."""
        fits = self._admission.fits(run, self._live.values(), self._launchers.newest)
        run.reason = None if fits else "memory"
        if not fits:
            self._spares.clear()  # what they hold is free in a moment
        return fits

    def _make_room(self) -> bool:
        """Whether one more process may live without training; if not, stop one that nobody needs: ask again later."""
        for run in self._admission.unneeded(self._live.values(), len(self._parked), self._launchers.newest):
            self._stop(run, "stopped to make room for others: it was paused")
        return self._admission.may_rest(self._live.values(), self._launchers.newest)

    def _announce(self, ready: bool) -> None:
        running = self._running()
        for queue in (self._queue, self._parked):
            for run, detail in queue.news(running):
                told = detail if ready else {**detail, "engine": "starting"}
                self._emitter.event(run, Status("waiting", told).to_json())

    def _running(self) -> Counter[str]:
        """How many runs of each visitor train."""
        return Counter(run.visitor for run in self._live.values() if run.slot)
