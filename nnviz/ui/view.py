"""How a visitor looks at a run: speed, axes, smoothing. In the link beside the spec, but no part of the run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from nnviz.spec import explain

HIDEABLE = {
    "data": "Data",
    "classes": "Classes",
    "noise": "Noise",
    "share": "Share for training",
    "batch_size": "Batch size",
    "sample": "Sample and Regenerate",
    "own_data": "Own data",
    "learning_rate": "Learning rate",
    "optimizer": "Optimiser",
    "activation": "Activation",
    "loss": "Loss",
    "regularizer": "Regularisation",
    "regularization_rate": "Regularisation rate",
    "more": "More",
    "share_menu": "Share",
    "layers": "Layers and neurons",
    "inputs": "Inputs that can be added",
    "speed": "Speed",
    "steps": "Step and Epoch",
    "reset": "Reset and other weights",
    "validation": "Validation samples",
    "discretize": "Discretize",
    "numbers": "Losses and accuracy",
    "curves": "Curves",
    "edit": "Changing weights by hand",
    "presets": "Presets",
    "family": "Kind of model",
    "svm": "Settings of the SVM",
    "summary": "Table of the layers",
    "counts": "Numbers of images",
    "center": "Centre",
    "rotate": "Rotated copies",
    "own_images": "Own images",
    "present_button": "Present",
}
"""What a teacher can hide by a link, as TensorFlow Playground's links can: name in the link → name on the page."""


def _known(names: object) -> object:
    """`noise,loss` or a list → a sorted tuple of known names. Raises ValueError with those that are not."""
    words = names.split(",") if isinstance(names, str) else names
    if not isinstance(words, list | tuple | set):
        raise ValueError("write names with commas between them")
    found = {str(word).strip() for word in words} - {""}
    unknown = sorted(found - HIDEABLE.keys())
    if unknown:
        raise ValueError(f"“{unknown[0][:30]}” cannot be hidden; allowed are {', '.join(HIDEABLE)}")
    return tuple(name for name in HIDEABLE if name in found)


class View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    speed: Literal["step", "10steps", "epoch", "2epochs", "5epochs", "20epochs", "100epochs", "full"] = "2epochs"
    discretize: bool = False
    validation: bool = Field(False, alias="show_validation")
    log: bool = False
    smooth: Literal[0, 0.6, 0.9, 0.97] = 0  # type: ignore[valid-type]
    axis: Literal["epoch", "step", "seconds"] = "epoch"
    curve: Literal["loss", "accuracy"] = "loss"
    tab: Literal["overview", "inside", "mistakes", "draw", "rotated", "compare"] = "overview"
    digit: int | None = Field(None, ge=0, lt=60_000, description="the digit that is open, by its place in its split")
    of: int = Field(0, ge=0, le=9, description="the class whose output weights are shown")
    scale: Literal["layer", "filter"] = "layer"
    present: bool = Field(False, description="for a lecture hall: larger type, controls folded away")
    hide: Annotated[tuple[str, ...], BeforeValidator(_known)] = ()


VIEW_NAMES = frozenset(f.alias or name for name, f in View.model_fields.items())
"""The view's names in a link."""


def read_view(query: Mapping[str, str], base: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The view that a link asks for as a plain dict, and what could not be used of it. base: the room's defaults."""
    values: dict[str, Any] = dict(base)
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


def view_query(view: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, str]:
    """What differs from the defaults, for the link. (A flag can only be on: every flag's default is off.)"""
    found = {}
    for name, field in View.model_fields.items():
        default = base.get(name, field.default)
        value = view.get(name, default)
        if value is None or value == default:
            continue
        if name == "hide":
            value = ",".join(value)
        if isinstance(value, bool):
            value = "1" if name == "present" else "on"
        found[field.alias or name] = str(value)
    return found
