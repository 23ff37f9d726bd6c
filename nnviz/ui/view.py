"""How a visitor looks at a run: speed, axes, smoothing. In the link beside the spec, but no part of the run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nnviz.spec import explain


class View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    speed: Literal["step", "10steps", "epoch", "2epochs", "5epochs", "20epochs", "100epochs", "full"] = "2epochs"
    discretize: bool = False
    validation: bool = Field(False, alias="show_validation")
    log: bool = False
    smooth: Literal[0, 0.6, 0.9, 0.97] = 0  # type: ignore[valid-type]
    axis: Literal["epoch", "step", "seconds"] = "epoch"
    curve: Literal["loss", "accuracy"] = "loss"


VIEW_NAMES = frozenset(f.alias or name for name, f in View.model_fields.items())
"""The view's names in a link."""


def read_view(query: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """The view that a link asks for as a plain dict, and what could not be used of it."""
    values: dict[str, Any] = {}
    problems: list[str] = []
    for name, text in query.items():
        if name not in VIEW_NAMES:
            continue
        value: Any = text
        if name == "smooth":
            value = next((v for v in get_args(View.model_fields["smooth"].annotation) if str(v) == text), text)
        try:
            View.model_validate({name: value})
            values[name] = value
        except ValidationError as error:
            problems.append(f"The link's {name}={text[:40]}: {explain(error)[0]}. The default is used.")
    return View.model_validate(values).model_dump(), problems


def checked_view(view: object) -> dict[str, Any] | None:
    """What the browser says of its view, or None where it makes no sense."""
    try:
        return View.model_validate(view).model_dump()
    except ValidationError:
        return None


def view_query(view: Mapping[str, Any]) -> dict[str, str]:
    """What differs from the defaults, for the link."""
    found = {}
    for name, field in View.model_fields.items():
        value = view.get(name, field.default)
        if value != field.default:
            found[field.alias or name] = ("on" if value else "off") if isinstance(value, bool) else str(value)
    return found
