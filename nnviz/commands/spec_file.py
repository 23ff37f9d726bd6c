"""The command line's door to a spec: a JSON file or standard input, and `--set path=value` on top of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from nnviz.spec import RunSpec, explain

MAX_BYTES = 1_000_000
FAULTS_SHOWN = 3


class SpecError(ValueError):
    """No spec: the message is one line that names the file or the field."""


def read_spec(source: str | None, sets: Sequence[str] = ()) -> RunSpec:
    """The spec in a JSON file (`-`: standard input; None: the default spec), changed by `sets`. Raises SpecError."""
    raw = {} if source is None else parse_json(*_read(source))
    for text in sets:
        apply_set(raw, text)
    try:
        return RunSpec.model_validate(raw)
    except ValidationError as error:
        lines = explain(error)
        more = len(lines) - FAULTS_SHOWN
        raise SpecError("; ".join(lines[:FAULTS_SHOWN]) + (f"; and {more} more" if more > 0 else "")) from error


def parse_json(name: str, data: bytes) -> dict[str, Any]:
    """The JSON object in `data`; `name` is what a fault calls it. Raises SpecError."""
    if len(data) > MAX_BYTES:
        raise SpecError(f"{name}: too large for a specification; allowed are {MAX_BYTES:,} bytes")
    try:
        value = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SpecError(f"{name}: is not UTF-8 text") from error
    except json.JSONDecodeError as error:
        raise SpecError(f"{name}: is not JSON: line {error.lineno}, column {error.colno}: {error.msg}") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits; brackets in brackets in brackets
        raise SpecError(f"{name}: is not JSON that can be read here") from error
    if not isinstance(value, dict):
        raise SpecError(f'{name}: a specification is a JSON object, for example {{"training": {{"epochs": 5}}}}')
    return value


def apply_set(raw: dict[str, Any], text: str) -> None:
    """Put `path=value` into a spec as read from JSON, in place; the value is JSON or a bare word.

    Only what is named is put in: the defaults of the rest may hang on it (a data set's counts, an optimiser's rate).
    Whether the path leads to a field is the validation's to say. Raises SpecError where it cannot be followed.
    """
    name, equals, value = text.partition("=")
    path = name.strip().split(".")
    if not equals or not all(path):
        raise SpecError(f"--set {text}: write path=value, for example training.epochs=5")
    here: Any = raw
    known: Any = RunSpec().model_dump(mode="json")  # what stands where the file says nothing
    for depth, part in enumerate(path):
        key = _key(here, part, ".".join(path[: depth + 1]))
        if depth == len(path) - 1:
            here[key] = _value(value)
            return
        known = _child(known, part)
        if isinstance(here, dict) and here.get(key) is None:
            here[key] = known if isinstance(known, list) or not isinstance(known, dict | None) else {}
        here = here[key]


def _key(here: Any, part: str, where: str) -> str | int:
    """What `part` means in `here`: the name of a field or the number of a list's entry."""
    if isinstance(here, dict):
        return part
    if not isinstance(here, list):
        raise SpecError(
            f"{where}: no such field; {where.rpartition('.')[0]} is a single value (given: {str(here)[:60]!r})"
        )
    if not part.isdecimal() or len(part) > 6 or int(part) >= len(here):
        allowed = f"allowed are 0 to {len(here) - 1}" if here else "the list is empty"
        raise SpecError(f"{where}: no such entry; {allowed}")
    return int(part)


def _child(known: Any, part: str) -> Any:
    if isinstance(known, dict):
        return known.get(part)
    return known[int(part)] if isinstance(known, list) and part.isdecimal() and int(part) < len(known) else None


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _read(source: str) -> tuple[str, bytes]:
    """(what to call it, its bytes), one byte more than allowed at most."""
    if source == "-":
        return "standard input", sys.stdin.buffer.read(MAX_BYTES + 1)
    try:
        with Path(source).open("rb") as file:
            return source, file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise SpecError(f"{source}: cannot be read ({getattr(error, 'strerror', None) or error})") from error
