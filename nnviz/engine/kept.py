"""What the process of a run has to be told once more when another one does it again from its start."""

from __future__ import annotations

from typing import Any

BY_HAND = frozenset({"set", "edit", "only"})
"""Commands after which the specification alone gives another curve."""


def keep(kept: list[dict[str, Any]], command: dict[str, Any], at_work: bool) -> tuple[list[dict[str, Any]], bool]:
    """The commands that are kept, this one taken in; and whether it has changed the run so that it cannot be had again.
    `at_work`: its process has said something; before that a command is part of its start."""
    if not at_work:
        return [*kept, command], False
    if _paces(command):
        return [*(one for one in kept if not _paces(one)), command], False
    return kept, command["do"] in BY_HAND


def _paces(command: dict[str, Any]) -> bool:
    return command["do"] == "set" and {*command} <= {"do", "speed"}
