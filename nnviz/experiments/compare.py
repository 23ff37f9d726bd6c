"""What differs between the settings of trainings, in the words of the pages: for curves laid over each other. Pure.

What one change of a setting did, of any job, is said by `nnviz.experiments.changes`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from nnviz.activations import ACTIVATIONS
from nnviz.initializers import BIASES, INITIALIZERS
from nnviz.link import PATHS, write_layers
from nnviz.losses import LOSSES
from nnviz.optimizers import DECAYS, OPTIMIZERS
from nnviz.regularizers import REGULARIZERS
from nnviz.sets import SETS, own_sets
from nnviz.spec import RunSpec
from nnviz.spec.words import FAMILIES

NAMES = {
    "data": "data", "table": "table", "images": "own images", "classes": "classes", "train": "training samples",
    "validation": "validation samples", "test": "test samples", "noise": "noise", "inputs": "inputs",
    "scale": "scaled inputs", "every": "only every n-th image", "validation_seed": "random validation images",
    "center": "centred", "center_of": "mean of", "rotate": "rotated copies", "sample": "sample", "family": "model",
    "layers": "layers",
    "activation": "activation", "loss": "loss", "output": "output activation", "outputs": "outputs",
    "initializer": "starting weights", "bias": "starting biases", "regularizer": "regularisation",
    "regularization_rate": "regularisation rate", "regularizer_on": "regularised layers",
    "kernel": "kernel", "C": "C", "gamma": "γ", "degree": "degree",
    "coef0": "c", "optimizer": "optimiser", "learning_rate": "learning rate", "decay": "rate over time",
    "decay_rate": "decay", "decay_steps": "decay steps", "batch_size": "batch size", "epochs": "epochs",
    "shuffle": "new order in every epoch", "monitor": "early stopping", "patience": "patience",
    "min_delta": "smallest improvement", "target_loss": "target loss", "seed": "seed",
    **{name: str(field.title).lower() for kind in OPTIMIZERS.values() for name, field in kind.settings().items()},
}  # fmt: skip
"""Link name → what it is called within a sentence. One for each of `nnviz.link.PATHS`."""
VALUES: dict[str, Mapping[str, Any]] = {
    "data": {name: dataset.title for name, dataset in SETS.items()}, "family": FAMILIES,
    "activation": ACTIVATIONS, "output": {"auto": "Follows the loss", **ACTIVATIONS}, "loss": LOSSES,
    "optimizer": OPTIMIZERS, "initializer": INITIALIZERS, "bias": BIASES,
    "regularizer": {"none": "None", **REGULARIZERS}, "decay": DECAYS,
    "regularizer_on": {"all": "All layers", "output": "Output layer alone"},
}  # fmt: skip
"""Link name → its words: value → how a page writes it, or an entry with a `label`."""


class Difference(NamedTuple):
    """One setting: what it is called, and its value in each specification as the pages write it; None where one has no
    such setting (the momentum of an optimiser that knows none)."""

    name: str
    values: tuple[str | None, ...]


def differences(specs: Sequence[RunSpec]) -> list[Difference]:
    """The settings in which these are not all alike, in the order of a link."""
    plain = [spec.model_dump(mode="json") for spec in specs]
    found = []
    for name, path in PATHS.items():
        there, values = zip(*(_get(one, path) for one in plain), strict=True) if plain else ((), ())
        known = [value for has, value in zip(there, values, strict=True) if has]
        comes = name == "monitor" and not all(there)  # early stopping, which may be missing as a whole
        if known and (comes or any(value != known[0] for value in known)):
            words = [_value(name, value) if has or comes else None for has, value in zip(there, values, strict=True)]
            found.append(Difference(NAMES[name], tuple(words)))
    return found


def labels(specs: Sequence[RunSpec]) -> list[str]:
    """A name for each of several runs: its values of the first settings by which they can all be told apart, as far as
    they can; empty for all where nothing differs."""
    chosen: list[Difference] = []
    told: list[tuple[str | None, ...]] = [()] * len(specs)
    for one in differences(specs):
        finer = [(*known, value) for known, value in zip(told, one.values, strict=True)]
        if len(set(finer)) > len(set(told)):
            chosen, told = [*chosen, one], finer
    return [
        ", ".join(f"{name} {values[at]}" for name, values in chosen if values[at] is not None)
        for at in range(len(specs))
    ]  # fmt: skip


def _get(plain: Any, path: tuple[str, ...]) -> tuple[bool, Any]:
    """Whether it is there, and what it is. None is no value, but of early stopping and the like."""
    for part in path:
        if not isinstance(plain, dict) or part not in plain:
            return False, None
        plain = plain[part]
    return True, plain


def _value(name: str, value: Any) -> str:
    if name == "layers":
        return write_layers(value)
    if name == "inputs":
        return ", ".join(value)
    if value is None:
        return "off"
    if name in own_sets():  # named by a digest of their contents
        return f"{str(value)[:6]}…"
    if isinstance(value, str):
        entry = VALUES.get(name, {}).get(value, value)
        return str(getattr(entry, "label", entry))
    return number(value)


def number(value: bool | float) -> str:
    """As a page writes it: what is switched is on or off."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else f"{value:,}"
