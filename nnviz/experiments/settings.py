"""Settings that a sweep can vary: every field of a training's specification by its path or by its name in a link, and
a few that stand in more than one field. The limits and their words are the specification's own."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from nnviz.experiments import compare
from nnviz.jobs import SpecError, read_spec
from nnviz.jobs.changes import put
from nnviz.link import PATHS, read_layers, write_layers
from nnviz.optimizers import OPTIMIZERS
from nnviz.sets import SETS
from nnviz.spec import RunSpec

Plain = dict[str, Any]
LAYERS, INPUTS = "model.layers", "data.inputs"
NAMES = {".".join(path): name for name, path in PATHS.items()}
"""Path → name in a link."""


def _optimizer(raw: Plain, name: Any) -> None:
    """With a rate at which it learns such data: another optimiser's would be a comparison of rates."""
    optimizer = {"name": name}
    if name in OPTIMIZERS:
        optimizer["learning_rate"] = OPTIMIZERS[name].rates[SETS[raw["data"]["name"]].is_image]
    raw["training"]["optimizer"] = optimizer


def _data(raw: Plain, name: Any) -> None:
    """Its counts follow from it."""
    kept = {key: raw["data"][key] for key in ("noise", "inputs", "seed")}
    raw["data"] = {"name": name, **kept}


def _dense(raw: Plain) -> list[Plain]:
    return [layer for layer in raw["model"].get("layers", []) if layer.get("kind", "dense") == "dense"]


def _width(raw: Plain, units: Any) -> None:
    """Of every hidden layer."""
    for layer in _dense(raw):
        layer["units"] = units


def _depth(raw: Plain, layers: Any) -> None:
    """So many dense layers, as wide as the last one is."""
    if not isinstance(layers, int) or not 0 <= layers <= 10:
        raise SpecError([f"depth: allowed is a whole number from 0 to 10 (given: {layers!r})"])
    dense = _dense(raw)
    last = dense[-1] if dense else {"kind": "dense", "units": 30 if SETS[raw["data"]["name"]].is_image else 8}
    others = [layer for layer in raw["model"]["layers"] if layer.get("kind", "dense") != "dense"]
    kept = dense[:layers]
    raw["model"]["layers"] = [*others, *kept, *(deepcopy(last) for _ in range(layers - len(kept)))]


def _dropout(raw: Plain, rate: Any) -> None:
    """After every dense layer; 0 is none."""
    found: list[Plain] = []
    for layer in raw["model"]["layers"]:
        if layer.get("kind") != "dropout":
            found.append(layer)
        if layer.get("kind", "dense") == "dense" and rate:
            found.append({"kind": "dropout", "rate": rate})
    raw["model"]["layers"] = found


def _l2(raw: Plain, rate: Any) -> None:
    raw["model"]["regularizer"] = {"name": "l2", "rate": rate} if rate else {"name": "none"}


def _early_stopping(raw: Plain, patience: Any) -> None:
    """So many epochs of patience; off is none."""
    monitor = "val_loss" if raw["data"]["validation"] else "loss"
    off = patience in (None, 0, "off")
    raw["training"]["early_stopping"] = None if off else {"monitor": monitor, "patience": patience}


def _rotate(raw: Plain, degrees: Any) -> None:
    raw["data"]["rotate"] = None if degrees in (None, 0, "off") else degrees


SPECIAL: Mapping[str, Callable[[Plain, Any], None]] = {
    "optimizer": _optimizer, "data": _data, "width": _width, "depth": _depth, "dropout": _dropout, "l2": _l2,
    "early_stopping": _early_stopping, "rotate": _rotate,
}  # fmt: skip
"""Name → how it is set, where that is more than one field."""


class Offer(NamedTuple):
    """A setting that a page lists. values: what is often tried, as text; empty: a question about it says
    (`nnviz.experiments.questions`). name: what it is called, where it is no single field of a link."""

    values: str = ""
    name: str = ""


OFFERED: Mapping[str, Offer] = {
    "learning_rate": Offer(), "batch_size": Offer(), "optimizer": Offer(), "momentum": Offer(), "activation": Offer(),
    "layers": Offer(), "width": Offer("2,4,8,16", "width"), "depth": Offer("0,1,2,3", "depth"), "train": Offer(),
    "noise": Offer("0..0.5:6"), "l2": Offer(name="L2"), "dropout": Offer(name="dropout"),
    "early_stopping": Offer(name="early stopping"), "rotate": Offer(),
    "initializer": Offer("glorot_uniform,he_normal,zeros"),
    "loss": Offer("half_squared_error,mean_squared_error,binary_crossentropy"), "epochs": Offer("10,30,100,300"),
    "seed": Offer(), "data": Offer("circle,xor,gauss,spiral"), "C": Offer("0.1,1,10"),
    "gamma": Offer("0.001,0.01,0.1"),
}  # fmt: skip
"""Settings that a page lists, in its order; any other field can be written by its path."""


def canonical(text: str) -> str:
    """A setting's one name: that in a link where it has one, else its path."""
    text = text.strip()
    return text if text in SPECIAL else NAMES.get(text, text)


def label(setting: str) -> str:
    """What it is called within a sentence."""
    offer = OFFERED.get(setting, Offer())
    return offer.name or compare.NAMES.get(setting) or setting


def read_value(setting: str, text: str) -> Any:
    """A value as it is typed: JSON, or a bare word; layers and inputs as a link writes them. Raises ValueError."""
    path = ".".join(PATHS.get(setting, (setting,)))
    text = text.strip()
    if not text.startswith("["):
        if path == LAYERS:
            return read_layers(text)
        if path == INPUTS:
            return [word.strip() for word in text.split("+")]
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def value_words(value: Any) -> str:
    """A value as a page and a table write it."""
    if value is None or value is False:
        return "off"
    if value is True:
        return "on"
    if isinstance(value, float | int):
        return f"{value:g}" if isinstance(value, float) else str(value)
    if isinstance(value, list | tuple):
        return write_layers(_whole_layers(value)) if _are_layers(value) else "+".join(map(value_words, value))
    if isinstance(value, Mapping):
        return json.dumps(value, separators=(",", ":"))
    return str(value)


def changed(base: RunSpec, changes: Mapping[str, Any]) -> RunSpec:
    """The setting with these values, in an order in which none takes another back. Raises SpecError."""
    raw = base.model_dump(mode="json")
    order = sorted(changes, key=lambda name: (name not in {"data", "optimizer", "depth"}, name == "dropout"))
    for setting in order:
        special = SPECIAL.get(setting)
        if special is None:
            put(raw, ".".join(PATHS.get(setting, (setting,))), changes[setting])
        elif "model" in setting or "layers" in raw["model"] or setting not in {"width", "depth", "dropout", "l2"}:
            special(raw, changes[setting])
        else:
            raise SpecError([f"{setting}: an SVM has no layers"])
    spec = read_spec(raw)
    if not isinstance(spec, RunSpec):
        raise SpecError(["job: a sweep is of trainings"])
    return spec


def _are_layers(value: Any) -> bool:
    return not value or all(isinstance(one, Mapping) for one in value)


def _whole_layers(value: Any) -> list[Plain]:
    """With the fields that the JSON may leave out, which their words name."""
    from nnviz.layers import LAYERS as KINDS

    kinds = [(KINDS[one.get("kind", "dense")], one) for one in value]
    return [kind.model_validate({"kind": one.get("kind", "dense"), **one}).model_dump() for kind, one in kinds]
