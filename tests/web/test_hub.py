"""The hub: every text to every viewer, the newest frame only, one encoding for all."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from typing import Any

import numpy as np
import pytest

from nnviz.events import Frame, encode_frame
from nnviz.jobs.train import TRAIN
from nnviz.web import viewer as viewer_module
from nnviz.web.columns import MAX_ROWS, Columns
from nnviz.web.hub import Hub, LiveRun, owns, status_of
from nnviz.web.viewer import IN_FLIGHT, TooSlowError, Viewer


class Wire:
    """A browser's end: what it received, and a gate that can be shut as a slow network shuts it."""

    def __init__(self) -> None:
        self.texts: list[dict[str, Any]] = []
        self.frames: list[bytes] = []
        self.raw: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def send_text(self, data: str) -> None:
        await self.gate.wait()
        self.raw.append(data)
        self.texts.append(json.loads(data))

    async def send_bytes(self, data: bytes) -> None:
        await self.gate.wait()
        self.frames.append(data)


def run_async(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(main, 20))


def metrics(step: int) -> dict[str, Any]:
    return {"event": "metrics", "epoch": step / 10, "step": step, "loss": 1 / (step + 1), "accuracy": None, "seq": step}


def picture(step: int, view: str = "network") -> bytes:
    return encode_frame(Frame(view, step, 0.0, {}, {"x": np.full(1000, step, np.float32)}), "r")


def test_what_is_the_servers_is_kept_and_never_sent() -> None:
    async def main() -> None:
        kept: list[Any] = []
        hub = Hub(keep=lambda _run, message: kept.append(message))
        run = LiveRun("r", {}, "me")
        hub.add(run)
        hub.publish("r", picture(1, "weights"))
        _, wire, pump = watching(hub, run)
        hub.publish("r", picture(2, "weights"))
        hub.publish("r", picture(2, "predictions"))
        await settle()
        assert wire.frames == [picture(2, "predictions")]
        assert run.frames["weights"] == picture(2, "weights")
        assert kept == [picture(1, "weights"), picture(2, "weights"), picture(2, "predictions")]
        pump.cancel()

    run_async(main())


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def watching(hub: Hub, run: LiveRun) -> tuple[Viewer, Wire, asyncio.Task[None]]:
    viewer, wire = Viewer(), Wire()
    hub.join(viewer)
    hub.attach(viewer, run)
    return viewer, wire, asyncio.create_task(viewer.pump(wire))


def test_a_viewer_gets_where_it_stands_then_the_history_then_the_newest_frames_then_what_comes() -> None:
    async def main() -> None:
        hub = Hub()
        run = LiveRun("r", {"seed": 1}, "the owner")
        hub.add(run)
        hub.publish("r", {"event": "started", "parameters": 9, "layers": [], "seq": 0})
        hub.publish("r", {"event": "status", "status": "running", "detail": {"learning_rate": 0.5}, "seq": 1})
        for step in range(3):
            hub.publish("r", metrics(step))
            hub.publish("r", picture(step))
        hub.publish("r", picture(0, "data"))
        _, wire, pump = watching(hub, run)
        hub.publish("r", metrics(3))
        await settle()
        assert [t["event"] for t in wire.texts] == ["run", "history", "metrics"]
        first, history, live = wire.texts
        assert first["status"] == "running"
        assert first["live"] == {"learning_rate": 0.5}
        assert first["spec"] == {"seed": 1}
        assert first["started"]["parameters"] == 9
        assert not first["mine"]
        assert "the owner" not in json.dumps(first)
        assert history["columns"]["step"] == [0, 1, 2]
        assert set(history["columns"]) == set(TRAIN.columns)
        assert live["step"] == 3
        assert live["run"] == "r"
        assert sorted(wire.frames) == sorted([picture(2), picture(0, "data")])
        pump.cancel()

    run_async(main())


def test_a_slow_viewer_skips_frames_and_no_text_and_delays_nobody() -> None:
    async def main() -> None:
        hub = Hub()
        run = LiveRun("r", {}, "me")
        hub.add(run)
        _, slow, pump1 = watching(hub, run)
        _, fast, pump2 = watching(hub, run)
        await settle()
        slow.gate.clear()
        for step in range(50):
            hub.publish("r", metrics(step))
            hub.publish("r", picture(step))
            await settle()
        assert fast.frames == [picture(step) for step in range(50)]
        slow.gate.set()
        await settle()
        for wire in (slow, fast):
            assert [t["step"] for t in wire.texts if t["event"] == "metrics"] == list(range(50))
        assert slow.frames[-1] == picture(49)
        assert len(slow.frames) <= 2
        for pump in (pump1, pump2):
            pump.cancel()

    run_async(main())


