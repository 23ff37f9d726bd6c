"""The command line's door to a spec: a JSON file or standard input, and `--set path=value` on top of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nnviz import jobs
from nnviz.jobs.changes import put
from nnviz.spec.job import JobSpec

MAX_BYTES = 1_000_000
FAULTS_SHOWN = 3


class SpecError(ValueError):
    """No spec: the message is one line that names the file or the field."""


def read_spec(source: str | None, sets: Sequence[str] = ()) -> JobSpec:
    """The spec in a JSON file (`-`: standard input; None: the default spec), changed by `sets`. Raises SpecError."""
    raw = {} if source is None else parse_json(*_read(source))
    for text in sets:
        apply_set(raw, text)
    try:
        return jobs.read_spec(raw)
    except jobs.SpecError as error:
        more = len(error.lines) - FAULTS_SHOWN
        raise SpecError("; ".join(error.lines[:FAULTS_SHOWN]) + (f"; and {more} more" if more > 0 else "")) from error


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
    """Put `path=value` into a spec as read from JSON, in place; the value is JSON or a bare word. Raises SpecError."""
    path, equals, value = text.partition("=")
    if not equals or not all(path.strip().split(".")):
        raise SpecError(f"--set {text}: write path=value, for example training.epochs=5")
    try:
        put(raw, path, _value(value))
    except jobs.SpecError as error:
        raise SpecError(str(error)) from error


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
