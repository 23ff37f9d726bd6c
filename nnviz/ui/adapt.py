"""What follows from a change of a setting, so that no choice of a page ends in an error message. Pure.

The visitor's own change always stands; what hangs on it gives way, and a note says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from pydantic import TypeAdapter, ValidationError

from nnviz.layers import LAYERS, AnyLayer, Layer
from nnviz.layers.plan import plan
from nnviz.link import PATHS, put
from nnviz.losses import LOSSES
from nnviz.optimizers import OPTIMIZERS
from nnviz.sets import SETS, fixed, own_sets

CLIPS = frozenset({"clipnorm", "clipvalue", "global_clipnorm"})
MOST_FOR_SVM = 10_000
"""Images at which a fit of the SVM still takes seconds: it grows with the square of their number."""
COUNTS = ("train", "validation", "test")
_layers: TypeAdapter[tuple[Layer, ...]] = TypeAdapter(tuple[AnyLayer, ...])


def adapt(
    plain: dict[str, Any], changes: Mapping[str, Any], rates: Mapping[str, float], network: Mapping[str, Any]
) -> list[str]:
    """Put `changes` (by link name) into the plain spec, and let what hangs on them follow. Returns what to tell.

    rates: an optimiser's first learning rate. network: {"model": …, "training": …} to come back to from an SVM.
    """
    notes: list[str] = []
    before, set_before = plain["data"]["classes"], plain["data"]["name"]
    family = changes.get("family", plain["model"]["family"])
    if (family == "svm") != (plain["model"]["family"] == "svm"):
        # Only a network has a training: its part of the setting comes and goes with it.
        plain.update({"model": {"family": "svm"}, "training": {}} if family == "svm" else deepcopy(dict(network)))
    if "optimizer" in changes:
        _change_optimizer(plain["training"], changes["optimizer"], rates, notes)
    if changes.keys() & CLIPS and set(changes.values()) != {None}:
        changes = {**dict.fromkeys(CLIPS & plain["training"]["optimizer"].keys()), **changes}  # only one at a time
    for name, value in changes.items():
        put(plain, PATHS[name], value)
    _fit_data(plain["data"], changes, set_before, notes)
    if family == "svm":
        if "family" in changes and _number(plain["data"]["train"]) > MOST_FOR_SVM:
            plain["data"]["train"] = MOST_FOR_SVM
            notes.append(f"Training images set to {MOST_FOR_SVM:,}: a fit's time grows with the square of them.")
        return notes
    if family == "scratch" and "family" in changes:
        _fit_scratch(plain, rates, notes)
    _fit_loss(plain, changes, before, notes)
    one = SETS.get(plain["data"]["name"])
    if one is not None and one.shape is not None:
        _fit_layers(plain["model"], one.shape, notes)
    _fit_regularizer(plain["model"], notes)
    _fit_early_stopping(plain)
    return notes


def _change_optimizer(training: dict[str, Any], name: str, rates: Mapping[str, float], notes: list[str]) -> None:
    if name in OPTIMIZERS and name != training["optimizer"]["name"]:
        before = training["optimizer"]["learning_rate"]
        training["optimizer"] = {"name": name, "learning_rate": rates[name]}
        label = OPTIMIZERS[name].label
        notes.append(f"The learning rate moves along, {before:g} → {rates[name]:g}: there {label} learns such data.")


def _fit_data(data: dict[str, Any], changes: Mapping[str, Any], before: str, notes: list[str]) -> None:
    name = data["name"]
    if "data" in changes and name in SETS:
        allowed = SETS[name].classes
        if "classes" not in changes and data["classes"] not in allowed:
            data["classes"] = 2 if 2 in allowed else allowed[0]
        data.update({own: None for own in own_sets() if own != name})
        if not fixed(name):
            data.update(every=1, validation_seed=None)
        if not SETS[name].is_image and name not in own_sets() and not fixed(name):
            data["scale"] = True
        # Between the two large sets the counts stay, so that the two can be compared.
        old, new = fixed(before), fixed(name)
        if name != before and new and (old is None or (new.apart, new.shape) != (True, old.shape) or not old.apart):
            data.update({n: v for n, v in zip(COUNTS, new.counts, strict=True) if n not in changes})
    if name in SETS and len(SETS[name].classes) > 1 and data["classes"] not in SETS[name].classes:
        data["classes"] = 2
    if fixed(name) and changes.keys() & {*COUNTS, "every"}:
        _share_out(data, changes, notes)


def _share_out(data: dict[str, Any], changes: Mapping[str, Any], notes: list[str]) -> None:
    """The count that was changed stays; the others make room for it."""
    one = fixed(data["name"])
    assert one is not None
    every = max(1, _number(data["every"]))
    pool: tuple[str, ...] = COUNTS
    room = one.size
    if one.apart or every > 1:
        pool, room = ("train", "validation"), len(one.trainable(every, min(_number(data["test"]), one.size)))
    over = sum(_number(data[name]) for name in pool) - room
    for name in ("validation", "test", "train") if "train" in changes else ("train", "validation", "test"):
        least = 1 if name == "train" else 0
        if name in pool and name not in changes and over > 0:
            taken = min(over, _number(data[name]) - least)
            if taken > 0:
                data[name] -= taken
                over -= taken
                what = "Training" if name == "train" else name.title()
                notes.append(f"{what} images set to {data[name]:,}: there are {room:,} to share out.")


def _fit_scratch(plain: dict[str, Any], rates: Mapping[str, float], notes: list[str]) -> None:
    """What our own NumPy cannot do is taken out."""
    model, training = plain["model"], plain["training"]
    gone = [layer for layer in model["layers"] if not LAYERS[layer.get("kind", "dense")].derived]
    if gone:
        model["layers"] = [layer for layer in model["layers"] if layer not in gone]
        kinds = ", ".join(dict.fromkeys(LAYERS[layer["kind"]].label.lower() for layer in gone))
        notes.append(f"Taken out, as the NumPy network has none: {kinds}.")
    if (known := LOSSES.get(training["loss"])) is None or not known.derived:
        training["loss"] = "categorical_crossentropy"
        model["output_activation"] = "auto"
        notes.append("Loss set to categorical cross-entropy: the NumPy network has the losses of the lectures.")
    _change_optimizer(training, "sgd", rates, notes)
    training["optimizer"].update(dict.fromkeys(CLIPS))


def _fit_loss(plain: dict[str, Any], changes: Mapping[str, Any], before: int, notes: list[str]) -> None:
    classes, training, model = plain["data"]["classes"], plain["training"], plain["model"]
    loss = training["loss"]
    regression = loss in LOSSES and LOSSES[loss].regression
    if classes == 0 and not regression:
        loss = "half_squared_error"
    elif classes > 2 and before <= 2 and regression and "loss" not in changes:
        loss = "categorical_crossentropy"
    if loss != training["loss"]:
        training["loss"] = loss
        notes.append(f"Loss set to {LOSSES[loss].label.lower()}, which fits these data.")
    if loss in LOSSES and model["output_activation"] not in LOSSES[loss].outputs(classes):
        model["output_activation"] = "auto"


def _fit_layers(model: dict[str, Any], shape: tuple[int, ...], notes: list[str]) -> None:
    """Layers that cannot stand where they do (a window larger than the picture, rows of a vector) are mended or go."""
    while fault := _fault(model["layers"], shape):
        found = re.match(r"layers\.(\d+)", fault)
        if found is None:
            return
        number = int(found[1])
        rest = list(model["layers"])
        layer = rest[number]
        name = f"Layer {number + 1} ({LAYERS[layer['kind']].label.lower()})"
        if f"layers.{number}.kernel_size" in fault:
            rest[number] = {**layer, "padding": "same"}
            notes.append(f"{name} now pads its picture: it is smaller than the kernel.")
        else:
            del rest[number]
            why = fault.partition(": ")[2].partition(";")[0]
            notes.append(f"{name} was taken out: {why}.")
        model["layers"] = rest


def _fit_regularizer(model: dict[str, Any], notes: list[str]) -> None:
    """The one layer that is regularised may be gone: it is the output layer then."""
    on = model["regularizer"]["on"]
    kernels = 1 + sum("kernel" in LAYERS[layer.get("kind", "dense")].arrays for layer in model["layers"])
    if isinstance(on, int) and on >= kernels:
        model["regularizer"]["on"] = "output"
        if on > kernels:
            notes.append("The layer that was regularised alone is gone: it is the output layer now.")


def _fault(layers: list[dict[str, Any]], shape: tuple[int, ...]) -> str:
    """What is wrong with the first layer that cannot stand where it does, or nothing. What is no layer at all is for
    the spec's own validation to name."""
    try:
        plan(_layers.validate_python(layers), shape, "linear", 1, "linear")
    except ValidationError:
        pass
    except ValueError as fault:
        return str(fault)
    return ""


def _fit_early_stopping(plain: dict[str, Any]) -> None:
    stop = plain["training"]["early_stopping"]
    if stop and plain["data"]["classes"] == 0 and str(stop.get("monitor", "")).endswith("accuracy"):
        stop["monitor"] = "val_loss"
    if stop and plain["data"]["validation"] == 0 and str(stop.get("monitor", "val_loss")).startswith("val_"):
        stop["monitor"] = str(stop.get("monitor", "val_loss")).removeprefix("val_")


def _number(value: Any) -> int:
    """A count as given; what is none is for the spec's validation to name."""
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return 0
