"""Fan-out: events and frames of runs go to all who watch, encoded once. Everything is on the event loop; no locks.

What a viewer gets, and how fast, is in `nnviz.web.viewer`.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Iterable
from typing import Any

from nnviz.events import frame_header
from nnviz.jobs import columns_of
from nnviz.statuses import TERMINAL
from nnviz.store.recorder import LIVE
from nnviz.web.channels import Channels
from nnviz.web.columns import MAX_ROWS, Columns
from nnviz.web.entrance import entrance
from nnviz.web.groups import EVERY, LiveGroup, Member
from nnviz.web.viewer import Viewer, encode

LINGER = 60.0
"""Seconds that a run which has ended stays in memory; after that the store answers."""
SERVER_ONLY = frozenset({"weights", "state"})
"""Views that the server keeps for itself: it looks into the network with them, or lets a run go on; a browser has no
use for megabytes."""


class LiveRun:
    """What a viewer who comes now must be told about a run."""

    def __init__(
        self,
        run: str,
        spec: dict[str, Any],
        owner: str,
        speed: dict[str, Any] | None = None,
        room: str | None = None,
        rows: int = MAX_ROWS,
    ) -> None:
        self.id, self.spec, self.owner, self.room = run, spec, owner, room
        self.address = ""
        """Where its visitor sits: told to nobody, counted."""
        self.status, self.place, self.reason = "waiting", None, None
        self.node: str | None = None
        """The machine of the cluster that it is on."""
        self.live: dict[str, Any] = {"speed": speed} if speed else {}
        self.started: dict[str, Any] | None = None
        self.result: dict[str, Any] | None = None
        self.columns = Columns(columns_of(spec), rows)
        self.group: LiveGroup | None = None
        self.overlays: set[LiveGroup] = set()
        """Charts of several runs in which somebody looks at this one."""
        self.frames: dict[str, bytes] = {}
        self.viewers: set[Viewer] = set()
        self.diagnoses: list[dict[str, Any]] = []
        self.of_script = False
        """Whether a script of this machine's user trains it (nnviz.keras), and no process of the engine."""

    def obeys(self, visitor: str | None) -> bool:
        """Whether this visitor may pause and stop it: the one who started it; a script's run obeys every page of its
        machine, as long as other machines cannot come in."""
        return not entrance().is_open if self.of_script else owns(visitor, self.owner)

    def take(self, event: dict[str, Any]) -> None:
        """Keep what an event tells."""
        name = event["event"]
        if name == "metrics":
            self.columns.append(event)
        elif name == "status":
            detail = event.get("detail") or {}
            self.status, self.place, self.reason = event["status"], detail.get("place"), detail.get("reason")
            self.node = detail.get("node", self.node)
            self.live.update({key: detail[key] for key in LIVE if key in detail})
        elif name == "started":
            self.started = event
        elif name == "diagnosis":
            self.diagnoses = event["diagnoses"]
        elif name in TERMINAL:
            self.status, self.place, self.result = status_of(event), None, event

    def to_json(self, visitor: str | None) -> dict[str, Any]:
        """The `run` message. Tells nobody whose it is, only whether it is the viewer's own."""
        live = dict(self.live)
        return {
            "event": "run", "run": self.id, "status": self.status, "place": self.place, "reason": self.reason,
            "node": self.node,
            "spec": self.spec, "speed": live.pop("speed", None), "live": live, "mine": self.obeys(visitor),
            "room": self.room, "started": self.started, "result": self.result, "diagnoses": self.diagnoses,
        }  # fmt: skip


