"""A training's specification as a link's query, and back: short names, and only what is not the default."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from pydantic import BaseModel, ValidationError

from nnviz.link.base import Link, Texts
from nnviz.link.layers import read_layers, write_layers
from nnviz.link.values import stranger, unusable, write_value
from nnviz.optimizers import OPTIMIZERS
from nnviz.sets import own_sets
from nnviz.spec import Fault, RunSpec, faults

PATHS: dict[str, tuple[str, ...]] = {
    "data": ("data", "name"),
    **{name: ("data", name) for name in own_sets()},
    "classes": ("data", "classes"),
    "train": ("data", "train"),
    "validation": ("data", "validation"),
    "test": ("data", "test"),
    "noise": ("data", "noise"),
    "inputs": ("data", "inputs"),
    "scale": ("data", "scale"),
    "every": ("data", "every"),
    "validation_seed": ("data", "validation_seed"),
    "center": ("data", "center"),
    "center_of": ("data", "center_of"),
    "rotate": ("data", "rotate"),
    "sample": ("data", "seed"),
    "family": ("model", "family"),
    "layers": ("model", "layers"),
    "activation": ("model", "activation"),
    "loss": ("training", "loss"),
    "output": ("model", "output_activation"),
    "outputs": ("model", "outputs"),
    "initializer": ("model", "initializer"),
    "bias": ("model", "bias_initializer"),
    "regularizer": ("model", "regularizer", "name"),
    "regularization_rate": ("model", "regularizer", "rate"),
    "regularizer_on": ("model", "regularizer", "on"),
    "kernel": ("model", "kernel"),
    "C": ("model", "C"),
    "gamma": ("model", "gamma"),
    "degree": ("model", "degree"),
    "coef0": ("model", "coef0"),
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


def from_query(
    query: Mapping[str, str], ignore: frozenset[str] = frozenset(), base: Mapping[str, str] | None = None
) -> tuple[RunSpec, list[str]]:
    """The spec that a link describes, and what could not be used of it, in words.

    Parameters
    ----------
    query: the link's parameters; names in `ignore` belong to somebody else (a page's view settings).
    base: what holds where the link says nothing, or nothing that can be used; else the spec's own defaults.
    """
    problems: list[str] = []
    refused: dict[str, str] = {}
    base = base or {}
    wanted = dict(base)
    for name, text in query.items():
        if name in ignore:
            continue
        if name not in PATHS:
            problems.append(stranger(name, PATHS))
        else:
            wanted[name] = text

    def give_up(name: str, fault: str) -> None:
        """A bad word of the link makes way for the room's own; where that does not fit either, for nothing."""
        if name in query and name not in refused:
            refused[name] = fault
            if base.get(name, wanted[name]) != wanted[name]:
                values[name] = _read(name, base[name])
                return
        values.pop(name, None)

    values: dict[str, Any] = {}
    for name in PATHS:
        if name in wanted:
            try:
                values[name] = _read(name, wanted[name])
            except ValueError as error:
                give_up(name, str(error))
    while True:
        try:
            spec = _build(values)
        except ValidationError as error:
            for name, fault in _blame(error, values).items():
                give_up(name, fault)
        else:
            plain = spec.model_dump()
            for name, fault in refused.items():
                default = _get(plain, PATHS[name])
                shown = (
                    f"{default:g}" if isinstance(default, float) else None if default is None else _write(name, default)
                )
                problems.append(unusable(name, query[name], fault, shown))
            return spec, problems


