"""Changes to a specification's plain values, by the paths of their fields: training.epochs, model.layers.0.units."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from nnviz.jobs import SpecError, read_spec
from nnviz.spec.job import JobSpec


def changed_spec(raw: dict[str, Any], changes: Mapping[str, Any]) -> JobSpec:
    """The specification with these values at these paths. Raises SpecError."""
    raw = deepcopy(raw)
    for path, value in changes.items():
        put(raw, path, value)
    return read_spec(raw)


def put(raw: dict[str, Any], path: str, value: Any) -> None:
    """Put a value into a spec as read from JSON, in place.

    Only what is named is put in: the defaults of the rest may hang on it (a data set's counts, an optimiser's rate).
    Whether the path leads to a field is the validation's to say. Raises SpecError where it cannot be followed.
    """
    parts = path.strip().split(".")
    if not all(parts):
        raise SpecError([f"{path or 'a path'}: name the fields with dots between them, for example training.epochs"])
    here: Any = raw
    known = _defaults(raw)  # what stands where the JSON says nothing
    for depth, part in enumerate(parts):
        key = _key(here, part, ".".join(parts[: depth + 1]))
        if depth == len(parts) - 1:
            here[key] = value
            return
        known = _child(known, part)
        if isinstance(here, dict) and here.get(key) is None:
            here[key] = known if isinstance(known, list) or not isinstance(known, dict | None) else {}
        here = here[key]


def _defaults(raw: dict[str, Any]) -> Any:
    """Of the job that a specification names; nothing where it has fields that must be given."""
    try:
        return read_spec({name: raw[name] for name in ("job",) if name in raw}).model_dump(mode="json")
    except SpecError:
        return {}


def _key(here: Any, part: str, where: str) -> str | int:
    """What `part` means in `here`: the name of a field or the number of a list's entry."""
    if isinstance(here, dict):
        return part
    if not isinstance(here, list):
        raise SpecError(
            [f"{where}: no such field; {where.rpartition('.')[0]} is a single value (given: {str(here)[:60]!r})"]
        )
    if not part.isdecimal() or len(part) > 6 or int(part) >= len(here):
        allowed = f"allowed are 0 to {len(here) - 1}" if here else "the list is empty"
        raise SpecError([f"{where}: no such entry; {allowed}"])
    return int(part)


def _child(known: Any, part: str) -> Any:
    if isinstance(known, dict):
        return known.get(part)
    return known[int(part)] if isinstance(known, list) and part.isdecimal() and int(part) < len(known) else None