class Hub:
    """Who watches what. `watch(run, n)` tells the engine how many do; `keep(run, message)` gives the store its copy;
    `go_on(run, frame)` tells it that a run which had ended goes on, after the frame of that number."""

    def __init__(
        self,
        watch: Callable[[str, int], None] = lambda _run, _viewers: None,
        keep: Callable[[str, dict[str, Any] | bytes], None] = lambda _run, _message: None,
        linger: float = LINGER,
        go_on: Callable[[str, int], None] = lambda _run, _frame: None,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._watch, self._keep, self._linger, self._go_on = watch, keep, linger, go_on
        self.runs: dict[str, LiveRun] = {}
        self.groups: dict[str, LiveGroup] = {}
        self._waiting: set[LiveGroup] = set()
        """Groups whose viewers will soon be told what is new."""
        self.viewers: set[Viewer] = set()
        self._overlays: dict[Viewer, LiveGroup] = {}
        """The chart of several runs that a viewer looks at."""
        self.problem: str | None = None
        self.channels = Channels()

    # From other threads.

    def listen(self, run: str, message: dict[str, Any] | bytes) -> None:
        """The engine's listener: any thread may call it; after the loop's end it does nothing."""
        self._from_thread(self.publish, run, message)

    def warn(self, problem: str | None) -> None:
        """Something is wrong with the server (a full disk), or no longer: tell all. Any thread may call it."""
        self._from_thread(self.notice, problem)

    def _from_thread(self, function: Callable[..., None], *arguments: Any) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(function, *arguments)

    # On the loop.

    def add(self, run: LiveRun) -> None:
        self.runs[run.id] = run

    def publish(self, run_id: str, message: dict[str, Any] | bytes) -> None:
        """One event or one encoded frame of a run, to the store and to all who watch."""
        self._keep(run_id, message)
        run = self.runs.get(run_id)
        if run is None:
            return
        if isinstance(message, bytes):
            view = frame_header(message)["view"]
            run.frames[view] = message
            if view not in SERVER_ONLY:
                for viewer in run.viewers:
                    viewer.frame(view, message)
            return
        message = {**message, "run": run_id}
        ended_before = run.result is not None
        run.take(message)
        text = encode(message)
        for viewer in run.viewers:
            viewer.text(text)
        for group in (*([run.group] if run.group else []), *run.overlays):
            self._group_news(group, run, message)
        if run.result is not None and not ended_before:
            self._loop.call_later(self._linger, self._forget, run)

    def _forget(self, run: LiveRun) -> None:
        if self.runs.get(run.id) is run:  # else it has been taken up again
            del self.runs[run.id]

    # Groups.

    def add_group(self, group: LiveGroup, runs: Iterable[LiveRun]) -> None:
        """A group, and those of its runs that have not ended."""
        self.groups[group.id] = group
        for run in runs:
            run.group = group
            self.runs[run.id] = run
            self._attach_all(run)

    def grow_group(self, group: LiveGroup, runs: Iterable[tuple[LiveRun, Member]]) -> None:
        """More runs of a group that is there: all who watch it are told."""
        added = [*runs]
        for run, member in added:
            group.add(run.id, member)
        self.add_group(group, [run for run, _ in added])
        self.tell_anew(group)

    def tell_anew(self, group: LiveGroup) -> None:
        """Who is in a group, and where each stands, to all who watch it."""
        for viewer in group.viewers:
            viewer.say(group.to_json(owns(viewer.visitor, group.owner)))

    def settle_group(self, group: LiveGroup) -> None:
        """No more runs will come to a group: all who watch it are told."""
        self.tell_anew(group)
        if group.over:
            self._loop.call_later(self._linger, self._forget_group, group)

    def _group_news(self, group: LiveGroup, run: LiveRun, message: dict[str, Any]) -> None:
        group.take(run.id, run.status, message)
        if group.viewers and group not in self._waiting:
            self._waiting.add(group)
            self._loop.call_later(EVERY, self.tell_group, group)
        if group.over:
            self._loop.call_later(self._linger, self._forget_group, group)

    def _forget_group(self, group: LiveGroup) -> None:
        self.groups.pop(group.id, None)

    def tell_group(self, group: LiveGroup) -> None:
        """To those who watch it: what is new."""
        self._waiting.discard(group)
        news = group.news()
        if news is not None and group.viewers:
            text = encode(news)
            for viewer in group.viewers:
                viewer.text(text)

    def attach_group(self, viewer: Viewer, group: LiveGroup) -> None:
        """Everything so far, then everything that comes, with nothing lost or doubled between the two."""
        self.detach_group(viewer)
        self.tell_group(group)  # the others have then what this one finds in the history
        viewer.say(group.to_json(owns(viewer.visitor, group.owner)))
        viewer.say(group.history())
        viewer.group = group.id
        if self.groups.get(group.id) is group:
            group.viewers.add(viewer)

    def regroup(self, group: LiveGroup) -> None:
        """Other runs are in a group that has ended than there were: some have been deleted, or are there again."""
        if group.id in self.groups:
            self.groups[group.id] = group
        for viewer in [viewer for viewer in self.viewers if viewer.group == group.id]:
            self.attach_group(viewer, group)

    def detach_group(self, viewer: Viewer) -> None:
        group = self.groups.get(viewer.group) if viewer.group else None
        viewer.group = None
        if group is not None:
            group.viewers.discard(viewer)

    def overlay(self, viewer: Viewer, chart: LiveGroup | None) -> None:
        """Everything so far of several runs, whatever groups they belong to, then everything that comes. One chart for
        each viewer; None: no more of it."""
        if (old := self._overlays.pop(viewer, None)) is not None:
            old.viewers.clear()
            for run in self.runs.values():
                run.overlays.discard(old)
        if chart is not None:
            self._overlays[viewer] = chart
            chart.viewers.add(viewer)
            for id in chart.runs:
                if id in self.runs and self.runs[id].result is None:
                    self.runs[id].overlays.add(chart)
            viewer.say(chart.history())

    def hold_group(self, group: LiveGroup, on: bool) -> None:
        """No more of its runs begin, or again: all who watch it are told."""
        group.held = on
        self.tell_anew(group)

    def take_up(self, run: LiveRun, frame: int) -> None:
        """A run that had ended goes on, after its last frame: all who look at it are told, and see what comes."""
        self.runs[run.id] = run
        self._go_on(run.id, frame)
        self._attach_all(run)

    def take_in(self, run: LiveRun) -> None:
        """A run that a script trains, new or after a broken connection: all who look at it see what comes."""
        self.runs[run.id] = run
        self._attach_all(run)

    def _attach_all(self, run: LiveRun) -> None:
        """Who looks at a run that had ended sees what comes now."""
        for viewer in [viewer for viewer in self.viewers if viewer.run == run.id]:
            self.attach(viewer, run)

    def drop(self, run_id: str, words: str) -> None:
        """A run is gone, thrown away: who looks at it is told so, and keeps the picture."""
        for viewer in [viewer for viewer in self.viewers if viewer.run == run_id]:
            viewer.say({"event": "notice", "message": words, "over": False})
        self.runs.pop(run_id, None)

    def notice(self, problem: str | None) -> None:
        """A problem of the whole server is told to all who are here and to all who come, until it is over (None)."""
        self.problem = problem
        text = encode(_notice(problem))
        for viewer in self.viewers:
            viewer.text(text)

    def join(self, viewer: Viewer) -> None:
        self.viewers.add(viewer)
        if self.problem is not None:
            viewer.say(_notice(self.problem))

    def leave(self, viewer: Viewer) -> None:
        self.detach(viewer)
        self.detach_group(viewer)
        self.overlay(viewer, None)
        self.channels.leave(viewer)
        self.viewers.discard(viewer)

    def attach(self, viewer: Viewer, run: LiveRun) -> None:
        """Everything so far, then everything that comes, with nothing lost or doubled between the two."""
        self.detach(viewer)
        viewer.run = run.id
        send_all(viewer, run)
        if run.result is None:
            run.viewers.add(viewer)
            self._watch(run.id, len(run.viewers))

    def detach(self, viewer: Viewer) -> None:
        run = self.runs.get(viewer.run) if viewer.run else None
        viewer.run = None
        viewer.forget_frames()
        if run is not None and viewer in run.viewers:
            run.viewers.remove(viewer)
            if run.result is None:
                self._watch(run.id, len(run.viewers))


def send_all(viewer: Viewer, run: LiveRun) -> None:
    """Where a run stands, its history, its newest frames."""
    viewer.say(run.to_json(viewer.visitor))
    viewer.say({"event": "history", "run": run.id, "columns": run.columns.to_json()})
    for view, data in run.frames.items():
        if view not in SERVER_ONLY:
            viewer.frame(view, data)


def owns(visitor: str | None, owner: str) -> bool:
    """Whether this visitor started the run, in a time that does not tell how much of the name was right."""
    return visitor is not None and hmac.compare_digest(visitor.encode(), owner.encode())


def status_of(event: dict[str, Any]) -> str:
    """The store's word for how a run ended."""
    name: str = event["event"]
    return "stopped" if name == "finished" and event.get("reason") == "stopped" else name


def _notice(problem: str | None) -> dict[str, Any]:
    return {"event": "notice", "message": problem or "Runs are being recorded again.", "over": problem is None}
