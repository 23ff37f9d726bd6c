"""The states of a run, in the order in which they come, and what a page calls them."""

from __future__ import annotations

STATUSES = {
    "idle": "not started", "starting": "starting…", "waiting": "the engine is starting…", "running": "running",
    "paused": "paused", "finished": "finished", "stopped": "stopped", "diverged": "diverged", "failed": "failed",
    "crashed": "crashed", "cancelled": "cancelled", "interrupted": "interrupted: the server was restarted",
}  # fmt: skip
"""Name → words; "idle" is a setting without a run. A job may have words of its own (`Job.words`)."""
TERMINAL = frozenset({"finished", "stopped", "diverged", "failed", "crashed", "cancelled", "interrupted"})
"""Those after which nothing comes."""
WAITING = frozenset({"waiting", "starting"})
AT_WORK = frozenset({"running", "paused"})
ALIVE = WAITING | AT_WORK
"""Of a run that has not ended."""
BROKEN = frozenset({"failed", "crashed", "cancelled", "interrupted"})
"""Those of a run that has come to no result, though its numbers did not run away."""
ENDS = TERMINAL - {"stopped"}
"""The events that end a run; one that was stopped has finished, with that reason."""
MARKS = {
    "waiting": "…", "starting": "…", "running": "▶", "paused": "❚❚", "finished": "✓", "stopped": "■", "diverged": "⚡",
    "failed": "✕", "crashed": "✕", "cancelled": "■", "interrupted": "✕",
}  # fmt: skip
"""What stands before a status in a table."""
