"""How long, how many and how much: what the engine allows runs, and processes that have nothing to do."""

from __future__ import annotations

from dataclasses import dataclass

REMEMBERED = 256
"""Ended runs whose status is still known here; the store knows them all."""
ATTEMPTS = 3
"""To give a run a process that lives."""
LOSSES = 10
"""Machines under a run that may be lost until it is not begun again."""
PATIENCE = 5.0
"""Seconds from the end of a process's socket until its exit code is no longer waited for. The kernel closes a killed
process's socket first; then its memory goes, and the zygote, which may be reading a data set, has to reap it."""
MAX_PENDING_COMMANDS = 100
"""Steps that a run may be asked for while it waits; more are not taken."""


@dataclass(frozen=True)
class Limits:
    """Seconds, unless said otherwise."""

    idle: float = 600.0
    """A paused run that nobody watches is stopped after this."""
    grace: float = 60.0
    """A run is not stopped to make room so soon after its last watcher left: a reload is a leaving, too."""
    terminate: float = 2.0
    """From the word stop to SIGTERM, for a run that does not listen."""
    kill: float = 1.0
    """From SIGTERM to SIGKILL; and what a run has for its terminal event when the engine closes."""
    spare: float = 120.0
    """A process that has done its run waits so long for another one; 0: every run has a fresh one."""
    forked: int = 32
    """Runs that train at once, for each core, where memory suffices; at full speed they take turns."""
    spawned: int = 2
    """The same where processes are spawned: those share no memory, and each begins with seconds of imports."""
    paused: int | None = None
    """Processes that live and do not train; None: as many as may train."""
    memory: int | None = None
    """Bytes that all runs together may have, at most; None: as many as the machine has left for them."""
    run_memory: int | None = None
    """Bytes that one run may have; None: half of what there is for all when the engine starts."""
    reserve: int | None = None
    """Bytes that runs leave to the server and to everything else; None: an eighth of the machine, at most 2 GB."""