def put(plain: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Set a nested field of a plain spec; a missing part (early_stopping: null) becomes an object."""
    for part in path[:-1]:
        if not isinstance(plain.get(part), dict):
            plain[part] = {}
        plain = plain[part]
    plain[path[-1]] = value


def _build(values: Mapping[str, Any]) -> RunSpec:
    plain: dict[str, Any] = {}
    for name, value in values.items():
        put(plain, PATHS[name], value)
    return RunSpec.model_validate(plain)


def _blame(error: ValidationError, values: dict[str, Any]) -> dict[str, str]:
    """Which parameters to leave out, at least one, and why: those with a fault of their own, else one that does not fit
    the others."""
    found = faults(error)
    own: dict[str, str] = {}
    for kind, fault in zip((f["type"] for f in error.errors()), found, strict=True):
        for name in values:
            path = ".".join(PATHS[name])
            if kind != "value_error" and f"{fault.where}.".startswith(f"{path}."):
                own.setdefault(name, _said(name, fault))
    if own:
        return own
    # The message begins with the fields that do not go together; the one that is written last is the one to go.
    named = [name for name in reversed(values) if PATHS[name][-1] in re.split(r"[., ]+", found[0].where)]
    for name in [*named, *reversed(values)]:
        try:
            _build({other: value for other, value in values.items() if other != name})
        except ValidationError:
            continue
        return {name: _said(name, found[0])}
    name = (named or list(reversed(values)))[0]
    return {name: _said(name, found[0])}


def _said(name: str, fault: Fault) -> str:
    """A fault without the path that the link does not know: `layer 2, units: allowed is …`."""
    path = ".".join(PATHS[name])
    if fault.where == path:
        return fault.what.replace(
            "no such field; there are", f"this {'.'.join(PATHS[name][-2:-1])} has no such setting; it has"
        )
    rest = fault.where.removeprefix(f"{path}.")
    if name in {"layers", "inputs"} and rest != fault.where:
        number, _, field = rest.partition(".")
        where = f"{name[:-1]} {int(number) + 1}" + (f", {field}" if field else "") if number.isdecimal() else rest
        return f"{where}: {fault.what}"
    known = next((other for other, found in PATHS.items() if ".".join(found) == fault.where), fault.where)
    return f"{known}: {fault.what}"


def _defaults(plain: dict[str, Any]) -> dict[str, Any]:
    """The spec that an empty link means, given the choices on which other defaults hang (data set, optimiser)."""
    base = deepcopy(plain["data"])
    data: dict[str, Any] = {"name": base["name"]}
    if base["name"] in own_sets():
        data |= {base["name"]: base[base["name"]], "classes": 2}
    svm = plain["model"]["family"] == "svm"
    default: BaseModel = RunSpec.model_validate(
        {
            "data": data,
            "model": {"family": "svm"} if svm else {},
            "training": {"optimizer": {"name": plain["training"]["optimizer"]["name"]}},
        }
    )
    result = default.model_dump()
    result["data"] |= {"name": "circle", **dict.fromkeys(own_sets())}
    result["model"]["family"] = "network"
    result["training"]["optimizer"]["name"] = "sgd"
    return result


def _get(plain: Any, path: tuple[str, ...]) -> Any:
    for part in path:
        plain = plain.get(part) if isinstance(plain, dict) else None
    return plain


def _write(name: str, value: Any) -> str:
    return write_layers(value) if name == "layers" else write_value(value)


def _read(name: str, text: str) -> Any:
    """Only what JSON could not say is read here; numbers stay text, for pydantic to read and to refuse."""
    if name == "layers":
        return read_layers(text)
    if name == "inputs":
        return [word.strip() for word in text.split(",") if word.strip()]
    return text


class TrainingLink(Link):
    """Of the job `train`."""

    names = tuple(PATHS)

    def read(self, query: Texts, ignore: Iterable[str] = (), base: Texts | None = None) -> tuple[RunSpec, list[str]]:
        return from_query(query, frozenset(ignore), base)

    def texts(self, spec: RunSpec) -> dict[str, str]:
        return to_query(spec)

    def text(self, spec: RunSpec, name: str) -> str:
        return _write(name, _get(spec.model_dump(), PATHS[name]))

    def value(self, spec: RunSpec, name: str) -> Any:
        return _get(spec.model_dump(mode="json"), PATHS[name])
