"""What was changed from one setting of a job to the next, in words: for the pale curve of the run before. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from nnviz.experiments.compare import NAMES, VALUES, differences, number
from nnviz.part import names_of
from nnviz.spec import RunSpec

MOST = 2
"""Changes that a label names; of more it says how many."""
LONGEST, LONGEST_WORD = 40, 16
"""Characters of a value that is written out: of a drawn curve or a map only that it is another."""


def label(before: BaseModel, now: BaseModel) -> str:
    """Of an earlier run's curve: what was changed since."""
    return "before: " + (_some(before, now) or "the same setting")


def change(before: BaseModel, now: BaseModel) -> str:
    """What was changed, as a sentence: "Learning rate 0.03 → 0.1."; nothing where both are the same."""
    text = _some(before, now)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def changes(before: BaseModel, now: BaseModel) -> list[str]:
    """What differs between two settings of one job: "learning rate 0.03 → 0.1" for each. Of two jobs: nothing, as they
    have nothing in common."""
    if isinstance(before, RunSpec) and isinstance(now, RunSpec):
        # A part that only one of them has (an optimiser's own fields) goes unnamed: what it hangs on is named.
        pairs = [(name, *values) for name, values in differences([before, now]) if None not in values]
        return [f"{name} {was} → {new}" for name, was, new in pairs]
    return list(_fields(before, now)) if type(before) is type(now) else []


def _some(before: BaseModel, now: BaseModel) -> str:
    found = changes(before, now)
    rest = len(found) - MOST
    return ", ".join(found[:MOST]) + (f" and {rest} more" if rest > 0 else "")


def _fields(before: BaseModel, now: BaseModel) -> Iterator[str]:
    for name, field in type(now).model_fields.items():
        was, new = getattr(before, name), getattr(now, name)
        if was == new:
            continue
        called = NAMES.get(name) or (field.title or name.replace("_", " ")).lower()
        if _parts(was) and _parts(new) and len(was) == len(new):
            pairs = [(a, b) for a, b in zip(was, new, strict=True) if a != b]
            yield from (f"{_value(name, field, a)} → {_value(name, field, b)}" for a, b in pairs)
            continue
        texts = [_value(name, field, value) for value in (was, new)]
        long = any(len(text) > LONGEST or max(map(len, text.split())) > LONGEST_WORD for text in texts)
        if _parts(was) or _parts(new):
            texts, long = [str(len(was or ())), str(len(new or ()))], False
        yield f"another {called}" if long else f"{called} {texts[0]} → {texts[1]}"


def _parts(value: Any) -> bool:
    """Whether it lists things that have settings of their own: racers, networks."""
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], BaseModel)


def _value(name: str, field: FieldInfo, value: Any) -> str:
    if isinstance(value, BaseModel):
        return str(getattr(value, "label", value))
    if isinstance(value, tuple):
        return ", ".join(_value(name, field, one) for one in value)
    if value is None or value == "":
        return "none"
    if isinstance(value, str):
        return _named(name, field, value).partition(" (")[0]
    return number(value)


def _named(name: str, field: FieldInfo, value: str) -> str:
    """A name as the pages write it, by the registry that the field takes it from."""
    names = names_of(field)
    entry = (names.entry(value) if names else None) or VALUES.get(name, {}).get(value)
    words = entry if isinstance(entry, str) else getattr(entry, "label", getattr(entry, "title", None))
    return str(words or value.replace("_", " "))
