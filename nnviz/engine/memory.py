"""Memory: what this machine has left for runs, and what a process has of its own. Bytes; None where nobody tells.

Linux tells it in /proc, and in the control group that a container has been given. Elsewhere only the machine's size is
known.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

MB = 2**20
GROUPS = Path("/sys/fs/cgroup")


def available(proc: Path = Path("/proc"), groups: Path = GROUPS) -> int | None:
    """What new processes can take before something has to go: of the machine, or of our control group if that is less.

    Pages of files that can be read again count as free.
    """
    left = [_machine(proc), *_groups(proc, groups)]
    known = [number for number in left if number is not None]
    return max(0, min(known)) if known else None


def total() -> int | None:
    """The machine's memory."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def resident(pid: int, proc: Path = Path("/proc")) -> int | None:
    """What a process has in memory, what it shares with others included; cheap (20 µs)."""
    try:
        return int((proc / str(pid) / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError, AttributeError):
        return None


def private(pid: int, proc: Path = Path("/proc")) -> int | None:
    """What would be free if the process ended: what it shares with the process that it was forked from is not its own.

    Takes some milliseconds for each gigabyte; `resident` is never less.
    """
    try:
        lines = (proc / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return None
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(("Private_Clean:", "Private_Dirty:")))


def _machine(proc: Path) -> int | None:
    with suppress(OSError, ValueError, StopIteration):
        lines = (proc / "meminfo").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    return None


def _groups(proc: Path, groups: Path) -> list[int]:
    """What is left in each control group that we are in and that has a limit, versions 2 and 1."""
    try:
        lines = (proc / "self" / "cgroup").read_text().splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        number, names, path = line.split(":", 2)
        if number == "0":
            root, files = groups, ("memory.max", "memory.current", "inactive_file")
        elif "memory" in names.split(","):
            root, files = groups / "memory", ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
        else:
            continue
        # In a container the path may be the host's; then the group is mounted as the root.
        below = root / path.lstrip("/")
        for folder in {root, below, *(parent for parent in below.parents if root in parent.parents)}:
            found.append(_left(folder, *files))
    return [number for number in found if number is not None]


def _left(folder: Path, limit: str, used: str, cache: str) -> int | None:
    try:
        most = (folder / limit).read_text().strip()
        if most == "max" or int(most) >= 2**60:  # version 1 writes a large number where there is no limit
            return None
        free = int(most) - int((folder / used).read_text())
        for line in (folder / "memory.stat").read_text().splitlines():
            name, number = line.split()
            if name == cache:
                free += int(number)
    except (OSError, ValueError):
        return None
    return free
