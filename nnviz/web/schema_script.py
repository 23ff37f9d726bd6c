"""`schema.js`: what the pages' scripts know of specs, events and commands, written from the Python that defines it.

The module is made in memory and served beside the scripts (nnviz/web/assets.py): what Python changes, the browser has
with the next page, and nothing can be out of date. Each export carries its type for `tsc`.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from nnviz.activations import ACTIVATIONS
from nnviz.control import FRAMES_PER_SECOND, SPEEDS
from nnviz.data.dataset import FEATURES
from nnviz.events import RENAMED
from nnviz.jobs import DEFAULT, JOBS
from nnviz.layers import LAYERS, Layer
from nnviz.layers.flatten import Rows
from nnviz.part import Part
from nnviz.playback import PICTURES_A_SECOND, PLAYBACK_SPEEDS, USUAL_SPEED
from nnviz.sets import SETS
from nnviz.spec.model import NetworkSpec
from nnviz.statuses import ALIVE, MARKS, STATUSES, TERMINAL

MOST_DRAWN = {"layers": 10, "units": 32}
"""Hidden layers, and neurons in each, for which the Playground's drawing has room."""


class Code(str):
    """JavaScript, written as it is; any other value is written as JSON. It comes from our registries alone."""


def exports() -> dict[str, tuple[str, Any]]:
    """Name → its type as JSDoc writes it, and its value."""
    return {
        "JOB": ("string", DEFAULT),
        "COLUMNS": ("Record<string, string[]>", {name: job.columns for name, job in JOBS.items()}),
        "STATUS_WORDS": (
            "Record<string, Record<string, string>>",
            {name: {**STATUSES, **job.words} for name, job in JOBS.items()},
        ),
        "STATUS_MARKS": ("Record<string, string>", MARKS),
        "TERMINAL": ("string[]", sorted(TERMINAL)),
        "ALIVE": ("string[]", sorted(ALIVE)),
        "SPEEDS": ("Record<string, {title: string, steps?: number, epochs?: number}>", SPEEDS),
        "FRAMES_PER_SECOND": ("number", FRAMES_PER_SECOND),
        "PLAYBACK_SPEEDS": ("Record<string, string>", PLAYBACK_SPEEDS),
        "PICTURES_A_SECOND": ("number", PICTURES_A_SECOND),
        "USUAL_SPEED": ("string", USUAL_SPEED),
        "RENAMED": ("Record<string, string>", RENAMED),
        "ACTIVATIONS": (
            "Record<string, {label: string, symbol: string, f: (z: number) => number}>",
            {
                name: {"label": one.label, "symbol": one.symbol, "f": Code(f"(z) => {one.js}")}
                for name, one in ACTIVATIONS.items()
                if one.js
            },
        ),
        "FEATURES": (
            "Record<string, {symbol: string, f: (x1: number, x2: number) => number}>",
            {name: {"symbol": one.symbol, "f": Code(f"(x1, x2) => {one.js}")} for name, one in FEATURES.items()},
        ),
        "IMAGE_SHAPES": ("Record<string, number[]>", {name: one.shape for name, one in SETS.items() if one.is_image}),
        "MOST_DRAWN": ("{layers: number, units: number}", MOST_DRAWN),
        "MOST_LAYERS": ("number", NetworkSpec.model_json_schema()["properties"]["layers"]["maxItems"]),
        "LAYERS": ("Record<string, SchemaLayer>", {kind: _layer(kind, layer) for kind, layer in _kinds().items()}),
    }


@cache
def schema_script() -> str:
    """The ES module's text."""
    head = [
        "// Written by nnviz/web/schema_script.py from the spec.",
        'import { erf, sigmoid, softplus } from "./kit/special_functions.js";',
    ]
    body = [
        f"export const {name} = /** @type {{{kind}}} */ ({_write(value)});" for name, (kind, value) in exports().items()
    ]
    return "\n".join([*head, *body, ""])


def _write(value: Any) -> str:
    if isinstance(value, Code):
        return value
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)}: {_write(one)}" for name, one in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def _kinds() -> dict[str, type[Layer]]:
    """What a spec may name, and `rows`, which is only put in by itself."""
    return {**LAYERS, "rows": Rows}


def _layer(kind: str, layer: type[Layer]) -> dict[str, Any]:
    """The rules by which it is planned, see nnviz/layers/base.py. own: whether a spec may name it; arrays: sizes of
    those that the gradient moves; activation: of a kind that does not take the model's."""
    names = ("label", "about", "name", "numbered", "derived", "takes", "gives", "size", "window", "gates")
    return {
        **{name: getattr(layer, name) for name in names},
        "own": kind in LAYERS, "arrays": list(layer.arrays.values())[: layer.trained], "fields": fields(layer),
        "activation": layer.model_validate({"kind": kind}).function("") or None,
    }  # fmt: skip


def fields(part: type[Part]) -> dict[str, Any]:
    """What may be set on a part of a spec: default, least and most (both allowed) or the allowed words of each field;
    `null` says that it may be left open."""
    found = {}
    for name, field in part.model_json_schema()["properties"].items():
        if "const" in field:  # what tells the parts apart
            continue
        kinds = field.get("anyOf", [field])
        bounds = {key: value for kind in kinds for key, value in kind.items()}
        entry = {
            "default": field.get("default"), "least": bounds.get("minimum"), "most": bounds.get("maximum"),
            "words": bounds.get("enum"), "null": any(kind.get("type") == "null" for kind in kinds),
        }  # fmt: skip
        found[name] = {key: value for key, value in entry.items() if value not in (None, False) or key == "default"}
    return found
