"""How long and how many: what the engine allows runs that do not train, and processes that have nothing to do."""

from __future__ import annotations

from dataclasses import dataclass

REMEMBERED = 256
"""Ended runs whose status is still known here; the store knows them all."""
ATTEMPTS = 3
"""To give a run a process that lives."""
PATIENCE = 0.15
"""Seconds from the end of a process's socket until its exit code is no longer waited for."""
ERRANDS = 100
"""Steps that a run may be asked for while it waits; more are not taken."""


@dataclass(frozen=True)
class Limits:
    """Seconds, but for `paused`."""

    idle: float = 600.0
    """A paused run that nobody watches is stopped after this."""
    grace: float = 60.0
    """A run is not stopped to make room so soon after its last watcher left: a reload is a leaving, too."""
    terminate: float = 2.0
    """From the word stop to SIGTERM, for a run that does not listen."""
    kill: float = 1.0
    """From SIGTERM to SIGKILL; and what a run has to say goodbye when the engine closes."""
    spare: float = 120.0
    """A process that has done its run waits so long for another one; 0: every run has a fresh one."""
    paused: int | None = None
    """Processes that live and do not train; None: 8 for each core (2 when spawned: those share no memory)."""
