"""What a run's process may have of the machine: its place in line for the processor, and the bound of its memory.

Runs at full speed take whatever they get, and there may be thirty for two cores. So a run stands behind the server, as
soon as it has shown that it trains, and groups stand behind everybody.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

BEHIND_SERVER, BEHIND_ALL = 5, 15
"""Steps of `nice`: a process at 5 gets a third of what one at 0 gets where both want all, at 15 a thirtieth."""


def priority() -> int:
    """The niceness of this process's main thread; 0 where there is no such thing."""
    return os.getpriority(os.PRIO_PROCESS, os.getpid()) if sys.platform == "linux" else 0


def stand_behind(niceness: int) -> None:
    """Every thread of this process that stands before `niceness` steps back to it; Linux counts threads, not processes.

    There is no way forward again.
    """
    if sys.platform != "linux":
        return
    for task in Path("/proc/self/task").iterdir():
        with suppress(OSError, ValueError):  # a thread that has ended meanwhile
            if os.getpriority(os.PRIO_PROCESS, int(task.name)) < niceness:
                os.setpriority(os.PRIO_PROCESS, int(task.name), niceness)


def bound_memory(more: int) -> None:
    """Refuse this process more than `more` bytes of memory beside what it has: libraries then say that there is none.

    Linux only; what is reserved and never filled counts, too.
    """
    if sys.platform != "linux":
        return
    import resource

    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/self/status").read_text().splitlines()
        has = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData:"))
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        most = has + more if hard == resource.RLIM_INFINITY else min(has + more, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
