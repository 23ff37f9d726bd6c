"""Single values of a link: how they are written, and what is said of one that cannot be used."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any


def write_value(value: Any) -> str:
    """A number, a word, a flag, or several of them."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list | tuple):
        return ",".join(map(write_value, value))
    return repr(value) if isinstance(value, float) else str(value)


def stranger(name: str, names: Iterable[str]) -> str:
    """What to say of a name that no setting has; `names` are those that there are."""
    near = difflib.get_close_matches(name, list(names), 1, 0.7)
    return f"The link's “{name[:40]}” is not a setting here; it was left out." + (
        f" Is “{near[0]}” meant?" if near else ""
    )


def unusable(name: str, text: str, fault: str, default: str | None = None) -> str:
    """What to say of a value that cannot be taken: the field, the value, what is allowed, and what is used instead."""
    used = "The default is used instead." if default is None else f"The default, {default}, is used instead."
    return f"The link's {name}={text[:40]}: {fault}. {used}"
