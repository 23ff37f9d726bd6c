"""The curves as TensorBoard reads them: tensorboard --logdir FOLDER."""

from __future__ import annotations

import json
from typing import Any

from nnviz.export.child import ask
from nnviz.export.format import Files, Format, Source, is_measured, is_recorded, needs

VALIDATION = "val_"
NO_CURVES = {"seq", "step", "seconds", "epoch_end"}


def make(source: Source) -> Files:
    """An event file for what was measured on training samples, and one for validation samples; by step, at the time
    that each was measured."""
    made = ask("tensorboard", {"scalars.json": json.dumps(scalars(source)).encode()})
    return {f"{source.name}/{name}": data for name, data in made.items()}


def scalars(source: Source) -> dict[str, list[Any]]:
    """{"train": [[seconds since 1970, step, {"loss": …}], …], "validation": …}, without what was not measured."""
    _, run = source.recorded()
    history, began = source.history, run.started or run.created
    found: dict[str, list[Any]] = {"train": [], "validation": []}
    for i, step in enumerate(history["step"]):
        at = began + (history["seconds"][i] or 0.0)
        split: dict[str, dict[str, float]] = {"train": {}, "validation": {}}
        for name, column in history.items():
            if name not in NO_CURVES and column[i] is not None:
                held = name.startswith(VALIDATION)
                split["validation" if held else "train"][name.removeprefix(VALIDATION)] = float(column[i])
        for name, values in split.items():
            if values:
                found[name].append([at, step or 0, values])
    return {name: rows for name, rows in found.items() if rows}


TENSORBOARD = Format(
    "TensorBoard event files", "its curves for tensorboard --logdir", "zip", make, needs(is_recorded, is_measured),
    lambda _: True,
)  # fmt: skip
