"""How a visitor looks at a run: speed, axes, smoothing. In the link beside the spec, but no part of the run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo

from nnviz.control import SpeedName
from nnviz.link import unusable
from nnviz.spec import faults


def _known(names: object, info: ValidationInfo) -> object:
    """`noise,loss` or a list → the names in the room's order. Raises ValueError with those that nothing has."""
    words = names.split(",") if isinstance(names, str) else names
    if not isinstance(words, list | tuple | set):
        raise ValueError("write names with commas between them")
    found, known = {str(word).strip() for word in words} - {""}, (info.context or {}).get("hide", ())
    if unknown := sorted(found - set(known)):
        raise ValueError(f"“{unknown[0][:30]}” cannot be hidden; allowed are {', '.join(known)}")
    return tuple(name for name in known if name in found)


class View(BaseModel):
    """What every room has of it."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    present: bool = Field(False, description="for a lecture hall: larger type, controls folded away")
    more: bool = Field(False, description="the settings behind “More settings” are open")
    hide: Annotated[tuple[str, ...], BeforeValidator(_known)] = ()

    @classmethod
    def names(cls) -> frozenset[str]:
        """Its names in a link."""
        return frozenset(f.alias or name for name, f in cls.model_fields.items())


class TrainingView(View):
    """How a training is looked at."""

    speed: SpeedName = "2epochs"
    discretize: bool = False
    validation: bool = Field(False, alias="show_validation")
    log: bool = False
    smooth: Literal[0, 0.6, 0.9, 0.97] = 0  # type: ignore[valid-type]
    axis: Literal["epoch", "step", "seconds"] = "epoch"
    curve: Literal["loss", "accuracy"] = "loss"
    tab: Literal["overview", "inside", "mistakes", "draw", "rotated", "compare", "training", "histograms"] = "overview"
    digit: int | None = Field(None, ge=0, lt=60_000, description="the digit that is open, by its place in its split")
    of: int = Field(0, ge=0, le=9, description="the class whose output weights are shown")
    scale: Literal["layer", "filter"] = Field("layer", alias="filter_scale", description="of the filters' colours")


def read_view(
    model: type[View], query: Mapping[str, str], base: Mapping[str, Any], hide: Mapping[str, str]
) -> tuple[dict[str, Any], list[str]]:
    """The view that a link asks for as a plain dict, and what could not be used of it. base: the room's defaults; hide:
    what it may hide."""
    values: dict[str, Any] = dict(base)
    problems: list[str] = []
    for name, text in query.items():
        if name not in model.names():
            continue
        field = model.model_fields.get(name)
        value: Any = text
        if field is not None:  # a number among several words is one word among others to a link
            value = next((v for v in get_args(field.annotation) if str(v) == text), text)
        try:
            model.model_validate({name: value}, context={"hide": hide})
            values[name] = value
        except ValidationError as error:
            problems.append(unusable(name, text, faults(error, model)[0].what))
    return model.model_validate(values, context={"hide": hide}).model_dump(), problems


def checked_view(model: type[View], view: object, hide: Mapping[str, str]) -> dict[str, Any] | None:
    """What the browser says of its view, or None where it makes no sense."""
    try:
        return model.model_validate(view, context={"hide": hide}).model_dump()
    except ValidationError:
        return None


def view_query(model: type[View], view: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, str]:
    """What differs from the defaults, for the link. (A flag can only be on: every flag's default is off.)"""
    found = {}
    for name, field in model.model_fields.items():
        default = base.get(name, field.default)
        value = view.get(name, default)
        if value is None or value == default:
            continue
        if isinstance(value, list | tuple):
            value = ",".join(value)
        if isinstance(value, bool):
            value = "1" if name == "present" else "on"
        found[field.alias or name] = str(value)
    return found
