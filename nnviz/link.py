"""A spec as a link's query, and back. Pure: the same words for pages, tests and exports; only what is not the default.

`layers` is written as the dense layers with what follows each: `8:relu:bn:d0.2,4` is 8 ReLU neurons with batch
normalisation and 20 % dropout, then 4 of the model's own activation; a leading `d0.2` is dropout on the inputs; `none`
is no hidden layer. A wild or unknown value never raises: it is named in the problems, and the default stands in for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from pydantic import BaseModel, ValidationError

from nnviz.spec import OPTIMIZERS, RunSpec, explain

PATHS: dict[str, tuple[str, ...]] = {
    "data": ("data", "name"),
    "table": ("data", "table"),
    "classes": ("data", "classes"),
    "train": ("data", "train"),
    "validation": ("data", "validation"),
    "test": ("data", "test"),
    "noise": ("data", "noise"),
    "inputs": ("data", "inputs"),
    "sample": ("data", "seed"),
    "layers": ("model", "layers"),
    "activation": ("model", "activation"),
    "loss": ("training", "loss"),
    "output": ("model", "output_activation"),
    "outputs": ("model", "outputs"),
    "initializer": ("model", "initializer"),
    "bias": ("model", "bias_initializer"),
    "regularizer": ("model", "regularizer", "name"),
    "regularization_rate": ("model", "regularizer", "rate"),
    "optimizer": ("training", "optimizer", "name"),
    **{
        field: ("training", "optimizer", field)
        for cls in OPTIMIZERS.values()
        for field in cls.model_fields
        if field != "name"
    },
    "decay": ("training", "decay", "name"),
    "decay_rate": ("training", "decay", "rate"),
    "decay_steps": ("training", "decay", "steps"),
    "batch_size": ("training", "batch_size"),
    "epochs": ("training", "epochs"),
    "shuffle": ("training", "shuffle"),
    "monitor": ("training", "early_stopping", "monitor"),
    "patience": ("training", "early_stopping", "patience"),
    "min_delta": ("training", "early_stopping", "min_delta"),
    "target_loss": ("training", "target_loss"),
    "seed": ("seed",),
}
"""Query name → where it stands in the spec. The order is the order in a link."""

RATE = re.compile(r"d[0-9]*\.?[0-9]+(e-?[0-9]+)?")
"""Dropout in `layers`."""


def to_query(spec: RunSpec) -> dict[str, str]:
    """What of `spec` differs from the defaults, as a link's parameters (strings, short names)."""
    found: dict[str, str] = {}
    plain = spec.model_dump()
    defaults = _defaults(plain)
    for name, path in PATHS.items():
        value, default = _get(plain, path), _get(defaults, path)
        if value == default or value is None:
            continue
        found[name] = _write(name, value)
    return found


def from_query(query: Mapping[str, str], ignore: frozenset[str] = frozenset()) -> tuple[RunSpec, list[str]]:
    """The spec that a link describes, and what could not be used of it, in words.

    Parameters
    ----------
    query: the link's parameters; names in `ignore` belong to somebody else (a page's view settings).
    """
    problems, wanted = [], {}
    for name, text in query.items():
        if name in ignore:
            continue
        if name not in PATHS:
            problems.append(f"The link's “{name[:40]}” is not a setting here; it was left out.")
        else:
            wanted[name] = text
    values: dict[str, Any] = {}
    for name in PATHS:
        if name in wanted:
            try:
                values[name] = _read(name, wanted[name])
            except ValueError as error:
                problems.append(f"The link's {name}={wanted[name][:40]}: {error}. The default is used.")
    while True:
        try:
            return _build(values), problems
        except ValidationError as error:
            for name, fault in _blame(error, values).items():
                del values[name]
                problems.append(f"The link's {name}={wanted[name][:40]}: {fault}. The default is used.")


