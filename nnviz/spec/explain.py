"""What is wrong with a spec, in words for whoever wrote it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from nnviz.layers import LAYERS
from nnviz.optimizers import OPTIMIZERS
from nnviz.part import Part
from nnviz.sets import own_sets
from nnviz.spec.job import JobSpec
from nnviz.spec.model import MODELS
from nnviz.spec.run import RunSpec

BEGINS_WITH_FIELDS = re.compile(r"[\w.]+(, [\w.]+)*: ")
"""Our own messages begin with the fields that they are about."""
NOT_A_NUMBER = re.compile(r"(int|float)_|finite_number|(greater|less)_than")
"""pydantic's kinds of faults of a number: none, or out of its range."""


@dataclass(frozen=True)
class Fault:
    """where: the field's path with dots, "" for the whole; what: what is allowed; given: the value, or None where it
    says nothing (a missing or a nested one)."""

    where: str
    what: str
    given: str | None

    def __str__(self) -> str:
        return f"{self.where or 'spec'}: {self.what}" + ("" if self.given is None else f" (given: {self.given})")


def explain(error: ValidationError, model: type[BaseModel] = RunSpec) -> list[str]:
    """One line for each fault: the field, what is allowed, what was given. No class names, no links."""
    return [str(fault) for fault in faults(error, model)]


def faults(error: ValidationError, model: type[BaseModel] = RunSpec) -> list[Fault]:
    """The same in parts. model: what was validated."""
    found = []
    for fault in error.errors(include_url=False):
        kind, given = fault["type"], fault.get("input")
        where = _where(fault["loc"])
        message = fault["msg"].removeprefix("Value error, ")
        message = message[:1].lower() + message[1:]
        if kind == "value_error":
            if BEGINS_WITH_FIELDS.match(message):
                field, _, message = message.partition(": ")
                where.append(field)
            found.append(Fault(".".join(where), message, None))
            continue
        if kind == "extra_forbidden":
            fields = _fields(model, error.title, fault["loc"])
            message = "no such field" + (f"; there are {', '.join(fields)}" if fields else "")
        elif kind == "union_tag_invalid":
            where.append(fault["ctx"]["discriminator"].strip("'"))
            message, given = f"allowed are {fault['ctx']['expected_tags'].replace(chr(39), '')}", fault["ctx"]["tag"]
        elif kind == "literal_error":
            message = f"allowed are {fault['ctx']['expected'].replace(chr(39), '').replace(' or ', ', ')}"
        elif kind == "string_pattern_mismatch" and fault["loc"][-1] in own_sets():
            message = "allowed is the id that an upload gives: 64 characters of 0–9 and a–f"
        elif kind.startswith("bool_"):
            message = "allowed are on and off"
        elif NOT_A_NUMBER.match(kind):
            message = f"allowed is {_numbers(model, fault['loc'])}"
        elif kind in {"model_type", "model_attributes_type"}:
            message = "should be an object with fields of its own"
        elif kind == "tuple_type":
            message = "should be a list"
        silent = kind == "missing" or isinstance(given, dict | list | tuple)
        found.append(Fault(".".join(where), message, None if silent else _shown(given)))
    return found


def _parts() -> dict[Any, type[Part]]:
    """By the tags of the unions. pydantic puts a tag into the location; the person who wrote the JSON has not."""
    return {**OPTIMIZERS, **LAYERS, **MODELS}


def _where(location: tuple[str | int, ...]) -> list[str]:
    parts = _parts()
    return [
        str(part)
        for before, part in zip((None, *location), location, strict=False)
        if part not in parts or not (isinstance(before, int) or before in {"optimizer", "model"})
    ]


def _fields(model: type[BaseModel], title: str, location: tuple[str | int, ...]) -> list[str]:
    """What could stand where `location` names a field that there is not; nothing where it is no part of a spec."""
    here = _holder(model, location) if issubclass(model, JobSpec) and title == model.__name__ else None
    return [] if here is None else [name for name in here.model_fields if name != "job"]


def _holder(model: type[BaseModel], location: tuple[str | int, ...]) -> Any:
    """The part of a model whose field `location` names."""
    here: Any = model
    parts = _parts()
    for part in location[:-1]:
        if part in parts:
            here = parts[part]
        elif isinstance(part, str) and part in here.model_fields:
            annotation = here.model_fields[part].annotation
            here = next((one for one in (annotation, *get_args(annotation)) if hasattr(one, "model_fields")), here)
    return here


def _numbers(model: type[BaseModel], location: tuple[str | int, ...]) -> str:
    """Which numbers a field takes: `a whole number from 1 to 60,000`."""
    names = [part for part in location if isinstance(part, str)]
    field = _holder(model, tuple(location[: location.index(names[-1]) + 1])).model_fields.get(names[-1])
    if field is None:
        return "a number"
    bounds = {
        name: getattr(constraint, name)
        for constraint in (*field.metadata, *_inner(field.annotation))
        for name in ("ge", "gt", "le", "lt")
        if getattr(constraint, name, None) is not None
    }
    noun = "a whole number" if int in (field.annotation, *get_args(field.annotation)) else "a number"
    low, high = bounds.get("ge", bounds.get("gt")), bounds.get("le", bounds.get("lt"))
    words = [noun]
    if low is not None:
        words.append(f"{'from' if 'ge' in bounds else 'above'} {_plain(low)}")
    if high is not None:
        joint = "to" if "ge" in bounds else "and" if low is not None else ""
        words.append(
            f"{joint} {'' if 'ge' in bounds else 'at most '}{_plain(high)}"
            if "le" in bounds
            else f"{joint} below {_plain(high)}"
        )
    return " ".join(words).replace("  ", " ")


def _plain(number: float) -> str:
    return f"{number:,.0f}" if number == int(number) else f"{number:g}"


def _inner(annotation: Any) -> tuple[Any, ...]:
    """Constraints that stand within a type, as those of Annotated[float, Field(…)] | None or of a tuple of them."""
    found: list[Any] = []
    for one in (annotation, *get_args(annotation)):
        for extra in getattr(one, "__metadata__", ()):
            found += getattr(extra, "metadata", [extra])
    return tuple(found)


def _shown(given: Any) -> str:
    try:
        return repr(str(given)[:60])
    except ValueError:  # Python writes no number of more than 4300 digits
        return "a very long number"