def test_twenty_viewers_share_one_encoding() -> None:
    async def main() -> None:
        hub = Hub()
        run = LiveRun("r", {}, "me")
        hub.add(run)
        all_of_them = [watching(hub, run) for _ in range(20)]
        data = picture(7)
        hub.publish("r", data)
        hub.publish("r", metrics(7))
        await settle()
        wires = [wire for _, wire, _ in all_of_them]
        assert all(wire.frames[0] is data for wire in wires)
        assert len({id(wire.raw[-1]) for wire in wires}) == 1
        for _, _, pump in all_of_them:
            pump.cancel()

    run_async(main())


def test_frames_wait_for_acknowledgements_once_a_viewer_sends_them() -> None:
    async def main() -> None:
        hub = Hub()
        run = LiveRun("r", {}, "me")
        hub.add(run)
        viewer, wire, pump = watching(hub, run)
        viewer.ack(0)
        for step in range(10):
            hub.publish("r", picture(step))
            hub.publish("r", metrics(step))
            await settle()
        assert wire.frames == [picture(step) for step in range(IN_FLIGHT)]
        assert sum(t["event"] == "metrics" for t in wire.texts) == 10
        viewer.ack(1_000_000)  # more than were sent counts as all that were
        await settle()
        assert wire.frames[IN_FLIGHT:] == [picture(9)]
        pump.cancel()

    run_async(main())


def test_a_viewer_too_far_behind_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewer_module, "MAX_TEXTS", 100)

    async def main() -> None:
        hub = Hub()
        run = LiveRun("r", {}, "me")
        hub.add(run)
        _, wire, pump = watching(hub, run)
        wire.gate.clear()
        await settle()
        for step in range(200):
            hub.publish("r", metrics(step))
        wire.gate.set()
        with pytest.raises(TooSlowError):
            await pump

    run_async(main())


def test_the_engine_hears_how_many_watch() -> None:
    async def main() -> None:
        heard: list[tuple[str, int]] = []
        hub = Hub(watch=lambda run, n: heard.append((run, n)))
        first, second = LiveRun("a", {}, "me"), LiveRun("b", {}, "me")
        hub.add(first)
        hub.add(second)
        viewer = Viewer()
        hub.join(viewer)
        hub.attach(viewer, first)
        hub.attach(viewer, second)
        hub.leave(viewer)
        assert heard == [("a", 1), ("a", 0), ("b", 1), ("b", 0)]
        assert not hub.viewers

    run_async(main())


def test_an_ended_run_leaves_memory_after_a_while_and_its_viewers_know_the_end() -> None:
    async def main() -> None:
        hub, brief = Hub(linger=60), Hub(linger=0.05)
        run = LiveRun("r", {}, "me")
        hub.add(run)
        brief.add(LiveRun("r", {}, "me"))
        _, wire, pump = watching(hub, run)
        hub.publish("r", {"event": "finished", "reason": "stopped", "seq": 1})
        await settle()
        assert run.status == "stopped"
        assert wire.texts[-1]["event"] == "finished"
        assert "r" in hub.runs
        brief.publish("r", {"event": "finished", "reason": "stopped", "seq": 1})
        assert "r" in brief.runs
        while "r" in brief.runs:
            await asyncio.sleep(0.01)
        pump.cancel()

    run_async(main())


def test_a_notice_reaches_everybody_and_threads_may_publish() -> None:
    async def main() -> None:
        hub = Hub()
        run = LiveRun("r", {}, "me")
        hub.add(run)
        _, wire, pump = watching(hub, run)
        await asyncio.to_thread(hub.warn, "the disk is full")
        await asyncio.to_thread(hub.listen, "r", metrics(1))
        await settle()
        assert [t["event"] for t in wire.texts[2:]] == ["notice", "metrics"]
        pump.cancel()

    run_async(main())


@pytest.mark.parametrize("count", [1, 1999, 2000, 2001, 9_999, 50_000])
def test_history_is_thinned_evenly_and_ends_with_the_newest(count: int) -> None:
    columns = Columns(TRAIN.columns)
    for step in range(count):
        columns.append(metrics(step))
    steps = columns.to_json()["step"]
    assert len(steps) <= MAX_ROWS + 1
    assert steps[0] == 0
    assert steps[-1] == count - 1
    assert len(set(np.diff(np.array(steps[:-1], float)))) <= 1
    assert len(steps) >= min(count, MAX_ROWS // 2)


def test_ownership_and_words() -> None:
    assert owns("abc", "abc")
    assert not owns("abd", "abc")
    assert not owns(None, "abc")
    assert status_of({"event": "finished", "reason": "stopped"}) == "stopped"
    assert status_of({"event": "finished", "reason": "epochs"}) == "finished"
    assert status_of({"event": "crashed"}) == "crashed"


def test_a_viewer_who_reads_nothing_cannot_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewer_module, "MAX_WAITING", 1_000)

    async def main() -> None:
        viewer, wire = Viewer(), Wire()
        wire.gate.clear()
        pump = asyncio.create_task(viewer.pump(wire))
        for _ in range(10):
            viewer.text("x" * 400)
        wire.gate.set()
        with pytest.raises(TooSlowError):
            await pump

    run_async(main())
