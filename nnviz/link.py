"""A spec as a link's query, and back. Pure: the same words for pages, tests and exports; only what is not the default.

`layers` is written as a list of layers with what follows each: `8:relu:bn:d0.2,4` is 8 ReLU neurons with batch
normalisation and 20 % dropout, then 4 of the model's own activation; a leading `d0.2` is dropout on the inputs; `none`
is no hidden layer. `16@5:relu:same:s2` is a convolution with 16 kernels of 5×5, same padding and stride 2; `max2`,
`avg2`, `l2p2` pool, `rnn64` and `lstm64` read rows, `flat` flattens. A wild or unknown value never raises: it is named
in the problems, and the default stands in for it.
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
    "images": ("data", "images"),
    "classes": ("data", "classes"),
    "train": ("data", "train"),
    "validation": ("data", "validation"),
    "test": ("data", "test"),
    "noise": ("data", "noise"),
    "inputs": ("data", "inputs"),
    "center": ("data", "center"),
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

RATE = re.compile(r"d[0-9]*\.?[0-9]+(e-?[0-9]+)?")
"""Dropout in `layers`."""
WORD = re.compile(r"([a-z]+|l2p|)([0-9]{1,7})(?:@([0-9]{1,3}))?")
POOLS = {"max_pooling2d": "max", "average_pooling2d": "avg", "l2_pooling2d": "l2p"}
RECURRENT = {"simple_rnn": "rnn", "lstm": "lstm"}
FOLLOWING = frozenset({"batch_normalization", "dropout"})
"""Kinds that are written behind the layer before them."""


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
        if layer["kind"] not in FOLLOWING:
            words.append(_word(layer))
            continue
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
        main: dict[str, Any] = {}
        for word in group.strip().split(":"):
            if (found := _layer(word)) is not None:
                layers.append(found)
                main = {} if found["kind"] in FOLLOWING else found
            elif main and (detail := _detail(word, main["kind"])) is not None:
                main.update(detail)
            else:
                raise ValueError(
                    f"“{word[:20]}” is no layer; write for example 8:relu:d0.2,4 or 16@5:relu,max2,30 or none"
                )
    return layers


def _word(layer: Mapping[str, Any]) -> str:
    """One layer, but for those that follow another."""
    kind = layer["kind"]
    if kind == "dense":
        word = str(layer["units"])
    elif kind == "conv2d":
        word = f"{layer['filters']}@{layer['kernel_size']}"
    elif kind in POOLS:
        word = f"{POOLS[kind]}{layer['pool_size']}"
    else:
        word = RECURRENT[kind] + str(layer["units"]) if kind in RECURRENT else "flat"
    if layer.get("activation") and (kind, layer["activation"]) != ("simple_rnn", "tanh"):
        word += f":{layer['activation']}"
    if layer.get("padding") == "same":
        word += ":same"
    if (layer.get("strides") or 0) > 1 or (kind in POOLS and layer.get("strides")):
        word += f":s{layer['strides']}"
    return word


def _layer(word: str) -> dict[str, Any] | None:
    """The layer that a word begins, or None where it begins none."""
    if word in {"bn", "flat"}:
        return {"kind": {"bn": "batch_normalization", "flat": "flatten"}[word]}
    if RATE.fullmatch(word):
        return {"kind": "dropout", "rate": float(word[1:])}
    if (found := WORD.fullmatch(word)) is None:
        return None
    name, size, kernel = found.groups()
    if kernel is not None:
        return None if name else {"kind": "conv2d", "filters": int(size), "kernel_size": int(kernel)}
    if not name:
        return {"kind": "dense", "units": int(size), "activation": None}
    for names, field in ((POOLS, "pool_size"), (RECURRENT, "units")):
        for kind, short in names.items():
            if name == short:
                return {"kind": kind, field: int(size)}
    return None


def _detail(word: str, kind: str) -> dict[str, Any] | None:
    """What a word adds to the layer that it stands behind."""
    slides = kind == "conv2d" or kind in POOLS
    if slides and word in {"same", "valid"}:
        return {"padding": word}
    if slides and re.fullmatch(r"s[0-9]{1,3}", word):
        return {"strides": int(word[1:])}
    if kind in {"dense", "conv2d", "simple_rnn"} and word[:1].isalpha() and word.replace("_", "").isalnum():
        return {"activation": word}
    return None


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
    if base["name"] in {"table", "images"}:
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
    result["data"] |= {"name": "circle", "table": None, "images": None}
    result["model"]["family"] = "network"
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