def put(plain: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Set a nested field of a plain spec; a missing part (early_stopping: null) becomes an object."""
    for part in path[:-1]:
        if not isinstance(plain.get(part), dict):
            plain[part] = {}
        plain = plain[part]
    plain[path[-1]] = value


def write_layers(layers: list[dict[str, Any]]) -> str:
    """`[{"kind": "dense", "units": 8, …}, …]` → `8:relu:bn:d0.2,4`."""
    words: list[str] = []
    for layer in layers:
        if layer["kind"] == "dense":
            words.append(f"{layer['units']}:{layer['activation']}" if layer.get("activation") else str(layer["units"]))
        else:
            word = "bn" if layer["kind"] == "batch_normalization" else f"d{layer['rate']!r}"
            if words:
                words[-1] += ":" + word
            else:
                words.append(word)
    return ",".join(words) or "none"


def read_layers(text: str) -> list[dict[str, Any]]:
    """The inverse of `write_layers`. Raises ValueError with the word that makes no sense."""
    layers: list[dict[str, Any]] = []
    if text.strip().lower() in {"", "none", "0"}:
        return layers
    for group in text.split(","):
        for word in group.strip().split(":"):
            if word.isdecimal() and len(word) < 8:
                layers.append({"kind": "dense", "units": int(word), "activation": None})
            elif word == "bn":
                layers.append({"kind": "batch_normalization"})
            elif RATE.fullmatch(word):
                layers.append({"kind": "dropout", "rate": float(word[1:])})
            elif word.replace("_", "").isalnum() and word[:1].isalpha() and layers and layers[-1]["kind"] == "dense":
                layers[-1]["activation"] = word
            else:
                raise ValueError(f"“{word[:20]}” is no layer; write for example 8:relu:d0.2,4 or none")
    return layers


def _build(values: Mapping[str, Any]) -> RunSpec:
    plain: dict[str, Any] = {}
    for name, value in values.items():
        put(plain, PATHS[name], value)
    return RunSpec.model_validate(plain)


def _blame(error: ValidationError, values: dict[str, Any]) -> dict[str, str]:
    """Which parameters to leave out, at least one, and why: those with a fault of their own, else one that does not fit
    the others."""
    lines = explain(error)
    own: dict[str, str] = {}
    for fault, line in zip(error.errors(), lines, strict=True):
        field = line.partition(":")[0] + "."
        for name in values:
            if fault["type"] != "value_error" and field.startswith(".".join(PATHS[name]) + "."):
                own.setdefault(name, line)
    if own:
        return own
    # The message begins with the fields that do not go together; the one that is written last is the one to go.
    fields = lines[0].partition(":")[0]
    named = [name for name in reversed(values) if PATHS[name][-1] in re.split(r"[., ]+", fields)]
    for name in [*named, *reversed(values)]:
        try:
            _build({other: value for other, value in values.items() if other != name})
        except ValidationError:
            continue
        return {name: lines[0]}
    return {(named or list(reversed(values)))[0]: lines[0]}


def _defaults(plain: dict[str, Any]) -> dict[str, Any]:
    """The spec that an empty link means, given the choices on which other defaults hang (data set, optimiser)."""
    base = deepcopy(plain["data"])
    data: dict[str, Any] = {"name": base["name"]}
    if base["name"] == "table":
        data |= {"table": base["table"], "classes": 2}
    default: BaseModel = RunSpec.model_validate(
        {"data": data, "training": {"optimizer": {"name": plain["training"]["optimizer"]["name"]}}}
    )
    result = default.model_dump()
    result["data"]["name"], result["data"]["table"] = "circle", None
    result["training"]["optimizer"]["name"] = "sgd"
    return result


def _get(plain: Any, path: tuple[str, ...]) -> Any:
    for part in path:
        plain = plain.get(part) if isinstance(plain, dict) else None
    return plain


def _write(name: str, value: Any) -> str:
    if name == "layers":
        return write_layers(value)
    if name == "inputs":
        return ",".join(value)
    if isinstance(value, bool):
        return "on" if value else "off"
    return repr(value) if isinstance(value, float) else str(value)


def _read(name: str, text: str) -> Any:
    """Only what JSON could not say is read here; numbers stay text, for pydantic to read and to refuse."""
    if name == "layers":
        return read_layers(text)
    if name == "inputs":
        return [word.strip() for word in text.split(",") if word.strip()]
    return text
