"""What is wrong with a spec, in words for whoever wrote it."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import ValidationError

from nnviz.spec.layers import LAYERS
from nnviz.spec.model import MODELS
from nnviz.spec.optimizers import OPTIMIZERS
from nnviz.spec.part import Part
from nnviz.spec.run import RunSpec


def explain(error: ValidationError) -> list[str]:
    """One line for each fault: the field, what was given, what is allowed. No class names, no links."""
    lines = []
    for fault in error.errors(include_url=False):
        kind, given = fault["type"], fault.get("input")
        where = _where(fault["loc"])
        message = fault["msg"].removeprefix("Value error, ")
        message = message[:1].lower() + message[1:]
        if kind == "value_error":  # ours: it begins with the field
            lines.append(".".join([*where, message]))
            continue
        if kind == "extra_forbidden":
            fields = _fields(error.title, fault["loc"])
            message = "no such field" + (f"; there are {', '.join(fields)}" if fields else "")
        elif kind == "union_tag_invalid":
            where.append(fault["ctx"]["discriminator"].strip("'"))
            message, given = f"allowed are {fault['ctx']['expected_tags']}", fault["ctx"]["tag"]
        elif kind in {"model_type", "model_attributes_type"}:
            message = "should be an object with fields of its own"
        elif kind == "tuple_type":
            message = "should be a list"
        silent = kind == "missing" or isinstance(given, dict | list | tuple)
        lines.append(f"{'.'.join(where) or 'spec'}: {message}" + ("" if silent else f" (given: {_shown(given)})"))
    return lines


_PARTS: dict[Any, type[Part]] = {**OPTIMIZERS, **LAYERS, **MODELS}
"""By the tags of the unions. pydantic puts a tag into the location; the person who wrote the JSON has not."""


def _where(location: tuple[str | int, ...]) -> list[str]:
    return [
        str(part)
        for before, part in zip((None, *location), location, strict=False)
        if part not in _PARTS or not (isinstance(before, int) or before in {"optimizer", "model"})
    ]


def _fields(title: str, location: tuple[str | int, ...]) -> list[str]:
    """What could stand where `location` names a field that there is not; nothing where it is no part of a RunSpec."""
    here: Any = RunSpec if title == RunSpec.__name__ else None
    for part in location[:-1]:
        if part in _PARTS:
            here = _PARTS[part]
        elif isinstance(part, str) and here is not None:
            annotation = here.model_fields[part].annotation
            here = next((one for one in (annotation, *get_args(annotation)) if hasattr(one, "model_fields")), here)
    return [] if here is None else list(here.model_fields)


def _shown(given: Any) -> str:
    try:
        return repr(str(given)[:60])
    except ValueError:  # Python writes no number of more than 4300 digits
        return "a very long number"
