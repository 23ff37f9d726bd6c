"""Runs that the end of a process has interrupted, read from the store to be gone on with."""

from __future__ import annotations

from collections.abc import Collection

from nnviz.engine.run import Resumed
from nnviz.store.store import Store


def reopen(store: Store, run: str, found: Collection[str]) -> tuple[Resumed, int]:
    """An interrupted run waits again: with all that is recorded where it is `found` to go on elsewhere
    (`LocalEngine.found`), else with nothing. For the engine, and the number of its last frame."""
    if run not in found:
        store.reopen_run(run, -1)
        return Resumed(run, 0, {}, None), 0
    history = store.history(run)
    metrics = {name: column[-1] for name, column in history.items() if name != "seq"} if history["step"] else {}
    event, frame = store.reopen_run(run, metrics.get("step", -1)) or (0, 0)
    return Resumed(run, event, metrics, None, again=True), frame
